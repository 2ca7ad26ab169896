"""The one process that writes: requests in the order of arrival, published in groups.

Each write is atomic and durable when its DONE frame is sent; the group's PUBLISHED frame follows
once a hard-linked snapshot with all of them stands ready for readers. The server acknowledges a
write only when it has both. What changes nothing is UNCHANGED at once.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from axiskg.errors import (
    AxisKGError,
    ConflictError,
    DataError,
    QueryError,
    QuerySyntaxError,
    QueryTooLargeError,
    StoreLockedError,
)
from axiskg.store import staleness
from axiskg.store.confine import work_until_hang_up
from axiskg.store.documents import N_TRIPLES, quads_of
from axiskg.store.embedded import EmbeddedStore
from axiskg.store.frames import FAILED, pack, receive, unpack
from axiskg.store.protocol import Dataset
from axiskg.store.sources import clear, insert_data

__all__ = [
    "BEGUN",
    "CREATED",
    "DONE",
    "MISSING",
    "PUBLISHED",
    "UNCHANGED",
    "UNMET",
    "WRITE",
    "serve_updates",
]

WRITE: Final = b"W"
BEGUN: Final = b"b"
DONE: Final = b"d"
PUBLISHED: Final = b"p"
UNCHANGED: Final = b"u"
CREATED: Final = "created"
MISSING: Final = "missing"
UNMET: Final = "unmet"
_UNCHANGED: Final = frozenset({MISSING, UNMET})
_GROUP: Final = 64


class _Writer:
    """The store, opened for writing, and its row of numbered snapshots."""

    def __init__(self, sock: socket.socket, store: EmbeddedStore, generations: Path, last: int):
        self._sock, self._store, self._generations, self._number = sock, store, generations, last
        self._operations: dict[str, Callable[..., str]] = {
            "update": self._update,
            "put": self._put,
            "post": self._post,
            "delete": self._delete,
            "extend": self._extend,
            "replace_source": self._replace_source,
        }

    def publish(self) -> None:
        """Make the next generation, and say so."""
        self._number += 1
        path = self._generations / str(self._number)
        if path.exists():
            shutil.rmtree(path)
        self._store.snapshot(path)
        self._sock.sendall(pack(PUBLISHED, (self._number, str(path))))

    def run(self) -> None:
        """Write until the other end closes."""
        waiting = select.poll()
        waiting.register(self._sock, select.POLLIN)
        while (frame := receive(self._sock)) is not None:
            changed = self._write(frame[1])
            taken = 1
            while taken < _GROUP and waiting.poll(0):
                frame = receive(self._sock)
                if frame is None:
                    break
                changed = self._write(frame[1]) or changed
                taken += 1
            if changed:
                self.publish()

    def _write(self, body: bytes) -> bool:
        """Run one operation; whether the store may have changed."""
        sequence, operation, arguments, condition, by_hand_at = unpack(body)
        self._sock.sendall(pack(BEGUN, sequence))
        try:
            if condition is not None and self._store.has_graph(condition[0]) is not condition[1]:
                outcome = UNMET
            else:
                after = (staleness.setting(by_hand_at),) if by_hand_at else ()
                outcome = self._operations[operation](after, *arguments)
        except AxisKGError as error:
            self._sock.sendall(pack(FAILED, (sequence, *_described(error))))
            return False
        changed = outcome not in _UNCHANGED
        self._sock.sendall(pack(DONE if changed else UNCHANGED, (sequence, outcome)))
        return changed

    # Each operation takes first the operations of our own that end its transaction.

    def _update(
        self,
        after: tuple[str, ...],
        text: str,
        base: str,
        default: tuple[str, ...] | None,
        named: tuple[str, ...] | None,
        loads: list[tuple[str, str | None, str]],
    ) -> str:
        """Run a request; `loads` are placeholder, graph, and file of N-Triples."""
        loaded = {
            placeholder: _insertion(graph, _quads(graph, [path]))
            for placeholder, graph, path in loads
        }
        try:
            self._store.update(
                f"BASE <{base}>\n{text}",
                dataset=Dataset(default, named),
                then=" ;\n".join(after),
                loaded=loaded,
            )
        except QuerySyntaxError as error:
            line = None if error.line is None else max(1, error.line - 1)
            raise QuerySyntaxError(
                str(error).replace(f"at line {error.line},", f"at line {line},", 1),
                line=line,
                column=error.column,
            ) from None
        return ""

    def _put(self, after: tuple[str, ...], graph: str | None, documents: list[str]) -> str:
        """Put documents, files of N-Triples, in the place of a graph, in one transaction."""
        outcome = "" if self._store.has_graph(graph) else CREATED
        quads = _quads(graph, documents)
        self._store.run(clear(graph), insert_data(quads), *after)
        return outcome

    def _post(self, after: tuple[str, ...], graph: str | None, documents: list[str]) -> str:
        """Add documents, files of N-Triples, to a graph, in one transaction."""
        outcome = "" if self._store.has_graph(graph) else CREATED
        quads = _quads(graph, documents)
        if after or not quads:
            self._store.run(_insertion(graph, quads), *after)
        else:
            self._store.add(quads)
        return outcome

    def _delete(self, after: tuple[str, ...], graph: str | None) -> str:
        if not self._store.has_graph(graph):
            return MISSING
        self._store.run("CLEAR DEFAULT" if graph is None else f"DROP GRAPH <{graph}>", *after)
        return ""

    def _extend(self, after: tuple[str, ...], media: str, path: str, graph: str | None) -> str:
        """Add a document, which may hold several graphs."""
        self._store.add(quads_of(Path(path), media, graph))
        return ""

    def _replace_source(self, after: tuple[str, ...], source: str, media: str, path: str) -> str:
        self._store.replace_source(source, quads_of(Path(path), media))
        return ""


def _quads(graph: str | None, documents: list[str]) -> list[ox.Quad]:
    """The triples of files of N-Triples, in the graph."""
    files = (Path(document) for document in documents)
    return [q for file in files for q in quads_of(file, N_TRIPLES, graph, one_graph=True)]


def _insertion(graph: str | None, quads: Iterable[ox.Quad]) -> str:
    """The operations that add triples to a graph, which is then there even without any."""
    creation = "" if graph is None else f"CREATE SILENT GRAPH <{graph}> ;\n"
    return creation + insert_data(quads)


def _described(error: AxisKGError) -> tuple[str, str, int, int]:
    """The kind, message, line and column of an error, for the server to raise again."""
    if isinstance(error, QuerySyntaxError):
        return ("syntax", str(error), error.line or 0, error.column or 0)
    if isinstance(error, QueryTooLargeError):
        return ("large", str(error), 0, 0)
    if isinstance(error, ConflictError):
        return ("conflict", str(error), 0, 0)
    if isinstance(error, QueryError):
        return ("query", str(error), 0, 0)
    if isinstance(error, DataError):
        return ("data", str(error), error.line or 0, 0)
    return ("locked" if isinstance(error, StoreLockedError) else "store", str(error), 0, 0)


def serve_updates(sock: socket.socket, settings: dict[str, Any]) -> None:
    """Write what comes from `sock` until its other end closes; does not return.

    Settings: `store` (path), `generations` (folder of snapshots), `generation` (number of the
    last one there was).
    """

    def run() -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            try:
                store = EmbeddedStore.open(Path(settings["store"]))
                folder = Path(settings["generations"])
                writer = _Writer(sock, store, folder, int(settings["generation"]))
                writer.publish()
                writer.run()
            except AxisKGError as error:
                sock.sendall(pack(FAILED, (-1, *_described(error))))
        os._exit(0)

    work_until_hang_up(sock, run)
