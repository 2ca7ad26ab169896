"""A statement: a claim that a source makes, with everything that is known about its making.

Its triples are a named graph whose IRI is the statement's; the rest is about that IRI in the
provenance graph. `statement_quads` and `statements_of` are a pair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from axiskg.edtf_bounds import Bounds, bounds
from axiskg.errors import ProvenanceError
from axiskg.namespaces import AXIS, PREFIXES, PROVENANCE_GRAPH, ST

__all__ = ["Statement", "content_hash", "head_first", "statement_quads", "statements_of"]

_RDF_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_PROV: Final = PREFIXES["prov"]
_SEM: Final = PREFIXES["sem"]
_NOTE: Final = AXIS + "note"
_INTEGER: Final = NamedNode(PREFIXES["xsd"] + "integer")
_DATE: Final = NamedNode(PREFIXES["xsd"] + "date")
_DATE_TIME: Final = NamedNode(PREFIXES["xsd"] + "dateTime")
_BOUNDS: Final = (
    ("hasEarliestBeginTimeStamp", "earliest_begin"),
    ("hasLatestBeginTimeStamp", "latest_begin"),
    ("hasEarliestEndTimeStamp", "earliest_end"),
    ("hasLatestEndTimeStamp", "latest_end"),
)
_CURATION: Final = frozenset(
    _PROV + name for name in ("wasGeneratedBy", "wasAttributedTo", "generatedAtTime")
)
_CONCEPTS: Final = ("modality", "likelihood", "polarity", "expression", "attitude")
_NOTES: Final = (
    ("likelihoodNote", "likelihood_note"),
    ("degreeNote", "degree_note"),
    ("timeNote", "time_note"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Concepts are bare names ("Fact"); agents, scenarios and the rest are IRIs.

    `span` and `also_spans` are half-open code points of the paragraph; an `also_span` names its
    sentence too ("2:130-142"). `by_creator` says whether creators of the source, and nobody else,
    assert it. `time` is EDTF; its four bounds are computed.
    """

    iri: str
    source: str
    paragraph: int
    sentence: int
    span: tuple[int, int]
    sentence_hash: str
    triples: tuple[Triple, ...]
    asserted_by: tuple[str, ...]
    by_creator: bool
    paraphrase: str
    generated_by: str
    attributed_to: str
    generated_at: str
    modality: str = "Fact"
    likelihood: str = "Certain"
    polarity: str = "Affirmed"
    expression: str = "Explicit"
    attitude: str | None = None
    held_by: tuple[str, ...] = ()
    reported_by: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    also_spans: tuple[str, ...] = ()
    also_paragraphs: tuple[int, ...] = ()
    time: str | None = None
    time_basis: str | None = None
    likelihood_note: str | None = None
    degree_note: str | None = None
    time_note: str | None = None
    note: str | None = None

    @property
    def name(self) -> str:
        """The part of the IRI after the source: `p9.a`."""
        return self.iri.rpartition("/")[2]

    @property
    def head(self) -> Triple:
        """The triple that the statement is about; the others define a node of it."""
        return self.triples[0]

    @property
    def voice(self) -> tuple[str, ...]:
        """Whose word it is: the holders, else the asserters."""
        return self.held_by or self.asserted_by

    @property
    def standing(self) -> str:
        """Accepted, or the first reason why not, in the order of the design.

        What the publisher says (a standfirst) is Attributed too: it is nobody's claim to the
        reader but the publisher's, and accepted is only what the source's creators put forward.
        """
        reasons = (
            ("Hypothetical", self.modality == "Hypothesis"),
            ("Attributed", self.modality in {"Claim", "Perception"} or not self.by_creator),
            ("Open", self.likelihood == "Undetermined"),
            ("Denied", self.polarity == "Negated"),
            ("Hedged", self.likelihood != "Certain"),
            ("Foreseen", self.modality == "Prediction"),
            ("Judged", self.modality == "Assessment"),
            ("Implied", self.expression == "Implied"),
        )
        return next((standing for standing, applies in reasons if applies), "Accepted")

    @property
    def bounds(self) -> Bounds:
        """The four date bounds of `time`; all None without one."""
        return bounds(self.time) if self.time else Bounds()


def _provenance(statement: Statement) -> Iterator[tuple[str, NamedNode | Literal]]:
    """Property and object of every triple about a statement but its content hash, in file order."""

    def concept(name: str) -> NamedNode:
        return NamedNode(AXIS + name)

    def integer(value: int) -> Literal:
        return Literal(str(value), datatype=_INTEGER)

    yield _RDF_TYPE.value, concept("Statement")
    yield AXIS + "source", NamedNode(statement.source)
    yield AXIS + "paragraph", integer(statement.paragraph)
    yield AXIS + "sentence", integer(statement.sentence)
    for number in statement.also_paragraphs:
        yield AXIS + "alsoInParagraph", integer(number)
    yield AXIS + "spanBegin", integer(statement.span[0])
    yield AXIS + "spanEnd", integer(statement.span[1])
    for span in statement.also_spans:
        yield AXIS + "alsoSpan", Literal(span)
    yield AXIS + "headSubject", statement.head.subject  # type: ignore[misc]
    yield AXIS + "headProperty", statement.head.predicate
    yield AXIS + "headObject", statement.head.object  # type: ignore[misc]
    for name in _CONCEPTS:
        if (value := getattr(statement, name)) is not None:
            yield AXIS + name, concept(value)
    yield AXIS + "standing", concept(statement.standing)
    for name, agents in (
        ("assertedBy", statement.asserted_by),
        ("reportedBy", statement.reported_by),
        ("heldBy", statement.held_by),
        ("voice", statement.voice),
        ("condition", statement.conditions),
    ):
        for agent in agents:
            yield AXIS + name, NamedNode(agent)
    if statement.time is not None:
        yield AXIS + "validTime", Literal(statement.time)
        for name, bound in _BOUNDS:
            if (day := getattr(statement.bounds, bound)) is not None:
                yield _SEM + name, Literal(day.isoformat(), datatype=_DATE)
    if statement.time_basis is not None:
        yield AXIS + "timeBasis", concept(statement.time_basis)
    for name, attribute in _NOTES:
        if (note := getattr(statement, attribute)) is not None:
            yield AXIS + name, Literal(note, language="en")
    if statement.note is not None:
        yield _NOTE, Literal(statement.note, language="en")
    yield AXIS + "paraphrase", Literal(statement.paraphrase, language="en")
    yield AXIS + "sentenceHash", Literal(statement.sentence_hash)
    yield _PROV + "wasGeneratedBy", NamedNode(statement.generated_by)
    yield _PROV + "wasAttributedTo", NamedNode(statement.attributed_to)
    yield _PROV + "generatedAtTime", Literal(statement.generated_at, datatype=_DATE_TIME)


def content_hash(statement: Statement) -> str:
    """SHA-256 of the statement's triples and provenance, as sorted N-Triples lines.

    Who encoded it and when is left out, so encoding the same again gives the same hash. Literals
    are in pyoxigraph's canonical form, so that a store gives back what was hashed.
    """
    content = sorted(str(triple) for triple in statement.triples)
    about = sorted(
        f"<{name}> {value}" for name, value in _provenance(statement) if name not in _CURATION
    )
    return hashlib.sha256("\n".join([*content, "", *about]).encode()).hexdigest()


def head_first(triples: Sequence[Triple], is_head: Callable[[Triple], bool]) -> list[Triple]:
    """The head, then the other triples of its subject, then the rest, each in N-Triples order."""
    head = next((t for t in triples if is_head(t)), None)
    subject = head.subject if head else None
    return sorted(triples, key=lambda t: (t != head, t.subject != subject, str(t)))


def statement_quads(statement: Statement) -> list[Quad]:
    """The quads of a statement: its graph, the head first, then its provenance."""
    iri, provenance = NamedNode(statement.iri), NamedNode(PROVENANCE_GRAPH)
    quads = [Quad(t.subject, t.predicate, t.object, iri) for t in statement.triples]
    about = [
        Quad(iri, NamedNode(name), value, provenance) for name, value in _provenance(statement)
    ]
    hashed = NamedNode(AXIS + "contentHash")
    about.insert(-3, Quad(iri, hashed, Literal(content_hash(statement)), provenance))
    return quads + about


def statements_of(
    quads: Iterable[Quad], creators: Mapping[str, Sequence[str]]
) -> tuple[Statement, ...]:
    """The statements in quads, by paragraph and id; `creators` maps a source to its creators.

    Raises `ProvenanceError` for a statement that lacks provenance or whose stored computed values
    (standing, voice, content hash) are not those that its fields give.
    """
    contents: dict[str, list[Triple]] = {}
    about: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    for quad in quads:
        graph = quad.graph_name
        if not isinstance(graph, NamedNode):
            continue
        if graph.value.startswith(ST):
            contents.setdefault(graph.value, []).append(quad.triple)
        elif graph.value == PROVENANCE_GRAPH and isinstance(quad.subject, NamedNode):
            values = about.setdefault(quad.subject.value, {})
            assert isinstance(quad.object, NamedNode | Literal)
            values.setdefault(quad.predicate.value, []).append(quad.object)
    for iri in contents:
        if iri not in about:
            raise ProvenanceError(f"<{iri}> has content and no provenance; encode its source again")
    found = [
        _statement(iri, contents.get(iri, []), values, creators)
        for iri, values in about.items()
        if NamedNode(AXIS + "Statement") in values.get(_RDF_TYPE.value, [])
    ]
    return tuple(sorted(found, key=lambda s: (s.source, s.paragraph, len(s.name), s.name)))


def _statement(
    iri: str,
    triples: list[Triple],
    values: dict[str, list[NamedNode | Literal]],
    creators: Mapping[str, Sequence[str]],
) -> Statement:
    def several(name: str) -> tuple[str, ...]:
        return tuple(sorted(value.value for value in values.get(name, [])))

    def maybe(name: str) -> str | None:
        found = several(name)
        if len(found) > 1:
            raise ProvenanceError(f"<{iri}> has {len(found)} of <{name}>; keep one")
        return found[0] if found else None

    def one(name: str) -> str:
        value = maybe(name)
        if value is None:
            raise ProvenanceError(f"<{iri}> lacks <{name}>; encode its source again")
        return value

    def concept(name: str) -> str:
        return one(AXIS + name).removeprefix(AXIS)

    def maybe_concept(name: str) -> str | None:
        value = maybe(AXIS + name)
        return value and value.removeprefix(AXIS)

    source, asserters = one(AXIS + "source"), several(AXIS + "assertedBy")
    if not asserters:
        raise ProvenanceError(f"<{iri}> lacks axis:assertedBy; encode its source again")
    head = tuple(one(AXIS + n) for n in ("headSubject", "headProperty", "headObject"))
    ordered = head_first(
        triples,
        lambda t: (
            (getattr(t.subject, "value", ""), t.predicate.value, getattr(t.object, "value", ""))
            == head
        ),
    )
    if not ordered:
        raise ProvenanceError(f"<{iri}> has no content; encode its source again")
    statement = Statement(
        iri=iri,
        source=source,
        paragraph=int(one(AXIS + "paragraph")),
        sentence=int(one(AXIS + "sentence")),
        span=(int(one(AXIS + "spanBegin")), int(one(AXIS + "spanEnd"))),
        sentence_hash=one(AXIS + "sentenceHash"),
        triples=tuple(ordered),
        asserted_by=asserters,
        by_creator=bool(set(asserters) <= set(creators.get(source, ()))),
        paraphrase=one(AXIS + "paraphrase"),
        generated_by=one(_PROV + "wasGeneratedBy"),
        attributed_to=one(_PROV + "wasAttributedTo"),
        generated_at=one(_PROV + "generatedAtTime"),
        modality=concept("modality"),
        likelihood=concept("likelihood"),
        polarity=concept("polarity"),
        expression=concept("expression"),
        attitude=maybe_concept("attitude"),
        held_by=several(AXIS + "heldBy"),
        reported_by=several(AXIS + "reportedBy"),
        conditions=several(AXIS + "condition"),
        also_spans=several(AXIS + "alsoSpan"),
        also_paragraphs=tuple(sorted(int(n) for n in several(AXIS + "alsoInParagraph"))),
        time=maybe(AXIS + "validTime"),
        time_basis=maybe_concept("timeBasis"),
        likelihood_note=maybe(AXIS + "likelihoodNote"),
        degree_note=maybe(AXIS + "degreeNote"),
        time_note=maybe(AXIS + "timeNote"),
        note=maybe(_NOTE),
    )
    for name, got, expected in (
        ("standing", concept("standing"), statement.standing),
        ("voice", set(several(AXIS + "voice")), set(statement.voice)),
        ("contentHash", one(AXIS + "contentHash"), content_hash(statement)),
    ):
        if got != expected:
            raise ProvenanceError(
                f"<{iri}>: axis:{name} is {got}, and its fields give {expected};"
                " encode its source again"
            )
    return statement
