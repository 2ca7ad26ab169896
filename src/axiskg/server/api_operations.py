"""Health, figures, and the queries that are running."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from axiskg.errors import NotFoundError
from axiskg.server.metrics import CONTENT_TYPE
from axiskg.server.services import Services

__all__ = ["router"]

router = APIRouter(tags=["operations"])
_SHOWN_CHARACTERS = 2000


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What the API description says of errors."""
    return {
        status: {"content": {"application/problem+json": {}}, "description": "A problem."}
        for status in statuses
    }


class Health(BaseModel):
    """Whether the process answers at all."""

    status: str


class Readiness(BaseModel):
    """Whether queries would be answered, and from what."""

    ready: bool
    generation: int
    stale_since: int
    """Generation from which on the conclusions may not follow from the statements; 0 for never."""
    stale_at: str
    """When that was (UTC, ISO 8601), be it under an earlier server; empty for never."""
    refresh_failure: str
    """Why conclusions could not be drawn when that was last tried; empty when they could."""


class RunningQuery(BaseModel):
    """A query that is running or waiting; times in seconds."""

    id: str
    client: str
    state: str
    elapsed_s: float
    deadline_in_s: float
    text: str


class Done(BaseModel):
    """What an operation has done."""

    done: str


def _services(request: Request) -> Services:
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


def _authorization(request: Request) -> bytes | None:
    value = request.headers.get("authorization")
    return None if value is None else value.encode("latin-1")


@router.get("/healthz", summary="Whether the server is alive")
def healthz() -> Health:
    """Always ok: a server that hangs does not answer."""
    return Health(status="ok")


@router.get(
    "/readyz", summary="Whether queries would be answered", responses={503: {"model": Readiness}}
)
async def readyz(request: Request) -> JSONResponse:
    """503 while no generation is published or no worker is there."""
    services = _services(request)
    state = Readiness(
        ready=services.ready,
        generation=services.generation,
        stale_since=services.refresher.stale_since,
        stale_at=services.refresher.stale_at,
        refresh_failure=services.refresher.failure,
    )
    return JSONResponse(state.model_dump(), status_code=200 if state.ready else 503)


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(request: Request) -> Response:
    """In the text format of Prometheus."""
    body = _services(request).metrics.exposition()
    return Response(body, media_type=CONTENT_TYPE.decode())


@router.get("/api/queries", summary="The queries that are running")
async def queries(request: Request) -> list[RunningQuery]:
    """Oldest first. Needs a token with the scope admin."""
    services = _services(request)
    services.accounts.demand("admin", _authorization(request))
    now = time.monotonic()
    return [
        RunningQuery(
            id=job.key,
            client=job.client,
            state="running" if job.started else "waiting",
            elapsed_s=round(now - job.received, 3),
            deadline_in_s=round(job.deadline - now, 3),
            text=job.question.text[:_SHOWN_CHARACTERS],
        )
        for job in services.pool.running()
    ]


@router.delete(
    "/api/queries/{identifier}", summary="Stop a running query", responses=_problems(401, 403, 404)
)
async def cancel(request: Request, identifier: str) -> Done:
    """Stop it at once; its client gets a 504. Needs a token with the scope admin."""
    services = _services(request)
    services.accounts.demand("admin", _authorization(request))
    if not services.pool.cancel(identifier):
        raise NotFoundError(f"no query {identifier!r} is running")
    return Done(done=f"stopped {identifier}")


@router.post("/api/refresh", summary="Draw the conclusions anew", responses=_problems(401, 403))
async def refresh(request: Request) -> Done:
    """Draw the conclusions of the statements as they are now. Needs the scope admin."""
    services = _services(request)
    services.accounts.demand("admin", _authorization(request))
    await services.refresher.run()
    return Done(done=f"refreshed as of generation {services.generation}")
