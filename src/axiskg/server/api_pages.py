"""The start page with its query form, the questions as pages, the API and the endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from axiskg.errors import AxisKGError, NotFoundError
from axiskg.namespaces import PREFIXES
from axiskg.queries import Catalogue
from axiskg.reasoning.analysis import Analysis
from axiskg.server.analyses import analysis_of
from axiskg.server.pages import CSS, render
from axiskg.server.pages.answering import shown
from axiskg.server.pages.overview import Overview, overview
from axiskg.server.problems import status_of
from axiskg.server.services import Services

__all__ = ["router"]

router = APIRouter(tags=["pages"], include_in_schema=False)

_EXAMPLE = """PREFIX axis: <https://w3id.org/axiskg/ontology#>
PREFIX ent: <https://w3id.org/axiskg/entity/>

SELECT ?backer ?position WHERE {
  ?backer axis:backs ?position .
}
LIMIT 20"""
_MAX_PROOFS = 3

Actor = Annotated[str, Query(max_length=500)]


@router.get("/")
async def start(
    request: Request, query: Annotated[str | None, Query(max_length=20_000)] = None
) -> HTMLResponse:
    """The questions and the sources; with a query, its answer."""
    services: Services = request.app.state.services
    catalogue = Catalogue.of(services.settings)
    answer = await shown(services, query) if query else None
    return render(
        "start.html",
        status=answer.status if answer else 200,
        answer=answer,
        text=query or _EXAMPLE,
        overview=None if answer else await _overview(request, catalogue),
        saved=list(catalogue),
    )


async def _overview(request: Request, catalogue: Catalogue) -> Overview:
    """The overview of this generation, drawn once."""
    state = request.app.state
    generation = state.context.generation()
    known: tuple[int, Overview] | None = getattr(state, "overview", None)
    if known is None or known[0] != generation:
        known = (generation, await overview(state.services, catalogue))
        if known[1].missing:
            return known[1]  # asked again next time
        state.overview = known
    return known[1]


async def _asked(request: Request, page: Callable[[Analysis], HTMLResponse]) -> HTMLResponse:
    """A page that the analysis fills; an error is shown, not raised."""
    try:
        return await run_in_threadpool(lambda: page(analysis_of(request.app.state)))
    except AxisKGError as error:
        title = "Not found" if isinstance(error, NotFoundError) else "That can't be asked"
        return render("error.html", status=status_of(error), title=title, detail=str(error))


@router.get("/backing")
async def backing(request: Request, a: Actor, b: Actor) -> HTMLResponse:
    """Whether two actors back each other, side beside side."""

    def page(analysis: Analysis) -> HTMLResponse:
        found = analysis.mutual_backing(a, b)
        return render("backing.html", label=analysis.directory.label, found=found)

    return await _asked(request, page)


@router.get("/alignment")
async def alignment(request: Request, a: Actor, b: Actor) -> HTMLResponse:
    """What ties two actors."""

    def page(analysis: Analysis) -> HTMLResponse:
        found = analysis.alignment(a, b)
        return render("alignment.html", label=analysis.directory.label, found=found)

    return await _asked(request, page)


@router.get("/why")
async def why(request: Request, s: Actor, p: Actor, o: Actor) -> HTMLResponse:
    """Why a triple is concluded, down to the sentences; or why it is not."""

    def page(analysis: Analysis) -> HTMLResponse:
        label = analysis.directory.label
        try:
            found = analysis.explain(s, p, o, max_proofs=_MAX_PROOFS)
        except NotFoundError:
            lacking = analysis.why_not(s, p, o)
            return render("why_not.html", label=label, status=404, found=lacking)
        return render("why.html", label=label, found=found)

    return await _asked(request, page)


@router.get("/style.css")
async def style() -> Response:
    """The style sheet."""
    return Response(CSS, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API as the OpenAPI document has it."""
    described: dict[str, Any] = request.app.openapi()
    return render("api.html", paths=described["paths"])


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
    return render("endpoint.html", limits=limits, prefixes=PREFIXES)
