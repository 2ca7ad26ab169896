"""The pages, and what the graph says of its own names."""

from __future__ import annotations

import re

import httpx
import pyoxigraph as ox

IRI = "https://w3id.org/axiskg/entity/test-place"


def test_the_start_page_asks_and_answers_without_script(stranger: httpx.Client) -> None:
    page = stranger.get("/", params={"query": "SELECT ?x { VALUES ?x { '<b>' } }"})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "&lt;b&gt;" in page.text
    assert "<label for=" in page.text
    assert not re.search(r'(?:src|href)="https?://(?!127)', page.text)


def test_a_wrong_query_is_shown_with_its_place(stranger: httpx.Client) -> None:
    page = stranger.get("/", params={"query": "SELECT"})
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_the_api_page_lists_every_operation(stranger: httpx.Client) -> None:
    page = stranger.get("/docs").text
    for path, operations in stranger.get("/openapi.json").json()["paths"].items():
        for method in operations:
            assert f"{method.upper()} {path}" in page
    assert "<script" not in page


def test_names_are_dereferenced(client: httpx.Client) -> None:
    client.post(
        "/update",
        content="PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> INSERT DATA { GRAPH"
        f" <https://w3id.org/axiskg/graph/entities> {{ <{IRI}> rdfs:label 'A place' }} }}",
        headers={"content-type": "application/sparql-update"},
    )
    page = client.get("/entity/test-place", headers={"accept": "text/html"})
    turtle = client.get("/entity/test-place", headers={"accept": "text/turtle"})
    assert "A place" in page.text
    (quad,) = ox.parse(turtle.content, ox.RdfFormat.TURTLE)
    assert quad.subject == ox.NamedNode(IRI)
    assert "accept" in turtle.headers["vary"].lower()


def test_a_statement_is_not_asserted_by_describing_it(client: httpx.Client) -> None:
    statement = "https://w3id.org/axiskg/statement/test/p1.a"
    client.post(
        "/update",
        content=f"INSERT DATA {{ GRAPH <{statement}> {{ <urn:moon> <urn:madeOf> <urn:cheese> }}"
        f" GRAPH <https://w3id.org/axiskg/graph/provenance> {{ <{statement}> a <urn:Denied> }} }}",
        headers={"content-type": "application/sparql-update"},
    )
    trig = client.get("/statement/test/p1.a", headers={"accept": "application/trig"})
    turtle = client.get("/statement/test/p1.a", headers={"accept": "text/turtle"})
    graphs = {str(quad.graph_name) for quad in ox.parse(trig.content, ox.RdfFormat.TRIG)}
    assert f"<{statement}>" in graphs
    assert "cheese" in trig.text
    assert "cheese" not in turtle.text


def test_the_service_describes_itself(stranger: httpx.Client) -> None:
    html = stranger.get("/sparql", headers={"accept": "text/html"})
    assert html.status_code == 303
    void = stranger.get("/void", headers={"accept": "application/n-triples"})
    again = stranger.get(
        "/void",
        headers={"accept": "application/n-triples", "if-none-match": void.headers["etag"]},
    )
    assert "http://rdfs.org/ns/void#triples" in void.text
    assert again.status_code == 304
