"""One suite for every store: in memory, on disk, and behind a real `oxigraph serve`.

The remote engine is started once a module on a free port of the loopback and emptied for each
test; without the `oxigraph` binary (PyPI, group `dev`) its tests fail rather than pass unseen. The
slow suite asks our own server the same (`served`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.conformance_servers import Server, axiskg_server, oxigraph_server
from pydantic import SecretStr

from axiskg.settings import Settings
from axiskg.store import Store, open_store

ENGINES = ("memory", "disk", "remote", pytest.param("served", marks=pytest.mark.slow))


@pytest.fixture(scope="module")
def oxigraph_url() -> Iterator[str]:
    """The query URL of an empty `oxigraph serve`."""
    with oxigraph_server() as running:
        yield running.query


@pytest.fixture(scope="module")
def axiskg_server_running() -> Iterator[Server]:
    """Our own server, with a store of its own."""
    with axiskg_server(workers=2, spare_workers=1, slow_queries=2) as running:
        yield running


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    token = None
    if request.param == "memory":
        location = ":memory:"
    elif request.param == "disk":
        location = str(tmp_path / "store")
    elif request.param == "served":
        server: Server = request.getfixturevalue("axiskg_server_running")
        location = f"{server.root}/sparql"
        token = SecretStr(server.headers["Authorization"].removeprefix("Bearer "))
    else:
        location = request.getfixturevalue("oxigraph_url")
    opened = open_store(Settings(store=location, write_token=token))
    if request.param in {"remote", "served"}:
        opened.update("CLEAR ALL")
    yield opened
    opened.close()
