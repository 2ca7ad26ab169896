"""The quick way for the most frequent request: a GET of /sparql with a query and nothing else.

It runs on the connection's own callbacks: no task, no ASGI messages, no general parsing. What its
headers say is looked up by their bytes, since a client sends the same ones with each request; the
answer is written as one piece. Whatever is out of the ordinary goes the usual way, from the
beginning; a failure, or an answer in several pieces, goes on there from where it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Final

from axiskg.errors import AxisKGError
from axiskg.server.answers import Answer, Question
from axiskg.server.asked import (
    Asked,
    entity_tag,
    key_of,
    query_hash,
    question_of,
    representation,
    standing_headers,
)
from axiskg.server.cache import Cached
from axiskg.server.gate import examine, is_repeatable
from axiskg.server.http import HeaderList, decoded
from axiskg.server.negotiation import choices, encoding_for
from axiskg.server.protocol import Operation
from axiskg.server.request import base_iri, head_bytes, root_url
from axiskg.server.services import Services
from axiskg.server.sparql import QueryRoute
from axiskg.server.workers import Job, Outcome

__all__ = ["Head", "Quick", "QuickJob"]

_MAX_TEXT: Final = 8000
_WHOLE: Final = (
    b"HTTP/1.1 200 OK\r\nx-request-id: %b\r\ndate: %b\r\n%b%bcontent-length: %d\r\n\r\n%b"
)
_UNUSUAL: Final = frozenset(
    {
        b"authorization",
        b"content-length",
        b"expect",
        b"if-match",
        b"if-none-match",
        b"transfer-encoding",
        b"upgrade",
        b"x-request-id",
    }
)
"""Headers that need the usual way."""

Address = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Head:
    """What the headers of a request say; `question` has no text yet."""

    headers: HeaderList
    server: Address | None
    accept: bytes | None
    encoding: bytes | None
    fresh: bool
    """Whether the client wants no answer from the cache."""
    question: Question
    represented: bytes


class QuickJob(Job):
    """A query that went the quick way."""

    __slots__ = ("asked", "head", "query_string")

    def __init__(
        self,
        asked: Asked,
        head: Head,
        query_string: bytes,
        deadline: float,
        on_outcome: Callable[[Outcome], None],
        key: str,
        client: str,
    ) -> None:
        super().__init__(asked.question, deadline, on_outcome, key=key, client=client)
        self.asked, self.head, self.query_string = asked, head, query_string


class Quick:
    """Takes queries from connections and gives whole responses back; one for the server."""

    def __init__(
        self, services: Services, queries: QueryRoute, common: HeaderList, numbers: Iterator[int]
    ) -> None:
        self._services, self._queries, self._numbers = services, queries, numbers
        self._common = head_bytes(common)
        self._dated, self._date = 0, b""
        settings = services.settings
        self.open = services.rate is None and not settings.read_token_needed

    def head_of(self, headers: HeaderList, server: Address | None, scheme: str) -> Head | None:
        """What the headers say, or None when they need the usual way."""
        accept = encoding = None
        fresh, host = False, b""
        for name, value in headers:
            if name in _UNUSUAL:
                return None
            if name == b"accept":
                accept = value if accept is None else accept + b", " + value
            elif name == b"accept-encoding":
                encoding = value if encoding is None else encoding + b", " + value
            elif name == b"cache-control":
                fresh = fresh or b"no-cache" in value
            elif name == b"host":
                host = value
        settings = self._services.settings
        formats = choices(None if accept is None else accept.decode("latin-1"), None)
        coding = encoding_for((encoding or b"").decode("latin-1"))
        operation = Operation("query", "")
        question = question_of(
            operation,
            formats,
            coding,
            base=base_iri(settings, server),
            root=root_url(settings, host, scheme, server),
            settings=settings,
        )
        represented = representation(operation, formats, coding)
        return Head(list(headers), server, accept, encoding, fresh, question, represented)

    def ask(
        self, query_string: bytes, head: Head, client: str, on_outcome: Callable[[Outcome], None]
    ) -> QuickJob | bytes | None:
        """The job that is on its way, or the response from the cache, or None: the usual way."""
        services = self._services
        if query_string[:6] != b"query=" or b"&" in query_string or not services.ready:
            return None
        try:
            text = decoded(query_string[6:], what="query string")
            if len(text) > _MAX_TEXT or "\0" in text:
                return None
            if examine(text, services.limits) != (False, False):
                return None
        except AxisKGError:
            return None
        generation, key, etag = services.generation, None, b""
        raw = (query_string, head.accept, head.encoding)
        if is_repeatable(text):
            key = key_of(generation, text, head.represented)
            if not head.fresh:
                entry = services.cache.get(key)
                if entry is not None:
                    self._queries.remember(raw, key)
                    return self.cached(entry, client)
            etag = entity_tag(services.boot, key)
        asked = Asked(head.question.with_text(text), generation, key, etag, raw)
        deadline = time.monotonic() + services.settings.query_timeout_s
        request_id = f"{services.boot}-{next(self._numbers)}"
        job = QuickJob(asked, head, query_string, deadline, on_outcome, request_id, client)
        try:
            services.pool.submit(job)
        except AxisKGError:
            return None
        return job

    def whole(self, job: QuickJob, answer: Answer) -> bytes:
        """The response, kept for others, logged and counted."""
        services, asked = self._services, job.asked
        stale = services.refresher.stale_since
        head = _standing(answer.media, answer.encoding, asked.generation, stale)
        noted = services.log.enabled
        hashed = query_hash(asked.question.text) if noted else ""
        if asked.key is not None:
            head = b"%betag: %b\r\n" % (head, asked.etag)
            if asked.generation == services.generation:
                entry = Cached(head, answer.body, asked.etag, answer.rows, hashed)
                services.cache.put(asked.key, entry)
                self._queries.remember(asked.raw, asked.key)
        elapsed_s = time.monotonic() - job.received
        services.metrics.count("sparql", "worker", 200, elapsed_s)
        if elapsed_s * 1000 >= services.settings.slow_log_ms:
            text = asked.question.text
            hashed = hashed or query_hash(text)
            services.slow.note(text, hashed, job.key, elapsed_s * 1000, "answered")
        if noted:
            self._log(job, 200, len(answer.body), elapsed_s, query=hashed, rows=answer.rows)
        return self._response(job.key, head, answer.body)

    def left(self, job: QuickJob) -> None:
        """Log and count a query whose client has gone."""
        elapsed_s = time.monotonic() - job.received
        self._services.metrics.count("sparql", "worker", 499, elapsed_s)
        if self._services.log.enabled:
            self._log(job, 499, 0, elapsed_s, query=query_hash(job.asked.question.text))

    def cached(self, entry: Cached, client: str) -> bytes:
        """The response that the cache has, logged and counted."""
        services = self._services
        request_id = f"{services.boot}-{next(self._numbers)}"
        services.metrics.count("sparql", "cache", 200, 0.0)
        if services.log.enabled:
            services.log.request(
                "GET",
                "/sparql",
                200,
                len(entry.body),
                0.0,
                request_id=request_id,
                client=client,
                lane="cache",
                query=entry.query_hash,
                rows=entry.rows,
            )
        return self._response(request_id, entry.head, entry.body)

    def _log(
        self, job: QuickJob, status: int, size: int, elapsed_s: float, **fields: object
    ) -> None:
        self._services.log.request(
            "GET",
            "/sparql",
            status,
            size,
            elapsed_s,
            request_id=job.key,
            client=job.client,
            lane="worker",
            **fields,
        )

    def _response(self, request_id: str, head: bytes, body: bytes) -> bytes:
        now = int(time.time())
        if now != self._dated:
            self._dated, self._date = now, formatdate(now, usegmt=True).encode()
        return _WHOLE % (
            request_id.encode(),
            self._date,
            self._common,
            head,
            len(body),
            body,
        )


@lru_cache(maxsize=64)
def _standing(media: str, encoding: str, generation: int, stale_since: int) -> bytes:
    return head_bytes(standing_headers(media, encoding, generation, stale_since))
