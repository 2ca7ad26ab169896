"""HEAD wherever there is GET, OPTIONS everywhere, and in a 405 every method that there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.routing import Match

from axiskg.server.http import Message, Receive, Scope, Send, preflight

__all__ = ["with_all_methods"]

App = Callable[[Scope, Receive, Send], Awaitable[None]]
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _served(app: FastAPI, scope: Scope, method: str) -> bool:
    """Whether a route of its own answers that method at the request's path."""
    asked = {**scope, "method": method}
    return any(route.matches(asked)[0] is Match.FULL for route in app.router.routes)


def _allowed(app: FastAPI, scope: Scope) -> bytes:
    """The methods that are answered at the request's path, ours too; empty when it is not there."""
    served = {method for method in _METHODS if _served(app, scope, method)}
    if "GET" in served:
        served.add("HEAD")
    if served:
        served.add("OPTIONS")
    return ", ".join(method for method in _METHODS if method in served).encode()


def with_all_methods(app: FastAPI) -> App:
    """The application, which by itself knows of each route only what the route names."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        method = scope["method"]

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        async def with_allow(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                kept = [pair for pair in message["headers"] if pair[0] != b"allow"]
                message = {**message, "headers": [*kept, (b"allow", _allowed(app, scope))]}
            await send(message)

        if method in {"HEAD", "OPTIONS"} and not _served(app, scope, method):
            allowed = _allowed(app, scope)
            if method == "HEAD" and b"GET" in allowed:
                await app({**scope, "method": "GET"}, receive, without_body)
                return
            if method == "OPTIONS" and allowed:
                head = {"status": 204, "headers": preflight(allowed)}
                await send({"type": "http.response.start", **head})
                await send({"type": "http.response.body", "body": b""})
                return
        await app(scope, receive, with_allow)

    return answer
