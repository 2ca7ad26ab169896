"""Linking over HTTP: `/api/link`, and the two reconciliation services under `/reconcile`."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse

from axiskg.errors import ConfigError, DataError, ParameterError
from axiskg.linking.asking import context_of, types_of
from axiskg.linking.columns import link_column
from axiskg.linking.linker import Linker
from axiskg.linking.reconciliation import (
    GraphService,
    Service,
    WikidataService,
    answer_batch,
    manifest,
    read_extension,
    read_queries,
)
from axiskg.linking.reconciliation.queries import MAX_LIMIT
from axiskg.linking.reconciliation.service import PAGE_STYLE, line, page
from axiskg.server.context import Context
from axiskg.server.parameters import only_known
from axiskg.server.request import root_url

__all__ = ["router"]

router = APIRouter(tags=["linking"])

_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$]{0,63}(?:\.[A-Za-z_$][\w$]{0,63}){0,4}")
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Accept",
    "Access-Control-Max-Age": "86400",
}
_STYLE_HASH: Final = b64encode(sha256(PAGE_STYLE.encode()).digest()).decode()
_FRAMED: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}';"
    " frame-ancestors *"
}
"""A preview is made to be shown in a frame of another page, such as OpenRefine's."""

_MAX_BODY: Final = 1_000_000
_MAX_NAMES: Final = 500
_MAX_PROPOSED: Final = 200
_MAX_ENTITIES: Final = 50

What = Literal["entity", "type", "property"]
Callback = Annotated[str, Query(description="Name of a JavaScript function, for JSONP.")]


def _linker(request: Request) -> Linker:
    """The linker of the application, made at the first question, with today's judgements."""
    state = request.app.state
    context: Context = state.context
    linker: Linker | None = getattr(state, "linker", None)
    if linker is None:
        linker = state.linker = Linker(context.settings, limit=MAX_LIMIT)
    linker.refresh()
    try:
        linker.base, linker.judgements  # noqa: B018 - read here, where a fault is the server's
    except DataError as error:
        place = f"{error.path.name}:{error.line or 1}" if error.path is not None else "a file"
        raise ConfigError(
            f"{place} of this server's links, names or judgements is ill-formed, not your request;"
            " `axiskg link` on the server says why"
        ) from error
    return linker


def _graph(request: Request) -> Service:
    """Our entities, as the generation being read has them."""
    state = request.app.state
    context: Context = state.context
    linker, generation = _linker(request), context.generation()
    kept: tuple[int, GraphService] | None = getattr(state, "graph_service", None)
    if kept is None or kept[0] != generation:
        kept = (generation, GraphService(linker, context.store))
        state.graph_service = kept
    return kept[1]


def _wikidata(request: Request) -> Service:
    """The snapshot's items."""
    service = WikidataService(_linker(request))
    service.check()
    return service


def _cors(request: Request) -> dict[str, str]:
    """Who may read the answer: by the setting `cors_origin`, any page as it is by default."""
    context: Context = request.app.state.context
    origin = context.settings.cors_origin
    return {"Access-Control-Allow-Origin": origin} if origin else {}


def _answer(request: Request, content: Any, callback: str = "") -> Response:
    """JSON that other pages may read, or a call of their function."""
    if not callback:
        return JSONResponse(content, headers=_cors(request))
    if not _CALLBACK.fullmatch(callback):
        raise ParameterError("callback", "the name of a JavaScript function", repr(callback[:80]))
    text = json.dumps(content, ensure_ascii=True)
    return Response(
        f"/**/{callback}({text});",
        media_type="application/javascript",
        headers={**_cors(request), "X-Content-Type-Options": "nosniff"},
    )


async def _form(request: Request) -> dict[str, str]:
    """The fields of a urlencoded body (OpenRefine sends no other), of bounded size."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise ParameterError("body", f"at most {_MAX_BODY} bytes; send fewer queries", "more")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise ParameterError("Content-Type", "application/x-www-form-urlencoded", repr(kind))
    try:
        fields = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=20, errors="strict"
        )
    except ValueError as error:
        raise ParameterError("body", "a urlencoded form in UTF-8", str(error)) from error
    return dict(fields)


def _base(request: Request) -> str:
    """The URL of the server as the world knows it."""
    context: Context = request.app.state.context
    host = request.headers.get("host", "").encode("latin-1", "replace")
    server = request.scope.get("server")
    return root_url(context.settings, host, request.url.scheme, server)


@router.get("/api/link", summary="Link names to Wikidata", dependencies=[Depends(only_known)])
async def api_link(
    request: Request,
    q: Annotated[list[str], Query(description="A name; may be given many times.")],
    type: Annotated[  # noqa: A002
        list[str] | None, Query(description="Kind or class that the item must be of.")
    ] = None,
    context: Annotated[str, Query(description="The text around the names.", max_length=5000)] = "",
    entity: Annotated[
        list[str] | None, Query(description="Something else that the document speaks of.")
    ] = None,
    date: Annotated[str, Query(description="The document's date.", max_length=10)] = "",
    topic: Annotated[
        str, Query(description="What the text is about: government, place, person, organization.")
    ] = "",
    column: Annotated[
        bool, Query(description="The names are a column: what most are tells of the rest.")
    ] = False,
    limit: Annotated[int, Query(description="Candidates of a name.", ge=1, le=50)] = 5,
) -> Response:
    """For each name a match, candidates, or none, with the features that made the scores."""
    if len(q) > _MAX_NAMES:
        raise ParameterError("q", f"at most {_MAX_NAMES} names", f"{len(q)}")
    linker = _linker(request)
    if len(entity or ()) > _MAX_ENTITIES:
        raise ParameterError("entity", f"at most {_MAX_ENTITIES} of them", f"{len(entity or ())}")
    around = context_of(context, entity or (), date, topic)
    types = types_of(type or ())

    def work() -> list[dict[str, Any]]:
        if column:
            answers = link_column(linker, q, context=around, types=types)
        else:
            answers = [linker.link(name, context=around, types=types) for name in q]
        return [replace(one, candidates=one.candidates[:limit]).json() for one in answers]

    return _answer(request, await run_in_threadpool(work))


def _mount(path: str, service_of: Callable[[Request], Service], name: str) -> None:
    """The routes of one reconciliation service."""

    async def reconcile(request: Request) -> Response:
        """Manifest; or the answers to `queries` or `extend`, from the address or a form."""
        given: dict[str, str] = dict(request.query_params)
        if request.method == "POST":
            given.update(await _form(request))
        service = await run_in_threadpool(service_of, request)
        callback = given.get("callback", "")
        if given.get("queries"):
            queries = read_queries(given["queries"])
            return _answer(
                request, await run_in_threadpool(answer_batch, service, queries), callback
            )
        if given.get("extend"):
            extension = read_extension(given["extend"])
            return _answer(request, await run_in_threadpool(service.extend, extension), callback)
        return _answer(
            request, await run_in_threadpool(manifest, service, _base(request)), callback
        )

    async def preflight(request: Request) -> Response:
        """What other pages may send here."""
        return Response(status_code=204, headers={**_cors(request), **_PREFLIGHT})

    async def suggest(
        request: Request,
        what: What,
        prefix: Annotated[str, Query(description="How the name begins.", max_length=200)] = "",
        cursor: Annotated[int, Query(description="How many to pass over.", ge=0, le=1000)] = 0,
        callback: Callback = "",
    ) -> Response:
        """Entities, types or properties to choose from."""
        service = await run_in_threadpool(service_of, request)
        found = await run_in_threadpool(service.suggest, what, prefix, cursor + 20)
        result = []
        for one in found[cursor:]:
            shown = one.entity.json()
            if one.types:
                shown["notable"] = [{"id": t.id, "name": t.name} for t in one.types]
            result.append(shown)
        return _answer(request, {"result": result}, callback)

    async def flyout(
        request: Request,
        what: What,
        id: Annotated[str, Query(max_length=200)],  # noqa: A002
        callback: Callback = "",
    ) -> Response:
        """A line of HTML on one entity, type or property."""
        service = await run_in_threadpool(service_of, request)
        one = await run_in_threadpool(service.describe, what, id)
        address = _view(service, request, one.id) if what == "entity" else ""
        body = line(one.name, one.description, address)
        return _answer(request, {"id": id, "html": body}, callback)

    async def preview(
        request: Request,
        id: Annotated[str, Query(max_length=200)],  # noqa: A002
    ) -> Response:
        """A small page on one entity, to be shown in a frame."""
        service = await run_in_threadpool(service_of, request)
        one = await run_in_threadpool(service.describe, "entity", id)
        rows = await run_in_threadpool(service.details, id)
        headers = {**_cors(request), **_FRAMED}
        return HTMLResponse(page(one.name, rows, _view(service, request, id)), headers=headers)

    async def properties(
        request: Request,
        type: Annotated[str, Query(max_length=200)] = "",  # noqa: A002
        limit: Annotated[int, Query(description="At most 200 are given.", ge=1)] = 50,
        callback: Callback = "",
    ) -> Response:
        """Properties that entities of a type have."""
        service = await run_in_threadpool(service_of, request)
        limit = min(limit, _MAX_PROPOSED)
        found = await run_in_threadpool(service.propose, type, limit)
        shown = [one.json() for one in found]
        return _answer(request, {"type": type, "limit": limit, "properties": shown}, callback)

    routes: tuple[tuple[str, Callable[..., Any], list[str], str], ...] = (
        (path, reconcile, ["GET"], f"Reconciliation of {name}"),
        (path, reconcile, ["POST"], f"Reconciliation of {name}, from a form"),
        (path, preflight, ["OPTIONS"], f"Cross-origin rules for {name}"),
        (f"{path}/suggest/{{what}}", suggest, ["GET"], f"Suggestions of {name}"),
        (f"{path}/flyout/{{what}}", flyout, ["GET"], f"A line on one of {name}"),
        (f"{path}/preview", preview, ["GET"], f"Preview of one of {name}"),
        (f"{path}/properties", properties, ["GET"], f"Properties of {name}"),
    )
    for route, endpoint, methods, summary in routes:
        slug = re.sub(r"\W+", "_", f"{methods[0].lower()}{route}").strip("_")
        router.add_api_route(
            route, endpoint, methods=methods, summary=summary, operation_id=slug,
            response_class=Response,
        )  # fmt: skip


def _view(service: Service, request: Request, identifier: str) -> str:
    return service.view.replace("{base}", _base(request)).replace("{{id}}", identifier)


_mount("/reconcile/wikidata", _wikidata, "Wikidata items")
_mount("/reconcile", _graph, "our entities")
