"""The endpoint's tests talk HTTP to a real server: its own process, a store of its own.

One server is shared by the tests of this folder, so each test writes to graphs of its own name
and reads only those. Tests of a setting start a server with that setting, once a module.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from benchmarks.conformance_servers import Server, axiskg_server

SMALL = {"workers": 2, "spare_workers": 1, "slow_queries": 2}


def client_of(server: Server, *, writes: bool = True) -> httpx.Client:
    """A client of a server, with its write token or without."""
    headers = dict(server.headers) if writes else {}
    return httpx.Client(base_url=server.root, headers=headers, trust_env=False, timeout=60)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with axiskg_server(**SMALL, query_timeout_s=5, slow_log_ms=200) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[httpx.Client]:
    with client_of(server) as made:
        yield made


@pytest.fixture(scope="session")
def stranger(server: Server) -> Iterator[httpx.Client]:
    """A client without a token."""
    with client_of(server, writes=False) as made:
        yield made


@pytest.fixture(scope="session")
def numbers(client: httpx.Client) -> str:
    """A graph with 3,000 numbers, for queries that must be long."""
    graph = "urn:test:numbers"
    triples = "\n".join(f"<urn:n:{i}> <urn:p> {i} ." for i in range(3000))
    response = client.put(
        "/graphs", params={"graph": graph}, content=triples, headers={"content-type": "text/turtle"}
    )
    assert response.status_code == 201
    return graph
