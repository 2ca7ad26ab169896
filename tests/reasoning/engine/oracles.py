"""Other engines, asked the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, Store

from axiskg.namespaces import AXIS, ENTITIES_GRAPH, ONTOLOGY_GRAPH, PROVENANCE_GRAPH
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.terms import text_of


def plain_store(quads: Iterable[Quad], chosen: set[str] | None = None) -> Store:
    """The quads, with the accepted (or chosen) statements and the ontology in the default graph."""
    store = Store()
    store.extend(quads)
    standing, accepted = NamedNode(AXIS + "standing"), NamedNode(AXIS + "Accepted")
    graph = NamedNode(PROVENANCE_GRAPH)
    names = {
        q.subject.value  # type: ignore[union-attr]
        for q in store.quads_for_pattern(None, standing, accepted, graph)
    }
    for name in [*(names if chosen is None else chosen), ONTOLOGY_GRAPH, ENTITIES_GRAPH]:
        for q in list(store.quads_for_pattern(None, None, None, NamedNode(name))):
            store.add(Quad(q.subject, q.predicate, q.object, DefaultGraph()))
    return store


def fix_point(store: Store, rules: Sequence[RuleFile]) -> Store:
    """The store with the rules run stratum by stratum (first letter of the name) to the end."""
    for _, group in groupby(sorted(rules, key=lambda r: r.name), key=lambda r: r.name[0]):
        files = list(group)
        size = -1
        while size != len(store):
            size = len(store)
            for file in files:
                found = store.query(file.text)
                assert isinstance(found, QueryTriples)
                store.extend([Quad(t.subject, t.predicate, t.object) for t in found])
    return store


def facts_of(store: Store, prefix: str = "urn:t:") -> set[tuple[str, str, str]]:
    """The default graph's triples whose property, or class, is one of the tests' own."""
    found = set()
    for q in store.quads_for_pattern(None, None, None, DefaultGraph()):
        key = (text_of(q.subject), text_of(q.predicate), text_of(q.object))  # type: ignore[arg-type]
        if key[1].startswith(prefix) or key[2].startswith(prefix):
            found.add(key)
    return found
