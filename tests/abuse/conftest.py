"""What a public endpoint meets: each attack must cost its sender alone.

A server with short limits takes the attacks; after each the same question is asked: does it still
answer others, with the same processes and files as before? The heavy ones are slow tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest
from benchmarks.conformance_servers import Server, axiskg_server

PATIENCE_S = 30


@contextmanager
def filled_server(rows: int, **settings: object) -> Iterator[Server]:
    """A server with so many triples, enough that a product of patterns never ends."""
    with axiskg_server(**settings) as running:
        triples = "\n".join(f"<urn:n:{i}> <urn:p> {i} ." for i in range(rows))
        response = httpx.put(
            f"{running.graphs}?default",
            content=triples,
            headers={"content-type": "text/turtle", **running.headers},
            trust_env=False,
        )
        assert response.status_code == 204
        yield running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with filled_server(
        3000,
        query_timeout_s=2,
        update_timeout_s=3,
        header_timeout_s=2,
        body_timeout_s=3,
        max_upload_mb=4,
        max_connections=400,
    ) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.root, trust_env=False, timeout=PATIENCE_S) as made:
        yield made


def _state(server: Server) -> tuple[int, int]:
    """Numbers of processes and of open files of the server."""
    me = psutil.Process(server.pid)
    return len(me.children(recursive=True)), me.num_fds()


@pytest.fixture
def survives(server: Server, client: httpx.Client) -> Iterator[Callable[[], None]]:
    """Fails when, after the test, the server does not answer, or has leaked."""
    processes, files = _state(server)

    def answers() -> None:
        response = client.get("/sparql", params={"query": "SELECT (RAND() AS ?x) {}"})
        assert response.status_code == 200

    yield answers
    answers()
    now = (0, 0)
    for _ in range(100):
        now = _state(server)
        if now[0] == processes and now[1] <= files + 2:
            return
        time.sleep(0.1)
    pytest.fail(f"processes and files were {processes} and {files}, and are {now}")
