"""Messages between the server and the processes that hold the store, over a socket pair.

A frame is a kind (one byte), a length (four bytes), and that many bytes. `marshal` carries the
fields: both ends are the same interpreter, and unlike pickle it can't run anything.
"""

from __future__ import annotations

import marshal
import socket
import struct
from collections.abc import Iterator
from typing import Any, Final

__all__ = [
    "ANSWER",
    "BEGIN",
    "CHECK",
    "CHUNK",
    "END",
    "FAILED",
    "FORGET",
    "OPEN",
    "QUERY",
    "READY",
    "Reader",
    "dumps",
    "loads",
    "pack",
    "pack_answer",
    "pack_query",
    "pack_raw",
    "pack_with_body",
    "receive",
    "unpack",
    "unpack_answer",
    "unpack_query",
    "unpack_with_body",
]

QUERY: Final = b"Q"
CHECK: Final = b"K"
OPEN: Final = b"O"
READY: Final = b"R"
ANSWER: Final = b"A"
BEGIN: Final = b"B"
CHUNK: Final = b"C"
END: Final = b"E"
FAILED: Final = b"F"
FORGET: Final = b"G"
"""To a worker: leave so many of the last questions, as far as you have not begun them. From it:
done, and all that came before and was not left has been answered."""

_HEADER = struct.Struct("<cI")
_LENGTH = struct.Struct("<I")
_QUERY = struct.Struct("<cIHI")
_QUERY_LENGTHS = struct.Struct("<HI")
_ANSWER = struct.Struct("<cIIH")
_ROWS_AND_LENGTH = struct.Struct("<IH")


def dumps(fields: Any) -> bytes:
    """Marshalled fields, for sockets that keep messages apart by themselves."""
    return marshal.dumps(fields)


def loads(message: bytes) -> Any:
    """What `dumps` wrote."""
    return marshal.loads(message)


def pack(kind: bytes, fields: Any) -> bytes:
    """One frame with marshalled fields."""
    body = marshal.dumps(fields)
    return _HEADER.pack(kind, len(body)) + body


def pack_with_body(kind: bytes, fields: Any, body: bytes) -> bytes:
    """One frame with marshalled fields and, behind them, bytes as they are."""
    head = marshal.dumps(fields)
    return b"".join(
        (_HEADER.pack(kind, 4 + len(head) + len(body)), _LENGTH.pack(len(head)), head, body)
    )


def pack_query(path: bytes, terms: bytes, text: bytes) -> bytes:
    """A query: the snapshot it is asked of, marshalled terms, which many queries share, its text.

    Both ends know the path and the terms of the query before by their bytes.
    """
    lengths = len(path), len(terms)
    size = _QUERY_LENGTHS.size + sum(lengths) + len(text)
    return b"%b%b%b%b" % (_QUERY.pack(QUERY, size, *lengths), path, terms, text)


def unpack_query(body: bytes) -> tuple[bytes, bytes, bytes]:
    """Path, terms and text of a query."""
    path_size, terms_size = _QUERY_LENGTHS.unpack_from(body)
    terms_at = _QUERY_LENGTHS.size + path_size
    text_at = terms_at + terms_size
    return body[_QUERY_LENGTHS.size : terms_at], body[terms_at:text_at], body[text_at:]


def pack_answer(rows: int, head: bytes, body: bytes) -> bytes:
    """A whole answer: its rows, marshalled fields that many answers share, its body."""
    size = _ROWS_AND_LENGTH.size + len(head) + len(body)
    return b"%b%b%b" % (_ANSWER.pack(ANSWER, size, rows, len(head)), head, body)


def unpack_answer(body: bytes) -> tuple[int, bytes, bytes]:
    """Rows, marshalled fields and body of an answer."""
    rows, head_size = _ROWS_AND_LENGTH.unpack_from(body)
    body_at = _ROWS_AND_LENGTH.size + head_size
    return rows, body[_ROWS_AND_LENGTH.size : body_at], body[body_at:]


def pack_raw(kind: bytes, body: bytes) -> bytes:
    """One frame with bytes as they are."""
    return _HEADER.pack(kind, len(body)) + body


def unpack(body: bytes) -> Any:
    """The fields of a frame."""
    return marshal.loads(body)


def unpack_with_body(body: bytes) -> tuple[Any, bytes]:
    """The fields of a frame and the bytes behind them."""
    (length,) = _LENGTH.unpack_from(body)
    return marshal.loads(body[4 : 4 + length]), body[4 + length :]


def receive(sock: socket.socket) -> tuple[bytes, bytes] | None:
    """The next frame's kind and body from a blocking socket; None once the other end is gone."""
    header = _exactly(sock, _HEADER.size)
    if header is None:
        return None
    kind, length = _HEADER.unpack(header)
    body = _exactly(sock, length)
    return None if body is None else (kind, body)


def _exactly(sock: socket.socket, count: int) -> bytes | None:
    first = sock.recv(count)
    if len(first) == count:
        return first
    parts, missing = [first], count - len(first)
    while missing and parts[-1]:
        parts.append(sock.recv(missing))
        missing -= len(parts[-1])
    return None if missing else b"".join(parts)


class Reader:
    """Cuts a stream of bytes into frames, for event loops."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that are complete with `data`: kind and body."""
        data = self._rest + data if self._rest else data
        at, size = 0, len(data)
        while size - at >= _HEADER.size:
            kind, length = _HEADER.unpack_from(data, at)
            end = at + _HEADER.size + length
            if end > size:
                break
            yield kind, data[at + _HEADER.size : end]
            at = end
        self._rest = data[at:]
