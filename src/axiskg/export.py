"""The graph as files: whole, as the plain view, with RDF 1.2 annotations, as nanopublications.

The last two are views for readers who know those forms; the store keeps a graph per statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from axiskg.errors import QueryError, did_you_mean
from axiskg.formats import FORMATS, serialize_quads
from axiskg.namespaces import AXIS, PREFIXES, PROVENANCE_GRAPH, ST
from axiskg.store.protocol import Store

__all__ = ["EXPORTS", "annotated", "export", "nanopublications", "plain_view"]

_NP: Final = "http://www.nanopub.org/nschema#"
_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_REIFIES: Final = NamedNode(PREFIXES["rdf"] + "reifies")
_STANDING: Final = AXIS + "standing"
_ACCEPTED: Final = NamedNode(AXIS + "Accepted")
_LICENCE: Final = NamedNode("https://creativecommons.org/licenses/by/4.0/")
_ABOUT_ENCODING: Final = frozenset(
    PREFIXES["prov"] + name for name in ("wasGeneratedBy", "wasAttributedTo", "generatedAtTime")
)


def export(store: Store, name: str) -> bytes:
    """The document of that name, of `EXPORTS`; raises `QueryError` for another name."""
    found = EXPORTS.get(name)
    if found is None:
        cure = did_you_mean(name, list(EXPORTS)) or f"; choose one of {', '.join(EXPORTS)}"
        raise QueryError(f"there is no export {name!r}{cure}")
    quads, syntax, _ = found
    return serialize_quads(quads(store), FORMATS[syntax])


def everything(store: Store) -> Iterator[Quad]:
    """All quads: first the default graph, then the named graphs in order."""
    return iter(sorted(store.dump(), key=lambda quad: (str(quad.graph_name), str(quad))))


def plain_view(store: Store) -> Iterator[Quad]:
    """The triples of the default graph."""
    return (q for q in everything(store) if isinstance(q.graph_name, DefaultGraph))


def annotated(store: Store) -> Iterator[Quad]:
    """RDF 1.2: each statement reifies its triples and bears its provenance.

    A triple is also asserted when an accepted statement says it, and never otherwise.
    """
    contents, about = _statements(store)
    for statement, triples in contents.items():
        provenance = about.get(statement, [])
        name = NamedNode(statement)
        accepted = any(t.predicate.value == _STANDING and t.object == _ACCEPTED for t in provenance)
        for triple in triples:
            if accepted:
                yield Quad(triple.subject, triple.predicate, triple.object)
            yield Quad(name, _REIFIES, triple)
        for triple in provenance:
            yield Quad(triple.subject, triple.predicate, triple.object)


def nanopublications(store: Store) -> Iterator[Quad]:
    """Each statement as a nanopublication: head, assertion, provenance, publication info.

    The assertion is the statement's own graph; the IRIs of the other graphs are the statement's
    with a fragment. Not signed, no trusty URIs.
    """
    contents, about = _statements(store)
    for statement, triples in contents.items():
        yield from _nanopublication(statement, triples, about.get(statement, []))


def _nanopublication(
    statement: str, triples: Iterable[Triple], provenance: Iterable[Triple]
) -> Iterator[Quad]:
    whole = NamedNode(f"{statement}#nanopub")
    head, sourced, info = (
        NamedNode(f"{statement}#{part}") for part in ("head", "provenance", "pubinfo")
    )
    assertion = NamedNode(statement)
    yield Quad(whole, _TYPE, NamedNode(_NP + "Nanopublication"), head)
    for part, graph in (
        ("hasAssertion", assertion),
        ("hasProvenance", sourced),
        ("hasPublicationInfo", info),
    ):
        yield Quad(whole, NamedNode(_NP + part), graph, head)
    for triple in triples:
        yield Quad(triple.subject, triple.predicate, triple.object, assertion)
    yield Quad(whole, NamedNode(PREFIXES["dcterms"] + "license"), _LICENCE, info)
    for triple in provenance:
        if triple.predicate.value in _ABOUT_ENCODING:
            yield Quad(whole, triple.predicate, triple.object, info)
        else:
            yield Quad(assertion, triple.predicate, triple.object, sourced)
        if triple.predicate.value == AXIS + "source":
            derived = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
            yield Quad(assertion, derived, triple.object, sourced)


def _statements(store: Store) -> tuple[dict[str, list[Triple]], dict[str, list[Triple]]]:
    """The content and the provenance triples of each statement, both by its IRI."""
    contents: dict[str, list[Triple]] = {}
    about: dict[str, list[Triple]] = {}
    for quad in everything(store):
        graph = quad.graph_name
        if not isinstance(graph, NamedNode):
            continue
        if graph.value.startswith(ST):
            contents.setdefault(graph.value, []).append(quad.triple)
        elif graph.value == PROVENANCE_GRAPH and isinstance(quad.subject, NamedNode):
            about.setdefault(quad.subject.value, []).append(quad.triple)
    return contents, about


EXPORTS: Final[Mapping[str, tuple[Callable[[Store], Iterator[Quad]], str, str]]] = {
    "trig": (everything, "trig", "the whole dataset, as TriG"),
    "nquads": (everything, "nq", "the whole dataset, as N-Quads"),
    "ttl": (plain_view, "ttl", "the plain view, as Turtle"),
    "rdf12": (annotated, "ttl", "statements as RDF 1.2 reifiers with their provenance, as Turtle"),
    "nanopub": (nanopublications, "trig", "each statement as a nanopublication, as TriG"),
}
"""By name: the quads, the syntax, and what it is."""
