"""The connection's own limits: how many there are, and how long and large a request's head is.

uvicorn leaves these to a proxy in front; an endpoint that is run by itself needs them. Short cuts
go with them, since they need the connection too: an answer from the cache is written without
starting a task, and without even parsing a request that came before byte for byte; and a whole
response goes out in one write.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import Hashable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from axiskg.server.http import ProblemError
from axiskg.server.problems import problem
from axiskg.settings import Settings

if TYPE_CHECKING:
    from axiskg.server.front import Front

__all__ = ["guarded"]


def _bare(status: HTTPStatus, said: str, *headers: bytes) -> bytes:
    """A whole response to what is no whole request, after which the connection closes."""
    _, fields, body = problem(ProblemError(status, said), request_id="")
    lines = [
        b"HTTP/1.1 %d %b" % (status.value, status.phrase.encode()),
        *(b"%b: %b" % pair for pair in fields if pair[0] != b"retry-after"),
        *headers,
        b"connection: close",
        b"content-length: %d" % len(body),
    ]
    return b"\r\n".join([*lines, b"", body])


_BAD = _bare(HTTPStatus.BAD_REQUEST, "this is not HTTP as RFC 9112 has it")
_TIMEOUT = _bare(HTTPStatus.REQUEST_TIMEOUT, "the request's head did not arrive in time")
_URL_TOO_LONG = _bare(HTTPStatus.REQUEST_URI_TOO_LONG, "the URL is too long; use POST")
_TOO_LARGE = _bare(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request's line and headers are too large"
)
_BUSY = _bare(
    HTTPStatus.SERVICE_UNAVAILABLE, "too many connections are open; try again", b"retry-after: 1"
)
_MAX_ANSWERED = 4096
_MAX_ANSWERED_BYTES = 4096


class _Cycle(RequestResponseCycle):
    """uvicorn's, with a way to send a whole response in one write."""

    def write_whole(self, head: bytes, body: bytes) -> bool:
        """Send a response; `head` is its status line and headers without the empty line.

        False when it has to be sent the usual way, which waits for a client that does not read.
        """
        if self.disconnected or self.response_started:
            return True
        if self.flow.write_paused:
            return False
        self.response_started = self.response_complete = True
        date = b"".join(b"%b: %b\r\n" % pair for pair in self.default_headers)
        closing = b"" if self.keep_alive else b"connection: close\r\n"
        self.transport.write(b"%b%b%b\r\n%b" % (head, date, closing, body))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
        return True


def guarded(settings: Settings, front: Front) -> type[asyncio.Protocol]:
    """The protocol class for uvicorn, with the limits of the settings."""
    max_head = settings.max_url_kb << 10
    timeout_s = settings.header_timeout_s
    max_connections = settings.max_connections
    open_connections = 0
    answered: dict[bytes, Hashable] = {}

    class Guarded(HttpToolsProtocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._head_bytes = 0
            self._in_head = True
            self._counted = False
            self._head_timer: asyncio.TimerHandle | None = None
            self._cached: tuple[Hashable, bytes] | None = None
            self._between = True
            self._heads = 0
            self._hit: Hashable = None

        def connection_made(self, transport: Any) -> None:
            nonlocal open_connections
            super().connection_made(transport)
            if open_connections >= max_connections:
                self._refuse(_BUSY)
                return
            open_connections += 1
            self._counted = True
            self._head_timer = self.loop.call_later(timeout_s, self._late)

        def connection_lost(self, exc: Exception | None) -> None:
            nonlocal open_connections
            if self._counted:
                self._counted = False
                open_connections -= 1
            self._stop_timer()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            fresh = self._between
            if fresh and data in answered and self._answer_again(data):
                return
            if self._in_head and not self._take_head(len(data)):
                return
            self._heads, self._hit = 0, None
            super().data_received(data)
            if fresh and self._between and self._hit is not None and self._heads == 1:
                self._remember(data)
            if self._in_head and not self._take_head(0):
                return
            if self._in_head and self._head_bytes and self._head_timer is None:
                # The head came in part: the rest has this long.
                self._head_timer = self.loop.call_later(timeout_s, self._late)

        def _remember(self, data: bytes) -> None:
            # One whole request and nothing else, so that its bytes stand for it.
            whole = data.endswith(b"\r\n\r\n") and data.count(b"\r\n\r\n") == 1
            if whole and len(data) <= _MAX_ANSWERED_BYTES and b"upgrade" not in data.lower():
                if len(answered) >= _MAX_ANSWERED:
                    answered.clear()
                answered[data] = self._hit

        def _answer_again(self, data: bytes) -> bool:
            """Answer, without reading it, a request whose bytes the cache has answered before."""
            if not self._is_free() or self.flow.write_paused or self.transport.is_closing():
                return False
            response = front.again(answered[data], self.client)
            if response is None:
                del answered[data]
                return False
            self._stop_timer()
            self.transport.write(response)
            self.on_response_complete()
            return True

        def _is_free(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _take_head(self, size: int) -> bool:
            # What comes with the end of the head may be the body's; a head is refused only when
            # a whole read that is all head takes it over.
            if self._head_bytes > max_head:
                long_url = len(getattr(self, "url", b"")) > max_head // 2
                self._refuse(_URL_TOO_LONG if long_url else _TOO_LARGE)
                return False
            self._head_bytes += size
            return True

        def on_message_begin(self) -> None:
            self._between = False
            super().on_message_begin()

        def on_url(self, url: bytes) -> None:
            super().on_url(url)
            if len(self.url) > max_head:
                self._refuse(_URL_TOO_LONG)

        def on_headers_complete(self) -> None:
            self._in_head = False
            self._heads += 1
            self._stop_timer()
            if self.transport.is_closing():
                return
            if self._head_bytes > max_head and self._size_of_head() > max_head:
                self._refuse(_TOO_LARGE)
                return
            parser = self.parser
            version = parser.get_http_version()
            method = parser.get_method()
            free = self._is_free()
            keep_alive = version == "1.1" and parser.should_keep_alive()
            quick = free and keep_alive and not self.flow.write_paused
            if quick and method == b"GET" and self.url.startswith(b"/sparql?"):
                self._cached = front.hit(self.url[8:], self.headers, self.client)
                if self._cached is not None:
                    return
            self._begin(method, version, keep_alive, free)

        def send_400_response(self, msg: str) -> None:
            self._refuse(_BAD)

        def _size_of_head(self) -> int:
            return len(self.url) + sum(len(n) + len(v) + 4 for n, v in self.headers)

        def _begin(self, method: bytes, version: str, keep_alive: bool, free: bool) -> None:
            """As uvicorn does it, with our own cycle, and without WebSockets."""
            url = httptools.parse_url(self.url)
            path = url.path.decode("ascii", "replace")
            scope: Any = self.scope
            scope["method"] = method.decode("ascii")
            scope["http_version"] = version
            scope["path"] = urllib.parse.unquote(path) if "%" in path else path
            scope["raw_path"] = url.path
            scope["query_string"] = url.query or b""
            self.cycle = cycle = _Cycle(
                scope=scope,
                transport=self.transport,
                flow=self.flow,
                logger=self.logger,
                access_logger=self.access_logger,
                access_log=False,
                default_headers=self.server_state.default_headers,
                message_event=asyncio.Event(),
                expect_100_continue=self.expect_100_continue,
                keep_alive=keep_alive,
                on_response=self.on_response_complete,
            )
            scope["extensions"] = {"axiskg.whole": cycle.write_whole}
            if free:
                self._start_asgi_task(cycle, self.app)
            else:
                self.flow.pause_reading()
                self.pipeline.appendleft((cycle, self.app))

        def on_body(self, body: bytes) -> None:
            if self._cached is None and not self.transport.is_closing():
                super().on_body(body)

        def on_message_complete(self) -> None:
            self._between = True
            self._in_head = True
            self._head_bytes = 0
            if self._cached is not None:
                (self._hit, response), self._cached = self._cached, None
                self.transport.write(response)
                self.on_response_complete()
            elif not self.transport.is_closing():
                super().on_message_complete()

        def _late(self) -> None:
            self._head_timer = None
            if self._in_head and not self.transport.is_closing():
                self._refuse(_TIMEOUT)

        def _refuse(self, response: bytes) -> None:
            self._stop_timer()
            if not self.transport.is_closing():
                self.transport.write(response)
                self.transport.close()

        def _stop_timer(self) -> None:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

    return Guarded
