"""Servers on private addresses: refused, but for those that the operator has named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
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
