"""HTTP to other servers, and to none that it shouldn't reach.

Every address is looked at after its name is resolved and the connection is made to that very
address, so neither a redirect nor a changed name leads to a private, loopback or link-local one.
A server that the operator has named may be private; no redirect leads to it from another.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpcore

from axiskg.errors import LinkingError

__all__ = ["Reach", "Reply", "fetch"]

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS: Final = 3
_RETRIED: Final = frozenset({429, 500, 502, 503, 504})
_MAX_PAUSE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How far requests may go: bounds on time, size and tries, and whether to this machine.

    `allow_private` names servers, as `host` or `host:port`, that may have private addresses
    (RFC 1918, RFC 4193, RFC 6598, loopback) when they are what is asked for; a redirect to one
    from another server is refused all the same, and so are link-local addresses. `resolve` finds
    the addresses of a host and port, the system's resolver when it is None; it may raise `OSError`.
    """

    timeout_s: float = 20.0
    max_bytes: int = 32_000_000
    retries: int = 2
    allow_loopback: bool = False
    allow_private: frozenset[str] = frozenset()
    resolve: Callable[[str, int], Sequence[str]] | None = None
    user_agent: str = "AxisKG"
    backoff_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer wholly read."""

    status: int
    media_type: str
    body: bytes
    url: str
    retry_after_s: float | None = None


class _Guarded(httpcore.SyncBackend):
    """Connects to public addresses only; and to private ones of the server `named`."""

    def __init__(self, reach: Reach, named: tuple[str, int] | None) -> None:
        self._allow_loopback = reach.allow_loopback
        self._resolve = reach.resolve or _resolved
        self._named = named

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of `host` that takes one, if all may be reached."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise LinkingError(f"{host}: no such server ({error})") from error
        if not addresses:
            raise LinkingError(f"{host}: no such server (it has no address)")
        named = (host.casefold(), port) == self._named
        for address in addresses:
            if not _reachable(address, allow_loopback=self._allow_loopback, named=named):
                raise LinkingError(
                    f"{host} is at {address}, a private address, and is not asked;"
                    " AXISKG_PRIVATE_TARGETS names targets that may have such addresses,"
                    " AXISKG_ALLOW_LOOPBACK=true allows servers on this machine"
                )
        *others, last = addresses
        for address in others:
            with suppress(httpcore.ConnectError):
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
        return super().connect_tcp(last, port, timeout, local_address, socket_options)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Never: a socket file is not a remote server."""
        raise LinkingError(f"{path}: socket files are not asked")


_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


def _resolved(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver finds."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to (RFC 3056, 4380, 6052), if any."""
    if address.ipv4_mapped is not None or address.sixtofour is not None:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    low = int(address) & 0xFFFFFFFF
    if address in _TRANSLATED or (int(address) >> 32 == 0 and low > 1):
        return ipaddress.IPv4Address(low)
    return None


def _reachable(text: str, *, allow_loopback: bool, named: bool) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = _carried(address) or address
    if address.is_loopback:
        return allow_loopback or named
    if address.is_multicast or address.is_link_local or address.is_unspecified:
        return False
    lan = address.is_private or (address.version == 4 and address in _SHARED)
    return address.is_global or (named and lan and not address.is_reserved)


def _named(url: str, allowed: frozenset[str]) -> tuple[str, int] | None:
    """Host and port of a URL whose server may be private; None when it may not.

    >>> _named("http://sparql.lan:7878/query", frozenset({"SPARQL.lan"}))
    ('sparql.lan', 7878)
    >>> _named("http://[fd00::7]/query", frozenset({"[fd00::7]:80"}))
    ('fd00::7', 80)
    >>> _named("http://sparql.lan/query", frozenset({"sparql.lan:7878", "lan"}))
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise LinkingError(f"{url} is no plain http or https address ({error})") from error
    host = (parts.hostname or "").casefold()
    shown = f"[{host}]" if ":" in host else host
    known = {entry.casefold() for entry in allowed}
    return (host, port) if known & {host, shown, f"{shown}:{port}"} else None


def _place(url: str) -> str:
    """A URL for messages, without the query that may be pages long."""
    return url.partition("?")[0]


def fetch(
    url: str,
    reach: Reach,
    *,
    method: str = "GET",
    accept: str = "application/json",
    body: bytes | None = None,
    content_type: str | None = None,
) -> Reply:
    """The answer of a server, redirects followed and failures tried again with growing pauses.

    The whole takes `reach.timeout_s` at most, pauses included; a server that wants a longer pause
    is not asked again, and its refusal is the answer. Raises `LinkingError` when the
    server can't or mustn't be asked, or gives no whole answer in time; any status is an answer.
    """
    deadline = time.monotonic() + reach.timeout_s
    headers = {"Accept": accept, "User-Agent": reach.user_agent}
    if content_type is not None:
        headers["Content-Type"] = content_type
    for attempt in range(reach.retries + 1):
        last = attempt == reach.retries
        pause = reach.backoff_s * 2**attempt
        try:
            reply = _follow(url, reach, deadline, method, headers, body)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            if last or time.monotonic() + pause >= deadline:
                reason = str(error) or type(error).__name__
                raise LinkingError(f"{_place(url)} does not answer ({reason})") from error
        except httpcore.TimeoutException as error:
            raise LinkingError(f"{_place(url)} did not answer in {reach.timeout_s:g} s") from error
        else:
            if reply.status not in _RETRIED or last:
                return reply
            pause = max(pause, reply.retry_after_s or 0)
            if pause > _MAX_PAUSE_S or time.monotonic() + pause >= deadline:
                return reply
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _follow(
    url: str,
    reach: Reach,
    deadline: float,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> Reply:
    """One try, through at most three redirects."""
    backend = _Guarded(reach, _named(url, reach.allow_private))
    with httpcore.ConnectionPool(network_backend=backend, http2=False) as pool:
        for _ in range(_MAX_REDIRECTS + 1):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
                raise LinkingError(f"{url} is no plain http or https address")
            reply, target = _once(pool, url, reach, deadline, method, headers, body)
            if target is None:
                return reply
            if reply.status == 303:
                method, body = "GET", None
            url = urljoin(url, target)
    raise LinkingError(f"{_place(url)}: more than {_MAX_REDIRECTS} redirects")


def _once(
    pool: httpcore.ConnectionPool,
    url: str,
    reach: Reach,
    deadline: float,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> tuple[Reply, str | None]:
    """One request; the reply and where it redirects to."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("no time left")
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), left)
    with pool.stream(
        method, url, headers=[*headers.items()], content=body, extensions={"timeout": timeout}
    ) as response:
        fields = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        target = fields.get("location") if response.status in _REDIRECTS else None
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_stream():
            size += len(chunk)
            if size > reach.max_bytes:
                raise LinkingError(
                    f"{_place(url)} sends more than {reach.max_bytes // 1_000_000} MB"
                )
            if time.monotonic() > deadline:
                raise httpcore.ReadTimeout("no time left")
            chunks.append(chunk)
    wait = fields.get("retry-after", "")
    return (
        Reply(
            status=response.status,
            media_type=fields.get("content-type", "").partition(";")[0].strip().lower(),
            body=b"".join(chunks),
            url=url,
            retry_after_s=float(wait) if wait.isdigit() else None,
        ),
        target,
    )
