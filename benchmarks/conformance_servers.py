"""The servers that are compared: ours, `oxigraph serve`, and rdflib-endpoint."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

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
if len(sys.argv) > 2:
    graph.parse(sys.argv[2], format="nt")
app = SparqlEndpoint(graph=graph, enable_update=True)
@app.put("/fill")
async def fill(request: Request):
    # INSERT DATA into the default graph of a Dataset fails: test data come this way
    for one in list(graph.contexts()):
        graph.remove_graph(one)
    graph.parse(data=(await request.body()).decode(), format="nquads")
    return Response(status_code=204)
app.router.routes.insert(0, app.router.routes.pop())
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
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


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        assert isinstance(port, int)
        return port


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < _STARTING_S:
        if process.poll() is not None:
            raise RuntimeError(f"the server at {url} ended with {process.returncode}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False, timeout=5).status_code < 500:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server at {url} did not start")


@contextlib.contextmanager
def _running(command: list[str], url: str, **environment: str) -> Iterator[int]:
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(url, process)
        yield process.pid
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
        port = _free_port()
        root = f"http://127.0.0.1:{port}"
        environment = {f"AXISKG_{name.upper()}": str(value) for name, value in settings.items()}
        environment.setdefault("AXISKG_ACCESS_LOG", "false")
        environment["AXISKG_WRITE_TOKEN"] = TOKEN
        environment["AXISKG_STORE"] = str(store or Path(folder) / "store")
        command = [sys.executable, "-c", _OURS, "serve", "--no-build", "--port", str(port)]
        with _running(command, f"{root}/readyz", **environment) as pid:
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
        port = _free_port()
        root = f"http://127.0.0.1:{port}"
        location = str(store or Path(folder) / "store")
        command = [program, "serve", "--location", location, "--bind", f"127.0.0.1:{port}"]
        with _running([*command, *options], f"{root}/query?query=ASK%7B%7D") as pid:
            yield Server("oxigraph", root, f"{root}/query", f"{root}/update", f"{root}/store", pid)


@contextlib.contextmanager
def rdflib_server(document: Path | None = None) -> Iterator[Server]:
    """rdflib-endpoint on an rdflib graph in memory, filled with a document."""
    port = _free_port()
    root = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", _RDFLIB, str(port), *([str(document)] if document else [])]
    with _running(command, f"{root}/?query=ASK%7B%7D") as pid:
        query, graphs = f"{root}/", f"{root}/graphs"
        yield Server("rdflib-endpoint", root, query, query, graphs, pid, fill=f"{root}/fill")
