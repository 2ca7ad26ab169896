"""A process that answers queries on a read-only snapshot, one at a time, until it is ended.

It holds nothing that can't be lost: the server ends it with SIGKILL at a deadline. Results never
leave the thread that made them.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from typing import IO, Any, cast

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from axiskg.store.confine import DEEP_STACK_BYTES
from axiskg.store.frames import (
    ANSWER,
    CHECK,
    FAILED,
    OPEN,
    QUERY,
    READY,
    Reader,
    pack,
    pack_with_body,
    unpack,
)
from axiskg.store.sink import AnswerLimits, FullError, Sink

__all__ = ["serve_queries"]

_RECEIVE_BYTES = 256 << 10


class _Engine:
    """The store of one snapshot at a time."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._path = ""
        self._store: Store | None = None
        self._prefixes = prefixes

    def at(self, path: str) -> Store:
        if self._store is None or path != self._path:
            self._store = None
            self._store = Store.read_only(path)
            self._path = path
        return self._store

    def answer(self, sock: socket.socket, fields: tuple[Any, ...]) -> None:
        """Send the answer to one query; every failure before the first chunk is a frame too."""
        path, text, base, default, named, union, formats, encoding, limits = fields
        started = time.monotonic()
        sink: Sink | None = None
        try:
            results = self.at(path).query(
                text,
                base_iri=base,
                use_default_graph_as_union=union,
                default_graph=None if default is None else [NamedNode(iri) for iri in default],
                named_graphs=None if named is None else [NamedNode(iri) for iri in named],
            )
            form = _form(results)
            if form not in formats:
                sock.sendall(pack(FAILED, ("not acceptable", form)))
                return
            media, media_type = formats[form]
            sink = Sink(
                sock,
                form=form,
                media=media,
                encoding=encoding,
                limits=AnswerLimits(*limits),
                started=started,
            )
            self._serialize(results, media_type, cast("IO[bytes]", sink))
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
        media_type: str,
        sink: IO[bytes],
    ) -> None:
        if isinstance(results, QueryTriples):
            syntax = RdfFormat.from_media_type(media_type)
            serialize(results, sink, syntax, prefixes=self._prefixes)
        else:
            results.serialize(sink, QueryResultsFormat.from_media_type(media_type))


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
    sock.sendall(pack_with_body(ANSWER, ("boolean", "", "", 0, "", 0.0), b""))


def _loop(sock: socket.socket, prefixes: dict[str, str]) -> None:
    engine = _Engine(prefixes)
    reader = Reader()
    while data := sock.recv(_RECEIVE_BYTES):
        for kind, body in reader.feed(data):
            if kind == QUERY:
                engine.answer(sock, unpack(body))
            elif kind == CHECK:
                _check(sock, *unpack(body))
            elif kind == OPEN:
                _open(sock, engine, unpack(body))
    os._exit(0)


def _open(sock: socket.socket, engine: _Engine, path: str) -> None:
    try:
        engine.at(path)
    except OSError as error:
        sock.sendall(pack(FAILED, ("engine", str(error))))
    else:
        sock.sendall(pack(READY, path))


def serve_queries(sock: socket.socket, prefixes: dict[str, str]) -> None:
    """Answer frames from `sock` until its other end closes; does not return."""
    threading.stack_size(DEEP_STACK_BYTES)
    threading.Thread(target=_loop, args=(sock, prefixes), daemon=True).start()
    hang_up = select.poll()
    hang_up.register(sock, getattr(select, "POLLRDHUP", 0))
    hang_up.poll()
    os._exit(0)
