"""The application: `create_app(settings)` gives what an ASGI server runs."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from axiskg import __version__
from axiskg.errors import AxisKGError
from axiskg.server import api_linking, api_names, api_operations, api_pages, api_reasoning
from axiskg.server.context import Context
from axiskg.server.front import Front
from axiskg.server.http import ProblemError
from axiskg.server.methods import with_all_methods
from axiskg.server.problems import problem
from axiskg.server.services import Services
from axiskg.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings) -> Front:
    """The ASGI application for one store; its processes start and stop with its lifespan."""
    services = Services(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await services.start()
        app.state.context = Context(
            settings=settings, store=services.store, generation=lambda: services.generation
        )
        # What is here now stays: no collection during a request needs to walk over it.
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            await services.stop()

    app = FastAPI(
        title="AxisKG",
        version=__version__,
        summary="A provenance-first knowledge graph of international alignment.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    for part in (api_pages, api_names, api_operations, api_reasoning, api_linking):
        app.include_router(part.router)
    _handle_errors(app)
    return Front(services, with_all_methods(app))


def _handle_errors(app: FastAPI) -> None:
    """Answer every error as problem+json."""

    def answer(request: Request, error: AxisKGError) -> Response:
        request_id = getattr(request.state, "request_id", "")
        status, headers, body = problem(error, request_id=request_id)
        response = Response(body, status_code=status)
        response.raw_headers = [*headers, (b"content-length", str(len(body)).encode())]
        return response

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, AxisKGError)
        return answer(request, error)

    async def starlettes(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = [(k.lower().encode(), v.encode()) for k, v in (error.headers or {}).items()]
        return answer(request, ProblemError(error.status_code, str(error.detail), headers=headers))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [
            {"parameter": ".".join(str(part) for part in fault["loc"][1:]), "fault": fault["msg"]}
            for fault in error.errors()
        ]
        said = "; ".join(f"{fault['parameter']}: {fault['fault']}" for fault in faults)
        return answer(request, ProblemError(422, said, faults=faults))

    async def unexpected(request: Request, error: Exception) -> Response:
        services: Services = app.state.services
        services.log.failure(getattr(request.state, "request_id", ""), error)
        return answer(request, ProblemError(500, "the server failed; the request id is in its log"))

    app.add_exception_handler(AxisKGError, ours)
    app.add_exception_handler(HTTPException, starlettes)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)
