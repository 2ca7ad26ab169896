"""Statements as quads, and their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from axiskg.namespaces import AXIS, PREFIXES, PROVENANCE_GRAPH
from axiskg.statements.model import Statement

__all__ = ["content_hash", "head_first", "statement_quads"]

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
