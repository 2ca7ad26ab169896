"""A process that rewrites one document as N-Triples, and ends.

Some documents cost far more than their size: entities within entities in RDF/XML, deep nesting in
JSON-LD, a prefix of a megabyte in Turtle. Read here, such a one runs into its own deadline or out
of its own memory, and holds up nobody else's writes.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from axiskg.errors import ParseError
from axiskg.store.confine import work_until_hang_up
from axiskg.store.documents import quads_of
from axiskg.store.frames import END, FAILED, pack

__all__ = ["TOO_LARGE", "serve_document"]

TOO_LARGE = "too large"


class _FullError(Exception):
    """The document is longer as N-Triples than it may be."""


class _Bounded:
    """A file for `serialize` that takes so many bytes and no more."""

    def __init__(self, file: IO[bytes], max_bytes: int) -> None:
        self._file, self._room = file, max_bytes

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        self._room -= len(data)
        if self._room < 0:
            raise _FullError
        return self._file.write(data)

    def flush(self) -> None:
        """Pass on what is held back."""
        self._file.flush()


def _rewrite(media: str, path: str, base: str | None, into: str, max_bytes: int) -> bytes:
    """Rewrite the document at `path`; the frame that says what came of it."""
    try:
        with Path(path).open("rb") as file, Path(into).open("wb") as target:
            triples = (quad.triple for quad in quads_of(file, media, base=base, one_graph=True))
            ox.serialize(triples, _Bounded(target, max_bytes), ox.RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
    except ParseError as error:
        return pack(FAILED, ("data", str(error), error.line or 0))
    except _FullError:
        return pack(FAILED, (TOO_LARGE, "", 0))
    return pack(END, ())


def serve_document(sock: socket.socket, settings: dict[str, Any]) -> None:
    """Rewrite one document, say on `sock` what came of it, and end; does not return.

    Settings: `media`, `path`, `base` (for relative IRIs), `into` (path), `max_bytes`.
    """

    def run() -> None:
        names = ("media", "path", "base", "into", "max_bytes")
        try:
            sock.sendall(_rewrite(*(settings[name] for name in names)))
        except (BrokenPipeError, ConnectionResetError):
            os._exit(0)

    work_until_hang_up(sock, run)
