"""SPARQL 1.1 Graph Store HTTP Protocol, beyond the W3C tests."""

from __future__ import annotations

import httpx
import pytest
from benchmarks.conformance_servers import axiskg_server

TURTLE = {"content-type": "text/turtle"}
DOCUMENT = "<urn:s> <urn:p> <urn:o> ."


def put(client: httpx.Client, graph: str, content: str = DOCUMENT) -> httpx.Response:
    return client.put("/graphs", params={"graph": graph}, content=content, headers=TURTLE)


def lines(client: httpx.Client, graph: str) -> set[str]:
    response = client.get(
        "/graphs", params={"graph": graph}, headers={"accept": "application/n-triples"}
    )
    assert response.status_code == 200
    return set(response.text.splitlines())


def test_put_creates_then_replaces(client: httpx.Client) -> None:
    assert put(client, "urn:gs:put").status_code == 201
    assert put(client, "urn:gs:put", "<urn:s> <urn:p> <urn:other> .").status_code == 204
    assert lines(client, "urn:gs:put") == {"<urn:s> <urn:p> <urn:other> ."}


def test_post_adds(client: httpx.Client) -> None:
    put(client, "urn:gs:post")
    response = client.post(
        "/graphs",
        params={"graph": "urn:gs:post"},
        content="<urn:s> <urn:p> <urn:more> .",
        headers=TURTLE,
    )
    assert response.status_code == 204
    assert len(lines(client, "urn:gs:post")) == 2


def test_post_without_a_graph_makes_one(client: httpx.Client) -> None:
    response = client.post("/graphs", content=DOCUMENT, headers=TURTLE)
    assert response.status_code == 201
    location = response.headers["location"]
    assert client.get(location, headers={"accept": "text/turtle"}).status_code == 200


def test_multipart_adds_every_part(client: httpx.Client) -> None:
    files = [
        ("a", ("a.ttl", "<urn:a> <urn:p> 1 .", "text/turtle")),
        ("b", ("b.nt", "<urn:b> <urn:p> <urn:o> .", "application/n-triples")),
    ]
    response = client.post("/graphs", params={"graph": "urn:gs:multi"}, files=files)
    assert response.status_code == 201
    assert len(lines(client, "urn:gs:multi")) == 2


def test_delete_then_gone(client: httpx.Client) -> None:
    put(client, "urn:gs:delete")
    assert client.delete("/graphs", params={"graph": "urn:gs:delete"}).status_code == 204
    assert client.get("/graphs", params={"graph": "urn:gs:delete"}).status_code == 404
    assert client.delete("/graphs", params={"graph": "urn:gs:delete"}).status_code == 404


def test_patch_changes_its_graph_alone(client: httpx.Client) -> None:
    put(client, "urn:gs:patch")
    put(client, "urn:gs:patch:other")
    response = client.patch(
        "/graphs",
        params={"graph": "urn:gs:patch"},
        content="DELETE { ?s ?p <urn:o> } INSERT { ?s ?p <urn:new> } WHERE { ?s ?p <urn:o> }",
        headers={"content-type": "application/sparql-update"},
    )
    assert response.status_code == 204
    assert lines(client, "urn:gs:patch") == {"<urn:s> <urn:p> <urn:new> ."}
    assert lines(client, "urn:gs:patch:other") == {"<urn:s> <urn:p> <urn:o> ."}


@pytest.mark.parametrize(
    "text", ["DROP ALL", "INSERT DATA { GRAPH <urn:x> { <urn:a> <urn:b> 1 } }"]
)
def test_a_patch_that_leaves_its_graph_is_refused(client: httpx.Client, text: str) -> None:
    put(client, "urn:gs:patch:strict")
    response = client.patch(
        "/graphs",
        params={"graph": "urn:gs:patch:strict"},
        content=text,
        headers={"content-type": "application/sparql-update"},
    )
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("<urn:s> <urn:p> .", "text/turtle", 400),
        ("{}", "application/json", 415),
        (DOCUMENT, "application/trig", 415),
        (DOCUMENT, "text/turtle; charset=utf-16", 415),
        (DOCUMENT, "multipart/form-data", 400),
    ],
)
def test_bad_documents_are_refused_whole(
    client: httpx.Client, content: str, kind: str, status: int
) -> None:
    response = client.put(
        "/graphs",
        params={"graph": "urn:gs:bad"},
        content=content,
        headers={"content-type": kind},
    )
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/graphs", params={"graph": "urn:gs:bad"}).status_code == 404


@pytest.mark.parametrize(
    "params",
    [{}, {"graph": "relative"}, {"graph": "urn:a", "default": ""}, {"graph": ["urn:a", "urn:b"]}],
)
def test_a_graph_must_be_named_once(client: httpx.Client, params: dict[str, str]) -> None:
    assert client.get("/graphs", params=params).status_code == 400


def test_conditional_writes(client: httpx.Client) -> None:
    graph = {"graph": "urn:gs:match"}
    put(client, graph["graph"])
    tag = client.get("/graphs", params=graph, headers={"accept": "text/turtle"}).headers["etag"]
    again = client.get(
        "/graphs", params=graph, headers={"accept": "text/turtle", "if-none-match": tag}
    )
    assert again.status_code == 304
    fits = client.put(
        "/graphs", params=graph, content=DOCUMENT, headers={**TURTLE, "if-match": tag}
    )
    late = client.put(
        "/graphs", params=graph, content=DOCUMENT, headers={**TURTLE, "if-match": tag}
    )
    taken = client.put(
        "/graphs", params=graph, content=DOCUMENT, headers={**TURTLE, "if-none-match": "*"}
    )
    assert (fits.status_code, late.status_code, taken.status_code) == (204, 412, 412)


def test_writing_needs_a_token_and_reading_does_not(
    client: httpx.Client, stranger: httpx.Client
) -> None:
    put(client, "urn:gs:open")
    graph = {"graph": "urn:gs:open"}
    assert stranger.get("/graphs", params=graph).status_code == 200
    assert (
        stranger.put("/graphs", params=graph, content=DOCUMENT, headers=TURTLE).status_code == 401
    )
    assert stranger.delete("/graphs", params=graph).status_code == 401


def test_options_names_the_methods(stranger: httpx.Client) -> None:
    response = stranger.options("/graphs")
    assert "PATCH" in response.headers["allow"]
    assert response.headers["accept-patch"] == "application/sparql-update"


def test_an_upload_over_the_limit_leaves_nothing() -> None:
    with (
        axiskg_server(workers=1, spare_workers=0, max_upload_mb=1) as server,
        httpx.Client(base_url=server.root, headers=dict(server.headers), trust_env=False) as client,
    ):

        def body() -> object:
            for number in range(60_000):
                yield f"<urn:s{number}> <urn:p> <urn:o{number}> .\n".encode()

        params = {"graph": "urn:big"}
        response = client.put("/graphs", params=params, content=body(), headers=TURTLE)
        assert response.status_code == 413
        assert client.get("/graphs", params=params).status_code == 404
