"""The parts of a multipart/form-data body, each streamed into a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from python_multipart.multipart import parse_options_header

from axiskg.formats import GRAPHS
from axiskg.server.http import ProblemError

__all__ = ["Parts"]

_UNTOLD = frozenset({"", "application/octet-stream"})
_MAX_PARTS = 64
_MAX_HEADER_BYTES = 8192


class Parts:
    """Callbacks for a multipart parser; `new_file` gives a path for a part of a media type."""

    def __init__(self, new_file: Callable[[str], str]) -> None:
        self._new_file = new_file
        self._headers: dict[str, str] = {}
        self._name = self._value = b""
        self._file: BinaryIO | None = None
        self._count = 0
        self.complete = False
        """Whether the last boundary has come."""

    def begin(self) -> None:
        """A part begins."""
        self._headers = {}
        self._count += 1
        if self._count > _MAX_PARTS:
            raise ProblemError(413, f"more than {_MAX_PARTS} parts")

    def header_name(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's name."""
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's value."""
        self._value += data[start:end]
        if len(self._value) > _MAX_HEADER_BYTES:
            raise ProblemError(431, "a part's header is too long")

    def header_end(self) -> None:
        """A header is complete."""
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._name = self._value = b""

    def open(self) -> None:
        """The part's headers are complete, its data follows."""
        media_type = self._headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type in _UNTOLD:
            media_type = self._type_by_name() or media_type
        self._file = Path(self._new_file(media_type)).open("wb")  # noqa: SIM115 (closed by `close`)

    def _type_by_name(self) -> str | None:
        """The media type that the part's file name tells, as with `curl -F file=@graph.ttl`."""
        _, options = parse_options_header(self._headers.get("content-disposition", ""))
        suffix = Path(options.get(b"filename", b"").decode("latin-1")).suffix[1:].lower()
        return next((f.media_type for f in GRAPHS if suffix and suffix == f.extension), None)

    def data(self, data: bytes, start: int, end: int) -> None:
        """A piece of the part's data."""
        assert self._file is not None
        self._file.write(data[start:end])

    def end(self) -> None:
        """The last boundary has come."""
        self.complete = True

    def close(self) -> None:
        """The part, or the whole body, has ended."""
        if self._file is not None:
            self._file.close()
            self._file = None
