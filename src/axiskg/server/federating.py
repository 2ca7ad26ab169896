"""SERVICE in a client's query: allowed services are asked, the answer is written into the query."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import quote

import pyoxigraph as ox

from axiskg.errors import QueryTooLargeError
from axiskg.linking.federation import Resolved, resolve_services
from axiskg.server.answers import AnswerStream, Question
from axiskg.server.http import HeaderList
from axiskg.server.negotiation import choices
from axiskg.server.protocol import Operation
from axiskg.server.request import Request
from axiskg.server.services import Services
from axiskg.store import Solutions

__all__ = ["federate"]

_JSON = "application/sparql-results+json"


async def federate(
    services: Services, request: Request, operation: Operation, deadline: float
) -> tuple[Operation, HeaderList]:
    """The operation without SERVICE, and a header that says of each service how it went.

    Waits for the services in a thread; our own side of a bind-join is asked of the workers, like
    any query of a client. Raises `QueryError`, `LinkingError`, `QueryTimeoutError`.
    """
    loop = asyncio.get_running_loop()

    def local(text: str) -> Solutions:
        return asyncio.run_coroutine_threadsafe(
            _bindings(services, request, operation, text, deadline), loop
        ).result()

    assert operation.text is not None
    resolved = await asyncio.to_thread(
        resolve_services, operation.text, services.settings, local=local
    )
    return replace(operation, text=resolved.text), [(b"axiskg-services", _told(resolved))]


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
