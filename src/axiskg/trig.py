"""TriG in one canonical form: writing what was read changes no byte.

First the entities, then what the provenance graph says of anything but statements, then statement
by statement, in the order of paragraphs, its graph and its provenance side by side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from axiskg.errors import DataError, ParseError
from axiskg.namespaces import AXIS, ENTITIES_GRAPH, PREFIXES, PROVENANCE_GRAPH, ST
from axiskg.statements import Statement, head_first, statement_quads, statements_of

__all__ = ["read_statements", "read_trig", "trig_text", "write_statements", "write_trig"]

_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_BARE: Final = {
    PREFIXES["xsd"] + "integer": re.compile(r"[+-]?\d+"),
    PREFIXES["xsd"] + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    PREFIXES["xsd"] + "boolean": re.compile(r"true|false"),
}
_ORDER: Final = tuple(
    PREFIXES[prefix] + name
    for prefix, names in (
        ("rdf", "type"),
        ("rdfs", "label"),
        ("skos", "altLabel definition"),
        ("axis", "source paragraph sentence alsoInParagraph spanBegin spanEnd alsoSpan"),
        ("axis", "headSubject headProperty headObject"),
        ("axis", "modality likelihood polarity expression attitude standing"),
        ("axis", "assertedBy reportedBy heldBy voice condition"),
        ("axis", "antecedent assumesNot consequent regardlessOf follows"),
        ("skos", "broader"),
        ("axis", "validTime"),
        ("sem", "hasEarliestBeginTimeStamp hasLatestBeginTimeStamp"),
        ("sem", "hasEarliestEndTimeStamp hasLatestEndTimeStamp"),
        ("axis", "timeBasis likelihoodNote degreeNote timeNote"),
        ("axis", "note why paraphrase sentenceHash contentHash"),
        ("prov", "used wasAssociatedWith endedAtTime"),
        ("prov", "wasGeneratedBy wasAttributedTo generatedAtTime"),
    )
    for name in names.split()
)
_RANK: Final = {name: rank for rank, name in enumerate(_ORDER)}
_BREAK_BEFORE: Final = frozenset(
    PREFIXES[prefix] + name
    for prefix, names in (
        ("axis", "headSubject modality assertedBy validTime likelihoodNote degreeNote timeNote"),
        ("axis", "paraphrase sentenceHash contentHash antecedent assumesNot consequent"),
        ("axis", "regardlessOf follows note"),
        ("skos", "altLabel definition broader"),
        ("prov", "wasGeneratedBy used"),
    )
    for name in names.split()
)


def read_trig(path: Path) -> list[ox.Quad]:
    """The quads of a TriG file, in its order. Raises `ParseError` with the line."""
    try:
        return list(ox.parse(path.read_bytes(), format=ox.RdfFormat.TRIG))
    except OSError as error:
        raise DataError(f"can't be read: {error.strerror}", path=path) from error
    except SyntaxError as error:
        raise ParseError(f"not TriG: {error.msg}", path=path, line=error.lineno) from error


def write_trig(quads: Iterable[ox.Quad], path: Path) -> None:
    """Write quads in canonical form. Raises `DataError` for a blank node."""
    path.write_text(trig_text(quads), encoding="utf-8", newline="\n")


def read_statements(path: Path, creators: Mapping[str, Sequence[str]]) -> tuple[Statement, ...]:
    """The statements of a TriG file, by paragraph and id; `creators` as for `statements_of`."""
    return statements_of(read_trig(path), creators)


def write_statements(statements: Iterable[Statement], path: Path) -> None:
    """Write statements, and nothing else, as TriG."""
    write_trig((q for s in statements for q in statement_quads(s)), path)


def trig_text(quads: Iterable[ox.Quad]) -> str:
    """The canonical TriG of a set of quads, whatever their order. Raises `DataError`.

    The empty prefix stands for the statements of the source that has most.
    """
    graphs: dict[str, set[ox.Triple]] = {}
    for quad in quads:
        name = quad.graph_name
        if isinstance(name, ox.BlankNode) or any(
            isinstance(t, ox.BlankNode | ox.Triple) for t in (quad.subject, quad.object)
        ):
            raise DataError(f"{quad}: blank nodes and triple terms are refused; use IRIs")
        graphs.setdefault(name.value if isinstance(name, ox.NamedNode) else "", set()).add(
            quad.triple
        )
    return "".join(_Document(graphs).text())


class _Document:
    """Graphs by IRI ("" is the default graph), and the prefixes to write them with."""

    def __init__(self, graphs: dict[str, set[ox.Triple]]):
        self.graphs = graphs
        self.statements = sorted((iri for iri in graphs if iri.startswith(ST)), key=_natural)
        bases = [iri.rpartition("/")[0] + "/" for iri in self.statements]
        self.base = max(sorted(set(bases)), key=bases.count) if bases else None
        self.prefixes = dict(PREFIXES) | ({"": self.base} if self.base else {})
        self.by_length = sorted(self.prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self.used: set[str] = set()

    def text(self) -> Iterator[str]:
        about: dict[str, set[ox.Triple]] = {}
        for triple in self.graphs.get(PROVENANCE_GRAPH, ()):
            about.setdefault(triple.subject.value, set()).add(triple)  # type: ignore[union-attr]
        statements = set(self.statements)
        others = {t for s, ts in about.items() if s not in statements for t in ts}
        blocks = [
            self.block(ENTITIES_GRAPH, self.graphs.get(ENTITIES_GRAPH, set())),
            self.block(PROVENANCE_GRAPH, others),
        ]
        for iri in self.statements:
            head = _head(about.get(iri, set()))
            blocks.append(self.block(iri, self.graphs[iri], head))
            blocks.append(self.block(PROVENANCE_GRAPH, about.get(iri, set())))
        written = {ENTITIES_GRAPH, PROVENANCE_GRAPH, *self.statements}
        blocks += [
            self.block(iri, self.graphs[iri]) for iri in sorted(self.graphs) if iri not in written
        ]
        for prefix in ("", *PREFIXES):
            if prefix in self.used:
                yield f"@prefix {prefix}: <{self.prefixes[prefix]}> .\n"
        for block in filter(None, blocks):
            yield "\n" + block

    def block(
        self, graph: str, triples: set[ox.Triple], head: Callable[[ox.Triple], bool] | None = None
    ) -> str:
        if not triples:
            return ""
        ordered = sorted(triples, key=_rank) if head is None else head_first(list(triples), head)
        subjects: dict[str, list[ox.Triple]] = {}
        for triple in ordered:
            subjects.setdefault(triple.subject.value, []).append(triple)  # type: ignore[union-attr]
        body = "".join(f"  {self.subject(list_)}\n" for list_ in subjects.values())
        name = f"{self.iri(graph)} " if graph else ""
        return f"{name}{{\n{body}}}\n"

    def subject(self, triples: list[ox.Triple]) -> str:
        objects: dict[str, list[str]] = {}
        for triple in triples:
            objects.setdefault(triple.predicate.value, []).append(self.term(triple.object))
        text = self.term(triples[0].subject)
        for position, (predicate, terms) in enumerate(objects.items()):
            name = "a" if predicate == _RDF_TYPE else self.iri(predicate)
            gap = "\n    " if position and predicate in _BREAK_BEFORE else " "
            text += (" ;" if position else "") + f"{gap}{name} {', '.join(terms)}"
        return text + " ."

    def term(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return self.iri(term.value)
        assert isinstance(term, ox.Literal)
        datatype = term.datatype.value
        if datatype in _BARE and _BARE[datatype].fullmatch(term.value):
            return term.value
        plain = str(ox.Literal(term.value))
        if term.language:
            return f"{plain}@{term.language}"
        if datatype == PREFIXES["xsd"] + "string":
            return plain
        return f"{plain}^^{self.iri(datatype)}"

    def iri(self, iri: str) -> str:
        for prefix, namespace in self.by_length:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                self.used.add(prefix)
                return f"{prefix}:{iri[len(namespace) :]}"
        return str(ox.NamedNode(iri))


def _head(about: set[ox.Triple]) -> Callable[[ox.Triple], bool] | None:
    """Whether a triple is the head that a statement's provenance names; None when it names none."""
    parts = {t.predicate.value.removeprefix(AXIS): t.object for t in about}
    head = tuple(parts.get(name) for name in ("headSubject", "headProperty", "headObject"))
    if None in head:
        return None
    return lambda t: (t.subject, t.predicate, t.object) == head


def _natural(iri: str) -> tuple[str, int, int, str]:
    """Sorts statements by source, paragraph number, and id: a, b, ..., z, aa."""
    source, _, name = iri.rpartition("/")
    paragraph, _, letter = name.removeprefix("p").partition(".")
    return source, int(paragraph) if paragraph.isdecimal() else 0, len(letter), letter


def _rank(triple: ox.Triple) -> tuple[object, ...]:
    subject = triple.subject.value  # type: ignore[union-attr]
    predicate = triple.predicate.value
    value = triple.object
    place = (
        _natural(value.value)
        if isinstance(value, ox.NamedNode) and value.value.startswith(ST)
        else ("", 0, 0, str(value))
    )
    return (subject, _RANK.get(predicate, len(_RANK)), predicate, place)
