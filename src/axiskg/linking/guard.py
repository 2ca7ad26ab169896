"""HTTP to other servers, and to none that it shouldn't reach.

Every address is looked at after its name is resolved and the connection is made to that very
address, so neither a redirect nor a changed name leads to a private, loopback or link-local one.
A server that the operator has named may be private; no redirect leads to it from another.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore

from axiskg.errors import LinkingError
from axiskg.linking.addresses import Resolve, is_reachable, resolved, resolved_within

__all__ = ["Reach", "Reply", "fetch", "shown"]

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS: Final = 3
_RETRIED: Final = frozenset({429, 500, 502, 503, 504})
_MAX_PAUSE_S: Final = 30.0
_PIECE: Final = 16_384


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
    resolve: Resolve | None = None
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


class _Timed(httpcore.NetworkStream):
    """A connection that ends at a time, however steadily it drips: of bytes, of headers, of hints.

    The client library's own timeouts begin anew with each byte that arrives.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has arrived."""
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send the whole of it."""
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], _left(self._deadline))

    def close(self) -> None:
        """End the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same connection under TLS."""
        left = _left(self._deadline)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """The seconds until then. Raises `httpcore.ReadTimeout` when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("no time left")
    return left


class _Guarded(httpcore.SyncBackend):
    """Connects to public addresses only; and to private ones of the server `named`."""

    def __init__(self, reach: Reach, named: tuple[str, int] | None, deadline: float) -> None:
        self._allow_loopback = reach.allow_loopback
        self._resolve = reach.resolve or resolved
        self._named = named
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of `host` that takes one, if all may be reached."""
        addresses = resolved_within(_left(self._deadline), self._resolve, host, port)
        if not addresses:
            raise LinkingError(f"{host}: no such server (it has no address)")
        named = (host.casefold(), port) == self._named
        for address in addresses:
            if not is_reachable(address, allow_loopback=self._allow_loopback, named=named):
                raise LinkingError(
                    f"{host} is at {address}, a private address, and is not asked;"
                    " AXISKG_PRIVATE_TARGETS names targets that may have such addresses,"
                    " AXISKG_ALLOW_LOOPBACK=true allows servers on this machine"
                )
        *others, last = addresses
        for address in others:
            with suppress(httpcore.ConnectError):
                return self._connected(address, port)
        return self._connected(last, port)

    def _connected(self, address: str, port: int) -> httpcore.NetworkStream:
        left = _left(self._deadline)
        return _Timed(super().connect_tcp(address, port, left), self._deadline)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Never: a socket file is not a remote server."""
        raise LinkingError(f"{path}: socket files are not asked")


def _named(url: str, allowed: frozenset[str]) -> tuple[str, int] | None:
    """Host and port of a URL whose server may be private; None when it may not.

    >>> _named("http://sparql.lan:7878/query", frozenset({"SPARQL.lan"}))
    ('sparql.lan', 7878)
    >>> _named("http://[fd00::7]/query", frozenset({"[fd00::7]:80"}))
    ('fd00::7', 80)
    >>> _named("http://sparql.lan/query", frozenset({"sparql.lan:7878", "lan"}))
    """
    parts = _parts(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = (parts.hostname or "").casefold()
    shown = f"[{host}]" if ":" in host else host
    known = {entry.casefold() for entry in allowed}
    return (host, port) if known & {host, shown, f"{shown}:{port}"} else None


def _parts(url: str) -> SplitResult:
    """The parts of a URL that may be asked. Raises `LinkingError` for any other."""
    reason = ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        reason = f" ({error})"
    else:
        good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
        if good and port != 0 and url.isascii() and url.isprintable():
            return parts
    raise LinkingError(f"{shown(url)} is no plain http or https address{reason}")


def shown(text: str, most: int = 200) -> str:
    """Words of another server for a message: on one line, without signs that steer a terminal."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= most else f"{plain[:most]}..."


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
                reason = shown(str(error)) or type(error).__name__
                raise LinkingError(f"{_place(url)} does not answer ({reason})") from error
        except httpcore.TimeoutException as error:
            raise LinkingError(
                f"{_place(url)} did not answer in {reach.timeout_s:.3g} s"
            ) from error
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
    backend = _Guarded(reach, _named(url, reach.allow_private), deadline)
    with httpcore.ConnectionPool(network_backend=backend, http2=False) as pool:
        for _ in range(_MAX_REDIRECTS + 1):
            _parts(url)
            reply, target = _once(pool, url, reach, deadline, method, headers, body)
            if target is None:
                return reply
            if reply.status == 303:
                method, body = "GET", None
            url = _joined(url, target)
    raise LinkingError(f"{_place(url)}: more than {_MAX_REDIRECTS} redirects")


def _seconds(wait: str) -> float | None:
    """The pause that a field Retry-After asks for: seconds, or a day and time (RFC 9110, 10.2.3).

    >>> _seconds("120"), _seconds("Mon, 01 Jan 2001 00:00:00 GMT"), _seconds("soon")
    (120.0, 0.0, None)
    """
    if wait.isascii() and wait.isdigit():
        return float(wait)
    try:
        until = parsedate_to_datetime(wait)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _joined(url: str, target: str) -> str:
    """Where a redirect leads. Raises `LinkingError` when that is no address."""
    try:
        return urljoin(url, target)
    except ValueError as error:
        message = f"{_place(url)} redirects to {shown(target)}, which is no address ({error})"
        raise LinkingError(message) from error


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
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _left(deadline))
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
            chunks.append(chunk)
    wait = fields.get("retry-after", "")
    return (
        Reply(
            status=response.status,
            media_type=fields.get("content-type", "").partition(";")[0].strip().lower(),
            body=b"".join(chunks),
            url=url,
            retry_after_s=_seconds(wait),
        ),
        target,
    )
