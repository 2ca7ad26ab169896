"""The ASGI application: raw routes for the protocols, FastAPI for the rest, one shape of error."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Hashable
from functools import partial

from axiskg.errors import AxisKGError
from axiskg.server.description import DescriptionRoute
from axiskg.server.graphs import GRAPH_METHODS, GraphStoreRoute
from axiskg.server.http import (
    ClientGoneError,
    HeaderList,
    Message,
    ProblemError,
    Receive,
    Scope,
    Send,
    media_type_of,
    preflight,
    read_body,
)
from axiskg.server.problems import problem
from axiskg.server.protocol import read_operation
from axiskg.server.quick import Quick, QuickJob
from axiskg.server.request import Request, common_headers
from axiskg.server.services import Services
from axiskg.server.sparql import QueryRoute
from axiskg.server.updates import UpdateRoute
from axiskg.server.workers import Outcome

__all__ = ["Front"]

Handler = Callable[[Request], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SPARQL_METHODS = b"GET, HEAD, POST, OPTIONS"
_CONDITIONS = frozenset({b"cache-control", b"if-none-match", b"authorization", b"x-request-id"})
"""Headers that need more than the bytes of the cached answer."""


class Front:
    """Routes by path; what is not one of the protocols' goes to `inner`."""

    def __init__(self, services: Services, inner: App) -> None:
        self.services = services
        self.queries = QueryRoute(services)
        self._inner = inner
        self._numbers = itertools.count(1)
        self._common = common_headers(services.settings.cors_origin)
        self.quick = Quick(services, self.queries, self._common, self._numbers)
        self.updates = UpdateRoute(services)
        self.graphs = GraphStoreRoute(services, self.updates)
        self.description = DescriptionRoute(services)
        self._routes: dict[str, tuple[str, Handler]] = {
            "/sparql": ("sparql", self._sparql),
            "/sparql/": ("sparql", self._sparql),
            "/update": ("update", self._update),
            "/graphs": ("graphs", self._graph_store),
            "/void": ("void", self.description.answer),
            "/.well-known/void": ("void", self.description.answer),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        found = self._routes.get(scope["path"]) or self._by_prefix(scope["path"])
        request = Request(self.services, scope, receive, send, next(self._numbers), self._common)
        begun = scope.get("extensions", {}).get("axiskg.begun")
        if begun is not None:
            await self._handle(request, "sparql", partial(self._carry_on, *begun))
            return
        if found is None:
            await self._through_inner(request)
            return
        await self._handle(request, *found)

    def hit(
        self, query_string: bytes, headers: HeaderList, client: str
    ) -> tuple[Hashable, bytes] | None:
        """The whole response to a GET of /sparql that the cache has, and what `again` asks by."""
        if not self.quick.open:
            return None
        accept = encoding = None
        for name, value in headers:
            if name == b"accept":
                accept = value if accept is None else accept + b", " + value
            elif name == b"accept-encoding":
                encoding = value if encoding is None else encoding + b", " + value
            elif name in _CONDITIONS:
                return None
        raw = (query_string, accept, encoding)
        response = self.again(raw, client)
        return None if response is None else (raw, response)

    def again(self, raw: Hashable, client: str) -> bytes | None:
        """The response to a request that came before, if the cache still has it."""
        entry = self.queries.known(raw)
        return None if entry is None else self.quick.cached(entry, client)

    def _by_prefix(self, path: str) -> tuple[str, Handler] | None:
        if path.startswith("/graphs/"):
            return self._routes.get("/graphs")
        return None

    async def _handle(self, request: Request, name: str, handler: Handler) -> None:
        try:
            self.admit(request)
            await handler(request)
        except AxisKGError as error:
            await self._fail(request, error)
        except asyncio.CancelledError:
            if not request.gone:
                raise
            request.status = request.status or 499
        except Exception as error:  # noqa: BLE001 - ours: told to the operator, hidden from clients
            self.services.log.failure(request.id, error)
            await self._fail(
                request, ProblemError(500, "the server failed; the request id is in its log")
            )
        finally:
            if request._watcher is not None:
                await request.finish()
            self._account(request, name)

    def admit(self, request: Request) -> None:
        """Refuse a client over its rate, and readers without a token where one is needed."""
        rate = self.services.rate
        if rate is not None:
            rate.admit(request.client)
        if self.services.settings.read_token_needed and request.method != "OPTIONS":
            self.services.accounts.demand("read", request.headers.get(b"authorization"))

    async def _fail(self, request: Request, error: AxisKGError) -> None:
        if isinstance(error, ClientGoneError):
            request.status = request.status or 499
            return
        request.fields["error"] = type(error).__name__
        self.queries.note_failed(request, error)
        if request.responded:
            # The head said 200: an error now must be seen. A response that is left without its
            # end makes the server break the connection.
            request.fields["cut"] = str(error)
            return
        status, headers, body = problem(error, request_id=request.id, text=request.text)
        await request.respond(status, headers, body)

    def _account(self, request: Request, name: str) -> None:
        elapsed = time.monotonic() - request.started
        self.services.metrics.count(name, request.lane, request.status, elapsed)
        if self.services.log.enabled:
            self.services.log.request(
                request.method,
                request.path,
                request.status,
                request.size,
                elapsed,
                request_id=request.id,
                client=request.client,
                lane=request.lane,
                **request.fields,
            )

    # ---- /sparql

    async def _sparql(self, request: Request) -> None:
        method = request.method
        if method in {"GET", "HEAD"}:
            raw = (
                request.query_string,
                request.headers.get(b"accept"),
                request.headers.get(b"accept-encoding"),
            )
            if await self.queries.quick(request, raw):
                return
            operation = read_operation("GET", request.query_string, "", b"")
            if operation.text is None:
                await self.description.answer(request)
                return
            await self.queries.answer(request, operation, raw)
            return
        if method == "OPTIONS":
            await self.preflight(request, _SPARQL_METHODS)
            return
        if method != "POST":
            raise ProblemError(
                405,
                f"{method} is not a method of the SPARQL protocol",
                headers=[(b"allow", _SPARQL_METHODS)],
            )
        await self.post(request)

    async def _carry_on(self, job: QuickJob, outcome: Outcome, request: Request) -> None:
        request.id, request.started = job.key, job.received
        await self.queries.carry_on(request, job.asked, outcome)

    async def post(self, request: Request, *, only: str = "") -> None:
        """A query or update by POST; `only` names the one kind that is taken here."""
        settings = self.services.settings
        media_type = media_type_of(request.headers)
        body = await read_body(
            request.headers,
            request.receive,
            # A form may need three bytes for one.
            limit=settings.max_request_kb * 3 << 10,
            timeout_s=settings.body_timeout_s,
        )
        raw = (
            request.query_string,
            body,
            request.headers.get(b"content-type"),
            request.headers.get(b"accept"),
            request.headers.get(b"accept-encoding"),
        )
        if only != "update" and await self.queries.quick(request, raw):
            return
        operation = read_operation("POST", request.query_string, media_type, body)
        if only and operation.kind != only:
            raise ProblemError(400, f"this takes an {only}; send queries to /sparql")
        if operation.kind == "query":
            await self.queries.answer(request, operation, raw)
        else:
            await self.updates.answer(request, operation)

    async def preflight(
        self, request: Request, methods: bytes, more: HeaderList | None = None
    ) -> None:
        """Answer OPTIONS, for CORS and for who asks what is allowed."""
        await request.respond(204, [*preflight(methods), *(more or [])])

    async def _update(self, request: Request) -> None:
        if request.method == "OPTIONS":
            await self.preflight(request, b"POST, OPTIONS")
            return
        if request.method != "POST":
            raise ProblemError(
                405, "updates are sent with POST", headers=[(b"allow", b"POST, OPTIONS")]
            )
        await self.post(request, only="update")

    async def _graph_store(self, request: Request) -> None:
        if request.method == "OPTIONS":
            await self.preflight(
                request, GRAPH_METHODS, [(b"accept-patch", b"application/sparql-update")]
            )
            return
        await self.graphs.answer(request)

    # ---- everything else

    async def _through_inner(self, request: Request) -> None:
        """FastAPI's routes: the same log, the same metrics, the same headers."""
        request_id = (b"x-request-id", request.id.encode())

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status, request.responded = message["status"], True
                present = {name for name, _ in message["headers"]}
                extra = [pair for pair in self._common if pair[0] not in present]
                message["headers"] = [*message["headers"], *extra, request_id]
            elif message["type"] == "http.response.body":
                request.size += len(message.get("body", b""))
            await request.send(message)

        request.scope.setdefault("state", {})["request_id"] = request.id
        try:
            self.admit(request)
            await self._inner(request.scope, request.receive, send)
        except AxisKGError as error:
            await self._fail(request, error)
        finally:
            self._account(request, "app")
