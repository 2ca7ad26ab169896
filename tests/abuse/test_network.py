"""Requests that would have the server ask somebody else: none does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
from benchmarks.conformance_servers import Server

UPDATE = {"content-type": "application/sparql-update"}

TARGETS = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f.1:{port}/",
    "http://127.1:{port}/",
    "http://0.0.0.0:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1.nip.io:{port}/",
    "http://user@127.0.0.1:{port}/",
    "file:///etc/passwd",
]
SPELLINGS = [
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ sErViCe<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{0}> AS ?u) SERVICE ?u {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "SELECT * {{ FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ #\n SERVICE#\n<{0}>{{ ?s ?p ?o }} }}",
    "SELECT ('\\'' AS ?x) {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ FILTER(1<2) SERVICE <{0}> {{ ?s ?p ?o FILTER(?o>'>') }} }}",
    "SELECT * {{ S\\u0045RVICE <{0}> {{ ?s ?p ?o }} }}",
]


class Bait:
    """Listens, and counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def bait() -> Iterator[Bait]:
    made = Bait()
    yield made
    made.close()


@pytest.mark.parametrize("target", TARGETS)
def test_service_and_load_ask_nobody(
    server: Server, client: httpx.Client, bait: Bait, target: str
) -> None:
    url = target.format(port=bait.port)
    query = SPELLINGS[0].format(url)
    assert client.get("/sparql", params={"query": query}).status_code in {400, 403}
    for update in (f"LOAD <{url}>", f"LOAD <{url}> INTO GRAPH <urn:g>", f"load<{url}>"):
        response = client.post("/update", content=update, headers={**UPDATE, **server.headers})
        assert response.status_code in {400, 403}
    silent = client.post(
        "/update", content=f"LOAD SILENT <{url}>", headers={**UPDATE, **server.headers}
    )
    assert silent.status_code in {204, 400}
    assert client.get("/sparql", params={"query": "ASK {}", "default-graph-uri": url}).is_success
    assert bait.calls == 0


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_seen(client: httpx.Client, bait: Bait, spelling: str) -> None:
    query = spelling.format(f"http://127.0.0.1:{bait.port}/")
    assert client.get("/sparql", params={"query": query}).status_code in {400, 403}
    assert client.get("/", params={"query": query}).status_code in {400, 403}
    assert bait.calls == 0


def test_service_in_an_update_is_refused(server: Server, client: httpx.Client, bait: Bait) -> None:
    url = f"http://127.0.0.1:{bait.port}/"
    update = f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
    response = client.post("/update", content=update, headers={**UPDATE, **server.headers})
    assert response.status_code == 403
    assert bait.calls == 0


def test_a_worker_could_not_call_even_if_the_gate_let_it(bait: Bait) -> None:
    """The second lock: the processes that run queries can't open a connection."""
    import subprocess
    import sys

    program = (
        "import socket, sys\n"
        "from axiskg.store.confine import deny_network\n"
        "if not deny_network(): sys.exit(3)\n"
        "try: socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)\n"
        "except PermissionError: sys.exit(0)\n"
        "sys.exit(1)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(bait.port)], check=False)
    if done.returncode == 3:
        pytest.skip("this system has no filter for system calls")
    assert done.returncode == 0
    assert bait.calls == 0
