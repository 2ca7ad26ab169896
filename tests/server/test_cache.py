"""The result cache and entity tags."""

from __future__ import annotations

import re
import socket
from urllib.parse import quote, urlsplit

import httpx
from benchmarks.conformance_servers import Server

from axiskg.server.cache import Cached, ResultCache


def _hits(client: httpx.Client) -> float:
    found = re.search(r"^axiskg_cache_hits_total (\S+)$", client.get("/metrics").text, re.MULTILINE)
    assert found is not None
    return float(found.group(1))


def test_the_second_answer_comes_from_the_cache(client: httpx.Client) -> None:
    params = {"query": "SELECT (41 + 1 AS ?x) {}"}
    first = client.get("/sparql", params=params)
    before = _hits(client)
    second = client.get("/sparql", params=params)
    assert second.content == first.content
    assert second.headers["etag"] == first.headers["etag"]
    assert _hits(client) == before + 1


def test_space_does_not_matter_outside_of_strings(client: httpx.Client) -> None:
    client.get("/sparql", params={"query": "SELECT (40 + 1 AS ?x) {}"})
    before = _hits(client)
    client.get("/sparql", params={"query": "SELECT  (40 + 1\n AS ?x) {} "})
    assert _hits(client) == before + 1
    one = client.get("/sparql", params={"query": "SELECT ('a b' AS ?x) {}"})
    two = client.get("/sparql", params={"query": "SELECT ('a  b' AS ?x) {}"})
    assert one.content != two.content


def _statuses_and_bodies(sock: socket.socket, count: int) -> list[tuple[int, bytes]]:
    stream = sock.makefile("rb")
    found = []
    for _ in range(count):
        status = int(stream.readline().split()[1])
        length = 0
        while (line := stream.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        found.append((status, stream.read(length)))
    return found


def test_the_same_bytes_again_get_the_newest_answer(server: Server, client: httpx.Client) -> None:
    parts = urlsplit(server.root)
    text = quote("ASK { <urn:bytes> <urn:p> 1 }", safe="")
    wire = f"GET /sparql?query={text} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as sock:

        def ask(data: bytes, count: int) -> list[tuple[int, bytes]]:
            sock.sendall(data)
            return _statuses_and_bodies(sock, count)

        before = [ask(wire, 1)[0] for _ in range(4)]
        # Two in one piece, and one in two pieces, are read the long way.
        together = ask(wire + wire, 2)
        sock.sendall(wire[:40])
        split = ask(wire[40:], 1)
        insert = "INSERT DATA { <urn:bytes> <urn:p> 1 }"
        assert client.post("/update", data={"update": insert}).status_code == 204
        after = [ask(wire, 1)[0] for _ in range(4)]
    assert {status for status, _ in [*before, *together, *split, *after]} == {200}
    assert {b'"boolean":false' in body for _, body in [*before, *together, *split]} == {True}
    assert {b'"boolean":true' in body for _, body in after} == {True}


def test_not_modified_until_a_write(client: httpx.Client) -> None:
    params = {"query": "ASK { <urn:cache> <urn:p> 1 }"}
    first = client.get("/sparql", params=params)
    tag = first.headers["etag"]
    same = client.get("/sparql", params=params, headers={"if-none-match": f'"x", {tag}'})
    assert same.status_code == 304
    assert same.content == b""
    client.post(
        "/update",
        content="INSERT DATA { GRAPH <urn:test:cache> { <urn:cache> <urn:p> 1 } }",
        headers={"content-type": "application/sparql-update"},
    )
    after = client.get("/sparql", params=params, headers={"if-none-match": tag})
    assert after.status_code == 200
    assert after.headers["etag"] != tag
    assert int(after.headers["axiskg-generation"]) > int(first.headers["axiskg-generation"])


def test_only_reads_are_told_that_nothing_changed(client: httpx.Client) -> None:
    """RFC 9110, 13.1.2: other methods than GET and HEAD fail with 412."""
    query = {"query": "ASK { <urn:cache> <urn:p> 2 }"}
    tag = client.post("/sparql", data=query).headers["etag"]
    for _ in range(2):  # before it is kept, and from what is kept
        answer = client.post("/sparql", data=query, headers={"if-none-match": tag})
        assert answer.status_code == 412
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post("/sparql", data=query, headers={"if-none-match": '"x"'}).status_code == 200


def test_no_cache_is_honoured(client: httpx.Client) -> None:
    params = {"query": "SELECT (43 AS ?x) {}"}
    client.get("/sparql", params=params)
    before = _hits(client)
    client.get("/sparql", params=params, headers={"cache-control": "no-cache"})
    assert _hits(client) == before


def test_what_differs_from_call_to_call_is_never_kept(client: httpx.Client) -> None:
    params = {"query": "SELECT (STRUUID() AS ?x) {}"}
    first, second = client.get("/sparql", params=params), client.get("/sparql", params=params)
    assert first.content != second.content
    assert "etag" not in first.headers


def test_formats_have_tags_of_their_own(client: httpx.Client) -> None:
    params = {"query": "SELECT (44 AS ?x) {}"}
    tags = {
        client.get("/sparql", params=params, headers={"accept": accept}).headers["etag"]
        for accept in ("text/csv", "application/sparql-results+xml", "*/*")
    }
    assert len(tags) == 3


def test_a_long_query_with_a_short_answer_counts_whole() -> None:
    cache = ResultCache(max_bytes=100_000, max_entry_bytes=50_000)
    for number in range(50):
        cache.put((1, str(number) * 20_000), Cached(b"", b"x", b"", 1, ""))
    assert cache.size_bytes <= 100_000
    assert 0 < len(cache) < 5


def test_the_cache_is_bounded_in_bytes() -> None:
    cache = ResultCache(max_bytes=10_000, max_entry_bytes=5_000)
    for number in range(50):
        cache.put(number, Cached(b"", bytes(1000), b"", 0, ""))
        assert cache.size_bytes <= 10_000
    assert cache.get(0) is None
    assert cache.get(49) is not None
    cache.put("large", Cached(b"", bytes(6000), b"", 0, ""))
    assert cache.get("large") is None
