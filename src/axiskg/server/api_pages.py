"""The start page with its query form, and pages about the API and the endpoint; no script."""

from __future__ import annotations

import json
import time
from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from axiskg.errors import AxisKGError
from axiskg.formats import RESULTS
from axiskg.namespaces import PREFIXES, ROOT
from axiskg.server.answers import Answer, Question
from axiskg.server.gate import examine
from axiskg.server.html import CSS, page, table, term
from axiskg.server.http import ProblemError
from axiskg.server.problems import problem
from axiskg.server.services import Services

__all__ = ["router"]

router = APIRouter(tags=["pages"], include_in_schema=False)

_MAX_SHOWN = 500
_CSP = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
}
_EXAMPLE = """PREFIX axis: <https://w3id.org/axiskg/ontology#>
PREFIX ent: <https://w3id.org/axiskg/entity/>

SELECT ?backer ?position WHERE {
  ?backer axis:backs ?position .
}
LIMIT 20"""


def _html(body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(body, status_code=status, headers=_CSP)


@router.get("/")
async def start(
    request: Request, query: Annotated[str | None, Query(max_length=20_000)] = None
) -> HTMLResponse:
    """The query form, and under it the answer to its query."""
    services: Services = request.app.state.services
    shown, status = ("", 200) if not query else await _answered(services, query)
    text = escape(query or _EXAMPLE)
    body = (
        "<p>Sourced assertions about international alignment, as a graph. Each statement names its"
        " source, its place in it, and whose word it is.</p>"
        '<form method="get" action="/"><p><label for="query">SPARQL query</label></p>'
        f'<p><textarea id="query" name="query" spellcheck="false">{text}</textarea></p>'
        '<p><button type="submit">Run</button></p></form>'
        f"{shown}"
        "<h2>For programs</h2><ul>"
        "<li><code>/sparql</code>: SPARQL 1.1 Protocol; without a query, the service"
        " description</li>"
        "<li><code>/update</code> and <code>/graphs</code>: SPARQL 1.1 Update and Graph Store, with"
        " a token</li>"
        '<li><a href="/void">/void</a>: what is in the dataset, and how much</li>'
        '<li><a href="/docs">/docs</a> and <a href="/openapi.json">/openapi.json</a>: the API</li>'
        '<li><a href="/docs/endpoint">/docs/endpoint</a>: the limits</li></ul>'
    )
    return _html(page("AxisKG", body, description="Query the AxisKG graph"), status)


async def _answered(services: Services, query: str) -> tuple[str, int]:
    """The answer as HTML, and the status; an error is shown, not raised."""
    try:
        wants_service, _ = examine(query, services.limits)
        if wants_service:
            raise ProblemError(403, "SERVICE is not allowed here")
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
            max_rows=_MAX_SHOWN,
            max_bytes=services.settings.max_answer_mb << 20,
            explained_at="/docs/endpoint#limits",
        )
        deadline = time.monotonic() + services.settings.query_timeout_s
        answer = await services.pool.ask(question, deadline, key="page")
        if isinstance(answer, Answer):
            content, truncated = answer.body, answer.truncated
        else:
            content = b"".join([chunk async for chunk in answer.chunks()])
            truncated = answer.truncated
    except AxisKGError as error:
        status, _, body = problem(error, request_id="", text=query)
        said = json.loads(body)
        near = f"<pre>{escape(said['near'])}</pre>" if "near" in said else ""
        return f'<h2>Error</h2><p role="alert">{escape(said["detail"])}</p>{near}', status
    if answer.form == "graph":
        return f"<h2>Answer</h2><pre>{escape(content.decode())}</pre>", 200
    results = json.loads(content)
    if answer.form == "boolean":
        return f"<h2>Answer</h2><p>{'yes' if results['boolean'] else 'no'}</p>", 200
    names = results["head"]["vars"]
    rows = results["results"]["bindings"]
    note = f"<p>Cut after {len(rows)} rows.</p>" if truncated else ""
    cells = ([term(row.get(name)) for name in names] for row in rows)
    return f"<h2>Answer</h2>{note}{table(names, cells, caption=f'{len(rows)} rows')}", 200


@router.get("/style.css")
async def style() -> Response:
    """The style sheet."""
    return Response(CSS, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API as the OpenAPI document has it."""
    described: dict[str, Any] = request.app.openapi()
    parts = [
        '<p>As a document: <a href="/openapi.json">/openapi.json</a>. SPARQL: '
        '<a href="/docs/endpoint">the endpoint</a>.</p>'
    ]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            rows = [
                [
                    f"<code>{escape(p['name'])}</code>",
                    escape(str(p.get("schema", {}).get("type", ""))),
                    "needed" if p.get("required") else "",
                    escape(p.get("description", "")),
                ]
                for p in operation.get("parameters", [])
            ]
            given = (
                table(["name", "type", "", "meaning"], rows, caption="Parameters") if rows else ""
            )
            parts.append(
                f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
                f"<p>{escape(operation.get('summary', ''))}.</p>"
                f"<p>{escape(operation.get('description', ''))}</p>{given}"
            )
    return _html(page("API", "".join(parts)))


@router.get("/docs/endpoint")
async def endpoint(request: Request) -> HTMLResponse:
    """The limits of this server, and how each is announced."""
    settings = request.app.state.services.settings
    limits = [
        (
            "Time of a query",
            f"{settings.query_timeout_s:g} s; less with ?timeout=",
            "504, or a transfer that breaks off",
        ),
        (
            "Rows of an answer",
            f"{settings.max_rows:,}",
            "the answer ends there and says so, or breaks off",
        ),
        (
            "Size of an answer",
            f"{settings.max_answer_mb} MB",
            "the answer ends there and says so, or breaks off",
        ),
        ("Memory of a query", f"{settings.worker_memory_mb} MB", "503"),
        ("Long queries at once", f"{settings.slow_queries}", "503 with Retry-After"),
        ("Text of a query or update", f"{settings.max_request_kb} kB", "413"),
        ("Nested brackets", f"{settings.max_query_depth:,}", "400"),
        ("UNIONs, operators, path steps", f"{settings.max_query_parts:,}", "400"),
        ("Upload to a graph", f"{settings.max_upload_mb} MB", "413"),
    ]
    rows = [[escape(cell) for cell in row] for row in limits]
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    body = (
        '<h2 id="limits">Limits</h2>'
        + table(["what", "limit", "beyond it"], rows, caption="Limits of this server")
        + "<p>An answer that is cut before it starts is well-formed and says so with the header"
        " <code>AxisKG-Truncated</code>; JSON and XML results have a link to this page in their"
        " head. A longer answer carries the caps in <code>AxisKG-Limits</code>, and if it reaches"
        " one, or its time is up, it breaks off in the middle. What arrives whole is whole.</p>"
        "<h2>Not offered</h2><p>SERVICE asks no other endpoint unless the operator has named it,"
        " LOAD fetches no other document, FROM fetches nothing.</p>"
        f"<h2>Prefixes</h2><pre>{escape(prefixes)}</pre>"
    )
    return _html(page("The endpoint", body))
