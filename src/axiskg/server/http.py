"""The little of HTTP that the raw routes need: headers, bodies, responses."""

from __future__ import annotations

import asyncio
import re
from binascii import a2b_qp
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from axiskg.errors import AxisKGError

__all__ = [
    "ClientGoneError",
    "Message",
    "ProblemError",
    "Receive",
    "Scope",
    "Send",
    "decoded",
    "headers_of",
    "media_type_of",
    "parameters",
    "preflight",
    "read_body",
    "respond",
]

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_MAX_PARAMETERS = 2000
_ASKED_WITH = (
    b"Accept, Accept-Encoding, Authorization, Cache-Control, Content-Type, If-Match,"
    b" If-None-Match, X-Request-Id"
)


class ProblemError(AxisKGError):
    """A fault of the request as HTTP sees it; becomes a problem+json answer of that status."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: HeaderList | None = None,
        **members: object,
    ) -> None:
        self.status, self.headers, self.members = status, headers or [], members
        super().__init__(detail)


class ClientGoneError(AxisKGError):
    """The client closed its connection before the answer; there is nobody to tell."""


def preflight(methods: bytes) -> HeaderList:
    """What OPTIONS says, for CORS and for who asks what is allowed."""
    return [
        (b"allow", methods),
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", _ASKED_WITH),
        (b"access-control-max-age", b"86400"),
    ]


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The request's headers by lower-case name; repeated ones joined with a comma."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def media_type_of(headers: dict[bytes, bytes]) -> str:
    """The media type of the body, without parameters; '' when not given.

    Raises `ProblemError` 415 for a character set other than UTF-8, or a content coding.
    """
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise ProblemError(
            415,
            "compressed request bodies are not taken; send it as it is",
            headers=[(b"accept-encoding", b"identity")],
        )
    value = headers.get(b"content-type", b"").decode("latin-1")
    kind, _, rest = value.partition(";")
    for part in rest.split(";"):
        name, _, setting = part.partition("=")
        if name.strip().lower() == "charset" and setting.strip(' "').lower() not in {
            "utf-8",
            "utf8",
            "us-ascii",
        }:
            raise ProblemError(
                415, f"the character set {setting.strip()!r} is not taken; use UTF-8"
            )
    return kind.strip().lower()


def parameters(encoded: bytes, *, what: str) -> list[tuple[str, str]]:
    """The pairs of a query string or form, decoded once; raises `ProblemError` 400."""
    if _BAD_ESCAPE.search(encoded):
        raise ProblemError(400, f"{what}: a percent sign that begins no escape; write %25")
    try:
        return parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except UnicodeDecodeError:
        raise ProblemError(400, f"{what}: not UTF-8 behind its percent escapes") from None
    except ValueError:
        raise ProblemError(400, f"{what}: more than {_MAX_PARAMETERS} parameters") from None


def decoded(encoded: bytes, *, what: str) -> str:
    """One value of a query string or form, decoded once; raises `ProblemError` 400."""
    if _BAD_ESCAPE.search(encoded):
        raise ProblemError(400, f"{what}: a percent sign that begins no escape; write %25")
    try:
        if encoded.isascii():
            return _unescaped(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        pass
    raise ProblemError(400, f"{what}: not UTF-8 behind its percent escapes")


def _unescaped(encoded: bytes) -> bytes:
    # Percent escapes, all of them sound, are quoted-printable with another sign, and that the
    # standard library decodes in C: unquote_to_bytes takes ten times as long.
    return a2b_qp(encoded.replace(b"=", b"=3D").replace(b"%", b"="))


async def read_body(
    headers: dict[bytes, bytes], receive: Receive, *, limit: int, timeout_s: float
) -> bytes:
    """The whole body of at most `limit` bytes. Raises `ProblemError` 413 or 408."""
    check_length(headers, limit)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError("the client has gone")
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > limit:
                    raise too_large(limit)
                parts.append(chunk)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise ProblemError(
            408,
            f"the request's body did not arrive within {timeout_s:g} seconds",
            headers=[(b"connection", b"close")],
        ) from None


def check_length(headers: dict[bytes, bytes], limit: int) -> None:
    """Raise `ProblemError` 413 when the announced length is over `limit` bytes."""
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > limit:
        raise too_large(limit)


def too_large(limit: int) -> ProblemError:
    """The problem of a body over `limit` bytes; it ends the connection."""
    return ProblemError(
        413,
        f"the request's body is over {limit >> 10} kB",
        headers=[(b"connection", b"close")],
        limit_bytes=limit,
    )


async def respond(
    send: Send, status: int, headers: HeaderList, body: bytes = b"", *, head_only: bool = False
) -> None:
    """Send a whole response; Content-Length is added unless the status forbids a body."""
    if status not in {204, 304}:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head_only else body})
