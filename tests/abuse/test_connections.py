"""Connections that trickle, flood and vanish."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from benchmarks.conformance_servers import Server


def connect(server: Server) -> socket.socket:
    parts = urlsplit(server.root)
    assert parts.hostname is not None
    assert parts.port is not None
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def test_a_head_that_trickles_is_cut_off(server: Server, survives: Callable[[], None]) -> None:
    with connect(server) as sock:
        sock.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n")
        answer = b""
        for _ in range(100):
            try:
                sock.sendall(b"X-Slow: 1\r\n")
            except OSError:
                break
            time.sleep(0.1)
            survives()
            sock.settimeout(0.01)
            try:
                answer = sock.recv(100)
            except TimeoutError:
                continue
            except OSError:
                break
            break
        assert answer == b"" or answer.startswith(b"HTTP/1.1 408")


def test_a_body_that_trickles_is_cut_off(server: Server, survives: Callable[[], None]) -> None:
    with connect(server) as sock:
        sock.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 1000\r\n\r\nASK"
        )
        assert sock.recv(200).startswith(b"HTTP/1.1 408")


def test_a_body_without_end_is_cut_off(server: Server, survives: Callable[[], None]) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"# " + b"x" * 1_000_000 + b"\n"

    for path, kind in (("/sparql", "application/sparql-query"), ("/graphs?default", "text/turtle")):
        try:
            response = httpx.post(
                server.root + path,
                content=endless(),
                headers={"content-type": kind, **server.headers},
                trust_env=False,
                timeout=30,
            )
        except httpx.TransportError:
            continue
        assert response.status_code in {408, 413}


def test_an_announced_gigabyte_is_refused_at_once(
    server: Server, survives: Callable[[], None]
) -> None:
    with connect(server) as sock:
        sock.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 1000000000\r\n\r\n"
        )
        assert sock.recv(200).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /sparql?query=" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: 1\r\n" * 20_000 + b"\r\n",
    ],
)
def test_long_heads_are_refused(server: Server, survives: Callable[[], None], head: bytes) -> None:
    with connect(server) as sock:
        try:
            sock.sendall(head)
            answer = sock.recv(200)
        except ConnectionError:
            return
        assert answer == b"" or answer.split()[1] in {b"431", b"414", b"400"}


def test_rubbish_is_refused(server: Server, survives: Callable[[], None]) -> None:
    for rubbish in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"\x00" * 100):
        with connect(server) as sock:
            sock.sendall(rubbish)
            sock.settimeout(5)
            try:
                answer = sock.recv(200)
            except OSError:
                continue
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


@pytest.mark.slow
def test_two_hundred_clients_that_vanish(server: Server, survives: Callable[[], None]) -> None:
    """All at once; some have read a part of their answer, some are waiting for it."""
    query = "query=SELECT%20*%20%7B%3Fa%20%3Fb%20%3Fc.%20%3Fd%20%3Fe%20%3Ff%7D"
    request = f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    sockets = [connect(server) for _ in range(200)]
    for sock in sockets:
        sock.sendall(request)
    for number, sock in enumerate(sockets):
        if number % 2:
            sock.settimeout(0.05)
            with contextlib.suppress(OSError):
                sock.recv(1000)
        sock.close()
    survives()


def test_clients_that_vanish(server: Server, survives: Callable[[], None]) -> None:
    query = "query=SELECT%20*%20%7B%3Fa%20%3Fb%20%3Fc.%20%3Fd%20%3Fe%20%3Ff%7D"
    for _ in range(12):
        with connect(server) as sock:
            sock.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


@pytest.mark.slow
def test_a_flood_of_connections(server: Server, survives: Callable[[], None]) -> None:
    sockets = []
    for _ in range(500):
        try:
            sockets.append(connect(server))
        except OSError:
            break
    for sock in sockets:
        sock.close()
    time.sleep(0.5)
