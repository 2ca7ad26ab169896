"""Where a worker writes an answer: counted, cut at its limits, compressed, sent in frames."""

from __future__ import annotations

import re
import socket
import time
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import zstandard

from axiskg.store.frames import (
    BEGIN,
    CHUNK,
    END,
    dumps,
    pack,
    pack_answer,
    pack_raw,
    pack_with_body,
)

__all__ = ["AnswerLimits", "FullError", "Sink"]

CHUNK_BYTES: Final = 64 << 10
FIRST_CHUNK_S: Final = 0.02
LAST_PIECE_BYTES: Final = 8000
WORTH_COMPRESSING_BYTES: Final = 1024
_HELD_BACK: Final = 8

_ROW_ENDS: Final = {
    "json": re.compile(rb'\}\}(?=,\{"[^,}:])'),
    "xml": re.compile(rb"</result>"),
    "tsv": re.compile(rb"\n"),
    "csv": re.compile(rb'"|\n'),
}
"""What ends each row; a quote that ends a JSON string is followed by `,`, `}` or `:`."""

_ROW_TOKENS: Final = {"json": b'}},{"', "xml": b"</result>", "tsv": b"\n"}
"""What stands at each row's end, though in JSON at the end of some literals too."""

_HEADED: Final = frozenset({"csv", "tsv"})


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """The caps of one answer, and where the caps are explained."""

    max_rows: int
    max_bytes: int
    explained_at: str


class FullError(Exception):
    """The answer has reached a cap and has been ended; stop producing rows."""


@lru_cache(maxsize=256)
def _answer_head(form: str, media: str, encoding: str, truncated: str) -> bytes:
    return dumps((form, media, encoding, truncated))


class _Encoder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self, mode: int = ..., /) -> bytes: ...


class Sink:
    """A file for `serialize`; raises `FullError` out of `write` when a cap is reached.

    One for a process, which writes one answer after the other: `start`, `write` many times,
    `close`. Up to one chunk is held back, so that a small answer travels as one frame, and a
    failure before the first chunk is still a clean error.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._form = self._media = self._encoding = ""
        self._limits = AnswerLimits(0, 0, "")
        self._started = 0.0
        self._parts: list[bytes] = []
        self._pending = 0
        self._carry = b""
        self._size = self._rows = self._quotes = 0
        self._begun = False
        self._encoder: _Encoder | None = None
        self._row_end: re.Pattern[bytes] | None = None

    def start(
        self, *, form: str, media: str, encoding: str, limits: AnswerLimits, started: float
    ) -> None:
        """Begin an answer; `form` is "bindings", "boolean" or "graph"."""
        self._form, self._media, self._encoding = form, media, encoding
        self._limits, self._started = limits, started
        self._parts = []
        self._carry, self._encoder, self._begun = b"", None, False
        self._pending = self._size = self._quotes = 0
        self._rows = -1 if form == "bindings" and media in _HEADED else 0
        self._row_end = _ROW_ENDS.get(media) if form == "bindings" else None

    @property
    def begun(self) -> bool:
        """Whether part of the answer has been sent."""
        return self._begun

    def write(self, data: bytes) -> int:
        """Take the next bytes of the answer."""
        self._parts.append(data)
        self._pending += len(data)
        # The engine's buffer holds eight kilobytes; a shorter piece is the last one.
        late = len(data) > LAST_PIECE_BYTES and time.monotonic() - self._started > FIRST_CHUNK_S
        if self._pending >= CHUNK_BYTES or (late and not self._begun):
            self._pass_on()
        return len(data)

    def flush(self) -> None:
        """Nothing: chunks go out by size and time."""

    def close(self) -> None:
        """Send what is left, and the end."""
        if not self._begun and self._sent_small():
            return
        whole = self._carry + b"".join(self._parts)
        data, truncated = self._within_limits(whole, self._row_bounds(whole, len(whole)))
        self._finish(data, truncated)

    def _sent_small(self) -> bool:
        """Send an answer that is too small for any cap or for compression, which most are."""
        limits, size = self._limits, self._pending
        # A row takes more than one byte.
        if size > limits.max_rows or size > limits.max_bytes:
            return False
        if self._encoding and size >= WORTH_COMPRESSING_BYTES:
            return False
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        if self._row_end is not None:
            # These four end each row of JSON but the last: without them there is one, or none.
            if self._media != "json" or b"}},{" in body:
                self._rows += len(self._row_bounds(body, size))
            self._rows += self._last_row(body)
        head = _answer_head(self._form, self._media, "", "")
        self._sock.sendall(pack_answer(self._rows, head, body))
        return True

    def _last_row(self, document: bytes) -> bool:
        """Whether there is a row that no bound has counted."""
        return self._media == "json" and b'"bindings":[]' not in document[:4096]

    def _pass_on(self) -> None:
        whole = self._carry + b"".join(self._parts)
        self._parts.clear()
        self._pending = 0
        cut = self._free_cut(whole)
        if cut:
            self._carry = whole[cut:]
            self._send(whole[:cut])
            return
        cut = max(0, len(whole) - _HELD_BACK)
        bounds = self._row_bounds(whole, cut)
        if bounds and bounds[-1] > cut:
            cut = bounds[-1]
        self._carry = whole[cut:]
        data, truncated = self._within_limits(whole[:cut], bounds)
        if truncated:
            self._finish(data, truncated)
            raise FullError
        self._send(data)

    def _free_cut(self, whole: bytes) -> int:
        """The end of the last row in `whole`, if no cap is near, with the rows counted; else 0.

        Most pieces of an answer are far from any cap, and then no row needs a look of its own.
        """
        token = _ROW_TOKENS.get(self._media)
        if self._row_end is None or token is None:
            return 0
        limits = self._limits
        # One more byte than the token, which tells a row's end from a literal's.
        at = whole.rfind(token, 0, len(whole) - 1)
        if at < 0 or self._size + len(whole) > limits.max_bytes:
            return 0
        if self._media == "json":
            cut = at + 2
            rows = len(self._row_end.findall(whole, 0, cut + 4))
        else:
            cut = at + len(token)
            rows = whole.count(token, 0, cut)
        if self._rows + rows >= limits.max_rows:
            return 0
        self._rows += rows
        self._size += cut
        return cut

    def _within_limits(self, data: bytes, bounds: list[int]) -> tuple[bytes, str]:
        """The part of `data` that may be sent, and the name of the cap that cut it, or ''."""
        limits = self._limits
        room = limits.max_bytes - self._size
        self._size += len(data)
        if self._row_end is None:
            return (data, "") if room >= len(data) else (b"", "bytes")
        spare = limits.max_rows - self._rows
        self._rows += len(bounds)
        # In JSON a bound is seen when the next row begins: as many bounds as rows is one too many.
        if len(bounds) > spare or (len(bounds) == spare and bounds and self._media == "json"):
            self._rows = limits.max_rows
            return data[: bounds[spare - 1] if spare > 0 else 0], "rows"
        if room < len(data):
            fitting = [end for end in bounds if end <= room]
            self._rows -= len(bounds) - len(fitting)
            return data[: fitting[-1] if fitting else 0], "bytes"
        return data, ""

    def _row_bounds(self, data: bytes, cut: int) -> list[int]:
        """Where the rows end that begin to end before `cut`."""
        if self._row_end is None:
            return []
        bounds = []
        for match in self._row_end.finditer(data):
            if match.start() >= cut:
                break
            if self._media == "csv":
                if data[match.start()] == 0x22:
                    self._quotes += 1
                    continue
                if self._quotes % 2:
                    continue
            bounds.append(match.end())
        return bounds

    def _send(self, data: bytes) -> None:
        if self._begun:
            if data:
                self._sock.sendall(pack_raw(CHUNK, self._encoded(data)))
            return
        self._begun = True
        self._start_encoder()
        head = (self._form, self._media, self._encoding)
        body = self._encoded(self._with_link(data), first=True)
        self._sock.sendall(pack_with_body(BEGIN, head, body))

    def _finish(self, data: bytes, truncated: str) -> None:
        if truncated and not self._begun:
            data += self._tail(truncated)
        if not truncated and self._form == "bindings":
            self._rows += self._last_row(data)
        if not self._begun:
            if truncated:
                data = self._with_link(data)
            encoding = self._encoding if len(data) >= WORTH_COMPRESSING_BYTES else ""
            self._encoding = encoding
            self._start_encoder()
            body = self._encoded(data) + self._encoder_end()
            head = _answer_head(self._form, self._media, encoding, truncated)
            self._sock.sendall(pack_answer(self._rows, head, body))
            return
        self._send(data)
        # What is cut after it has begun has no end: nobody must take it for the whole.
        rest = b"" if truncated else self._encoder_end()
        if rest:
            self._sock.sendall(pack_raw(CHUNK, rest))
        self._sock.sendall(pack(END, (self._rows, truncated)))

    def _tail(self, truncated: str) -> bytes:
        """The end of a well-formed document that was cut; empty where a format has none."""
        if self._media == "json":
            return b"]}}"
        if self._media == "xml":
            note = f"<!-- cut by the cap on {truncated} after {self._rows} rows -->"
            return f"</results>{note}</sparql>".encode()
        return b""

    def _with_link(self, data: bytes) -> bytes:
        """`data` with the place of the explanation in the head, where the format has one."""
        link = self._limits.explained_at.encode()
        if self._form != "bindings":
            return data
        if self._media == "json":
            return data.replace(b'{"head":{', b'{"head":{"link":["' + link + b'"],', 1)
        if self._media == "xml":
            return data.replace(b"</head>", b'<link href="' + link + b'"/></head>', 1)
        return data

    def _start_encoder(self) -> None:
        if self._encoding == "gzip":
            self._encoder = zlib.compressobj(1, zlib.DEFLATED, 31)
        elif self._encoding == "zstd":
            self._encoder = zstandard.ZstdCompressor(level=1).compressobj()

    def _encoded(self, data: bytes, *, first: bool = False) -> bytes:
        if self._encoder is None:
            return data
        out = self._encoder.compress(data)
        if first:
            block = (
                zlib.Z_SYNC_FLUSH if self._encoding == "gzip" else zstandard.COMPRESSOBJ_FLUSH_BLOCK
            )
            out += self._encoder.flush(block)
        return out

    def _encoder_end(self) -> bytes:
        return b"" if self._encoder is None else self._encoder.flush()
