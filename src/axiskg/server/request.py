"""One request on a raw route: what came, and the sending of what goes back."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from http import HTTPStatus

from axiskg.server.http import HeaderList, Receive, Scope, Send, headers_of
from axiskg.server.services import Services
from axiskg.settings import Settings

__all__ = [
    "EXPOSED",
    "STATUS_LINES",
    "Request",
    "base_iri",
    "common_headers",
    "head_bytes",
    "root_url",
]

_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
EXPOSED = (
    b"ETag, Retry-After, Location, Allow, Accept-Post, Accept-Patch, Content-Disposition,"
    b" WWW-Authenticate, X-Request-Id, AxisKG-Generation, AxisKG-Limits, AxisKG-Truncated,"
    b" AxisKG-Stale, AxisKG-Services"
)


STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}


def head_bytes(headers: HeaderList) -> bytes:
    """Headers as they stand in a response."""
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


def common_headers(cors_origin: str) -> HeaderList:
    """What every response of a raw route says: safety, and who may read it."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"referrer-policy", b"no-referrer"),
    ]
    if cors_origin:
        headers.append((b"access-control-allow-origin", cors_origin.encode()))
        headers.append((b"access-control-expose-headers", EXPOSED))
    return headers


class Request:
    """A request; `respond` or `begin` and `send_chunk` answer it."""

    __slots__ = (
        "_watcher",
        "common",
        "fields",
        "gone",
        "headers",
        "id",
        "lane",
        "method",
        "path",
        "query_string",
        "receive",
        "responded",
        "scope",
        "send",
        "services",
        "size",
        "started",
        "status",
        "text",
    )

    def __init__(
        self,
        services: Services,
        scope: Scope,
        receive: Receive,
        send: Send,
        number: int,
        common: HeaderList,
    ) -> None:
        self.services, self.scope, self.receive, self.send = services, scope, receive, send
        self.started = time.monotonic()
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.headers = headers_of(scope)
        given = self.headers.get(b"x-request-id")
        self.id = (
            given.decode()
            if given is not None and _REQUEST_ID.fullmatch(given)
            else f"{services.boot}-{number}"
        )
        self.common = common
        self.status = 0
        self.size = 0
        self.lane = "none"
        self.responded = False
        self.gone = False
        self.text: str | None = None
        self.fields: dict[str, object] = {}
        self._watcher: asyncio.Task[None] | None = None

    @property
    def client(self) -> str:
        """The client's address."""
        peer = self.scope.get("client")
        return peer[0] if peer else ""

    @property
    def root_url(self) -> str:
        """The URL of the server as this client knows it, without a slash at the end."""
        host = self.headers.get(b"host", b"")
        return root_url(
            self.services.settings,
            host,
            self.scope.get("scheme", "http"),
            self.scope.get("server"),
        )

    @property
    def base_iri(self) -> str:
        """What relative IRIs in a request are resolved against; the same for every client."""
        return base_iri(self.services.settings, self.scope.get("server"))

    async def respond(self, status: int, headers: HeaderList, body: bytes = b"") -> None:
        """Send a whole response."""
        self.status, self.responded = status, True
        sent = [*self.common, (b"x-request-id", self.id.encode()), *headers]
        if status not in {204, 304}:
            sent.append((b"content-length", str(len(body)).encode()))
        if self.method == "HEAD":
            body = b""
        self.size = len(body)
        write_whole = self.scope.get("extensions", {}).get("axiskg.whole")
        if (
            write_whole is not None
            and (b"connection", b"close") not in headers
            and write_whole(STATUS_LINES[status] + head_bytes(sent), body)
        ):
            return
        await self.send({"type": "http.response.start", "status": status, "headers": sent})
        await self.send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, headers: HeaderList) -> None:
        """Send the head of a response whose length is not known yet."""
        self.status, self.responded = status, True
        sent = [*self.common, (b"x-request-id", self.id.encode()), *headers]
        await self.send({"type": "http.response.start", "status": status, "headers": sent})

    async def send_chunk(self, chunk: bytes, *, last: bool = False) -> None:
        """Send a part of the body."""
        self.size += len(chunk)
        await self.send({"type": "http.response.body", "body": chunk, "more_body": not last})

    def watch_client(self) -> None:
        """From now on, cancel the task of this request when its client goes away."""
        if self._watcher is None:
            task = asyncio.current_task()
            loop = asyncio.get_running_loop()
            self._watcher = loop.create_task(self._watch(task))

    def watcher_for(self, task: asyncio.Task[object]) -> None:
        """Like `watch_client`, called from elsewhere than the request's own task."""
        if self._watcher is None:
            self._watcher = asyncio.get_running_loop().create_task(self._watch(task))

    async def _watch(self, task: asyncio.Task[object] | None) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        if task is not None:
            task.cancel()

    async def finish(self) -> None:
        """Let go of what watches the client."""
        if self._watcher is not None and not self._watcher.done():
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher


def root_url(
    settings: Settings, host: bytes, scheme: str, server: tuple[str, int | None] | None
) -> str:
    """The URL of the server as a client knows it who says `host` in its request."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    name = host.decode("latin-1")
    return f"{scheme}://{name if _HOST.fullmatch(name) else _authority(server)}"


def base_iri(settings: Settings, server: tuple[str, int | None] | None) -> str:
    """What relative IRIs in a request are resolved against."""
    public = settings.public_url
    root = public.rstrip("/") if public is not None else f"http://{_authority(server)}"
    return f"{root}/sparql"


def _authority(server: tuple[str, int | None] | None) -> str:
    host, port = server or ("localhost", None)
    shown = f"[{host}]" if ":" in str(host) else str(host)
    return shown if port is None else f"{shown}:{port}"
