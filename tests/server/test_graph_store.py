"""SPARQL 1.1 Graph Store HTTP Protocol, beyond the W3C tests."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from benchmarks.conformance_servers import Server, axiskg_server

TURTLE = {"content-type": "text/turtle"}
DOCUMENT = "<urn:s> <urn:p> <urn:o> ."
PATCH = {"content-type": "application/sparql-update"}
JSON_LD = "application/ld+json"


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


def tag_of(client: httpx.Client, graph: str, accept: str = "text/turtle") -> str:
    response = client.get("/graphs", params={"graph": graph}, headers={"accept": accept})
    tag = response.headers["etag"]
    assert isinstance(tag, str)
    return tag


def test_a_tag_is_of_one_graph(client: httpx.Client) -> None:
    put(client, "urn:gs:mine")
    tag = tag_of(client, "urn:gs:mine")
    put(client, "urn:gs:theirs")
    insert = "INSERT DATA { GRAPH <urn:gs:theirs> { <urn:s> <urn:p> 2 } }"
    assert client.post("/update", content=insert, headers=PATCH).status_code == 204
    assert tag_of(client, "urn:gs:mine") == tag
    headers = {**PATCH, "if-match": tag}
    patch = "INSERT DATA { <urn:s> <urn:p> 3 }"
    params = {"graph": "urn:gs:mine"}
    fits = client.patch("/graphs", params=params, content=patch, headers=headers)
    late = client.patch("/graphs", params=params, content=patch, headers=headers)
    assert (fits.status_code, late.status_code) == (204, 412)
    assert tag_of(client, "urn:gs:mine") != tag


@pytest.mark.parametrize(
    ("update", "touches"),
    [
        ("DELETE WHERE { GRAPH <urn:gs:seen> { ?s ?p ?o } }", True),
        ("WITH <urn:gs:seen> INSERT { <urn:s> <urn:p> 9 } WHERE {}", True),
        ("DELETE { GRAPH ?g { ?s ?p 10 } } WHERE { GRAPH ?g { ?s ?p 10 } }", True),
        ("COPY <urn:gs:seen> TO <urn:gs:elsewhere>", False),
        ("MOVE <urn:gs:seen> TO <urn:gs:elsewhere>", True),
        ("INSERT DATA { GRAPH <urn:gs:elsewhere> { <urn:s> <urn:p> 1 } }", False),
    ],
)
def test_what_may_change_a_graph_changes_its_tag(
    client: httpx.Client, update: str, touches: bool
) -> None:
    put(client, "urn:gs:seen")
    tag = tag_of(client, "urn:gs:seen")
    assert client.post("/update", content=update, headers=PATCH).status_code == 204
    response = client.delete("/graphs", params={"graph": "urn:gs:seen"}, headers={"if-match": tag})
    assert response.status_code == (412 if touches else 204)


def test_conditions_as_rfc_9110_has_them(client: httpx.Client) -> None:
    params = {"graph": "urn:gs:conditions"}
    put(client, params["graph"])
    tag = tag_of(client, params["graph"])

    def status(**conditions: str) -> int:
        headers = {**TURTLE, **{k.replace("_", "-"): v for k, v in conditions.items()}}
        return client.put("/graphs", params=params, content=DOCUMENT, headers=headers).status_code

    assert status(if_match=f"W/{tag}") == 412
    assert status(if_match='"a", "b"') == 412
    assert status(if_none_match=tag) == 412
    assert status(if_none_match=f'"a", W/{tag}') == 412
    assert status(if_none_match="*") == 412
    assert status(if_none_match='"a"') == 204
    assert status(if_match="*") == 204
    gone = {"graph": "urn:gs:absent"}
    for method in ("PUT", "POST", "DELETE"):
        headers = {**TURTLE, "if-match": "*"}
        response = client.request(method, "/graphs", params=gone, content=DOCUMENT, headers=headers)
        assert response.status_code == 412
    headers = {**PATCH, "if-match": "*"}
    assert client.patch("/graphs", params=gone, content="", headers=headers).status_code == 412
    assert client.get("/graphs", params=gone).status_code == 404


def test_of_many_with_the_same_tag_one_writes(client: httpx.Client) -> None:
    graph = "urn:gs:race"
    put(client, graph)
    tag = tag_of(client, graph)

    def attempt(number: int) -> int:
        headers = {**TURTLE, "if-match": tag}
        content = f"<urn:s> <urn:p> {number} ."
        params = {"graph": graph}
        return client.put("/graphs", params=params, content=content, headers=headers).status_code

    with ThreadPoolExecutor(8) as several:
        statuses = list(several.map(attempt, range(16)))
    assert sorted(statuses) == [204] + [412] * 15
    (line,) = lines(client, graph)
    assert f'"{statuses.index(204)}"' in line


def test_of_many_that_create_one_does(client: httpx.Client) -> None:
    def attempt(number: int) -> int:
        return client.put(
            "/graphs",
            params={"graph": "urn:gs:first"},
            content=f"<urn:s> <urn:p> {number} .",
            headers={**TURTLE, "if-none-match": "*"},
        ).status_code

    with ThreadPoolExecutor(8) as several:
        statuses = list(several.map(attempt, range(16)))
    assert sorted(statuses) == [201] + [412] * 15


def test_an_empty_graph_is_there_until_it_is_dropped(client: httpx.Client) -> None:
    params = {"graph": "urn:gs:empty"}
    assert put(client, params["graph"], "").status_code == 201
    assert put(client, params["graph"], "").status_code == 204
    assert client.get("/graphs", params=params).status_code == 200
    update = "DELETE WHERE { GRAPH <urn:gs:empty> { ?s ?p ?o } } ; CLEAR GRAPH <urn:gs:empty>"
    assert client.post("/update", content=update, headers=PATCH).status_code == 204
    assert client.head("/graphs", params=params).status_code == 200
    assert client.delete("/graphs", params=params).status_code == 204
    assert client.delete("/graphs", params=params).status_code == 404
    assert client.post("/graphs", params=params, content="", headers=TURTLE).status_code == 201
    drop = "DROP GRAPH <urn:gs:empty>"
    assert client.post("/update", content=drop, headers=PATCH).status_code == 204
    assert client.post("/update", content=drop, headers=PATCH).status_code == 409


def test_a_fault_names_no_file_of_the_server(client: httpx.Client) -> None:
    response = put(client, "urn:gs:fault", "<urn:s> <urn:p> 1 .\n broken")
    assert (response.status_code, response.json()["line"]) == (400, 2)
    assert "/uploads/" not in response.text
    several = client.post(
        "/graphs",
        params={"graph": "urn:gs:fault"},
        files=[
            ("a", ("a", DOCUMENT, "text/turtle")),
            ("b", ("b", "broken", "application/n-triples")),
        ],
    )
    assert several.status_code == 400
    assert "part 2" in several.json()["detail"]
    assert client.get("/graphs", params={"graph": "urn:gs:fault"}).status_code == 404


def test_a_document_with_graphs_of_its_own_is_refused(client: httpx.Client) -> None:
    document = '{"@id": "urn:g", "@graph": [{"@id": "urn:s", "urn:p": 1}]}'
    for params in ({"default": ""}, {"graph": "urn:gs:several"}):
        response = client.post(
            "/graphs", params=params, content=document, headers={"content-type": JSON_LD}
        )
        assert response.status_code == 400


def test_a_body_that_comes_late_is_waited_for(server: Server, client: httpx.Client) -> None:
    """Whoever watches for the client to go must not take its body for itself."""
    parts = urlsplit(server.root)
    assert parts.hostname is not None
    put(client, "urn:gs:late")
    body = b"INSERT DATA { <urn:late> <urn:p> 1 }"
    head = (
        f"PATCH /graphs?graph=urn:gs:late HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/sparql-update\r\n"
        f"Authorization: {server.headers['Authorization']}"
    )
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=30) as sock:
        sock.sendall(head.encode() + b"\r\n\r\n")
        time.sleep(0.4)
        sock.sendall(body[:10])
        time.sleep(0.4)
        sock.sendall(body[10:])
        assert sock.recv(200).startswith(b"HTTP/1.1 204")


def test_a_format_is_chosen_by_name(client: httpx.Client) -> None:
    put(client, "urn:gs:format")
    response = client.get("/graphs", params={"graph": "urn:gs:format", "format": "nt"})
    assert response.headers["content-type"].startswith("application/n-triples")
    assert response.headers["content-disposition"] == 'attachment; filename="graph.nt"'


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
