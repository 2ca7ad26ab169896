"""`/sparql`: queries through the cache and the workers (SPARQL 1.1 Protocol, 2.1)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable

from axiskg.errors import AxisKGError, ParameterError, QueryTimeoutError
from axiskg.formats import FORMATS
from axiskg.server.answers import (
    Answer,
    AnswerStream,
    Check,
    NotAcceptableError,
)
from axiskg.server.asked import (
    VARY,
    Asked,
    Key,
    entity_tag,
    key_of,
    query_hash,
    question_of,
    representation,
    standing_headers,
)
from axiskg.server.cache import Cached
from axiskg.server.conditions import matches_etag, not_modified
from axiskg.server.federating import Federation
from axiskg.server.gate import Verdict, examine, is_repeatable
from axiskg.server.http import HeaderList, ProblemError
from axiskg.server.negotiation import choices, encoding_for, not_acceptable
from axiskg.server.protocol import Operation
from axiskg.server.request import Request, head_bytes
from axiskg.server.services import Services
from axiskg.server.workers import Outcome

__all__ = ["QueryRoute"]

_LARGE_TEXT = 20_000
_MAX_ALIASES = 8192
_MAX_ALIAS_BYTES = 8192


class QueryRoute:
    """Answers queries; one for the server."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._federation = Federation(services)
        self._aliases: dict[Hashable, Key] = {}
        self._generation = 0

    async def quick(self, request: Request, raw: Hashable) -> bool:
        """Answer a request that came before, byte for byte, from the cache; False when not."""
        if b"no-cache" in request.headers.get(b"cache-control", b""):
            return False
        entry = self.known(raw)
        if entry is None:
            return False
        await self._send_cached(request, entry)
        return True

    def known(self, raw: Hashable) -> Cached | None:
        """What the cache has for a request that came before, byte for byte."""
        generation = self._services.generation
        if generation != self._generation:
            self._aliases.clear()
            self._generation = generation
            return None
        key = self._aliases.get(raw)
        if key is None:
            return None
        entry = self._services.cache.get(key)
        if entry is None:
            del self._aliases[raw]
        return entry

    async def _send_cached(self, request: Request, entry: Cached) -> None:
        request.lane = "cache"
        request.fields = {"query": entry.query_hash, "rows": entry.rows}
        if not await _is_known(request, entry.etag):
            await request.respond(200, entry.headers, entry.body)

    async def answer(self, request: Request, operation: Operation, raw: Hashable) -> None:
        """Answer one query."""
        services, text = self._services, operation.text
        assert text is not None
        request.text = text
        accept = request.headers.get(b"accept")
        formats = choices(
            None if accept is None else accept.decode("latin-1"), operation.options.get("format")
        )
        encoding = encoding_for(request.headers.get(b"accept-encoding", b"").decode("latin-1"))
        deadline = request.started + self._timeout_s(operation)
        services_wanted, _ = await self.examined(text)
        told: HeaderList = []
        if services_wanted:
            if not self._settings.federation:
                await self.refuse_service(request, text)
            names = "".join(f"PREFIX {n}: <{u}> " for n, u in self._settings.federation.items())
            await self.check("query", request, names + text)
            operation, told = await self._federation.resolved(request, operation, deadline)
            assert operation.text is not None
            text = operation.text
        generation = services.generation
        if not services.ready:
            raise ProblemError(503, "the store is being opened", headers=[(b"retry-after", b"2")])
        request.fields = {"query": query_hash(text)}
        key, etag = None, b""
        if is_repeatable(text) and not services_wanted:
            key = key_of(generation, text, representation(operation, formats, encoding))
            etag = entity_tag(services.boot, key)
            if await _is_known(request, etag):
                request.lane = "cache"
                return
            if b"no-cache" not in request.headers.get(b"cache-control", b""):
                entry = services.cache.get(key)
                if entry is not None:
                    self.remember(raw, key)
                    await self._send_cached(request, entry)
                    return
        request.lane = "worker"
        question = question_of(
            operation,
            formats,
            encoding,
            base=request.base_iri,
            root=request.root_url,
            settings=self._settings,
        )
        asked = Asked(question, generation, key, etag, raw, told)
        task = asyncio.current_task()
        assert task is not None
        try:
            answer = await services.pool.ask(
                question,
                deadline,
                key=request.id,
                client=request.client,
                linger=lambda: request.watcher_for(task),
            )
        except NotAcceptableError as error:
            raise not_acceptable(error) from None
        await self._conclude(request, asked, answer)

    async def carry_on(self, request: Request, asked: Asked, outcome: Outcome) -> None:
        """Bring a query to its end that came the quick way."""
        request.lane = "worker"
        request.text = asked.question.text
        request.fields = {"query": query_hash(request.text)}
        if isinstance(outcome, NotAcceptableError):
            raise not_acceptable(outcome)
        if isinstance(outcome, AxisKGError):
            raise outcome
        await self._conclude(request, asked, outcome)

    async def _conclude(
        self, request: Request, asked: Asked, answer: Answer | AnswerStream
    ) -> None:
        headers = self._headers(request, answer, asked.generation) + asked.told
        if asked.key is not None:
            headers.append((b"etag", asked.etag))
        if isinstance(answer, AnswerStream):
            await self._stream(request, answer, headers)
            return
        request.fields["rows"] = answer.rows
        hashed = str(request.fields["query"])
        self._log_slow(request, asked.question.text, hashed)
        current = asked.generation == self._services.generation
        if asked.key is not None and current and not answer.truncated:
            entry = Cached(head_bytes(headers), answer.body, asked.etag, answer.rows, hashed)
            self._services.cache.put(asked.key, entry)
            self.remember(asked.raw, asked.key)
        await request.respond(200, headers, answer.body)

    async def examined(self, text: str) -> Verdict:
        """The gate's verdict; a long text is read off the event loop."""
        if len(text) > _LARGE_TEXT:
            return await asyncio.to_thread(examine, text, self._services.limits)
        return examine(text, self._services.limits)

    async def refuse_service(self, request: Request, text: str) -> None:
        """Refuse a query with SERVICE: 400 when it does not even parse, else 403."""
        await self.check("query", request, text)
        raise ProblemError(
            403,
            "SERVICE is not allowed here: this server asks no other endpoint on a client's behalf",
        )

    async def check(self, kind: str, request: Request, text: str) -> None:
        """Raise `QuerySyntaxError` when a text does not parse."""
        await self._services.pool.ask(
            Check(kind, text, request.base_iri),
            time.monotonic() + self._settings.query_timeout_s,
            key=request.id,
            client=request.client,
        )

    def _timeout_s(self, operation: Operation) -> float:
        cap = self._settings.query_timeout_s
        given = operation.options.get("timeout")
        if given is None:
            return cap
        try:
            wanted = float(given)
        except ValueError:
            wanted = -1.0
        if not 0 < wanted < float("inf"):
            raise ParameterError("timeout", "seconds, a number over 0", repr(given))
        return min(wanted, cap)

    def remember(self, raw: Hashable, key: Key) -> None:
        """Note under what the cache has the answer to a request, for `known`."""
        parts = raw if isinstance(raw, tuple) else ()
        if not parts or sum(len(part) for part in parts if part) > _MAX_ALIAS_BYTES:
            return
        if self._services.generation == self._generation:
            if len(self._aliases) >= _MAX_ALIASES:
                self._aliases.clear()
            self._aliases[raw] = key

    def _headers(
        self, request: Request, answer: Answer | AnswerStream, generation: int
    ) -> HeaderList:
        stale = self._services.refresher.stale_since
        headers = standing_headers(answer.media, answer.encoding, generation, stale)
        if isinstance(answer, AnswerStream):
            limits = f"rows={self._settings.max_rows}, bytes={self._settings.max_answer_mb << 20}"
            headers.append((b"axiskg-limits", limits.encode()))
        elif answer.truncated:
            note = f"{answer.truncated}; rows={answer.rows}"
            headers.append((b"axiskg-truncated", note.encode()))
        if b"format=" in request.query_string:
            name = f"axiskg-{request.fields['query']}.{FORMATS[answer.media].extension}"
            headers.append((b"content-disposition", f'attachment; filename="{name}"'.encode()))
        return headers

    async def _stream(self, request: Request, stream: AnswerStream, headers: HeaderList) -> None:
        request.watch_client()
        try:
            await request.begin(200, headers)
            if request.method == "HEAD":
                await request.send_chunk(b"", last=True)
                return
            async for chunk in stream.chunks():
                await request.send_chunk(chunk)
            await request.send_chunk(b"", last=True)
        finally:
            if not stream.ended:
                stream.abandon()
            request.fields["rows"] = stream.rows
            if stream.truncated:
                request.fields["truncated"] = stream.truncated
        assert request.text is not None
        self._log_slow(request, request.text, str(request.fields["query"]))

    def _log_slow(self, request: Request, text: str, query_hash: str) -> None:
        elapsed_ms = (time.monotonic() - request.started) * 1000
        if elapsed_ms >= self._settings.slow_log_ms:
            self._services.slow.note(text, query_hash, request.id, elapsed_ms, "answered")

    def note_failed(self, request: Request, error: Exception) -> None:
        """Log a query that ran long and failed."""
        if request.text is None or request.lane != "worker":
            return
        elapsed_ms = (time.monotonic() - request.started) * 1000
        if elapsed_ms >= self._settings.slow_log_ms:
            outcome = "deadline" if isinstance(error, QueryTimeoutError) else "failed"
            query_hash = str(request.fields.get("query", ""))
            self._services.slow.note(request.text, query_hash, request.id, elapsed_ms, outcome)


async def _is_known(request: Request, etag: bytes) -> bool:
    """Whether the client has this answer already; it is told so (RFC 9110, 13.1.2).

    Raises ProblemError (412) for another method than GET and HEAD.
    """
    if b"if-none-match" not in request.headers:
        return False
    if not matches_etag(request.headers[b"if-none-match"], etag):
        return False
    if request.method not in ("GET", "HEAD"):
        raise ProblemError(412, "the answer is the one that If-None-Match names; ask with GET")
    await request.respond(304, not_modified(etag, VARY))
    return True
