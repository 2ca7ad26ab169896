"""After rounds of every attack the server holds as much as after the first: memory and files."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpx
import psutil
import pytest
from benchmarks.conformance_servers import Server
from tests.abuse.conftest import filled_server

QUERY = {"content-type": "application/sparql-query"}
UPDATE = {"content-type": "application/sparql-update"}
PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
RUNAWAYS = [
    f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }}",
    f"SELECT DISTINCT * {{ {PRODUCT} }}",
    f"SELECT * {{ {PRODUCT} }} ORDER BY ?i ?f ?c",
    f"SELECT (GROUP_CONCAT(STR(?a)) AS ?x) {{ {PRODUCT} }}",
]
PATIENCE_S = 60
ALLOWED_GROWTH_MB = 24
"""Far below what a round of large requests weighs, far above what allocators keep by chance."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with filled_server(
        2000,
        query_timeout_s=1,
        body_timeout_s=2,
        header_timeout_s=2,
        max_upload_mb=4,
        cache_mb=4,
        worker_memory_mb=256,
        slow_memory_mb=384,
        slow_log_ms=600_000,  # the algebra of slow queries is made by processes that come and go
    ) as running:
        # The pool is whole when the first answer has come and its spares are born.
        time.sleep(3)
        yield running


def _vanishing(server: Server, count: int) -> None:
    """So many clients at once that ask for much, read a little or nothing, and go."""
    parts = urlsplit(server.root)
    assert parts.hostname is not None
    query = quote(f"SELECT * {{ {PRODUCT} }}")
    sockets = []
    for _ in range(count):
        sock = socket.create_connection((parts.hostname, parts.port or 80), timeout=30)
        sock.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        sockets.append(sock)
    for number, sock in enumerate(sockets):
        if number % 3 == 0:
            sock.settimeout(0.1)
            with contextlib.suppress(OSError):
                sock.recv(2000)
        sock.close()


def _round(server: Server, number: int) -> None:
    """One attack of each kind, several at once; every text is new, so that no cache helps."""
    mark = f"#{number} {os.urandom(4).hex()}\n"
    texts = [
        *(mark + text for text in RUNAWAYS * 2),
        *(mark + "ASK " + "{" * depth + "}" * depth for depth in (100, 1000, 100_000)),
        mark + "ASK { # " + "x" * 900_000 + "\n}",
        *(f"{mark}SELECT ({i} AS ?x) {{}} # " + "y" * 300_000 for i in range(12)),
        *(f"{mark}SELECT ({i} AS ?x) {{}}" for i in range(100)),
        mark + "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        mark + "nonsense " * 50_000,
    ]
    with (
        httpx.Client(base_url=server.root, trust_env=False, timeout=60) as client,
        ThreadPoolExecutor(8) as several,
    ):

        def ask(text: str) -> None:
            with contextlib.suppress(httpx.TransportError):
                client.post("/sparql", content=text, headers=QUERY)

        list(several.map(ask, texts))
        turtle = {"content-type": "text/turtle", **server.headers}
        for size in (100_000, 3_000_000, 5_000_000):
            content = f"<urn:s> <urn:p> '{'x' * size}' ."
            with contextlib.suppress(httpx.TransportError):
                client.put("/graphs?graph=urn:large", content=content, headers=turtle)
        client.delete("/graphs?graph=urn:large", headers=server.headers)
        for text in ("LOAD <http://127.0.0.1:1/>", "broken " * 10_000, "DROP GRAPH <urn:no>"):
            client.post("/update", content=text, headers={**UPDATE, **server.headers})
    _vanishing(server, 60)


@dataclass(frozen=True)
class Held:
    """What a server holds; sizes in megabytes, of the children what they share with none."""

    processes: int
    files: int
    own: float
    all: float


def _held(server: Server) -> Held:
    me = psutil.Process(server.pid)
    children = me.children(recursive=True)
    own = me.memory_info().rss / 1e6
    every = own + sum(child.memory_full_info().uss for child in children) / 1e6
    return Held(len(children), me.num_fds(), own, every)


def _settled(server: Server, processes: int) -> Held:
    """The least that it holds, once it has that many processes again and has come to rest."""
    until = time.monotonic() + PATIENCE_S
    calm: list[Held] = []
    while len(calm) < 20 and time.monotonic() < until:
        time.sleep(0.1)
        with contextlib.suppress(psutil.NoSuchProcess):
            held = _held(server)
            calm = [*calm, held] if held.processes == processes else []
    assert calm, f"{_held(server)} and not {processes} processes"
    return Held(
        processes,
        min(held.files for held in calm),
        min(held.own for held in calm),
        min(held.all for held in calm),
    )


def _answers(server: Server) -> bool:
    query = {"query": "SELECT (RAND() AS ?x) {}"}
    return httpx.get(server.query, params=query, trust_env=False, timeout=60).status_code == 200


@pytest.mark.slow
def test_rounds_of_abuse_leave_nothing_behind(server: Server) -> None:
    processes = _held(server).processes
    for number in range(3):
        _round(server, number)
    before = _settled(server, processes)
    for number in range(3, 9):
        _round(server, number)
        assert _answers(server)
    after = _settled(server, processes)
    assert after.files <= before.files + 2, (before, after)
    assert after.own <= before.own + ALLOWED_GROWTH_MB, (before, after)
    assert after.all <= before.all + 2 * ALLOWED_GROWTH_MB, (before, after)
