"""A query asked for a page: by a worker, under the limits of every query."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Final

from axiskg.errors import AxisKGError
from axiskg.formats import RESULTS
from axiskg.namespaces import ROOT
from axiskg.server.answers import Answer, Question
from axiskg.server.gate import examine
from axiskg.server.http import ProblemError
from axiskg.server.problems import problem
from axiskg.server.services import Services

__all__ = ["MAX_SHOWN", "Rows", "Shown", "ask", "shown"]

MAX_SHOWN: Final = 500
"""How many rows a page shows."""

Rows = list[dict[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page has it: rows, or a text, or an error with the place."""

    status: int = 200
    head: list[str] = field(default_factory=list)
    rows: Rows = field(default_factory=list)
    cut: bool = False
    text: str | None = None
    error: str = ""
    near: str = ""


async def ask(services: Services, query: str) -> Shown:
    """The answer to a query. Raises whatever stops it."""
    wants_service, _ = examine(query, services.limits)
    if wants_service:
        raise ProblemError(403, "pages ask no other endpoint; send a query with SERVICE to /sparql")
    question = Question(
        text=query,
        base=ROOT,
        default_graphs=None,
        named_graphs=None,
        union=False,
        formats=(
            ("bindings", ("json", RESULTS[0].media_type)),
            ("boolean", ("json", RESULTS[0].media_type)),
            ("graph", ("ttl", "text/turtle")),
        ),
        encoding="",
        max_rows=MAX_SHOWN,
        max_bytes=services.settings.max_answer_mb << 20,
        explained_at="/docs/endpoint#limits",
    )
    deadline = time.monotonic() + services.settings.query_timeout_s
    answer = await services.pool.ask(question, deadline, key="page")
    if isinstance(answer, Answer):
        content = answer.body
    else:
        content = b"".join([chunk async for chunk in answer.chunks()])
    if answer.form == "graph":
        return Shown(text=content.decode(), cut=bool(answer.truncated))
    results = json.loads(content)
    if answer.form == "boolean":
        return Shown(text="yes" if results["boolean"] else "no")
    return Shown(
        head=results["head"]["vars"],
        rows=results["results"]["bindings"],
        cut=bool(answer.truncated),
    )


async def shown(services: Services, query: str) -> Shown:
    """The same with an error as something to show."""
    try:
        return await ask(services, query)
    except AxisKGError as error:
        status, _, body = problem(error, request_id="", text=query)
        said = json.loads(body)
        return Shown(status=status, error=said["detail"], near=said.get("near", ""))
