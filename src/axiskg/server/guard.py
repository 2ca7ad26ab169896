"""The connection's own limits: how many there are, and how long and large a request's head is.

uvicorn leaves these to a proxy in front; an endpoint that is run by itself needs them. Short cuts
go with them, since they need the connection too: an answer from the cache is written without
starting a task, and without even parsing a request that came before byte for byte; a usual query
goes the quick way (`quick.py`); and a whole response goes out in one write.
"""

from __future__ import annotations

import asyncio
import re
import time
import urllib.parse
from collections.abc import Hashable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from axiskg.server.answers import Answer, AnswerStream
from axiskg.server.http import ProblemError
from axiskg.server.problems import problem
from axiskg.settings import Settings

if TYPE_CHECKING:
    from axiskg.server.front import Front
    from axiskg.server.quick import Head, QuickJob
    from axiskg.server.workers import Outcome

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
_MAX_HEADS = 1024
_MAX_HEAD_BYTES = 2048
_QUICK = re.compile(rb"GET /sparql\?([!$&'()*+,\-./0-9:;=?@A-Z_a-z~%]*)")
"""A request line up to its version, with every character that a URL may have in its query."""


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
    heads: dict[bytes, Head] = {}
    quick = front.quick

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
            self._peer = ""
            self._quick: QuickJob | None = None
            self._head: Head | None = None
            self._short_cut = False
            self._last = False
            self._idle_since = 0.0

        def connection_made(self, transport: Any) -> None:
            nonlocal open_connections
            super().connection_made(transport)
            self._peer = self.client[0] if self.client else ""
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
            if self._quick is not None:
                self._quick.abandoned = True
            if self.timeout_keep_alive_task is not None:
                self.timeout_keep_alive_task.cancel()
                self.timeout_keep_alive_task = None
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            self._idle_since = 0.0
            fresh = self._between
            if fresh and self._is_free() and not self.flow.write_paused:
                if data in answered and self._answer_again(data):
                    return
                if self._ask_by_bytes(data):
                    return
            if self._in_head and not self._take_head(len(data)):
                return
            self._heads, self._hit, self._head = 0, None, None
            super().data_received(data)
            if fresh and self._between and self._heads == 1:
                if self._hit is not None:
                    self._remember(data)
                elif self._head is not None:
                    self._remember_head(data, self._head)
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
            if self.transport.is_closing():
                return False
            response = front.again(answered[data], self._peer)
            if response is None:
                del answered[data]
                return False
            self._stop_timer()
            self.transport.write(response)
            self.on_response_complete()
            return True

        def _remember_head(self, data: bytes, head: Head) -> None:
            _, _, rest = data.partition(b"\r\n")
            # The last of it is the empty line, and there is no other: these are all the headers.
            if rest.find(b"\r\n\r\n") == len(rest) - 4 and len(rest) <= _MAX_HEAD_BYTES:
                if len(heads) >= _MAX_HEADS:
                    heads.clear()
                heads[rest] = head

        def _ask_by_bytes(self, data: bytes) -> bool:
            """Go the quick way with a request whose headers are known by their bytes."""
            line, _, rest = data.partition(b" HTTP/1.1\r\n")
            head = heads.get(rest)
            if head is None or head.server != self.server or len(line) > max_head:
                return False
            found = _QUICK.fullmatch(line)
            if found is None or self.transport.is_closing():
                return False
            asked = quick.ask(found[1], head, self._peer, self._on_outcome)
            if asked is None:
                return False
            self._stop_timer()
            if isinstance(asked, bytes):
                self.transport.write(asked)
                self.on_response_complete()
            else:
                self._quick = asked
            return True

        def _on_outcome(self, outcome: Outcome) -> None:
            """The answer to the query that went the quick way, or how it goes on."""
            job, self._quick = self._quick, None
            assert job is not None
            if self.transport.is_closing():
                quick.left(job)
                if isinstance(outcome, AnswerStream):
                    outcome.abandon()
            elif isinstance(outcome, Answer) and not outcome.truncated and not self._last:
                self.transport.write(quick.whole(job, outcome))
                self.on_response_complete()
            else:
                self._go_on(job, outcome)

        def _go_on(self, job: QuickJob, outcome: Outcome) -> None:
            """Start the usual way from where the quick one has led."""
            scope: Any = {
                "type": "http",
                "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
                "http_version": "1.1",
                "server": self.server,
                "client": self.client,
                "scheme": self.scheme,
                "root_path": self.root_path,
                "headers": job.head.headers,
                "state": self.app_state.copy(),
                "method": "GET",
                "path": "/sparql",
                "raw_path": b"/sparql",
                "query_string": job.query_string,
            }
            self.expect_100_continue = False
            cycle = self._new_cycle(scope, keep_alive=not self._last)
            cycle.more_body = False
            scope["extensions"]["axiskg.begun"] = (job, outcome)
            if not self.pipeline:
                self.cycle = cycle
            self._start_asgi_task(cycle, self.app)

        def shutdown(self) -> None:
            if self._quick is None:
                super().shutdown()
            else:
                self._last = True

        def on_response_complete(self) -> None:
            self.server_state.total_requests += 1
            if self.transport.is_closing():
                return
            self.flow.resume_reading()
            if self.pipeline:
                cycle, app = self.pipeline.pop()
                self._start_asgi_task(cycle, app)
                return
            # One timer for the connection, not one for each response.
            self._idle_since = time.monotonic()
            if self.timeout_keep_alive_task is None:
                self._wait_for_idleness(self.timeout_keep_alive)

        def _wait_for_idleness(self, seconds: float) -> None:
            self.timeout_keep_alive_task = self.loop.call_later(
                seconds, self.timeout_keep_alive_handler
            )

        def timeout_keep_alive_handler(self) -> None:
            self.timeout_keep_alive_task = None
            if not self._idle_since or self.transport.is_closing():
                return
            left = self._idle_since + self.timeout_keep_alive - time.monotonic()
            if left > 0:
                self._wait_for_idleness(left)
            else:
                self.transport.close()

        def _unset_keepalive_if_required(self) -> None:
            """Nothing: the timer looks whether the connection is idle."""

        def _is_free(self) -> bool:
            return self._quick is None and (self.cycle is None or self.cycle.response_complete)

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
            self._between = self._short_cut = False
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
            ready = free and keep_alive and not self.flow.write_paused
            if ready and method == b"GET" and self.url.startswith(b"/sparql?"):
                self._cached = front.hit(self.url[8:], self.headers, self._peer)
                if self._cached is not None or self._ask():
                    self._short_cut = True
                    return
            self._begin(method, version, keep_alive, free)

        def send_400_response(self, msg: str) -> None:
            self._refuse(_BAD)

        def _ask(self) -> bool:
            """Go the quick way with a request that has been parsed."""
            assert self.scheme is not None
            if not quick.open:
                return False
            head = quick.head_of(self.headers, self.server, self.scheme)
            if head is None:
                return False
            asked = quick.ask(self.url[8:], head, self._peer, self._on_outcome)
            if asked is None:
                return False
            self._head = head
            if isinstance(asked, bytes):
                self._cached = (None, asked)
            else:
                self._quick = asked
            return True

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
            self.cycle = cycle = self._new_cycle(scope, keep_alive=keep_alive)
            if free:
                self._start_asgi_task(cycle, self.app)
            else:
                self.flow.pause_reading()
                self.pipeline.appendleft((cycle, self.app))

        def _new_cycle(self, scope: Any, *, keep_alive: bool) -> _Cycle:
            cycle = _Cycle(
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
            return cycle

        def on_body(self, body: bytes) -> None:
            if not self._short_cut and not self.transport.is_closing():
                super().on_body(body)

        def on_message_complete(self) -> None:
            self._between = True
            self._in_head = True
            self._head_bytes = 0
            if self._cached is not None:
                (self._hit, response), self._cached = self._cached, None
                self.transport.write(response)
                self.on_response_complete()
            elif not self._short_cut and not self.transport.is_closing():
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
