"""Fixtures of the linking tests.

Strategy: the curated files are tested as they are; the linker, the reconciliation services and
federation run on an extract of Wikidata (`AXISKG_TEST_DATA`), which is indexed once a session, and
on a graph built from the project's own files. Other servers are real: `oxigraph serve` with
Wikidata triples, and sockets of this machine that misbehave. Where the extract is absent, a test
that needs it skips.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from jsonschema import Draft7Validator
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from axiskg.build import build
from axiskg.errors import AxisKGError
from axiskg.linking import Linker
from axiskg.linking.snapshot_build import build_snapshot
from axiskg.linking.wikidata_json import read_items
from axiskg.namespaces import PREFIXES
from axiskg.server.api_linking import router
from axiskg.server.context import Context
from axiskg.server.problems import status_of
from axiskg.settings import Settings
from axiskg.store import Store, open_store

ROOT = Path(__file__).parents[2]


def reference(*parts: str) -> Path:
    """A file of the test data, or a skip."""
    folder = os.environ.get("AXISKG_TEST_DATA")
    if not folder:
        pytest.skip("AXISKG_TEST_DATA is not set")
    path = Path(folder).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the test data lack {'/'.join(parts)}")
    return path


@pytest.fixture(scope="session")
def extract() -> Path:
    """The extract of Wikidata, JSON lines."""
    return reference("data", "wikidata", "wikidata_snapshot.jsonl.gz")


@pytest.fixture(scope="session")
def snapshot_file(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the whole extract."""
    path = tmp_path_factory.mktemp("snapshot") / "wikidata.sqlite"
    build_snapshot(extract, path)
    return path


@pytest.fixture(scope="session")
def settings(snapshot_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the snapshot, and with no file of the checkout to write to."""
    folder = tmp_path_factory.mktemp("linking")
    return Settings(
        store=":memory:",
        wikidata_snapshot=snapshot_file,
        link_judgements=folder / "judgements.tsv",
        http_cache=folder / "http.sqlite",
    )


@pytest.fixture(scope="session")
def linker(settings: Settings) -> Linker:
    """A linker with the snapshot."""
    return Linker(settings)


@pytest.fixture
def bare_settings(tmp_path: Path) -> Settings:
    """Settings without a snapshot."""
    return Settings(
        store=":memory:",
        wikidata_snapshot=tmp_path / "none.sqlite",
        link_judgements=tmp_path / "judgements.tsv",
        http_cache=tmp_path / "http.sqlite",
    )


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The project's own graph, in a store of its own."""
    settings = Settings(store=str(tmp_path_factory.mktemp("graph") / "store"))
    with open_store(settings) as store:
        build(settings, store)
        yield store


@pytest.fixture(scope="module")
def store_folder(graph: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's graph that no other test has open."""
    folder = tmp_path_factory.mktemp("copy") / "store"
    graph.snapshot(folder)
    return folder


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wikidata_quads(extract: Path) -> Iterator[Quad]:
    """The extract's claims and labels of states, organizations and their heads, as Wikidata's RDF.

    Truthy triples, and a statement node for each membership. The start dates of two memberships
    are made up, for the extract has none: they are in the year 2024, after all that it knows.
    """
    wd, wdt = PREFIXES["wd"], PREFIXES["wdt"]
    prop, ps, pq = (
        f"http://www.wikidata.org/prop/{part}" for part in ("", "statement/", "qualifier/")
    )
    label = NamedNode(PREFIXES["rdfs"] + "label")
    started = {("Q794", "Q1065"), ("Q79", "Q1065")}
    date = Literal("2024-01-01T00:00:00Z", datatype=NamedNode(PREFIXES["xsd"] + "dateTime"))
    for item in read_items(extract):
        subject = NamedNode(wd + item.qid)
        yield Quad(subject, label, Literal(item.label, language="en"))
        for pid in ("P35", "P463", "P530", "P47"):
            for value in item.claims.get(pid, ()):
                target = NamedNode(wd + value)
                yield Quad(subject, NamedNode(wdt + pid), target)
                if pid == "P463":
                    node = NamedNode(f"{wd}statement/{item.qid}-{value}")
                    yield Quad(subject, NamedNode(prop + pid), node)
                    yield Quad(node, NamedNode(ps + pid), target)
                    if (item.qid, value) in started:
                        yield Quad(node, NamedNode(pq + "P580"), date)


@pytest.fixture(scope="session")
def wikidata_server(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The query URL of an `oxigraph serve` that holds Wikidata's triples."""
    binary = Path(sys.executable).with_name("oxigraph")
    if not binary.exists():
        pytest.skip("the oxigraph server is not installed")
    folder = tmp_path_factory.mktemp("oxigraph")
    data = folder / "wikidata.nq"
    with data.open("wb") as out:
        serialize(wikidata_quads(extract), out, format=RdfFormat.N_QUADS)
    store = folder / "store"
    subprocess.run(
        [binary, "load", "--location", store, "--file", data], check=True, capture_output=True
    )
    port = free_port()
    server = subprocess.Popen(
        [binary, "serve", "--location", store, "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/query"
    try:
        for _ in range(200):
            try:
                httpx.get(url, params={"query": "ASK {}"}, timeout=1).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait()


class Misbehaving(BaseHTTPRequestHandler):
    """Answers by its path: /slow, /garbage, /endless, /redirect, /flaky, /error and so on."""

    seen: list[str]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """As GET."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def do_GET(self) -> None:
        """Misbehave."""
        path = self.path.partition("?")[0]
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        getattr(self, path.strip("/"))()

    def _send(self, status: int, body: bytes, media_type: str, **fields: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def slow(self) -> None:
        """A byte now and then, for ever."""
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        try:
            for _ in range(200):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def garbage(self) -> None:
        """Bytes that are no JSON under a media type that says so."""
        self._send(200, b"\x00\xff<html>" * 99, "application/sparql-results+json")

    def endless(self) -> None:
        """More than anybody wants to read."""
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        try:
            for _ in range(2_000):
                self.wfile.write(b"x" * 100_000)
        except OSError:
            self.close_connection = True

    def redirect(self) -> None:
        """To a private address."""
        self._send(302, b"", "text/plain", Location="http://169.254.169.254/latest/meta-data")

    def lan(self) -> None:
        """To a private network."""
        self._send(307, b"", "text/plain", Location="http://10.0.0.1/sparql")

    def flaky(self) -> None:
        """Out of order once, then a row."""
        if sum("/flaky" in path for path in self.server.seen) == 1:  # type: ignore[attr-defined]
            self._send(503, b"later", "text/plain", Retry_After="0")
            return
        body = (
            b'{"head":{"vars":["x"]},"results":{"bindings":'
            b'[{"x":{"type":"literal","value":"it \\"works\\""}}]}}'
        )
        self._send(200, body, "application/sparql-results+json")

    def busy(self) -> None:
        """Too many requests; an hour's rest is wanted."""
        self._send(429, b"rest", "text/plain", Retry_After="3600")

    def lagging(self) -> None:
        """Wikidata's replicas are behind, and will be for an hour."""
        body = b'{"error": {"code": "maxlag", "lag": 99}}'
        self._send(200, body, "application/json", Retry_After="3600")

    def hurried(self) -> None:
        """Asked too often."""
        self._send(200, b'{"error": {"code": "ratelimited"}}', "application/json")

    def deep(self) -> None:
        """Brackets that nobody closes."""
        self._send(200, b"[" * 200_000, "application/json")

    def flood(self) -> None:
        """A fault of many words and control characters."""
        body = b'{"error": {"code": "x", "info": "%s"}}' % (b"\\u001b[31m " * 9_000)
        self._send(400, body, "application/json")

    def listed(self) -> None:
        """A list where Wikidata has entities by id."""
        self._send(200, b'{"entities": [], "search": 7}', "application/json")

    def error(self) -> None:
        """A syntax error, say."""
        self._send(400, b"expected a bracket", "text/plain")

    def inject(self) -> None:
        """A variable that would write a clause of its own into the query."""
        name = b"x) { } SERVICE other: { ?a ?b ?c } VALUES (?y"
        body = b'{"head":{"vars":["%s"]},"results":{"bindings":[]}}' % name
        self._send(200, body, "application/json")

    def stranger(self) -> None:
        """A variable that nobody asked for."""
        body = b'{"head":{"vars":["s","t"]},"results":{"bindings":[]}}'
        self._send(200, body, "application/json")

    def twice(self) -> None:
        """A variable twice in the head."""
        body = b'{"head":{"vars":["s","s"]},"results":{"bindings":[]}}'
        self._send(200, body, "application/json")

    def shape(self) -> None:
        """JSON that is no result."""
        self._send(200, b'{"head": {"vars": ["x"]}, "results": 7}', "application/json")


@pytest.fixture
def misbehaving() -> Iterator[tuple[str, list[str]]]:
    """The root URL of a server that misbehaves, and the paths it was asked for."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    server.daemon_threads = True
    seen: list[str] = []
    server.seen = seen  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(settings: Settings, store: Store) -> Iterator[str]:
    """The root URL of a server with the reconciliation services."""
    application = FastAPI()
    application.include_router(router)

    @application.exception_handler(AxisKGError)
    def problem(_: Request, error: AxisKGError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=status_of(error))

    application.state.context = Context(settings=settings, store=store, generation=lambda: 1)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def service(settings: Settings, graph: Store) -> Iterator[str]:
    """The root URL of a server with the reconciliation services."""
    with serving(settings, graph) as root:
        yield root


@pytest.fixture(scope="module")
def http(service: str) -> Iterator[httpx.Client]:
    """A client of the running service."""
    with httpx.Client(base_url=service, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def schemas() -> dict[tuple[str, str], Draft7Validator]:
    """Validators by version and name of schema."""
    validators: dict[tuple[str, str], Draft7Validator] = {}
    for version in ("0.1", "0.2"):
        folder = reference("reconciliation", version, "schemas")
        documents = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
        registry: Registry[Any] = Registry().with_resources(
            (document["$id"], Resource(document, DRAFT7)) for document in documents.values()
        )
        for name, document in documents.items():
            validators[version, name] = Draft7Validator(document, registry=registry)
    return validators
