"""The quick way of a query gives what the usual way gives, whatever happens on it.

A header of the client's own making, `X-Request-Id`, sends a request the usual way.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes, urlsplit

import httpx
import pytest
from benchmarks.conformance_servers import Server, axiskg_server
from hypothesis import given
from hypothesis import strategies as st

from axiskg.server.http import ProblemError, decoded

VARIABLE = {"date", "x-request-id"}
TEXTS = {
    "bindings": "SELECT ?s ?o FROM <{0}> {{ ?s <urn:p> ?o }} ORDER BY ?o LIMIT 7",
    "none": "SELECT ?s FROM <{0}> {{ ?s <urn:none> ?o }}",
    "boolean": "ASK FROM <{0}> {{ <urn:n:7> <urn:p> 7 }}",
    "graph": "CONSTRUCT {{ ?s <urn:q> 'é \"x\"' }} FROM <{0}> {{ ?s <urn:p> 12 }}",
    "several chunks": "SELECT * FROM <{0}> {{ ?a ?b ?c . ?d ?e ?f FILTER(?f < 4) }} ORDER BY ?f ?c",
    "syntax error": "SELECT FROM <{0}>",
    "a service": "SELECT * {{ SERVICE <http://127.0.0.1/> {{ ?s ?p ?o }} }}",
    "refused data": "SELECT * FROM <{0}> {{ ?s ?p ?o FILTER(",
    "not kept": "SELECT (STRLEN(STR(RAND())) > 0 AS ?x) FROM <{0}> {{}}",
}
ACCEPTED = [
    "application/sparql-results+json, text/turtle",
    "application/sparql-results+xml, application/n-triples",
    "text/csv, application/ld+json",
    "text/tab-separated-values;q=0.5, */*;q=0.1",
    "image/png",
]


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("kind", TEXTS)
def test_both_ways_give_the_same(server: Server, numbers: str, kind: str, accept: str) -> None:
    params = {"query": TEXTS[kind].format(numbers)}
    for encoding in ("identity", "gzip"):
        headers = {"accept": accept, "accept-encoding": encoding}
        with httpx.Client(base_url=server.root, trust_env=False, timeout=60) as client:
            usual = client.get("/sparql", params=params, headers={**headers, "x-request-id": "u"})
            # Parsed, known by its headers, known as a whole, and not to be taken from the cache.
            quick = [client.get("/sparql", params=params, headers=headers) for _ in range(3)]
            fresh = {**headers, "cache-control": "no-cache"}
            quick += [client.get("/sparql", params=params, headers=fresh) for _ in range(2)]
        for response in quick:
            assert response.status_code == usual.status_code
            assert _kept(response) == _kept(usual)
            assert _body(response) == _body(usual)


def _kept(response: httpx.Response) -> dict[str, str]:
    drop = VARIABLE if response.status_code == 200 else {*VARIABLE, "content-length"}
    return {name: value for name, value in response.headers.items() if name not in drop}


def _body(response: httpx.Response) -> object:
    if response.status_code == 200:
        return response.content
    return {name: value for name, value in response.json().items() if name != "request_id"}


def _request(server: Server, query: str, *headers: str) -> bytes:
    lines = [f"GET /sparql?query={quote(query, safe='')} HTTP/1.1", "Host: x", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def _connect(server: Server) -> socket.socket:
    parts = urlsplit(server.root)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60)


def _read(sock: socket.socket, count: int) -> list[bytes]:
    """The bodies of so many answers."""
    stream, bodies = sock.makefile("rb"), []
    for _ in range(count):
        assert stream.readline().split()[1] == b"200"
        length, chunked = 0, False
        while (line := stream.readline().lower()) != b"\r\n":
            if line.startswith(b"content-length:"):
                length = int(line[15:])
            chunked = chunked or line.startswith(b"transfer-encoding: chunked")
        if not chunked:
            bodies.append(stream.read(length))
            continue
        parts = []
        while size := int(stream.readline(), 16):
            parts.append(stream.read(size))
            stream.readline()
        stream.readline()
        bodies.append(b"".join(parts))
    return bodies


@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_requests_in_a_row_are_answered_in_order(server: Server, numbers: str, pieces: int) -> None:
    large = TEXTS["several chunks"].format(numbers)
    texts = [f"SELECT ({n} AS ?x) {{}}" for n in range(5)]
    texts[2:2] = [large]
    with _connect(server) as sock:
        for _ in range(3):
            wire = b"".join(_request(server, text) for text in texts)
            step = len(wire) // pieces + 1
            for start in range(0, len(wire), step):
                sock.sendall(wire[start : start + step])
            bodies = _read(sock, len(texts))
            assert b"urn:n:2999" in bodies.pop(2)
            for number, body in enumerate(bodies):
                assert b'"value":"%d"' % number in body


def test_a_request_that_ends_its_connection_is_heeded(server: Server) -> None:
    with _connect(server) as sock:
        sock.sendall(_request(server, "ASK {}") + _request(server, "ASK {}", "Connection: close"))
        assert _read(sock, 2) == [b'{"head":{},"boolean":true}'] * 2
        assert sock.recv(10) == b""


@pytest.mark.slow
def test_an_idle_connection_is_closed(server: Server) -> None:
    with _connect(server) as sock:
        for _ in range(3):
            sock.sendall(_request(server, "ASK {}"))
            _read(sock, 1)
            time.sleep(2)
        assert sock.recv(10) == b""


def test_quick_queries_behind_a_runaway_go_elsewhere(
    server: Server, client: httpx.Client, numbers: str
) -> None:
    endless = f"SELECT (COUNT(*) AS ?n) FROM <{numbers}> {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
    sockets = [_connect(server) for _ in range(24)]
    try:
        for number, sock in enumerate(sockets):
            text = endless if number % 12 == 0 else f"SELECT ({number} AS ?x) {{}}"
            sock.sendall(_request(server, text, "Cache-Control: no-cache"))
        for number, sock in enumerate(sockets):
            if number % 12:
                assert b'"value":"%d"' % number in _read(sock, 1)[0]
    finally:
        for sock in sockets:
            sock.close()


def test_a_stop_waits_for_what_is_on_its_way() -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with axiskg_server(workers=1, spare_workers=0, query_timeout_s=2) as server:
        triples = "\n".join(f"<urn:n:{i}> <urn:p> {i} ." for i in range(3000))
        headers = {"content-type": "text/turtle", **server.headers}
        httpx.put(f"{server.graphs}?default", content=triples, headers=headers, trust_env=False)
        with _connect(server) as sock:
            sock.sendall(_request(server, endless))
            time.sleep(0.3)
            os.kill(server.pid, signal.SIGTERM)
            answer = b""
            while piece := sock.recv(10_000):
                answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 504")
        assert b"connection: close" in head
        assert b"deadline" in body


@pytest.fixture(scope="module")
def patient() -> Iterator[Server]:
    with axiskg_server(workers=2, spare_workers=1, query_timeout_s=120) as running:
        triples = "\n".join(f"<urn:n:{i}> <urn:p> {i} ." for i in range(3000))
        headers = {"content-type": "text/turtle", **running.headers}
        httpx.put(f"{running.graphs}?default", content=triples, headers=headers, trust_env=False)
        yield running


@pytest.mark.slow
def test_slow_queries_get_on_while_quick_ones_never_end(patient: Server) -> None:
    slow = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f FILTER(?f < {0}) }}"
    done = threading.Event()
    failures: list[object] = []

    def hammer(own: int) -> None:
        with _connect(patient) as sock:
            number = 0
            while not done.is_set():
                number += 1
                text = f"SELECT ({own * 10**6 + number} AS ?x) {{}}"
                sock.sendall(_request(patient, text))
                if b'"value":"%d"' % (own * 10**6 + number) not in _read(sock, 1)[0]:
                    failures.append(text)

    threads = [threading.Thread(target=hammer, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    try:
        answers = [
            httpx.get(
                patient.query,
                params={"query": slow.format(limit)},
                trust_env=False,
                timeout=150,
                headers={"accept": "text/csv"},
            )
            for limit in (100, 200)
        ]
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert [answer.text.split()[1] for answer in answers] == ["300000", "600000"]
    assert not failures


@given(st.binary(max_size=60), st.sampled_from(["", "=/?", "~*'()", "+"]))
def test_percent_escapes_are_read_as_the_standard_library_does(value: bytes, safe: str) -> None:
    encoded = quote(value, safe=safe).encode()
    wanted = unquote_to_bytes(encoded.replace(b"+", b" "))
    try:
        text = wanted.decode()
    except UnicodeDecodeError:
        with pytest.raises(ProblemError):
            decoded(encoded, what="it")
    else:
        assert decoded(encoded, what="it") == text


@given(st.text(alphabet="%=0Aa\n +_", max_size=12))
def test_escapes_that_are_none_are_refused_and_nothing_else_changes(value: str) -> None:
    encoded = value.encode()
    sound = all(
        len(part) > 1 and all(c in "0123456789ABCDEFabcdef" for c in part[:2])
        for part in value.split("%")[1:]
    )
    try:
        found = decoded(encoded, what="it")
    except ProblemError:
        try:
            unquote_to_bytes(encoded).decode()
        except UnicodeDecodeError:
            return
        assert not sound
    else:
        assert sound
        assert found.encode() == unquote_to_bytes(encoded.replace(b"+", b" "))
