"""Servers on private addresses: refused, but for those that the operator has named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from axiskg.errors import LinkingError
from axiskg.linking.guard import Reach, fetch

Start = Callable[[str], str]


class Inner(BaseHTTPRequestHandler):
    """Says `inner`; redirects to where the server was told to, if to anywhere."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """A redirect, or the word."""
        target: str = self.server.target  # type: ignore[attr-defined]
        self.send_response(302 if target and self.path == "/" else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"inner")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers of this machine that redirect to a URL; gives `host:port`."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def begin(target: str) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Inner)
        server.target = target  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return f"127.0.0.1:{server.server_address[1]}"

    yield begin
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def named(*servers: str) -> Reach:
    """A reach to public servers and to these."""
    return Reach(timeout_s=2.0, retries=0, allow_private=frozenset(servers))


def test_a_named_server_may_be_private(start: Start) -> None:
    server = start("")
    assert fetch(f"http://{server}/", named(server)).body == b"inner"
    assert fetch(f"http://{server}/", named("127.0.0.1")).body == b"inner"
    port = server.rpartition(":")[2]
    assert fetch(f"http://LOCALHOST:{port}/", named("LocalHost")).body == b"inner"


def test_another_port_or_name_of_it_is_not_the_one_that_is_named(start: Start) -> None:
    server, other = start(""), start("")
    port = server.rpartition(":")[2]
    for url in (f"http://{server}/", f"http://localhost:{port}/"):
        with pytest.raises(LinkingError, match="private address"):
            fetch(url, named(other))
    with pytest.raises(LinkingError, match="private address"):
        fetch(f"http://{server}/", Reach(timeout_s=2.0))


def test_a_redirect_within_the_named_server_is_followed(start: Start) -> None:
    server = start("/there")
    assert fetch(f"http://{server}/", named(server)).url.endswith("/there")


def test_a_redirect_to_a_private_server_is_refused_though_it_is_named_too(start: Start) -> None:
    inner = start("")
    outer = start(f"http://{inner}/secret")
    assert fetch(f"http://{inner}/", named(inner, outer)).status == 200
    with pytest.raises(LinkingError, match="private address"):
        fetch(f"http://{outer}/", named(inner, outer))
    with pytest.raises(LinkingError, match="private address"):
        fetch(f"http://{outer}/", named("127.0.0.1"))


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "[fe80::1]", "224.0.0.1", "0.0.0.0", "[::]", "255.255.255.255"]
)
def test_link_local_and_group_addresses_are_no_private_servers(address: str) -> None:
    with pytest.raises(LinkingError, match="private address"):
        fetch(f"http://{address}/", named(address))


@pytest.mark.parametrize("address", ["10.255.255.1", "192.168.255.1", "100.64.0.1", "[fd00::ff]"])
def test_addresses_of_private_networks_are_tried_when_named(address: str) -> None:
    quick = Reach(timeout_s=0.05, retries=0, allow_private=frozenset({address}))
    said = ""
    try:
        fetch(f"http://{address}:9/", quick)
    except LinkingError as error:
        said = str(error)
    assert "private address" not in said, "nobody there, or no network, is no refusal"
    with pytest.raises(LinkingError, match="private address"):
        fetch(f"http://{address}:9/", named(f"{address}:10"))


def test_a_real_private_address_of_this_machine(start: Start) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            pytest.skip("this machine has no network")
        address = probe.getsockname()[0]
    server = ThreadingHTTPServer((address, 0), Inner)
    server.target = ""  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        url = f"http://{address}:{server.server_address[1]}/"
        assert fetch(url, named(address)).body == b"inner"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_next_address_is_tried_when_one_takes_no_connection(start: Start) -> None:
    """A name with an IPv6 address that leads nowhere, say."""
    server = start("")
    reach = Reach(
        timeout_s=5.0,
        retries=0,
        allow_private=frozenset({f"both.example:{server.rpartition(':')[2]}"}),
        resolve=lambda host, port: ["127.0.0.99", "127.0.0.1"],
    )
    assert fetch(f"http://both.example:{server.rpartition(':')[2]}/", reach).body == b"inner"


def test_a_server_that_wants_a_long_rest_gets_it(misbehaving: tuple[str, list[str]]) -> None:
    root, seen = misbehaving
    reply = fetch(f"{root}/busy", Reach(timeout_s=9_000.0, retries=2, allow_loopback=True))
    assert (reply.status, reply.retry_after_s, len(seen)) == (429, 3600.0, 1)


@pytest.mark.parametrize(
    "wait", ["Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 21 Oct 2099 07:28:00 -0000", "3600"]
)
def test_a_rest_may_be_told_as_a_day_and_time(wait: str) -> None:
    answer = f"HTTP/1.1 429 Rest\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n"
    with saying(answer.encode(), b"") as (root, seen):
        reply = fetch(root, Reach(timeout_s=9_000.0, retries=2, allow_loopback=True))
    assert reply.retry_after_s is not None
    assert reply.retry_after_s >= 3600.0
    assert len(seen) == 1


@pytest.mark.parametrize(
    "wait", ["\u00b2", "soon", "-1", "", "1" * 400, "Mon, 99 Oct 2099 07:28:00 GMT"]
)
def test_a_rest_that_is_none_is_passed_over(wait: str) -> None:
    fields = b"Retry-After: " + wait.encode("latin-1") + b"\r\nContent-Length: 0\r\n\r\n"
    with saying(b"HTTP/1.1 503 Unavailable\r\n" + fields, b"") as (root, _):
        reach = Reach(timeout_s=5.0, retries=1, allow_loopback=True, backoff_s=0.01)
        assert fetch(root, reach).status == 503


@contextmanager
def saying(first: bytes, then: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """The URL of a server that says `first`, then `then` each 10 ms for ever; what it was asked."""
    seen: list[bytes] = []
    over = threading.Event()
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while not over.is_set():
            try:
                visitor, _ = door.accept()
            except OSError:
                return
            with visitor, suppress(OSError):
                seen.append(visitor.recv(65_536))
                visitor.sendall(first)
                while then and not over.wait(0.01):
                    visitor.sendall(then)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}/", seen
    finally:
        over.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b"H"),
        (OK, b"X"),
        (OK, b"X: y\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (OK + b"Content-Length: 1000000\r\n\r\n", b" "),
    ],
    ids=["status", "name", "fields", "hints", "extension", "chunks", "body"],
)
def test_what_drips_ends_in_time(first: bytes, then: bytes) -> None:
    """Bytes that keep arriving hold nobody longer than the whole may take."""
    with (
        saying(first, then) as (root, seen),
        pytest.raises(LinkingError, match=r"did not answer in 0\.3 s|does not answer"),
    ):
        fetch(root, Reach(timeout_s=0.3, retries=0, allow_loopback=True))
    assert len(seen) == 1


def test_an_address_that_is_not_found_in_time() -> None:
    over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        over.wait(60)
        return ["127.0.0.1"]

    try:
        with pytest.raises(LinkingError, match=r"did not answer in 0\.1 s"):
            fetch("http://slow.example/", Reach(timeout_s=0.1, retries=0, resolve=resolve))
    finally:
        over.set()


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "127.0.0.2", "127.1", "2130706433",
        "0x7f000001", "0177.0.0.1", "0", "169.254.169.254", "192.0.0.8", "198.18.0.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]", "[::ffff:0:10.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::a00:1]",
        "[2002:7f00:1::]", "[2001:0:a00:1::f5ff:fffe]", "[fe80::1]", "[fec0::1]", "[fc00::1]",
        "[ff02::1]", "[2001:db8::1]", "[100::1]", "localhost",
    ],
)  # fmt: skip
def test_no_redirect_leads_to_an_address_that_is_not_public(start: Start, address: str) -> None:
    """Whatever way the address is written; the server that redirects may be private itself."""
    server = start(f"http://{address}:9/")
    with pytest.raises(LinkingError, match="a private address, and is not asked"):
        fetch(f"http://{server}/", named(server))


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd", "gopher://8.8.8.8/", "http://a:b@8.8.8.8/", "http://8.8.8.8:0/",
        "http://8.8.8.8:99999/", "http://[8.8.8.8/", "http://\u00bf/", "http://8.8.8.8/\x1b[2J",
    ],
)  # fmt: skip
def test_a_redirect_to_what_is_no_address(target: str, start: Start) -> None:
    server = start(target)
    with pytest.raises(LinkingError, match=r"is no (plain http or https )?address") as raised:
        fetch(f"http://{server}/", named(server))
    assert str(raised.value).isprintable()


def test_a_name_that_changes_leads_nowhere_else(start: Start) -> None:
    """The connection is made to the address that was looked at, and each redirect is looked at."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.1", "10.0.0.1"]

    port = start("").rpartition(":")[2]
    turning = start(f"http://turning.example:{port}/").rpartition(":")[2]
    known = frozenset({f"turning.example:{turning}"})
    reach = Reach(timeout_s=5.0, retries=0, allow_private=known, resolve=resolve)
    with pytest.raises(LinkingError, match="a private address, and is not asked"):
        fetch(f"http://turning.example:{turning}/", reach)
    assert asked == ["turning.example"] * 2
