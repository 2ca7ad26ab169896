"""From the authoring form to statements and quads: everything that can be computed is computed.

Each rule that a sheet may break is checked here, with file, line and cure; all faults of a sheet
are reported together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Triple

from axiskg.authoring.anchors import Place, parse_place
from axiskg.authoring.say import parse_say
from axiskg.authoring.sheet import Entry, Sheet
from axiskg.encode.field_rules import Role, check_fields
from axiskg.encode.ledger import Ledger
from axiskg.encode.nodes import check_usage, node_quads
from axiskg.encode.scenarios import Curation, scenario_quads, silence_quads
from axiskg.encode.vocabulary import Vocabulary
from axiskg.errors import DataError, ProvenanceError
from axiskg.namespaces import ENT
from axiskg.sources import Passage, Source
from axiskg.statements import Statement, head_first, statement_quads

__all__ = ["Encoding", "encode"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a sheet says, computed. `remarks` are faults that a draft may have, with their place."""

    source: Source
    statements: tuple[Statement, ...]
    shared: tuple[Quad, ...]
    remarks: tuple[str, ...] = ()

    @property
    def quads(self) -> list[Quad]:
        """All quads: nodes, the curation, scenarios, silences, then each statement."""
        return [*self.shared, *(q for s in self.statements for q in statement_quads(s))]


def encode(
    sheet: Sheet, source: Source, vocabulary: Vocabulary | None = None, *, draft: bool = False
) -> Encoding:
    """The statements and quads of a sheet.

    Without a `vocabulary`, or with an empty one, terms are not checked. In a `draft`, unknown
    terms and unused nodes are remarks. Raises one `ProvenanceError` that lists every fault.
    """
    ledger = Ledger(sheet, source, vocabulary or Vocabulary(), draft)
    if sheet.source != source.slug:
        message = f"is about {sheet.source!r}, and the source is {source.slug!r}"
        raise ProvenanceError(message, path=ledger.path)
    curation = Curation(ledger)
    _check_people(ledger)
    nodes = node_quads(ledger)
    scenarios, roles = scenario_quads(ledger)
    statements = []
    for entry in sheet.statements:
        try:
            statements.append(_statement(entry, ledger, curation, roles.get(entry.name, ())))
        except DataError as error:
            ledger.fault(entry, error)
    silences = silence_quads(ledger)
    check_usage(ledger)
    remarks = ledger.remarks()
    statements.sort(key=lambda s: (s.paragraph, len(s.name), s.name))
    shared = (*nodes, *curation.quads(), *scenarios, *silences)
    return Encoding(source, tuple(statements), shared, remarks)


def _check_people(ledger: Ledger) -> None:
    """Raise `ProvenanceError` when an asserter by default or a creator is not described."""
    source, asserter = ledger.source, ledger.sheet.asserter
    for slug in filter(None, (*source.creators, source.publisher, asserter)):
        try:
            ledger.require_node(slug)
        except DataError as error:
            raise ProvenanceError(str(error), path=ledger.path) from error


def _statement(
    entry: Entry, ledger: Ledger, curation: Curation, roles: Sequence[Role]
) -> Statement:
    ledger.check_values(entry, "statement")
    source = ledger.source
    passage = _passage(int(entry.name[1:].partition(".")[0]), source)
    place = _place(str(entry.text("at")), passage)
    also = (_place(text, passage) for text in entry.texts("also"))
    sentence = passage.sentences[place.sentence - 1]
    triples = parse_say(str(entry.text("say")), source.slug)
    _check_grain(triples)
    ledger.used |= ledger.entities(triples)
    ledger.check_terms(triples, entry)
    by, via, held = (_agents(entry, key, ledger) for key in ("by", "via", "held"))
    asserters = by or _default_asserter(ledger)
    creators = source.creator_iris
    publisher = source.publisher and ENT + source.publisher
    fields = check_fields(
        entry,
        triples=len(triples),
        asserters=asserters,
        creators=creators,
        publisher=publisher,
        held=held,
        roles=roles,
    )
    if set(via) & set(asserters):
        raise DataError("reports itself; via: names another than by:")
    quoted = set(asserters) - {*creators, publisher}
    return Statement(
        iri=ledger.statement_iri(entry.name),
        source=source.iri,
        paragraph=passage.number,
        sentence=sentence.number,
        span=(sentence.begin + place.begin, sentence.begin + place.end),
        sentence_hash=sentence.hash,
        triples=tuple(head_first(triples, lambda t: t == triples[0])),
        asserted_by=asserters,
        by_creator=set(asserters) <= set(creators),
        paraphrase=str(entry.text("own")),
        generated_by=curation.activity,
        attributed_to=curation.curator,
        generated_at=curation.at.value,
        modality=fields.modality,
        likelihood=fields.likelihood,
        polarity=fields.polarity,
        expression=fields.expression,
        attitude=entry.text("att"),
        held_by=held,
        reported_by=via
        or (tuple(sorted(creators)) if quoted or fields.modality == "Claim" else ()),
        conditions=tuple(sorted({r.scenario for r in roles if r.key == "then"})),
        also_spans=tuple(sorted(_in_paragraph(other, passage) for other in also)),
        also_paragraphs=source.repeated_in(passage.number),
        time=entry.text("time"),
        time_basis=fields.time_basis,
        likelihood_note=entry.text("liknote"),
        degree_note=entry.text("degnote"),
        time_note=entry.text("timenote"),
        note=entry.text("note"),
    )


def _check_grain(triples: Sequence[Triple]) -> None:
    """Raise `DataError` for a triple twice, or one that no chain ties to the head's subject."""
    if len(set(triples)) < len(triples):
        raise DataError("says a triple twice; keep one")
    reached = {triples[0].subject}
    waiting = list(triples)
    while tied := [t for t in waiting if t.subject in reached]:
        reached |= {t.object for t in tied if isinstance(t.object, NamedNode)}
        waiting = [t for t in waiting if t not in tied]
    if waiting:
        raise DataError(f"{waiting[0]} has no tie to the head triple; make it another statement")


def _default_asserter(ledger: Ledger) -> tuple[str, ...]:
    if ledger.sheet.asserter is None:
        raise DataError("nobody asserts it; write by:, or `asserter:` for the whole file")
    ledger.used.add(ledger.sheet.asserter)
    return (ENT + ledger.sheet.asserter,)


def _agents(entry: Entry, key: str, ledger: Ledger) -> tuple[str, ...]:
    slugs = entry.texts(key)
    for slug in slugs:
        ledger.require_node(slug)
    if len(set(slugs)) < len(slugs):
        raise DataError(f"{key} names somebody twice; keep one")
    ledger.used |= set(slugs)
    return tuple(sorted(ENT + slug for slug in slugs))


def _passage(number: int, source: Source) -> Passage:
    passage = source.passage(number)
    if passage is None:
        raise DataError(f"{source.slug} has no paragraph {number}")
    if passage.repeats is not None:
        raise DataError(f"paragraph {number} repeats {passage.repeats}; encode it there")
    if passage.excluded is not None:
        raise DataError(f"paragraph {number} is excluded as {passage.excluded!r}")
    return passage


def _place(text: str, passage: Passage) -> Place:
    place = parse_place(text)
    if place is None:
        raise DataError(f"{text!r} is a typed anchor; `axiskg anchor --text ARTICLE FILE` cures it")
    sentence = passage.sentence(place.sentence)
    if sentence is None:
        count = len(passage.sentences)
        raise DataError(f"{text}: paragraph {passage.number} has {count} sentences")
    length = sentence.end - sentence.begin
    if not place.begin < place.end <= length:
        raise DataError(f"{text}: sentence {place.sentence} has {length} code points")
    return place


def _in_paragraph(place: Place, passage: Passage) -> str:
    begin = passage.sentences[place.sentence - 1].begin
    return f"{place.sentence}:{begin + place.begin}-{begin + place.end}"
