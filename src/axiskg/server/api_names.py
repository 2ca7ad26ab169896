"""Dereferencing: what the graph says of an IRI of ours, as a page or as RDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from axiskg.errors import NotFoundError, QueryError
from axiskg.formats import DATASETS, GRAPHS, Format, format_named, negotiate, serialize_quads
from axiskg.namespaces import (
    ENTITIES_GRAPH,
    LINKS_GRAPH,
    ONTOLOGY_GRAPH,
    PROVENANCE_GRAPH,
    ROOT,
)
from axiskg.server.analyses import analysis_of
from axiskg.server.answers import NotAcceptableError
from axiskg.server.context import Context
from axiskg.server.negotiation import not_acceptable
from axiskg.server.pages.names import (
    entity_page,
    ontology_page,
    record_page,
    scenario_page,
    source_page,
    statement_page,
)
from axiskg.store import Solutions, Store

__all__ = ["router"]

router = APIRouter(tags=["names"])

_HTML = Format("html", "text/html", "html", "HTML", charset=True)
_OFFERED = (_HTML, *GRAPHS, *DATASETS[:2])
_MAX_QUADS = 5000

_ABOUT = """SELECT ?g ?p ?o WHERE {{
  {{ {iri} ?p ?o }}
  UNION {{ VALUES ?g {{ <{entities}> <{links}> <{provenance}> }} GRAPH ?g {{ {iri} ?p ?o }} }}
}} ORDER BY ?p ?o LIMIT {limit}"""
_CONTENT = "SELECT ?s ?p ?o WHERE {{ GRAPH {iri} {{ ?s ?p ?o }} }} LIMIT {limit}"
_ONTOLOGY = "SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"

Quads = list[ox.Quad]
Page = Callable[[Quads], Response]
FormatName = Annotated[
    str | None,
    Query(alias="format", description="Instead of Accept: html, ttl, trig, jsonld and the like."),
]


def _store(request: Request) -> Store:
    context: Context = request.app.state.context
    return context.store


def _rows(store: Store, text: str) -> list[tuple[object, ...]]:
    found = store.query(text)
    assert isinstance(found, Solutions)
    return list(found.rows)


def _about(store: Store, iri: ox.NamedNode) -> Quads:
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


def _chosen(request: Request, name: str | None) -> Format:
    """The format by name, which wins, or by Accept. Raises the 406."""
    found = None
    if name:
        try:
            found = format_named(name, _OFFERED)
        except QueryError:
            found = negotiate(name, _OFFERED) if "/" in name else None
    else:
        found = negotiate(request.headers.get("accept"), _OFFERED)
    if found is None:
        raise not_acceptable(NotAcceptableError("graph"))
    return found


def _respond(
    request: Request, quads: Quads, page: Page, name: str | None, *, content: str = ""
) -> Response:
    """The quads in the form that the client wants.

    In formats without named graphs the content of a statement is left out: as bare triples it
    would be asserted, also where the statement denies it.
    """
    chosen = _chosen(request, name)
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if chosen is _HTML:
        response = page(quads)
        response.headers.update(headers)
        return response
    assert chosen.rdf is not None
    if not chosen.rdf.supports_datasets or chosen.name == "jsonld":
        quads = [quad for quad in quads if str(getattr(quad.graph_name, "value", "")) != content]
    if not chosen.rdf.supports_datasets:
        quads = list({(q.subject, q.predicate, q.object): q for q in quads}.values())
    body = serialize_quads(quads, chosen)
    return Response(body, media_type=chosen.content_type, headers=headers)


@router.get("/ontology", summary="The ontology", response_class=Response)
def ontology(request: Request, form: FormatName = None) -> Response:
    """The terms, as a page or in any RDF format."""
    rows = _rows(_store(request), _ONTOLOGY.format(graph=ONTOLOGY_GRAPH))
    if not rows:
        raise NotFoundError("the store holds no ontology; run `axiskg build`")
    quads = [ox.Quad(s, p, o) for s, p, o in rows]  # type: ignore[arg-type]
    return _respond(request, quads, ontology_page, form)


def _named(
    request: Request,
    kind: str,
    name: str,
    form: str | None,
    page: Callable[[Request, str, Quads], Response],
) -> Response:
    try:
        iri = ox.NamedNode(f"{ROOT}{kind}/{name}")
    except ValueError:
        raise NotFoundError(f"there is no {kind} {name!r}") from None
    quads = _about(_store(request), iri)
    if not quads:
        raise NotFoundError(f"there is no {kind} {name!r}")
    return _respond(
        request, quads, lambda found: page(request, iri.value, found), form, content=iri.value
    )


@router.get("/entity/{name:path}", summary="What is said of an entity", response_class=Response)
def entity(request: Request, name: str, form: FormatName = None) -> Response:
    """By its slug, such as `china`."""

    def page(request: Request, iri: str, quads: Quads) -> Response:
        context: Context = request.app.state.context
        return entity_page(context, analysis_of(request.app.state), iri, request.url.path, quads)

    return _named(request, "entity", name, form, page)


@router.get("/statement/{name:path}", summary="A statement", response_class=Response)
def statement(request: Request, name: str, form: FormatName = None) -> Response:
    """By its source and number; its content only in formats with named graphs."""

    def page(request: Request, iri: str, quads: Quads) -> Response:
        context: Context = request.app.state.context
        return statement_page(context, analysis_of(request.app.state), iri, request.url.path, quads)

    return _named(request, "statement", name, form, page)


@router.get("/source/{name:path}", summary="A source", response_class=Response)
def source(request: Request, name: str, form: FormatName = None) -> Response:
    """By its slug."""

    def page(request: Request, iri: str, quads: Quads) -> Response:
        context: Context = request.app.state.context
        return source_page(context, analysis_of(request.app.state), iri, request.url.path, quads)

    return _named(request, "source", name, form, page)


@router.get("/scenario/{name:path}", summary="A scenario", response_class=Response)
def scenario(request: Request, name: str, form: FormatName = None) -> Response:
    """By its slug."""

    def page(request: Request, iri: str, quads: Quads) -> Response:
        return scenario_page(analysis_of(request.app.state), iri, request.url.path)

    return _named(request, "scenario", name, form, page)


@router.get("/name/{name:path}", summary="A name of an entity", response_class=Response)
def name_of_entity(request: Request, name: str, form: FormatName = None) -> Response:
    """By the entity's slug and the name's own, such as `china/the-prc-alias`."""

    def page(request: Request, iri: str, quads: Quads) -> Response:
        return record_page(analysis_of(request.app.state), iri, request.url.path, quads)

    return _named(request, "name", name, form, page)
