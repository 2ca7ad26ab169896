"""The connection's own limits: how many there are, and how long and large a request's head is.

uvicorn leaves these to a proxy in front; an endpoint that is run by itself needs them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from axiskg.settings import Settings

__all__ = ["guarded"]


def _bare(status: str) -> bytes:
    """A response without a body, after which the connection closes."""
    return f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()


_TOO_LARGE = _bare("431 Request Header Fields Too Large")
_TIMEOUT = _bare("408 Request Timeout")
_BUSY = _bare("503 Service Unavailable\r\nretry-after: 1")


def guarded(settings: Settings) -> type[asyncio.Protocol]:
    """The protocol class for uvicorn, with the limits of the settings."""
    max_head = settings.max_url_kb << 10
    timeout_s = settings.header_timeout_s
    max_connections = settings.max_connections
    open_connections = 0

    class Guarded(HttpToolsProtocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._head_bytes = 0
            self._in_head = True
            self._counted = False
            self._head_timer: asyncio.TimerHandle | None = None

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
            if self._in_head:
                if self._head_timer is None:
                    self._head_timer = self.loop.call_later(timeout_s, self._late)
                # Of the bytes that come with the end of the head, some may be the body's; a
                # head is refused only when a whole read that is all head takes it over.
                if self._head_bytes > max_head:
                    self._refuse(_TOO_LARGE)
                    return
                self._head_bytes += len(data)
            super().data_received(data)

        def on_url(self, url: bytes) -> None:
            super().on_url(url)
            if len(self.url) > max_head:
                self._refuse(_TOO_LARGE)

        def on_headers_complete(self) -> None:
            self._in_head = False
            self._stop_timer()
            if self.transport.is_closing():
                return
            if sum(len(name) + len(value) for name, value in self.headers) > max_head:
                self._refuse(_TOO_LARGE)
                return
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self._in_head = True
            self._head_bytes = 0

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
