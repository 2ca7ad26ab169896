"""The one process that writes: requests in the order of arrival, published in groups.

Each write is atomic and durable when its DONE frame is sent; the group's PUBLISHED frame follows
once a hard-linked snapshot with all of them stands ready for readers. The server acknowledges a
write only when it has both.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from axiskg.errors import (
    AxisKGError,
    DataError,
    QueryError,
    QuerySyntaxError,
    QueryTooLargeError,
    StoreLockedError,
)
from axiskg.store.confine import DEEP_STACK_BYTES
from axiskg.store.documents import quads_of
from axiskg.store.embedded import EmbeddedStore
from axiskg.store.frames import FAILED, pack, receive, unpack
from axiskg.store.protocol import Dataset

__all__ = ["BEGUN", "DONE", "PUBLISHED", "WRITE", "serve_updates"]

WRITE: Final = b"W"
BEGUN: Final = b"b"
DONE: Final = b"d"
PUBLISHED: Final = b"p"
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
        sequence, operation, arguments = unpack(body)
        self._sock.sendall(pack(BEGUN, sequence))
        try:
            outcome = self._operations[operation](*arguments)
        except AxisKGError as error:
            self._sock.sendall(pack(FAILED, (sequence, *_described(error))))
            return False
        self._sock.sendall(pack(DONE, (sequence, outcome)))
        return True

    def _update(
        self,
        text: str,
        base: str,
        default: tuple[str, ...] | None,
        named: tuple[str, ...] | None,
    ) -> str:
        try:
            self._store.update(f"BASE <{base}>\n{text}", dataset=Dataset(default, named))
        except QuerySyntaxError as error:
            line = None if error.line is None else max(1, error.line - 1)
            raise QuerySyntaxError(
                str(error).replace(f"at line {error.line},", f"at line {line},", 1),
                line=line,
                column=error.column,
            ) from None
        return ""

    def _put(self, graph: str | None, documents: list[tuple[str, str]]) -> str:
        """Put documents in the place of a graph, in one transaction."""
        created = graph is not None and not self._exists(graph)
        self._store.replace_graph(graph, self._quads(graph, documents))
        return "created" if created else ""

    def _post(self, graph: str | None, documents: list[tuple[str, str]]) -> str:
        """Add documents to a graph, in one transaction."""
        created = graph is not None and not self._exists(graph)
        quads = self._quads(graph, documents)
        whole = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
        assert whole is not None
        self._store.load(whole, "application/n-quads")
        return "created" if created else ""

    def _delete(self, graph: str | None) -> str:
        if graph is not None and not self._exists(graph):
            return "missing"
        self._store.replace_graph(graph, ())
        return ""

    def _replace_source(self, source: str, documents: list[tuple[str, str]]) -> str:
        self._store.replace_source(source, self._quads(None, documents))
        return ""

    def _exists(self, graph: str) -> bool:
        return self._store.query(f"ASK {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}") is True

    def _quads(self, graph: str | None, documents: list[tuple[str, str]]) -> list[ox.Quad]:
        return [quad for media, path in documents for quad in quads_of(Path(path), media, graph)]


def _described(error: AxisKGError) -> tuple[str, str, int, int]:
    """The kind, message, line and column of an error, for the server to raise again."""
    if isinstance(error, QuerySyntaxError):
        return ("syntax", str(error), error.line or 0, error.column or 0)
    if isinstance(error, QueryTooLargeError):
        return ("large", str(error), 0, 0)
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

    threading.stack_size(DEEP_STACK_BYTES)
    threading.Thread(target=run, daemon=True).start()
    hang_up = select.poll()
    hang_up.register(sock, getattr(select, "POLLRDHUP", 0))
    hang_up.poll()
    os._exit(0)
