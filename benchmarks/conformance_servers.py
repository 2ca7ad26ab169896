"""The servers that are compared: ours, `oxigraph serve`, and rdflib-endpoint."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

__all__ = ["TOKEN", "Server", "axiskg_server", "oxigraph_server", "rdflib_server"]

TOKEN = "conformance"
_STARTING_S = 300.0
_OURS = "from axiskg.cli import main; main()"
_RDFLIB = """
import sys, uvicorn
from fastapi import Request, Response
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
graph = Dataset(default_union=False)  # a union as default graph fails most tests of updates
if len(sys.argv) > 1:
    graph.parse(sys.argv[1], format="nt")
app = SparqlEndpoint(graph=graph, enable_update=True)
@app.put("/fill")
async def fill(request: Request):
    # INSERT DATA into the default graph of a Dataset fails: test data come this way
    for one in list(graph.contexts()):
        graph.remove_graph(one)
    graph.parse(data=(await request.body()).decode(), format="nquads")
    return Response(status_code=204)
app.router.routes.insert(0, app.router.routes.pop())
uvicorn.run(app, host="127.0.0.1", port=0, log_level="critical")
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its URLs, and the headers that writing needs."""

    name: str
    root: str
    query: str
    update: str
    graphs: str
    pid: int
    headers: Mapping[str, str] = field(default_factory=dict)
    fill: str = ""
    """Where N-Quads put in the place of all data, if updates can't do that."""


def _listens_on(process: subprocess.Popen[bytes]) -> int | None:
    """The port that a process started on port 0 was given; None before it listens."""
    try:
        connections = psutil.Process(process.pid).net_connections("inet")
    except psutil.NoSuchProcess:
        return None
    return next((c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN), None)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code < 500
    except httpx.TransportError:
        return False


def _await(process: subprocess.Popen[bytes], path: str, log: Path) -> str:
    """The root URL of the server, once it answers at the path."""
    began = time.monotonic()
    while time.monotonic() - began < _STARTING_S:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {_end_of(log)}")
        port = _listens_on(process)
        if port is not None and _answers(f"http://127.0.0.1:{port}{path}"):
            return f"http://127.0.0.1:{port}"
        time.sleep(0.05)
    raise RuntimeError(f"no server answered at {path} in {_STARTING_S:.0f} s: {_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:].strip() or "it said nothing"


@contextlib.contextmanager
def _running(
    command: list[str], path: str, log: Path, **environment: str
) -> Iterator[tuple[int, str]]:
    """The process of a server that takes any free port, and its root URL once it answers."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        yield process.pid, _await(process, path, log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def axiskg_server(store: Path | None = None, **settings: object) -> Iterator[Server]:
    """Our server on a store of its own, empty unless one is given."""
    with tempfile.TemporaryDirectory(prefix="axiskg-conformance-") as folder:
        environment = {f"AXISKG_{name.upper()}": str(value) for name, value in settings.items()}
        environment.setdefault("AXISKG_ACCESS_LOG", "false")
        environment["AXISKG_WRITE_TOKEN"] = TOKEN
        environment["AXISKG_STORE"] = str(store or Path(folder) / "store")
        command = [sys.executable, "-c", _OURS, "serve", "--no-build", "--port", "0"]
        with _running(command, "/readyz", Path(folder) / "log", **environment) as (pid, root):
            yield Server(
                "axiskg",
                root,
                f"{root}/sparql",
                f"{root}/sparql",
                f"{root}/graphs",
                pid,
                {"Authorization": f"Bearer {TOKEN}"},
            )


@contextlib.contextmanager
def oxigraph_server(store: Path | None = None, *options: str) -> Iterator[Server]:
    """`oxigraph serve` of the `oxigraph` package."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or "oxigraph"
    with tempfile.TemporaryDirectory(prefix="oxigraph-conformance-") as folder:
        location = str(store or Path(folder) / "store")
        command = [program, "serve", "--location", location, "--bind", "127.0.0.1:0", *options]
        log = Path(folder) / "log"
        with _running(command, "/query?query=ASK%7B%7D", log) as (pid, root):
            yield Server("oxigraph", root, f"{root}/query", f"{root}/update", f"{root}/store", pid)


@contextlib.contextmanager
def rdflib_server(document: Path | None = None) -> Iterator[Server]:
    """rdflib-endpoint on an rdflib graph in memory, filled with a document."""
    with tempfile.TemporaryDirectory(prefix="rdflib-conformance-") as folder:
        command = [sys.executable, "-c", _RDFLIB, *([str(document)] if document else [])]
        with _running(command, "/?query=ASK%7B%7D", Path(folder) / "log") as (pid, root):
            query, graphs = f"{root}/", f"{root}/graphs"
            yield Server("rdflib-endpoint", root, query, query, graphs, pid, fill=f"{root}/fill")
