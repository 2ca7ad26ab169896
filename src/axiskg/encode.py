"""From the authoring form to statements and quads: everything that can be computed is computed.

Each rule that a sheet may break is checked here, with file, line and cure; all faults of a sheet
are reported together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from axiskg.anchors import Place, parse_place
from axiskg.authoring import Entry, Sheet
from axiskg.authoring_fields import BLOCKS, Block
from axiskg.errors import DataError, ProvenanceError, did_you_mean
from axiskg.field_rules import Role, check_fields
from axiskg.namespaces import AXIS, ENT, ENTITIES_GRAPH, PREFIXES, PROVENANCE_GRAPH, SCN, ST
from axiskg.say import literal_of, parse_description, parse_say
from axiskg.sources import Passage, Sentence, Source
from axiskg.statements import Statement, head_first, statement_quads
from axiskg.vocabulary import Vocabulary

__all__ = ["Encoding", "encode"]

_RDF_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
_SKOS: Final = PREFIXES["skos"]
_PROV: Final = PREFIXES["prov"]
_ROLES: Final = {
    "if": "antecedent",
    "not": "assumesNot",
    "then": "consequent",
    "even-if": "regardlessOf",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a sheet says, computed. `remarks` are faults that a draft may have, with their place."""

    source: Source
    statements: tuple[Statement, ...]
    shared: tuple[Quad, ...]
    remarks: tuple[str, ...] = ()

    @property
    def quads(self) -> list[Quad]:
        """All quads: nodes, the curation, scenarios, then each statement."""
        return [*self.shared, *(q for s in self.statements for q in statement_quads(s))]


def encode(
    sheet: Sheet, source: Source, vocabulary: Vocabulary | None = None, *, draft: bool = False
) -> Encoding:
    """The statements and quads of a sheet.

    Without a `vocabulary`, or with an empty one, terms are not checked. In a `draft`, unknown
    terms and unused nodes are remarks. Raises one `ProvenanceError` that lists every fault.
    """
    return _Encoder(sheet, source, vocabulary or Vocabulary(), draft).encoding()


class _Encoder:
    """One pass over a sheet; `faults` and `remarks` are pairs of line and message."""

    def __init__(self, sheet: Sheet, source: Source, vocabulary: Vocabulary, draft: bool):
        self.sheet, self.source, self.vocabulary, self.draft = sheet, source, vocabulary, draft
        self.path = sheet.path or Path(f"{sheet.source}.yaml")
        self.faults: list[tuple[int, str]] = []
        self.remarks: list[tuple[int, str]] = []
        self.nodes = {entry.name: entry for entry in sheet.nodes}
        self.names = {entry.name: entry for entry in sheet.statements}
        self.scenarios = {entry.name: entry for entry in sheet.scenarios}
        self.roles: dict[str, list[Role]] = {}
        self.references: dict[str, set[str]] = {}
        self.used: set[str] = set()
        self.creators = source.creator_iris

    def encoding(self) -> Encoding:
        if self.sheet.source != self.source.slug:
            raise ProvenanceError(
                f"is about {self.sheet.source!r}, and the source is {self.source.slug!r}",
                path=self.path,
            )
        if not self.sheet.curation:
            raise ProvenanceError(
                'lacks its curation; write `curation: {by: WHO, at: "2026-01-31T00:00:00Z"}`',
                path=self.path,
            )
        shared = [*self._curation(), *self._scenarios()]
        described = list(self._nodes())
        statements = []
        for entry in self.sheet.statements:
            try:
                statements.append(self._statement(entry))
            except DataError as error:
                self.faults.append((entry.line, f"{entry.name}: {error}"))
        shared += self._silences()
        self._check_usage()
        if self.faults:
            lines = [f"{self.path}:{line}: {message}" for line, message in sorted(self.faults)]
            first, message = min(self.faults)
            rest = "".join(f"\n{line}" for line in lines[1:])
            raise ProvenanceError(message + rest, path=self.path, line=first)
        remarks = tuple(f"{self.path}:{line}: {m}" for line, m in sorted(self.remarks))
        statements.sort(key=lambda s: (s.paragraph, len(s.name), s.name))
        return Encoding(self.source, tuple(statements), (*described, *shared), remarks)

    def _nodes(self) -> Iterator[Quad]:
        graph = NamedNode(ENTITIES_GRAPH)
        for entry in self.sheet.nodes:
            try:
                yield from (
                    Quad(t.subject, t.predicate, t.object, graph) for t in self._described(entry)
                )
            except DataError as error:
                self.faults.append((entry.line, f"node {entry.name}: {error}"))

    def _described(self, entry: Entry) -> list[Triple]:
        _check_values(entry, BLOCKS["node"])
        node = NamedNode(ENT + entry.name)
        triples = [Triple(node, _RDF_TYPE, self._class(name)) for name in entry.texts("a")]
        label = entry.text("label") or entry.name.replace("-", " ")
        triples.append(Triple(node, _LABEL, Literal(label, language="en")))
        for name in entry.texts("alt"):
            literal = Literal(name, language="en")
            triples.append(Triple(node, NamedNode(_SKOS + "altLabel"), literal))
        if say := entry.text("say"):
            said = parse_description(say, node, self.source.slug)
            self.references[entry.name] = self._entities(said, entry)
            triples += said
        for key, iri in (("own", _SKOS + "definition"), ("note", AXIS + "note")):
            if text := entry.text(key):
                triples.append(Triple(node, NamedNode(iri), Literal(text, language="en")))
        self._check_terms(triples, entry)
        return triples

    def _class(self, name: str) -> NamedNode:
        return parse_description(f"a {name}", NamedNode(ENT + "x"), self.source.slug)[0].object  # type: ignore[return-value]

    def _entities(self, triples: tuple[Triple, ...], entry: Entry) -> set[str]:
        """The slugs of the entities in triples; unknown ones, and statements, are faults."""
        slugs = set()
        prefix = f"{ST}{self.source.slug}/"
        for triple in triples:
            for term in (triple.subject, triple.object):
                if not isinstance(term, NamedNode):
                    continue
                if term.value.startswith(ENT):
                    slugs.add(term.value.removeprefix(ENT))
                elif term.value.startswith(prefix):
                    name = term.value.removeprefix(prefix)
                    if name not in self.names:
                        raise DataError(
                            f"there is no statement {name}{did_you_mean(name, list(self.names))}"
                        )
        for slug in sorted(slugs):
            self._known(slug, entry)
        return slugs

    def _known(self, slug: str, entry: Entry) -> None:
        if slug not in self.nodes:
            hint = did_you_mean(slug, list(self.nodes)) or "; describe it under nodes:"
            self.faults.append((entry.line, f"{entry.name}: unknown node {slug!r}{hint}"))

    def _check_terms(self, triples: list[Triple] | tuple[Triple, ...], entry: Entry) -> None:
        if not self.vocabulary:
            return
        for triple in triples:
            try:
                self.vocabulary.check(triple)
            except DataError as error:
                kept = self.remarks if self.draft else self.faults
                kept.append((entry.line, f"{entry.name}: {error}"))

    @property
    def _activity(self) -> str:
        return f"{self.source.iri}/encoding"

    def _curation(self) -> Iterator[Quad]:
        graph = NamedNode(PROVENANCE_GRAPH)
        activity, curator = NamedNode(self._activity), NamedNode(self._curator)
        try:
            at = literal_of(self._at, "dateTime")
        except DataError as error:
            raise ProvenanceError(f"curation: {error}", path=self.path) from error
        if at.value[-1] != "Z" and at.value[-6:-5] not in {"+", "-"}:
            message = f"curation: {at.value!r} has no time zone; end it with Z"
            raise ProvenanceError(message, path=self.path)
        label = Literal(f"Encoding of {self.source.slug}", language="en")
        for predicate, value in (
            (_RDF_TYPE, NamedNode(AXIS + "Encoding")),
            (_RDF_TYPE, NamedNode(_PROV + "Activity")),
            (_LABEL, label),
            (NamedNode(_PROV + "used"), NamedNode(self.source.iri)),
            (NamedNode(_PROV + "wasAssociatedWith"), curator),
            (NamedNode(_PROV + "endedAtTime"), at),
        ):
            yield Quad(activity, predicate, value, graph)
        yield Quad(curator, _RDF_TYPE, NamedNode(_PROV + "Agent"), graph)

    @property
    def _curator(self) -> str:
        return ENT + str(self.sheet.curation["by"])

    @property
    def _at(self) -> str:
        return str(self.sheet.curation["at"])

    def _scenarios(self) -> list[Quad]:
        quads: list[Quad] = []
        graph = NamedNode(PROVENANCE_GRAPH)
        for entry in self.sheet.scenarios:
            node = NamedNode(SCN + entry.name)
            label = entry.text("label") or entry.name.replace("-", " ")
            quads.append(Quad(node, _RDF_TYPE, NamedNode(AXIS + "Scenario"), graph))
            quads.append(Quad(node, _LABEL, Literal(label, language="en"), graph))
            try:
                _check_values(entry, BLOCKS["scenario"])
                members = list(self._members(entry))
            except DataError as error:
                self.faults.append((entry.line, f"scenario {entry.name}: {error}"))
                continue
            quads += [Quad(node, NamedNode(p), o, graph) for p, o in members]
            if note := entry.text("note"):
                literal = Literal(note, language="en")
                quads.append(Quad(node, NamedNode(AXIS + "note"), literal, graph))
        return quads

    def _members(self, entry: Entry) -> Iterator[tuple[str, NamedNode]]:
        if not entry.texts("then"):
            raise DataError("has no consequent; list its statements under then:")
        if not entry.texts("if") and not entry.texts("not"):
            raise DataError("has no antecedent; list its statements under if: or not:")
        for key, role in _ROLES.items():
            for name in entry.texts(key):
                if name not in self.names:
                    hint = did_you_mean(name, list(self.names))
                    raise DataError(f"there is no statement {name}{hint}")
                self.roles.setdefault(name, []).append(Role(key, SCN + entry.name))
                yield AXIS + role, NamedNode(f"{ST}{self.source.slug}/{name}")
        for key, iri in (("follows", AXIS + "follows"), ("broader", _SKOS + "broader")):
            for other in entry.texts(key):
                if other not in self.scenarios or other == entry.name:
                    hint = did_you_mean(other, list(self.scenarios))
                    raise DataError(f"{key}: there is no other scenario {other!r}{hint}")
                yield iri, NamedNode(SCN + other)

    def _statement(self, entry: Entry) -> Statement:
        _check_values(entry, BLOCKS["statement"])
        number = int(entry.name[1:].partition(".")[0])
        passage = self._passage(number)
        place = self._place(str(entry.text("at")), passage)
        sentence = passage.sentences[place.sentence - 1]
        also = []
        for text in entry.texts("also"):
            other = self._place(text, passage)
            begin = passage.sentences[other.sentence - 1].begin
            also.append(f"{other.sentence}:{begin + other.begin}-{begin + other.end}")
        triples = parse_say(str(entry.text("say")), self.source.slug)
        if len(set(triples)) < len(triples):
            raise DataError("says a triple twice; keep one")
        self.used |= self._entities(triples, entry)
        self._check_terms(triples, entry)
        agents = {key: self._agents(entry, key) for key in ("by", "via", "held")}
        asserters = agents["by"] or self._default_asserter()
        roles = self.roles.get(entry.name, [])
        publisher = self.source.publisher and ENT + self.source.publisher
        fields = check_fields(
            entry,
            triples=len(triples),
            asserters=asserters,
            creators=self.creators,
            publisher=publisher,
            held=agents["held"],
            roles=roles,
        )
        foreign = set(asserters) - set(self.creators) - {publisher}
        return Statement(
            iri=f"{ST}{self.source.slug}/{entry.name}",
            source=self.source.iri,
            paragraph=number,
            sentence=sentence.number,
            span=(sentence.begin + place.begin, sentence.begin + place.end),
            sentence_hash=sentence.hash,
            triples=tuple(head_first(triples, lambda t: t == triples[0])),
            asserted_by=asserters,
            by_creator=set(asserters) <= set(self.creators),
            paraphrase=str(entry.text("own")),
            generated_by=self._activity,
            attributed_to=self._curator,
            generated_at=literal_of(self._at, "dateTime").value,
            modality=fields.modality,
            likelihood=fields.likelihood,
            polarity=fields.polarity,
            expression=fields.expression,
            attitude=entry.text("att"),
            held_by=agents["held"],
            reported_by=agents["via"] or (tuple(sorted(self.creators)) if foreign else ()),
            conditions=tuple(sorted({r.scenario for r in roles if r.key == "then"})),
            also_spans=tuple(sorted(also)),
            also_paragraphs=self.source.repeated_in(number),
            time=entry.text("time"),
            time_basis=fields.time_basis,
            likelihood_note=entry.text("liknote"),
            degree_note=entry.text("degnote"),
            time_note=entry.text("timenote"),
            note=entry.text("note"),
        )

    def _default_asserter(self) -> tuple[str, ...]:
        if self.sheet.asserter is None:
            raise DataError("nobody asserts it; write `by:`, or `asserter:` for the whole file")
        self.used.add(self.sheet.asserter)
        return (ENT + self.sheet.asserter,)

    def _agents(self, entry: Entry, key: str) -> tuple[str, ...]:
        slugs = entry.texts(key)
        for slug in slugs:
            self._known(slug, entry)
        if len(set(slugs)) < len(slugs):
            raise DataError(f"{key} names somebody twice; keep one")
        self.used |= set(slugs)
        return tuple(sorted(ENT + slug for slug in slugs))

    def _passage(self, number: int) -> Passage:
        passage = self.source.passage(number)
        if passage is None:
            raise DataError(f"{self.source.slug} has no paragraph {number}")
        if passage.repeats is not None:
            raise DataError(f"paragraph {number} repeats {passage.repeats}; encode it there")
        if passage.excluded is not None:
            raise DataError(f"paragraph {number} is excluded as {passage.excluded!r}")
        return passage

    def _place(self, text: str, passage: Passage) -> Place:
        place = parse_place(text)
        if place is None:
            raise DataError(
                f"{text!r} is a typed anchor; run `axiskg anchor --text ARTICLE {self.path}`"
            )
        sentence: Sentence | None = passage.sentence(place.sentence)
        if sentence is None:
            raise DataError(
                f"{text}: paragraph {passage.number} has {len(passage.sentences)} sentences"
            )
        length = sentence.end - sentence.begin
        if not 0 <= place.begin < place.end <= length:
            raise DataError(f"{text}: sentence {place.sentence} has {length} code points")
        return place

    def _silences(self) -> list[Quad]:
        """The paragraphs and sentences without assertion, and why."""
        graph = NamedNode(PROVENANCE_GRAPH)
        encoded = {name.partition(".")[0] for name in self.names}
        for name, statement in self.names.items():
            if place := parse_place(str(statement.text("at"))):
                encoded.add(f"{name.partition('.')[0]}.{place.sentence}")
        quads = []
        for entry in self.sheet.none:
            try:
                self._check_silence(entry, encoded)
            except DataError as error:
                self.faults.append((entry.line, f"none: {error}"))
                continue
            node = NamedNode(f"{self.source.iri}/{entry.name}")
            why = Literal(str(entry.text("why")), language="en")
            quads.append(Quad(node, _RDF_TYPE, NamedNode(AXIS + "SilentPassage"), graph))
            quads.append(Quad(node, NamedNode(AXIS + "why"), why, graph))
        return quads

    def _check_silence(self, entry: Entry, encoded: set[str]) -> None:
        _check_values(entry, BLOCKS["none"])
        paragraph, _, sentence = entry.name[1:].partition(".")
        passage = self.source.passage(int(paragraph))
        if passage is None or (sentence and passage.sentence(int(sentence)) is None):
            raise DataError(f"there is no {entry.name} in the source")
        if passage.excluded is not None:
            raise DataError(f"{entry.name} is excluded by the source already; strike it")
        if entry.name in encoded:
            raise DataError(f"{entry.name} has statements; strike the one or the others")

    def _check_usage(self) -> None:
        reached, queue = set[str](), [*self.used, *self.source.creators]
        if self.source.publisher:
            queue.append(self.source.publisher)
        queue.append(self._curator.removeprefix(ENT))
        while queue:
            slug = queue.pop()
            if slug not in reached:
                reached.add(slug)
                queue += self.references.get(slug, ())
        for name, entry in self.nodes.items():
            if name not in reached:
                kept = self.remarks if self.draft else self.faults
                kept.append((entry.line, f"node {name} is used by no statement; strike it"))


def _check_values(entry: Entry, block: Block) -> None:
    """Raise `DataError` for a value that its key doesn't take."""
    for key in entry.values:
        spec = block.fields[key]
        for value in entry.texts(key):
            if not value.strip():
                raise DataError(f"{key} is empty; write it or leave it out")
            if spec.choices and value not in spec.choices:
                hint = did_you_mean(value, spec.choices)
                raise DataError(f"{key}: {value!r} is none of {', '.join(spec.choices)}{hint}")
            if spec.pattern and not re.fullmatch(spec.pattern.strip("^$"), value):
                raise DataError(f"{key}: {value!r} is malformed; it takes {spec.meaning}")
