"""`/sparql`: queries through the cache and the workers (SPARQL 1.1 Protocol, 2.1)."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Hashable

from axiskg.errors import ParameterError, QueryTimeoutError
from axiskg.formats import FORMATS
from axiskg.namespaces import UNION_GRAPH
from axiskg.server.answers import (
    Answer,
    AnswerStream,
    Check,
    NotAcceptableError,
    Question,
)
from axiskg.server.cache import Cached
from axiskg.server.conditions import matches_etag, not_modified
from axiskg.server.federating import federate
from axiskg.server.gate import Verdict, examine, is_repeatable
from axiskg.server.http import HeaderList, ProblemError
from axiskg.server.negotiation import (
    Choices,
    choices,
    content_type,
    encoding_for,
    not_acceptable,
)
from axiskg.server.protocol import Operation
from axiskg.server.request import Request, head_bytes
from axiskg.server.services import Services

__all__ = ["QueryRoute"]

_LARGE_TEXT = 20_000
_VARY = b"accept, accept-encoding"
_SPACE_MATTERS = re.compile(r"[\"'#\\]")
_MAX_ALIASES = 8192


class QueryRoute:
    """Answers queries; one for the server."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._aliases: dict[Hashable, Hashable] = {}
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
        if b"if-none-match" in request.headers and matches_etag(
            request.headers[b"if-none-match"], entry.etag
        ):
            await request.respond(304, not_modified(entry.etag, _VARY))
            return
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
            operation, told = await federate(services, request, operation, deadline)
            assert operation.text is not None
            text = operation.text
        generation = services.generation
        if not services.ready:
            raise ProblemError(503, "the store is being opened", headers=[(b"retry-after", b"2")])
        query_hash = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        request.fields = {"query": query_hash}
        key = self._key(generation, text, operation, formats, encoding)
        repeatable = is_repeatable(text) and not services_wanted
        etag = self._etag(key)
        if repeatable:
            if b"if-none-match" in request.headers and matches_etag(
                request.headers[b"if-none-match"], etag
            ):
                request.lane = "cache"
                await request.respond(304, not_modified(etag, _VARY))
                return
            if b"no-cache" not in request.headers.get(b"cache-control", b""):
                entry = services.cache.get(key)
                if entry is not None:
                    self._remember(raw, key)
                    await self._send_cached(request, entry)
                    return
        request.lane = "worker"
        question = self._question(request, operation, formats, encoding)
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
        headers = self._headers(request, answer, generation) + told
        if repeatable:
            headers.append((b"etag", etag))
        if isinstance(answer, AnswerStream):
            await self._stream(request, answer, headers)
            return
        request.fields["rows"] = answer.rows
        self._log_slow(request, text, query_hash)
        if repeatable and not answer.truncated and generation == services.generation:
            head = head_bytes(headers)
            entry = Cached(headers, answer.body, etag, answer.rows, query_hash, head)
            services.cache.put(key, entry)
            self._remember(raw, key)
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

    def _key(
        self,
        generation: int,
        text: str,
        operation: Operation,
        formats: Choices,
        encoding: str,
    ) -> tuple[Hashable, ...]:
        normal = text.strip() if _SPACE_MATTERS.search(text) else " ".join(text.split())
        return (
            generation,
            normal,
            operation.default_graphs,
            operation.named_graphs,
            formats,
            encoding,
            "format" in operation.options,
        )

    def _etag(self, key: tuple[Hashable, ...]) -> bytes:
        digest = hashlib.blake2b(repr(key).encode(), digest_size=12).hexdigest()
        return f'"{self._services.boot}-{key[0]}-{digest}"'.encode()

    def _remember(self, raw: Hashable, key: Hashable) -> None:
        if raw is not None and self._services.generation == self._generation:
            if len(self._aliases) >= _MAX_ALIASES:
                self._aliases.clear()
            self._aliases[raw] = key

    def _question(
        self, request: Request, operation: Operation, formats: Choices, encoding: str
    ) -> Question:
        default, named = operation.default_graphs, operation.named_graphs
        union = default is not None and UNION_GRAPH in default
        if union:
            default = None
        elif default is None and named is not None:
            default = ()
        if named is None and default is not None:
            named = ()
        assert operation.text is not None
        return Question(
            text=operation.text,
            base=request.base_iri,
            default_graphs=default,
            named_graphs=named,
            union=union,
            formats=formats,
            encoding=encoding,
            max_rows=self._settings.max_rows,
            max_bytes=self._settings.max_answer_mb << 20,
            explained_at=f"{request.root_url}/docs/endpoint#limits",
        )

    def _headers(
        self, request: Request, answer: Answer | AnswerStream, generation: int
    ) -> HeaderList:
        headers: HeaderList = [
            (b"content-type", content_type(answer.media)),
            (b"vary", _VARY),
            (b"cache-control", b"no-cache"),
            (b"axiskg-generation", str(generation).encode()),
        ]
        stale = self._services.refresher.stale_since
        if stale:
            note = f"conclusions; since generation {stale}"
            headers.append((b"axiskg-stale", note.encode()))
        if answer.encoding:
            headers.append((b"content-encoding", answer.encoding.encode()))
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
