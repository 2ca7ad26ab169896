"""Updates: tokens, scopes, protected graphs, atomicity, and reading one's own writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from axiskg.store.update_text import (
    graphs_written,
    loads_of,
    with_loads_replaced,
    within_graph,
)

UPDATE = {"content-type": "application/sparql-update"}


def ask(client: httpx.Client, query: str) -> bool:
    answer = client.get("/sparql", params={"query": query}).json()["boolean"]
    assert isinstance(answer, bool)
    return answer


def test_a_write_needs_a_token(stranger: httpx.Client) -> None:
    response = stranger.post("/update", content="CLEAR ALL", headers=UPDATE)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_wrong_token_is_refused(stranger: httpx.Client) -> None:
    headers = {**UPDATE, "authorization": "Bearer wrong"}
    assert stranger.post("/update", content="CLEAR ALL", headers=headers).status_code == 401


def test_what_was_written_is_read(client: httpx.Client) -> None:
    for number in range(5):
        update = f"INSERT DATA {{ GRAPH <urn:test:ryw> {{ <urn:s> <urn:p> {number} }} }}"
        response = client.post("/sparql", content=update, headers=UPDATE)
        assert response.status_code == 204
        assert ask(client, f"ASK {{ GRAPH <urn:test:ryw> {{ <urn:s> <urn:p> {number} }} }}")


def test_a_request_is_atomic(client: httpx.Client) -> None:
    update = (
        "INSERT DATA { GRAPH <urn:test:atomic> { <urn:s> <urn:p> 1 } } ;"
        " CREATE GRAPH <urn:test:atomic>"
    )
    response = client.post("/update", content=update, headers=UPDATE)
    assert response.status_code >= 400
    assert not ask(client, "ASK { GRAPH <urn:test:atomic> { ?s ?p ?o } }")


def test_a_syntax_error_shows_the_place(client: httpx.Client) -> None:
    response = client.post("/update", content="INSERT DATA {\n <urn:s> }", headers=UPDATE)
    assert response.status_code == 400
    assert response.json()["line"] == 2


def test_using_graph_uri_is_the_dataset(client: httpx.Client) -> None:
    client.post(
        "/update",
        content="INSERT DATA { GRAPH <urn:test:using:a> { <urn:a> <urn:p> 1 }"
        " GRAPH <urn:test:using:b> { <urn:b> <urn:p> 1 } }",
        headers=UPDATE,
    )
    client.post(
        "/update",
        params={"using-graph-uri": "urn:test:using:a"},
        content="INSERT { GRAPH <urn:test:using:out> { ?s <urn:q> 1 } } WHERE { ?s <urn:p> 1 }",
        headers=UPDATE,
    )
    out = "ASK {{ GRAPH <urn:test:using:out> {{ <urn:{}> <urn:q> 1 }} }}"
    assert ask(client, out.format("a"))
    assert not ask(client, out.format("b"))


def test_no_update_is_lost_and_readers_see_whole_ones(client: httpx.Client) -> None:
    def write(number: int) -> int:
        update = f"INSERT DATA {{ GRAPH <urn:test:many> {{ <urn:w{number}> <urn:p> 1, 2, 3 }} }}"
        return client.post("/update", content=update, headers=UPDATE).status_code

    def read(_: int) -> int:
        query = "SELECT (COUNT(*) AS ?n) { GRAPH <urn:test:many> { ?s <urn:p> ?o } }"
        answer = client.get(
            "/sparql", params={"query": query}, headers={"cache-control": "no-cache"}
        ).json()
        return int(answer["results"]["bindings"][0]["n"]["value"])

    with ThreadPoolExecutor(8) as pool:
        written = pool.map(write, range(40))
        counts = list(pool.map(read, range(40)))
        assert set(written) == {204}
    assert all(count % 3 == 0 for count in counts), "a reader saw half of an update"
    assert read(0) == 120


@pytest.mark.parametrize(
    ("update", "graphs"),
    [
        ("INSERT DATA { <urn:s> <urn:p> 1 }", {""}),
        ("PREFIX g: <urn:> INSERT DATA { GRAPH g:a { <urn:s> <urn:p> 1 } }", {"urn:a"}),
        ("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { GRAPH <urn:h> { ?s ?p ?o } }", {"urn:g"}),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", {None}),
        ("INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", {None}),
        ("DROP ALL", {None}),
        ("CLEAR NAMED", {None}),
        ("CLEAR SILENT DEFAULT", {""}),
        ("MOVE <urn:a> TO <urn:b>", {"urn:a", "urn:b"}),
        ("COPY <urn:a> TO DEFAULT", {""}),
        ("CREATE GRAPH <urn:a> ; DROP GRAPH <urn:b>", {"urn:a", "urn:b"}),
        ("LOAD <urn:doc> INTO GRAPH <urn:a>", {"urn:a"}),
        ("INSERT DATA { GRAPH <\\u0075rn:a> { <urn:s> <urn:p> 1 } }", {None}),
        ("BASE <urn:x> INSERT DATA { GRAPH <a> { <urn:s> <urn:p> 1 } }", {None}),
        ("INSERT DATA { GRAPH <urn:a> { <urn:s> <urn:p> '} GRAPH <urn:b> {' } }", {"urn:a"}),
    ],
)
def test_the_graphs_that_an_update_writes(update: str, graphs: set[str | None]) -> None:
    assert graphs_written(update) == graphs


def test_silent_loads_do_nothing_silently(client: httpx.Client) -> None:
    text = "LOAD SILENT <http://127.0.0.1:1/> INTO GRAPH <urn:g> ; INSERT DATA { }"
    (load,) = loads_of(text)
    assert (load.url, load.graph, load.silent) == ("http://127.0.0.1:1/", "urn:g", True)
    assert with_loads_replaced(text, {0: "CLEAR DEFAULT"}) == "CLEAR DEFAULT ; INSERT DATA { }"
    assert client.post("/update", content=text, headers=UPDATE).status_code == 204


def test_a_patch_stays_in_its_graph() -> None:
    text = within_graph("INSERT DATA { <urn:s> <urn:p> 1 } ; DELETE WHERE { ?s ?p 2 }", "urn:g")
    assert graphs_written(text) == {"urn:g"}
