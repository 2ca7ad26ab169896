"""SERVICE in a client's query: allowed services are asked, the answer is written into the query."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from axiskg.errors import QueryTooLargeError
from axiskg.linking.federation import Resolved, resolve_services
from axiskg.server.answers import AnswerStream, Question
from axiskg.server.http import HeaderList, ProblemError
from axiskg.server.negotiation import choices
from axiskg.server.protocol import Operation
from axiskg.server.request import Request
from axiskg.server.services import Services
from axiskg.store import Solutions

__all__ = ["Federation"]

_JSON: Final = "application/sparql-results+json"
_AT_ONCE: Final = 16
_SHARE: Final = 0.8
"""How much of a query's time its services may take, so that some is left for our own part."""


class Federation:
    """Queries that wait for other services: so many at once, in threads of their own.

    The rest of the server has other threads, so slow services hold up nobody else.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="services")

    async def resolved(
        self, request: Request, operation: Operation, deadline: float
    ) -> tuple[Operation, HeaderList]:
        """The operation without SERVICE, and a header that says of each service how it went.

        Waits for the services in a thread; our own side of a bind-join is asked of the workers,
        like any query of a client. `deadline` is that of the whole query. Raises `QueryError`,
        `LinkingError`, `QueryTimeoutError`, and `ProblemError` when there is no room in time.
        """
        loop = asyncio.get_running_loop()

        def local(text: str) -> Solutions:
            return asyncio.run_coroutine_threadsafe(
                _bindings(self._services, request, operation, text, deadline), loop
            ).result()

        begun = loop.time()
        try:
            await asyncio.wait_for(self._room.acquire(), _SHARE * (deadline - loop.time()))
        except TimeoutError as error:
            message = f"{_AT_ONCE} queries wait for other services already; ask again later"
            raise ProblemError(503, message, headers=[(b"retry-after", b"5")]) from error
        try:
            settings = self._services.settings
            left = _SHARE * (deadline - loop.time())
            bound = min(settings.federation_timeout_s - (loop.time() - begun), left)
            bound = max(bound, 0.0)
            settings = settings.model_copy(update={"federation_timeout_s": bound})
            assert operation.text is not None
            work = partial(resolve_services, operation.text, settings, local=local)
            found = await loop.run_in_executor(self._threads, work)
        finally:
            self._room.release()
        return replace(operation, text=found.text), [(b"axiskg-services", _told(found))]


async def _bindings(
    services: Services, request: Request, operation: Operation, text: str, deadline: float
) -> Solutions:
    question = Question(
        text=text,
        base=request.base_iri,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        union=False,
        formats=choices(_JSON, None),
        encoding="",
        max_rows=services.settings.max_rows,
        max_bytes=services.settings.max_answer_mb << 20,
        explained_at="",
    )
    answer = await services.pool.ask(question, deadline, key=request.id, client=request.client)
    if isinstance(answer, AnswerStream):
        body = b"".join([chunk async for chunk in answer.chunks()])
    else:
        body = answer.body
    if answer.truncated:
        raise QueryTooLargeError("the bindings for a SERVICE clause are more than an answer may be")
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    names = tuple(variable.value for variable in found.variables)
    return Solutions(names, [tuple(row[name] for name in names) for row in found])


def _told(resolved: Resolved) -> bytes:
    """A structured list: name, rows, cached or not, and the error of a SILENT one."""
    parts = []
    for call in resolved.calls:
        told = f"{call.service};rows={call.rows};cached=?{int(call.cached)}"
        if call.error:
            told += f';error="{quote(call.error[:200], safe=" :,;./()")}"'
        parts.append(told)
    return ", ".join(parts).encode("ascii", "replace")
