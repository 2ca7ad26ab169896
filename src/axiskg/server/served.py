"""The store as our own routes see it: reads the published generation, writes by the writer."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self

import pyoxigraph as ox

from axiskg.errors import StoreError
from axiskg.namespaces import UNION_GRAPH
from axiskg.server.answers import AnswerStream, Question
from axiskg.server.pool import WorkerPool
from axiskg.server.writing import ANY_GRAPH, Touched, UpdateWriter, Written
from axiskg.settings import Settings
from axiskg.store import Answer, Dataset, EmbeddedStore, Solutions
from axiskg.store.documents import N_TRIPLES
from axiskg.store.sparql_text import forbid
from axiskg.store.update_text import graphs_written

__all__ = ["ServedStore"]

_BASE = "https://w3id.org/axiskg/"
_N_QUADS = "application/n-quads"
_FORMATS = (
    ("bindings", ("json", "application/sparql-results+json")),
    ("boolean", ("csv", "text/csv")),
    ("graph", ("nt", N_TRIPLES)),
)
_MAX_ROWS, _MAX_BYTES = 5_000_000, 1 << 30


class ServedStore:
    """A `Store` on the newest generation; any thread may call it but that of the event loop.

    Queries go to the workers and have their deadline and their limits, like those of clients. What
    reads everything reads a snapshot in this process, opened when first asked for.
    """

    def __init__(
        self, writer: UpdateWriter, pool: WorkerPool, uploads: Path, settings: Settings
    ) -> None:
        self._writer, self._pool, self._uploads = writer, pool, uploads
        self._query_timeout_s = settings.query_timeout_s
        self._update_timeout_s = settings.update_timeout_s
        self._loop = asyncio.get_running_loop()
        self._opening = threading.Lock()
        self._current: tuple[str, EmbeddedStore] | None = None
        self._path = ""

    def publish(self, generation: int, path: str) -> None:
        """Read the snapshot at `path` from now on."""
        self._path = path

    def paths_in_use(self) -> set[str]:
        """The snapshots that may be open here."""
        current = self._current
        return {self._path} if current is None else {self._path, current[0]}

    @property
    def _snapshot(self) -> EmbeddedStore:
        with self._opening:
            if self._current is None or self._current[0] != self._path:
                path = self._path
                # Whoever still reads the old one keeps it alive by reference.
                self._current = (path, EmbeddedStore.open(Path(path), read_only=True))
            return self._current[1]

    def query(self, text: str, *, dataset: Dataset | None = None) -> Answer:
        """The answer to a query; reads one generation.

        Raises `QueryTimeoutError`, `QueryTooLargeError` and `OverloadError` too.
        """
        forbid(text, "SERVICE")
        own = dataset or Dataset()
        union = UNION_GRAPH in (own.default_graphs or ())
        default = None if union else own.default_graphs
        if default is None and own.named_graphs is not None and not union:
            default = ()
        question = Question(
            text=text,
            base=_BASE,
            default_graphs=default,
            named_graphs=() if own.named_graphs is None and default else own.named_graphs,
            union=union,
            formats=_FORMATS,
            encoding="",
            max_rows=_MAX_ROWS,
            max_bytes=_MAX_BYTES,
            explained_at="",
        )
        deadline = time.monotonic() + self._query_timeout_s
        form, body = asyncio.run_coroutine_threadsafe(
            self._asked(question, deadline), self._loop
        ).result()
        if form == "boolean":
            return body.strip() == b"true"
        if form == "graph":
            return [quad.triple for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)]
        found = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        assert isinstance(found, ox.QuerySolutions)
        names = tuple(variable.value for variable in found.variables)
        return Solutions(names, [tuple(row) for row in found])

    async def _asked(self, question: Question, deadline: float) -> tuple[str, bytes]:
        answer = await self._pool.ask(question, deadline, key="api")
        if isinstance(answer, AnswerStream):
            return answer.form, b"".join([chunk async for chunk in answer.chunks()])
        return answer.form, answer.body

    def dump(self) -> Iterator[ox.Quad]:
        """All quads of the published generation."""
        return self._snapshot.dump()

    def write_nquads(self, path: Path) -> None:
        """Write all quads of the published generation to a file."""
        self._snapshot.write_nquads(path)

    def graph_sizes(self) -> dict[str | None, int]:
        """Number of quads in each graph; the default graph under None."""
        return self._snapshot.graph_sizes()

    def __len__(self) -> int:
        return len(self._snapshot)

    def _write(
        self, operation: str, arguments: tuple[object, ...], touched: Touched = ANY_GRAPH
    ) -> Written:
        future = asyncio.run_coroutine_threadsafe(
            self._writer.write(operation, arguments, self._update_timeout_s, touched=touched),
            self._loop,
        )
        return future.result()

    def update(self, text: str, *, dataset: Dataset | None = None) -> None:
        """Run a whole update request, atomically; readers see it when this returns."""
        own = dataset or Dataset()
        no_loads: list[object] = []
        arguments = (text, _BASE, own.default_graphs, own.named_graphs, no_loads)
        self._write("update", arguments, graphs_written(text))

    def load(self, data: bytes | BinaryIO | Path, media_type: str, graph: str | None = None) -> int:
        """Add a document; the number of quads by which the store grew."""
        before = len(self)
        with tempfile.NamedTemporaryFile(dir=self._uploads) as spooled:
            if isinstance(data, Path):
                spooled.write(data.read_bytes())
            else:
                spooled.write(data if isinstance(data, bytes) else data.read())
            spooled.flush()
            self._write("extend", (media_type, spooled.name, graph))
        return len(self) - before

    def extend(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, atomically."""
        with self._spooled(quads) as path:
            self._write("extend", (_N_QUADS, path, None))

    def replace_graph(self, graph: str | None, quads: Iterable[ox.Quad]) -> None:
        """Put `quads` in the place of one graph."""
        moved = (ox.Quad(q.subject, q.predicate, q.object) for q in quads)
        with self._spooled(moved) as path:
            self._write("put", (graph, [path]), frozenset({graph or ""}))

    def replace_source(self, source: str, quads: Iterable[ox.Quad]) -> None:
        """Put `quads` in the place of all that the store holds of one source."""
        with self._spooled(quads) as path:
            self._write("replace_source", (source, _N_QUADS, path))

    @contextmanager
    def _spooled(self, quads: Iterable[ox.Quad]) -> Iterator[str]:
        """A file of quads, for as long as the writer needs it."""
        with tempfile.NamedTemporaryFile(dir=self._uploads) as file:
            ox.serialize(quads, file, ox.RdfFormat.N_QUADS)
            file.flush()
            yield file.name

    def fingerprint(self) -> str | None:
        """What tells the published generation from any other."""
        return self._snapshot.fingerprint()

    def snapshot(self, path: Path) -> None:
        """Write a copy of the published generation."""
        if path.exists():
            raise StoreError(f"{path} exists; a snapshot needs a name that is free")
        shutil.copytree(self._path, path)

    def close(self) -> None:
        """Release the snapshot."""
        with self._opening:
            self._current = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
