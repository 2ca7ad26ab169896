"""Requests that would have the server ask somebody else: none does."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from benchmarks.conformance_servers import Server, axiskg_server

from axiskg.errors import LinkingError
from axiskg.linking.guard import Reach, fetch

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


class _Redirector(BaseHTTPRequestHandler):
    """A server that the operator trusts, and that sends whoever asks it elsewhere."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """A redirect to the server's `target`."""
        target: str = self.server.target  # type: ignore[attr-defined]
        self.send_response(307)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture(scope="module")
def redirector() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Redirector)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture(scope="module")
def trusting(redirector: ThreadingHTTPServer) -> Iterator[Server]:
    """A server that may ask one other, at a private address that the operator has named."""
    root = f"http://127.0.0.1:{redirector.server_address[1]}"
    with axiskg_server(
        workers=2,
        spare_workers=1,
        federation=json.dumps({"near": f"{root}/sparql", "loop": "http://localhost:1/sparql"}),
        load_from=json.dumps({"docs": f"{root}/*"}),
        private_targets=json.dumps(["near", "docs"]),
        federation_retries=0,
        federation_timeout_s=3,
        http_cache_s=0,
    ) as running:
        yield running


@pytest.mark.parametrize("target", [target for target in TARGETS if target.startswith("http")])
def test_no_redirect_leads_inward(
    trusting: Server, redirector: ThreadingHTTPServer, bait: Bait, target: str
) -> None:
    url = target.format(port=bait.port)
    redirector.target = url  # type: ignore[attr-defined]
    root = f"http://127.0.0.1:{redirector.server_address[1]}"
    with httpx.Client(base_url=trusting.root, trust_env=False, timeout=30) as client:
        for silent, status in (("", 502), ("SILENT ", 200)):
            query = f"SELECT * {{ SERVICE {silent}near: {{ ?s ?p ?o }} }}"
            assert client.get("/sparql", params={"query": query}).status_code == status
        for silent, status in (("", 502), ("SILENT ", 204)):
            update = f"LOAD {silent}<{root}/x.ttl> INTO GRAPH <urn:redirected>"
            headers = {**UPDATE, **trusting.headers}
            assert client.post("/update", content=update, headers=headers).status_code == status
    assert bait.calls == 0


def test_a_name_that_resolves_inward_is_not_asked(trusting: Server) -> None:
    query = {"query": "SELECT * { SERVICE loop: { ?s ?p ?o } }"}
    response = httpx.get(trusting.query, params=query, trust_env=False, timeout=30)
    assert response.status_code == 502
    assert "private address" in response.json()["detail"]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["192.168.1.1"],
        ["172.16.0.1"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["0.0.0.0"],
        ["255.255.255.255"],
        ["224.0.0.1"],
        ["::1"],
        ["::"],
        ["fe80::1%eth0"],
        ["fd00::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:a9fe:a9fe"],
        ["::7f00:1"],
        ["64:ff9b::7f00:1"],
        ["64:ff9b::a9fe:a9fe"],
        ["2002:7f00:1::"],
        ["2002:a9fe:a9fe::1"],
        ["93.184.216.34", "127.0.0.1"],
    ],
)
def test_names_are_judged_by_all_their_addresses(addresses: list[str], bait: Bait) -> None:
    """A resolver of our own stands for a name server that an attacker controls."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return addresses

    reach = Reach(timeout_s=3, retries=0, resolve=resolve)
    with pytest.raises(LinkingError, match="private address"):
        fetch(f"http://rebound.example.org:{bait.port}/", reach)
    assert asked == ["rebound.example.org"]
    assert bait.calls == 0


def test_a_name_that_changes_is_asked_once(bait: Bait) -> None:
    """What was judged is what is connected to: the name is not resolved a second time."""
    answers = iter([["192.0.2.1"], ["127.0.0.1"]])
    reach = Reach(timeout_s=1, retries=0, resolve=lambda host, port: next(answers))
    with pytest.raises(LinkingError):
        fetch(f"http://rebound.example.org:{bait.port}/", reach)
    assert next(answers) == ["127.0.0.1"]
    assert bait.calls == 0


SMUGGLED = [
    ("query", "INSERT DATA { <urn:smuggled> <urn:p> 1 }"),
    ("query", "ASK {} ; INSERT DATA { <urn:smuggled> <urn:p> 1 }"),
    ("query", "SELECT * {} INSERT DATA { <urn:smuggled> <urn:p> 1 }"),
    ("query", "# ASK {}\nDROP ALL"),
    ("query", "PREFIX x: <urn:> DELETE WHERE { ?s ?p ?o }"),
    ("query", "SELECT * { INSERT DATA { <urn:smuggled> <urn:p> 1 } }"),
    ("update", "ASK {}"),
    ("update", "SELECT * { ?s ?p ?o }"),
    ("update", "INSERT DATA { <urn:smuggled> <urn:p> 1 } ; SELECT * { ?s ?p ?o }"),
    ("update", "CONSTRUCT { <urn:smuggled> <urn:p> 1 } WHERE {}"),
]


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("form", [True, False])
@pytest.mark.parametrize(("kind", "text"), SMUGGLED)
def test_nothing_is_smuggled(
    server: Server, client: httpx.Client, kind: str, text: str, form: bool, token: bool
) -> None:
    headers = dict(server.headers) if token else {}
    before = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).text
    for path in ("/sparql", "/update"):
        if form:
            response = client.post(path, data={kind: text}, headers=headers)
        else:
            sent = {**headers, "content-type": f"application/sparql-{kind}"}
            response = client.post(path, content=text, headers=sent)
        assert response.status_code in {400, 401}
    assert client.get("/sparql", params={kind: text}, headers=headers).status_code == 400
    assert client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).text == before
