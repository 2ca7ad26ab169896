"""Dereferencing: what the graph says of an IRI of ours, as a page or as RDF."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from axiskg.errors import NotFoundError
from axiskg.formats import DATASETS, GRAPHS, Format, negotiate, serialize_quads
from axiskg.namespaces import (
    ENTITIES_GRAPH,
    LINKS_GRAPH,
    ONTOLOGY_GRAPH,
    PROVENANCE_GRAPH,
    ROOT,
    curie,
)
from axiskg.server.answers import NotAcceptableError
from axiskg.server.context import Context
from axiskg.server.html import link, page, table
from axiskg.server.negotiation import not_acceptable
from axiskg.store import Solutions, Store

__all__ = ["router"]

router = APIRouter(tags=["names"])

_HTML = Format("html", "text/html", "html", "HTML", charset=True)
_OFFERED = (_HTML, *GRAPHS, *DATASETS[:2])
_CSP = {"Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'"}
_MAX_QUADS = 5000

_ABOUT = """SELECT ?g ?p ?o WHERE {{
  {{ {iri} ?p ?o }}
  UNION {{ VALUES ?g {{ <{entities}> <{links}> <{provenance}> }} GRAPH ?g {{ {iri} ?p ?o }} }}
}} ORDER BY ?p ?o LIMIT {limit}"""
_CONTENT = "SELECT ?s ?p ?o WHERE {{ GRAPH {iri} {{ ?s ?p ?o }} }} LIMIT {limit}"
_ONTOLOGY = "SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"


def _store(request: Request) -> Store:
    context: Context = request.app.state.context
    return context.store


def _rows(store: Store, text: str) -> list[tuple[object, ...]]:
    found = store.query(text)
    assert isinstance(found, Solutions)
    return list(found.rows)


def _about(store: Store, iri: ox.NamedNode) -> list[ox.Quad]:
    """What is said of an IRI, each triple in the graph that says it; its own graph too."""
    about = _ABOUT.format(
        iri=iri,
        entities=ENTITIES_GRAPH,
        links=LINKS_GRAPH,
        provenance=PROVENANCE_GRAPH,
        limit=_MAX_QUADS,
    )
    quads = [
        ox.Quad(iri, p, o, ox.DefaultGraph() if g is None else g)  # type: ignore[arg-type]
        for g, p, o in _rows(store, about)
    ]
    content = _rows(store, _CONTENT.format(iri=iri, limit=_MAX_QUADS))
    return quads + [ox.Quad(s, p, o, iri) for s, p, o in content]  # type: ignore[arg-type]


def _respond(request: Request, iri: str, quads: list[ox.Quad], *, content: str = "") -> Response:
    """The quads in the form that the client wants.

    In formats without named graphs the content of a statement is left out: as bare triples it
    would be asserted, also where the statement denies it.
    """
    chosen = negotiate(request.headers.get("accept"), _OFFERED)
    if chosen is None:
        raise not_acceptable(NotAcceptableError("graph"))
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if chosen is _HTML:
        return HTMLResponse(_page(iri, quads), headers={**_CSP, **headers})
    assert chosen.rdf is not None
    if not chosen.rdf.supports_datasets or chosen.name == "jsonld":
        quads = [quad for quad in quads if str(getattr(quad.graph_name, "value", "")) != content]
    if not chosen.rdf.supports_datasets:
        quads = list({(q.subject, q.predicate, q.object): q for q in quads}.values())
    body = serialize_quads(quads, chosen)
    return Response(body, media_type=chosen.content_type, headers=headers)


def _page(iri: str, quads: Iterable[ox.Quad]) -> str:
    rows = {
        (_shown(quad.subject), _shown(quad.predicate), _shown(quad.object)): None for quad in quads
    }
    label = next(
        (
            str(quad.object.value)
            for quad in quads
            if quad.predicate.value.endswith("#label") and isinstance(quad.object, ox.Literal)
        ),
        curie(iri),
    )
    body = f"<p><code>{escape(iri)}</code></p>" + table(
        ["subject", "property", "value"], rows, caption=f"What is said of {label}"
    )
    return page(label, body)


def _shown(node: object) -> str:
    if isinstance(node, ox.NamedNode):
        return link(node.value)
    if isinstance(node, ox.Literal):
        return escape(node.value)
    return escape(str(node))


@router.get("/ontology", summary="The ontology", response_class=Response)
def ontology(request: Request) -> Response:
    """The terms, as a page or in any RDF format."""
    rows = _rows(_store(request), _ONTOLOGY.format(graph=ONTOLOGY_GRAPH))
    if not rows:
        raise NotFoundError("the store holds no ontology; run `axiskg build`")
    quads = [ox.Quad(s, p, o) for s, p, o in rows]  # type: ignore[arg-type]
    return _respond(request, f"{ROOT}ontology", quads)


def _named(request: Request, kind: str, name: str) -> Response:
    try:
        iri = ox.NamedNode(f"{ROOT}{kind}/{name}")
    except ValueError:
        raise NotFoundError(f"there is no {kind} {name!r}") from None
    quads = _about(_store(request), iri)
    if not quads:
        raise NotFoundError(f"there is no {kind} {name!r}")
    return _respond(request, iri.value, quads, content=iri.value)


@router.get("/entity/{name:path}", summary="What is said of an entity", response_class=Response)
def entity(request: Request, name: str) -> Response:
    """By its slug, such as `china`."""
    return _named(request, "entity", name)


@router.get("/statement/{name:path}", summary="A statement", response_class=Response)
def statement(request: Request, name: str) -> Response:
    """By its source and number; its content only in formats with named graphs."""
    return _named(request, "statement", name)


@router.get("/source/{name:path}", summary="A source", response_class=Response)
def source(request: Request, name: str) -> Response:
    """By its slug."""
    return _named(request, "source", name)


@router.get("/scenario/{name:path}", summary="A scenario", response_class=Response)
def scenario(request: Request, name: str) -> Response:
    """By its slug."""
    return _named(request, "scenario", name)
