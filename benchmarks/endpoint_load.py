"""A load generator on raw sockets: many keep-alive connections, one request at a time on each."""

from __future__ import annotations

import json
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

__all__ = ["Load", "Transfer", "get", "in_background", "load", "rows_in", "transfer"]

_RECEIVE_BYTES = 1 << 16
_SAMPLED = 97
"""One of so many answers is kept."""


@dataclass(slots=True)
class Load:
    """What a run of many requests has measured; times in seconds."""

    seconds: float
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    samples: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Some requests and the bodies of their answers."""

    @property
    def per_s(self) -> float:
        """Successful requests a second."""
        return self.statuses.get(200, 0) / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The time within which that share of the requests was answered, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0

    @property
    def errors(self) -> int:
        """Requests that were not answered with 200."""
        return sum(count for status, count in self.statuses.items() if status != 200)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One large answer: bytes, seconds to the first byte of the body and to the last."""

    size: int
    first_s: float
    last_s: float

    @property
    def mb_per_s(self) -> float:
        """Megabytes a second over the whole."""
        return self.size / self.last_s / 1e6


def get(url: str, query: str, *, fresh: bool = False) -> bytes:
    """The bytes of a GET request for a query; `fresh` asks for an answer that is not cached."""
    parts = urlsplit(url)
    cache = "Cache-Control: no-cache\r\n" if fresh else ""
    return (
        f"GET {parts.path}?query={quote(query, safe='')} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Accept: application/sparql-results+json\r\n{cache}\r\n"
    ).encode()


class _Connection:
    """One client: sends a request, reads its response, sends the next."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self.connect()

    def connect(self) -> None:
        self.sock = socket.create_connection(self._address)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = self.body = self.request = b""
        self.chunked = False
        self.sent = 0.0

    def send(self, request: bytes) -> None:
        self.request = request
        self.sent = time.perf_counter()
        self.sock.sendall(request)

    def read(self) -> int | None:
        """The status when the response is complete; 0 when the connection broke."""
        data = self.sock.recv(_RECEIVE_BYTES)
        if not data:
            return 0
        self.buffer += data
        head, mark, body = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return None
        lower = head.lower()
        at = lower.find(b"content-length:")
        if at >= 0:
            end = lower.find(b"\r\n", at)
            length = int(lower[at + 15 : end if end >= 0 else None])
            if len(body) < length:
                return None
        elif not body.endswith(b"0\r\n\r\n"):
            return None
        status = int(head[9:12])
        self.body, self.chunked = body, at < 0
        self.buffer = b""
        return status

    def sample(self) -> tuple[bytes, bytes]:
        """The request and the body of its answer."""
        return self.request, _joined(self.body) if self.chunked else self.body


def load(url: str, requests: Iterator[bytes], *, clients: int, seconds: float) -> Load:
    """Send requests from `clients` connections for some seconds."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    selector = selectors.DefaultSelector()
    connections = [_Connection((parts.hostname, parts.port)) for _ in range(clients)]
    for connection in connections:
        selector.register(connection.sock, selectors.EVENT_READ, connection)
        connection.send(next(requests))
    measured = Load(seconds)
    began = time.perf_counter()
    end = began + seconds
    while (now := time.perf_counter()) < end:
        for key, _ in selector.select(end - now):
            connection = key.data
            try:
                status = connection.read()
            except ConnectionError:
                status = 0
            if status is None:
                continue
            finished = time.perf_counter()
            measured.times.append(finished - connection.sent)
            measured.statuses[status] = measured.statuses.get(status, 0) + 1
            if status == 200 and len(measured.times) % _SAMPLED == 1:
                measured.samples.append(connection.sample())
            if status == 0:
                selector.unregister(connection.sock)
                connection.sock.close()
                connection.connect()
                selector.register(connection.sock, selectors.EVENT_READ, connection)
            connection.send(next(requests))
    now = time.perf_counter()
    for connection in connections:
        # An answer still missing counts with the time it has taken so far.
        measured.times.append(now - connection.sent)
        connection.sock.close()
    selector.close()
    return measured


def _joined(chunked: bytes) -> bytes:
    """A body without the sizes of its chunks."""
    parts = []
    while True:
        size, _, chunked = chunked.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            return b"".join(parts)
        parts.append(chunked[:length])
        chunked = chunked[length + 2 :]


def rows_in(url: str, query: str) -> int:
    """The rows of an answer, fetched and read whole."""
    request = Request(f"{url}?query={quote(query, safe='')}")
    request.add_header("Accept", "application/sparql-results+json")
    with build_opener(ProxyHandler({})).open(request, timeout=120) as response:
        return len(json.load(response)["results"]["bindings"])


def transfer(url: str, query: str) -> Transfer:
    """Fetch one large answer."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    with socket.create_connection((parts.hostname, parts.port)) as sock:
        began = time.perf_counter()
        sock.sendall(get(url, query, fresh=True))
        buffer = b""
        while b"\r\n\r\n" not in buffer:
            buffer += sock.recv(_RECEIVE_BYTES)
        head, _, body = buffer.partition(b"\r\n\r\n")
        size, tail = len(body), body[-16:]
        first = time.perf_counter() if body else 0.0
        length = _length(head)
        while not (size >= length if length is not None else tail.endswith(b"0\r\n\r\n")):
            data = sock.recv(_RECEIVE_BYTES)
            if not data:
                raise ConnectionError("the transfer was cut")
            first = first or time.perf_counter()
            size += len(data)
            tail = (tail + data)[-16:]
        return Transfer(size, first - began, time.perf_counter() - began)


def _length(head: bytes) -> int | None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return None


def in_background(work: Callable[[], None]) -> threading.Thread:
    """Run something beside the load."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
