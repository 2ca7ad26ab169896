"""Statements from quads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from axiskg.errors import ProvenanceError
from axiskg.namespaces import AXIS, PREFIXES, PROVENANCE_GRAPH, ST
from axiskg.statements.model import Statement
from axiskg.statements.quads import content_hash, head_first

__all__ = ["statements_of"]

_RDF_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_PROV: Final = PREFIXES["prov"]
_NOTE: Final = AXIS + "note"


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
