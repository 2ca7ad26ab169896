"""The descriptions of entities: types, names, and the triples that give a node its identity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from axiskg.authoring.say import parse_description
from axiskg.authoring.sheet import Entry
from axiskg.encode.ledger import Ledger
from axiskg.errors import DataError
from axiskg.namespaces import AXIS, ENT, ENTITIES_GRAPH, PREFIXES

__all__ = ["check_usage", "node_quads"]

_LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
_SKOS: Final = PREFIXES["skos"]


def node_quads(ledger: Ledger) -> list[Quad]:
    """The quads of `nodes:`, in the entities graph."""
    graph = NamedNode(ENTITIES_GRAPH)
    quads: list[Quad] = []
    for entry in ledger.sheet.nodes:
        try:
            quads += [Quad(t.subject, t.predicate, t.object, graph) for t in _about(entry, ledger)]
        except DataError as error:
            ledger.fault(entry, error)
    return quads


def _about(entry: Entry, ledger: Ledger) -> list[Triple]:
    ledger.check_values(entry, "node")
    node = NamedNode(ENT + entry.name)
    classes = ", ".join(entry.texts("a"))
    said = " ; ".join(filter(None, (f"a {classes}" if classes else "", entry.text("say"))))
    triples = list(parse_description(said, node, ledger.source.slug)) if said else []
    ledger.references[entry.name] = ledger.entities(triples) - {entry.name}
    triples += [Triple(node, predicate, name) for predicate, name in _names(entry)]
    ledger.check_terms(triples, entry)
    return triples


def _names(entry: Entry) -> Iterator[tuple[NamedNode, Literal]]:
    label = entry.text("label") or entry.name.replace("-", " ")
    yield _LABEL, Literal(label, language="en")
    for name in entry.texts("alt"):
        yield NamedNode(_SKOS + "altLabel"), Literal(name, language="en")
    for key, iri in (("own", _SKOS + "definition"), ("note", AXIS + "note")):
        if text := entry.text(key):
            yield NamedNode(iri), Literal(text, language="en")


def check_usage(ledger: Ledger) -> None:
    """Note every node that neither a statement nor the description of a used node uses."""
    people = [*ledger.source.creators, ledger.source.publisher, ledger.sheet.curation.get("by")]
    queue, reached = [*ledger.used, *(str(p) for p in people if p)], set[str]()
    while queue:
        slug = queue.pop()
        if slug not in reached:
            reached.add(slug)
            queue += ledger.references.get(slug, ())
    for name, entry in ledger.nodes.items():
        if name not in reached and name in ledger.references:
            ledger.fault(entry, "the node is used by no statement; strike it", draft_may=True)
