"""SPARQL 1.1 Protocol, beyond the W3C tests: parameters, methods, statuses, headers."""

from __future__ import annotations

import httpx
import pytest

from axiskg.errors import ParameterError
from axiskg.server.http import ProblemError
from axiskg.server.protocol import FORM, QUERY_TYPE, UPDATE_TYPE, read_operation


@pytest.mark.parametrize(
    ("method", "query_string", "media_type", "body", "kind", "text"),
    [
        ("GET", b"query=ASK%20%7B%7D", "", b"", "query", "ASK {}"),
        ("GET", b"query=ASK+%7B%7D", "", b"", "query", "ASK {}"),
        ("GET", b"query=%2520", "", b"", "query", "%20"),
        ("GET", b"", "", b"", "query", None),
        ("POST", b"", FORM, b"query=ASK%7B%7D", "query", "ASK{}"),
        ("POST", b"", FORM, b"update=CLEAR+ALL", "update", "CLEAR ALL"),
        ("POST", b"", QUERY_TYPE, "ASK{'é'}".encode(), "query", "ASK{'é'}"),
        ("POST", b"", UPDATE_TYPE, b"CLEAR ALL", "update", "CLEAR ALL"),
    ],
)
def test_operations_are_read(
    method: str, query_string: bytes, media_type: str, body: bytes, kind: str, text: str | None
) -> None:
    operation = read_operation(method, query_string, media_type, body)
    assert (operation.kind, operation.text) == (kind, text)


@pytest.mark.parametrize(
    ("method", "query_string", "media_type", "body", "status"),
    [
        ("GET", b"query=ASK%7B%7D&query=ASK%7B%7D", "", b"", 400),
        ("GET", b"update=CLEAR+ALL", "", b"", 400),
        ("GET", b"query=%FF", "", b"", 400),
        ("GET", b"query=%ZZ", "", b"", 400),
        ("POST", b"", FORM, b"query=ASK%7B%7D&update=CLEAR+ALL", 400),
        ("POST", b"query=ASK%7B%7D", FORM, b"", 400),
        ("POST", b"query=ASK%7B%7D", QUERY_TYPE, b"ASK {}", 400),
        ("POST", b"", FORM, b"", 400),
        ("POST", b"", "", b"", 400),
        ("POST", b"", "application/json", b"{}", 415),
        ("POST", b"", QUERY_TYPE, b"\xff\xfe", 400),
        ("POST", b"using-graph-uri=urn:a", QUERY_TYPE, b"ASK {}", 400),
        ("POST", b"default-graph-uri=urn:a", UPDATE_TYPE, b"CLEAR ALL", 400),
        ("POST", b"", QUERY_TYPE, b"ASK {}\x00", 400),
    ],
)
def test_wrong_requests_are_refused(
    method: str, query_string: bytes, media_type: str, body: bytes, status: int
) -> None:
    with pytest.raises(ProblemError) as caught:
        read_operation(method, query_string, media_type, body)
    assert caught.value.status == status


def test_graph_parameters_must_be_absolute() -> None:
    with pytest.raises(ParameterError, match="default-graph-uri"):
        read_operation("GET", b"query=ASK%7B%7D&default-graph-uri=relative", "", b"")


def test_get_and_both_posts_agree(stranger: httpx.Client) -> None:
    query = "SELECT (1 AS ?x) {}"
    answers = [
        stranger.get("/sparql", params={"query": query}),
        stranger.post("/sparql", data={"query": query}),
        stranger.post("/sparql", content=query, headers={"content-type": QUERY_TYPE}),
        stranger.get("/sparql/", params={"query": query}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_head_sends_the_headers_of_get(stranger: httpx.Client) -> None:
    params = {"query": "SELECT (1 AS ?x) {}"}
    head, get = stranger.head("/sparql", params=params), stranger.get("/sparql", params=params)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-type"] == "application/sparql-results+json"


def test_options_answers_a_preflight(stranger: httpx.Client) -> None:
    response = stranger.options(
        "/sparql",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"},
    )
    assert response.status_code == 204
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Authorization" in response.headers["access-control-allow-headers"]
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(stranger: httpx.Client, method: str) -> None:
    response = stranger.request(method, "/sparql", params={"query": "ASK {}"})
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


def test_syntax_errors_show_the_place(stranger: httpx.Client) -> None:
    query = "SELECT *\nWHERE { ?s ?p }"
    response = stranger.get("/sparql", params={"query": query})
    problem = response.json()
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["line"] == 2
    line, caret = problem["near"].splitlines()
    assert line == "WHERE { ?s ?p }"
    assert caret.index("^") == problem["column"] - 1


def test_an_update_is_no_query_and_the_reverse(client: httpx.Client) -> None:
    as_query = client.post("/sparql", content="CLEAR ALL", headers={"content-type": QUERY_TYPE})
    as_update = client.post("/update", content="ASK {}", headers={"content-type": UPDATE_TYPE})
    elsewhere = client.post("/update", content="ASK {}", headers={"content-type": QUERY_TYPE})
    assert (as_query.status_code, as_update.status_code, elsewhere.status_code) == (400, 400, 400)


def test_the_union_of_all_graphs_can_be_asked_for(client: httpx.Client) -> None:
    client.put(
        "/graphs",
        params={"graph": "urn:test:union"},
        content="<urn:u> <urn:p> <urn:o> .",
        headers={"content-type": "text/turtle"},
    )
    query = {"query": "ASK { <urn:u> <urn:p> <urn:o> }"}
    alone = client.get("/sparql", params=query).json()["boolean"]
    union = client.get("/sparql", params={**query, "default-graph-uri": "urn:x-arq:UnionGraph"})
    assert alone is False
    assert union.json()["boolean"] is True


def test_the_protocols_dataset_wins_over_from(client: httpx.Client) -> None:
    for name in ("a", "b"):
        client.put(
            "/graphs",
            params={"graph": f"urn:test:from:{name}"},
            content=f"<urn:{name}> <urn:p> 1 .",
            headers={"content-type": "text/turtle"},
        )
    query = "SELECT ?s FROM <urn:test:from:a> { ?s <urn:p> 1 }"
    by_from = client.get("/sparql", params={"query": query}).json()
    by_protocol = client.get(
        "/sparql", params={"query": query, "default-graph-uri": "urn:test:from:b"}
    ).json()
    assert by_from["results"]["bindings"][0]["s"]["value"] == "urn:a"
    assert by_protocol["results"]["bindings"][0]["s"]["value"] == "urn:b"


def test_from_fetches_nothing(stranger: httpx.Client) -> None:
    query = "ASK FROM <http://127.0.0.1:1/data.ttl> { ?s ?p ?o }"
    response = stranger.get("/sparql", params={"query": query})
    assert response.json()["boolean"] is False


@pytest.mark.parametrize("timeout", ["0", "-1", "soon", "nan", "inf"])
def test_a_timeout_is_a_number_of_seconds(stranger: httpx.Client, timeout: str) -> None:
    response = stranger.get("/sparql", params={"query": "ASK {}", "timeout": timeout})
    assert response.status_code == 400
    assert response.json()["parameter"] == "timeout"
