"""Methods and headers as RFC 9110 has them, on every kind of route."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx
import pytest
from benchmarks.conformance_servers import Server

QUERY = {"query": "ASK {}"}
READ = [
    "/",
    "/docs",
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/void",
    "/sparql?query=ASK%7B%7D",
    "/graphs?default",
    "/api/scenarios",
]
VARIABLE = {"date", "x-request-id"}


@pytest.mark.parametrize("path", READ)
def test_head_is_get_without_the_body(stranger: httpx.Client, path: str) -> None:
    got, head = stranger.get(path), stranger.head(path)
    assert (got.status_code, head.status_code) == (200, 200)
    assert head.content == b""
    kept = [
        {k: v for k, v in response.headers.items() if k not in VARIABLE} for response in (got, head)
    ]
    if path == "/metrics":  # counts itself
        kept = [{k: v for k, v in headers.items() if k != "content-length"} for headers in kept]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("path", [*READ, "/update", "/api/what-if", "/entity/x", "/reconcile"])
def test_options_says_what_is_allowed(stranger: httpx.Client, path: str) -> None:
    headers = {"origin": "https://example.org", "access-control-request-method": "GET"}
    response = stranger.options(path, headers=headers)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    allowed = response.headers["access-control-allow-methods"]
    assert ("POST" if path == "/update" else "GET") in allowed


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/what-if", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/api/refresh", {"POST", "OPTIONS"}),
        ("/entity/x", {"GET", "HEAD", "OPTIONS"}),
        ("/void", {"GET", "HEAD", "OPTIONS"}),
        ("/sparql", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/update", {"POST", "OPTIONS"}),
        ("/graphs", {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"}),
    ],
)
def test_a_405_names_every_method(stranger: httpx.Client, path: str, allowed: set[str]) -> None:
    response = stranger.request("PROPFIND", path)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == allowed
    assert response.headers["content-type"] == "application/problem+json"


def test_a_304_has_the_headers_that_matter_to_caches(stranger: httpx.Client) -> None:
    for path, params in (("/sparql", QUERY), ("/graphs", {"default": ""}), ("/void", {})):
        whole = stranger.get(path, params=params)
        tag = whole.headers["etag"]
        for sent in (tag, f'"other", W/{tag}', "*"):
            response = stranger.get(path, params=params, headers={"if-none-match": sent})
            assert response.status_code == 304
            for name in ("etag", "vary", "cache-control"):
                assert response.headers[name] == whole.headers[name]


def test_a_range_is_ignored(stranger: httpx.Client) -> None:
    response = stranger.get("/sparql", params=QUERY, headers={"range": "bytes=0-1"})
    assert response.status_code == 200
    assert response.json()["boolean"] is True


def test_a_request_in_the_url_of_a_post_is_refused(client: httpx.Client) -> None:
    for params in ({"query": "ASK {}"}, {"update": "CLEAR GRAPH <urn:none>"}):
        assert client.post("/sparql", params=params).status_code == 400


def test_a_compressed_body_is_refused_with_what_is_taken(stranger: httpx.Client) -> None:
    headers = {"content-type": "application/sparql-query", "content-encoding": "gzip"}
    response = stranger.post("/sparql", content=b"ASK {}", headers=headers)
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "identity"


def test_a_format_may_be_a_media_type(stranger: httpx.Client) -> None:
    response = stranger.get("/sparql", params={**QUERY, "format": "text/csv"})
    assert response.headers["content-type"].startswith("text/csv")


def _raw(server: Server, sent: bytes) -> bytes:
    parts = urlsplit(server.root)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=20) as sock:
        sock.sendall(sent)
        answer = b""
        while chunk := sock.recv(4096):
            answer += chunk
        return answer


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"RUBBISH / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /sparql?query=" + b"x" * 70_000, b"414"),
        (b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 70_000, b"431"),
    ],
)
def test_what_is_no_request_is_a_problem_too(server: Server, sent: bytes, status: bytes) -> None:
    head, _, body = _raw(server, sent).partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert b"content-type: application/problem+json" in head
    assert b'"status": ' + status in body


def test_every_header_of_ours_can_be_read_by_pages(stranger: httpx.Client) -> None:
    exposed = stranger.get("/sparql", params=QUERY).headers["access-control-expose-headers"]
    for name in ("Services", "Stale", "Generation", "Limits", "Truncated"):
        assert f"AxisKG-{name}" in exposed
