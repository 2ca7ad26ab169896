"""A process that answers queries on a read-only snapshot, one at a time, until it is ended.

It holds nothing that can't be lost: the server ends it with SIGKILL at a deadline. Results never
leave the thread that made them.
"""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from contextlib import suppress
from typing import IO, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from axiskg.store.confine import work_until_hang_up
from axiskg.store.frames import (
    CHECK,
    FAILED,
    FORGET,
    OPEN,
    QUERY,
    READY,
    Reader,
    dumps,
    loads,
    pack,
    pack_answer,
    pack_raw,
    unpack,
    unpack_query,
)
from axiskg.store.sink import AnswerLimits, FullError, Sink

__all__ = ["serve_queries"]

_RECEIVE_BYTES = 256 << 10
_MAX_TERMS = 256
_ASKING = frozenset({QUERY, CHECK})
_CALM_S = 0.002
"""How long the server leaves what it has sent to a worker."""
_CHECKED = dumps(("boolean", "", "", ""))


class _Terms:
    """What a query is asked under, as the engine takes it; many queries share it."""

    __slots__ = ("base", "default_graphs", "encoding", "formats", "limits", "named_graphs", "union")

    def __init__(self, packed: bytes) -> None:
        self.base, default, named, self.union, formats, self.encoding, limits = loads(packed)
        self.default_graphs: list[NamedNode | BlankNode | DefaultGraph] | None = (
            None if default is None else [NamedNode(iri) for iri in default]
        )
        self.named_graphs: list[NamedNode | BlankNode] | None = (
            None if named is None else [NamedNode(iri) for iri in named]
        )
        self.limits = AnswerLimits(*limits)
        self.formats: dict[str, tuple[str, RdfFormat | QueryResultsFormat]] = {}
        for form, (media, media_type) in formats:
            kind = RdfFormat if form == "graph" else QueryResultsFormat
            syntax = kind.from_media_type(media_type)
            if syntax is not None:
                self.formats[form] = (media, syntax)


class _Engine:
    """The store of one snapshot at a time."""

    def __init__(self, sock: socket.socket, prefixes: dict[str, str]) -> None:
        self._sock, self._sink = sock, Sink(sock)
        self._file = cast("IO[bytes]", self._sink)
        self._path = b""
        self._store: Store | None = None
        self._prefixes = prefixes
        self._terms: dict[bytes, _Terms] = {}

    def at(self, path: bytes) -> Store:
        if self._store is None or path != self._path:
            self._store = None
            self._store = Store.read_only(os.fsdecode(path))
            self._path = path
        return self._store

    def _known(self, packed: bytes) -> _Terms:
        terms = self._terms.get(packed)
        if terms is None:
            if len(self._terms) >= _MAX_TERMS:
                self._terms.clear()
            terms = self._terms[packed] = _Terms(packed)
        return terms

    def answer(self, body: bytes) -> None:
        """Send the answer to one query; every failure before the first chunk is a frame too."""
        sock = self._sock
        path, packed, text = unpack_query(body)
        started = time.monotonic()
        try:
            terms = self._known(packed)
            results = self.at(path).query(
                text.decode(),
                base_iri=terms.base,
                use_default_graph_as_union=terms.union,
                default_graph=terms.default_graphs,
                named_graphs=terms.named_graphs,
            )
            form = _form(results)
            found = terms.formats.get(form)
            if found is None:
                sock.sendall(pack(FAILED, ("not acceptable", form)))
                return
            media, syntax = found
            sink = self._sink
            sink.start(
                form=form,
                media=media,
                encoding=terms.encoding,
                limits=terms.limits,
                started=started,
            )
            self._serialize(results, syntax, self._file)
            sink.close()
        except FullError:
            return
        except SyntaxError as error:
            sock.sendall(pack(FAILED, ("syntax", str(error))))
        except ValueError as error:
            sock.sendall(pack(FAILED, ("value", str(error))))
        except MemoryError:
            sock.sendall(pack(FAILED, ("memory", "")))
        except (BrokenPipeError, ConnectionResetError):
            os._exit(0)
        except (OSError, RuntimeError) as error:
            sock.sendall(pack(FAILED, ("engine", str(error))))

    def _serialize(
        self,
        results: QuerySolutions | QueryBoolean | QueryTriples,
        syntax: RdfFormat | QueryResultsFormat,
        sink: IO[bytes],
    ) -> None:
        if isinstance(results, QueryTriples):
            assert isinstance(syntax, RdfFormat)
            serialize(results, sink, syntax, prefixes=self._prefixes)
        else:
            assert isinstance(syntax, QueryResultsFormat)
            results.serialize(sink, syntax)


def _form(results: QuerySolutions | QueryBoolean | QueryTriples) -> str:
    if isinstance(results, QuerySolutions):
        return "bindings"
    return "boolean" if isinstance(results, QueryBoolean) else "graph"


def _check(sock: socket.socket, kind: str, text: str, base: str) -> None:
    """Say whether a query or update parses, by running it on nothing."""
    nothing = Store()
    try:
        if kind == "query":
            nothing.query(text, base_iri=base)
        else:
            nothing.update(text, base_iri=base)
    except SyntaxError as error:
        sock.sendall(pack(FAILED, ("syntax", str(error))))
        return
    except (OSError, RuntimeError, ValueError):
        # It parsed: what it wanted is not there, such as a graph to clear or the network.
        pass
    sock.sendall(pack_answer(0, _CHECKED, b""))


def _loop(sock: socket.socket, prefixes: dict[str, str]) -> None:
    engine = _Engine(sock, prefixes)
    reader = Reader()
    pending: deque[tuple[bytes, bytes]] = deque()
    taken = 0.0
    while True:
        if not pending:
            _take_more(sock, reader, pending, 0)
            taken = time.monotonic()
        kind, body = pending.popleft()
        if kind == QUERY:
            engine.answer(body)
        elif kind == CHECK:
            _check(sock, *unpack(body))
        elif kind == OPEN:
            _open(sock, engine, body)
        elif kind == FORGET:
            sock.sendall(pack_raw(FORGET, b""))
        if pending and time.monotonic() - taken > _CALM_S:
            # By now the server may have thought better of what has not begun.
            _take_more(sock, reader, pending, socket.MSG_DONTWAIT)


def _take_more(
    sock: socket.socket, reader: Reader, pending: deque[tuple[bytes, bytes]], flags: int
) -> None:
    """Add the frames that have come to `pending`; a FORGET takes those off that it is about."""
    while True:
        try:
            data = sock.recv(_RECEIVE_BYTES, flags)
        except BlockingIOError:
            return
        if not data:
            os._exit(0)
        for frame in reader.feed(data):
            if frame[0] == FORGET:
                for _ in range(unpack(frame[1])):
                    if pending and pending[-1][0] in _ASKING:
                        pending.pop()
            pending.append(frame)
        if pending:
            flags = socket.MSG_DONTWAIT
            if len(data) < _RECEIVE_BYTES:
                return


def _open(sock: socket.socket, engine: _Engine, path: bytes) -> None:
    # A snapshot that can't be opened is reported by the first query on it.
    with suppress(OSError):
        engine.at(path)
    sock.sendall(pack_raw(READY, path))


def serve_queries(sock: socket.socket, prefixes: dict[str, str]) -> None:
    """Answer frames from `sock` until its other end closes; does not return."""
    work_until_hang_up(sock, lambda: _loop(sock, prefixes))
