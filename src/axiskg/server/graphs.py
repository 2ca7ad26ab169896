"""`/graphs`: SPARQL 1.1 Graph Store HTTP Protocol, indirect (`?graph=`, `?default`) and direct."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from axiskg.errors import NotFoundError
from axiskg.formats import GRAPHS, format_named, negotiate
from axiskg.server.accounts import Holder
from axiskg.server.answers import Answer, AnswerStream, NotAcceptableError, Question
from axiskg.server.http import (
    ClientGoneError,
    HeaderList,
    ProblemError,
    check_length,
    media_type_of,
    parameters,
    read_body,
    too_large,
)
from axiskg.server.negotiation import OFFERED, content_type, encoding_for, not_acceptable
from axiskg.server.parts import Parts
from axiskg.server.protected import DEFAULT_GRAPH
from axiskg.server.protocol import UPDATE_TYPE, absolute_iri
from axiskg.server.request import Request
from axiskg.server.services import Services
from axiskg.server.sparql import matches_etag
from axiskg.server.updates import UpdateRoute, written_headers
from axiskg.server.writing import Written
from axiskg.store.update_text import graphs_written, within_graph

__all__ = ["GRAPH_METHODS", "GraphStoreRoute"]

GRAPH_METHODS = b"GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS"
_VARY = b"accept, accept-encoding"
_ACCEPTED = tuple(f.media_type for f in GRAPHS)
_AMBIGUOUS = frozenset({"text/plain", "application/xml", "text/xml", "application/json"})
_WHOLE_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_ANYTHING = "ASK { ?s ?p ?o }"


@dataclass(slots=True)
class _Spool:
    """Documents of an upload, in files of their own, with their media types."""

    documents: list[tuple[str, str]] = field(default_factory=list)

    def discard(self) -> None:
        for _, path in self.documents:
            with contextlib.suppress(FileNotFoundError):
                Path(path).unlink()


class GraphStoreRoute:
    """Serves graphs; one for the server."""

    def __init__(self, services: Services, updates: UpdateRoute) -> None:
        self._services, self._updates = services, updates

    async def answer(self, request: Request) -> None:
        """Answer one request."""
        graph, in_path = self._target(request)
        method = request.method
        if method in {"GET", "HEAD"}:
            if graph is None:
                raise ProblemError(400, "name a graph: ?graph=IRI, ?default, or in the path")
            await self._get(request, graph)
            return
        if method not in {"PUT", "POST", "DELETE", "PATCH"}:
            raise ProblemError(
                405, f"{method} is not a method here", headers=[(b"allow", GRAPH_METHODS)]
            )
        holder = self._services.accounts.demand("write", request.headers.get(b"authorization"))
        request.fields["token"] = holder.name
        request.lane = "write"
        location: HeaderList = []
        if graph is None:
            if method != "POST":
                raise ProblemError(400, "name a graph: ?graph=IRI, ?default, or in the path")
            graph = f"{request.root_url}/graphs/{secrets.token_hex(8)}"
            location = [(b"location", graph.encode())]
        protected = self._updates.check_graphs(holder, frozenset({graph}))
        await self._check_preconditions(request, graph)
        if method == "PATCH":
            written = await self._patch(request, holder, graph)
        elif method == "DELETE":
            written = await self._write("delete", (graph or None,))
        else:
            written = await self._upload(request, graph)
        if protected and method != "PATCH":
            self._services.mark_stale(written.generation)
        if written.outcome == "missing":
            raise NotFoundError(f"there is no graph {graph}")
        created = written.outcome == "created" or bool(location)
        if created and in_path:
            location = [(b"location", graph.encode())]
        headers = [*written_headers(written), *location]
        await request.respond(201 if created else 204, headers)

    def _target(self, request: Request) -> tuple[str | None, bool]:
        """The graph ("" for the default one, None for none), and whether the path names it."""
        pairs = parameters(request.query_string, what="query string")
        graphs = [value for name, value in pairs if name == "graph"]
        default = [value for name, value in pairs if name == "default"]
        below = request.path.removeprefix("/graphs").removeprefix("/")
        if len(graphs) + len(default) + bool(below) > 1:
            raise ProblemError(400, "name one graph, not several")
        if below:
            raw_path = request.scope.get("raw_path", request.path.encode()).decode(
                "ascii", "replace"
            )
            return f"{request.root_url}{raw_path.partition('?')[0]}", True
        if graphs:
            return absolute_iri(graphs[0], "graph"), False
        return (DEFAULT_GRAPH if default else None), False

    # ---- reading

    def _question(self, text: str, graph: str, request: Request, media: str = "") -> Question:
        settings = self._services.settings
        default = None if graph == DEFAULT_GRAPH else (graph,)
        formats: tuple[tuple[str, tuple[str, str]], ...]
        if media:
            formats = (("graph", (media, format_named(media, OFFERED["graph"]).media_type)),)
            encoding = encoding_for(request.headers.get(b"accept-encoding", b"").decode("latin-1"))
        else:
            formats, encoding = (("boolean", ("csv", "text/csv")),), ""
        return Question(
            text=text,
            base=request.base_iri,
            default_graphs=default,
            named_graphs=None if default is None else (),
            union=False,
            formats=formats,
            encoding=encoding,
            max_rows=settings.max_rows,
            max_bytes=settings.max_answer_mb << 20,
            explained_at="",
        )

    async def _ask(self, request: Request, question: Question) -> Answer | AnswerStream:
        deadline = time.monotonic() + self._services.settings.query_timeout_s
        task = asyncio.current_task()
        assert task is not None
        return await self._services.pool.ask(
            question,
            deadline,
            key=request.id,
            client=request.client,
            linger=lambda: request.watcher_for(task),
        )

    async def _exists(self, request: Request, graph: str) -> bool:
        if graph == DEFAULT_GRAPH:
            return True
        answer = await self._ask(request, self._question(_ANYTHING, graph, request))
        assert isinstance(answer, Answer)
        return answer.body == b"true"

    def _etag(self, graph: str, media: str, encoding: str) -> bytes:
        services = self._services
        suffix = f"-{encoding}" if encoding else ""
        return f'"{services.boot}-{services.generation}-{media}{suffix}"'.encode()

    async def _get(self, request: Request, graph: str) -> None:
        if not self._services.ready:
            raise ProblemError(503, "the store is being opened", headers=[(b"retry-after", b"2")])
        accept = request.headers.get(b"accept")
        chosen = negotiate(None if accept is None else accept.decode("latin-1"), OFFERED["graph"])
        # A HEAD that names what it would send says nothing of what it would take.
        if chosen is None:
            raise not_acceptable(NotAcceptableError("graph"))
        request.lane = "worker"
        generation = self._services.generation
        question = self._question(_WHOLE_GRAPH, graph, request, chosen.name)
        etag = self._etag(graph, chosen.name, question.encoding)
        headers: HeaderList = [
            (b"content-type", content_type(chosen.name)),
            (b"vary", _VARY),
            (b"cache-control", b"no-cache"),
            (b"axiskg-generation", str(generation).encode()),
            (b"etag", etag),
        ]
        if not await self._exists(request, graph):
            raise NotFoundError(f"there is no graph {graph}")
        if matches_etag(request.headers.get(b"if-none-match"), etag):
            await request.respond(304, [(b"etag", etag), (b"vary", _VARY)])
            return
        answer = await self._ask(request, question)
        if answer.encoding:
            headers.append((b"content-encoding", answer.encoding.encode()))
        if isinstance(answer, Answer):
            await request.respond(200, headers, answer.body)
            return
        request.watch_client()
        try:
            await request.begin(200, headers)
            if request.method != "HEAD":
                async for chunk in answer.chunks():
                    await request.send_chunk(chunk)
            await request.send_chunk(b"", last=True)
        finally:
            if not answer.ended:
                answer.abandon()

    # ---- writing

    async def _check_preconditions(self, request: Request, graph: str) -> None:
        """If-Match and If-None-Match on writes (RFC 9110, 13.1); raises 412."""
        wanted = request.headers.get(b"if-match")
        unwanted = request.headers.get(b"if-none-match")
        if wanted is None and unwanted is None:
            return
        exists = await self._exists(request, graph)
        prefix = f'"{self._services.boot}-{self._services.generation}-'.encode()
        if wanted is not None:
            fits = exists and (
                wanted.strip() == b"*"
                or any(tag.strip().startswith(prefix) for tag in wanted.split(b","))
            )
            if not fits:
                raise ProblemError(412, "the graph is not the one that If-Match names any more")
        if unwanted is not None and exists and unwanted.strip() == b"*":
            raise ProblemError(412, "the graph exists, and If-None-Match: * wants it not to")

    async def _write(self, operation: str, arguments: tuple[object, ...]) -> Written:
        services = self._services
        return await services.writer.write(operation, arguments, services.settings.update_timeout_s)

    async def _patch(self, request: Request, holder: Holder, graph: str) -> Written:
        media_type = media_type_of(request.headers)
        if media_type != UPDATE_TYPE:
            raise ProblemError(
                415,
                f"a patch is a SPARQL Update, {UPDATE_TYPE}",
                headers=[(b"accept-patch", UPDATE_TYPE.encode())],
            )
        if graph and not await self._exists(request, graph):
            raise NotFoundError(f"there is no graph {graph}")
        settings = self._services.settings
        body = await read_body(
            request.headers,
            request.receive,
            limit=settings.max_request_kb << 10,
            timeout_s=settings.body_timeout_s,
        )
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise ProblemError(400, f"the body is not UTF-8 at byte {error.start}") from None
        if graph:
            text = within_graph(text, graph)
        elif graphs_written(text) - {DEFAULT_GRAPH}:
            raise ProblemError(400, "a patch of the default graph can't write another graph")
        return await self._updates.run(request, holder, text)

    async def _upload(self, request: Request, graph: str) -> Written:
        spool = _Spool()
        try:
            await self._receive(request, spool)
            operation = "put" if request.method == "PUT" else "post"
            return await self._write(operation, (graph or None, spool.documents))
        finally:
            await asyncio.to_thread(spool.discard)

    async def _receive(self, request: Request, spool: _Spool) -> None:
        """Stream the body into files, within the limits of size and time."""
        settings = self._services.settings
        limit = settings.max_upload_mb << 20
        check_length(request.headers, limit)
        media_type = media_type_of(request.headers)
        try:
            async with asyncio.timeout(settings.body_timeout_s):
                if media_type == "multipart/form-data":
                    await self._receive_parts(request, spool, limit)
                    return
                path = self._new_file(spool, _checked(media_type))
                with Path(path).open("wb") as file:
                    async for chunk in _body(request, limit):
                        file.write(chunk)
        except TimeoutError:
            raise ProblemError(
                408, "the body did not arrive in time", headers=[(b"connection", b"close")]
            ) from None

    def _new_file(self, spool: _Spool, media_type: str) -> str:
        handle, path = tempfile.mkstemp(dir=self._services.upload_dir)
        os.close(handle)
        spool.documents.append((media_type, path))
        return path

    async def _receive_parts(self, request: Request, spool: _Spool, limit: int) -> None:
        _, options = parse_options_header(request.headers.get(b"content-type", b""))
        boundary = options.get(b"boundary")
        if not boundary:
            raise ProblemError(400, "multipart/form-data without a boundary")
        parts = Parts(lambda media_type: self._new_file(spool, _checked(media_type)))
        try:
            parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": parts.begin,
                    "on_header_field": parts.header_name,
                    "on_header_value": parts.header_value,
                    "on_header_end": parts.header_end,
                    "on_headers_finished": parts.open,
                    "on_part_data": parts.data,
                    "on_part_end": parts.close,
                },
            )
            async for chunk in _body(request, limit):
                parser.write(chunk)
            parser.finalize()
        except MultipartParseError as error:
            raise ProblemError(400, f"not well-formed multipart/form-data: {error}") from None
        finally:
            parts.close()
        if not spool.documents:
            raise ProblemError(400, "multipart/form-data without a part that holds a document")


def _checked(media_type: str) -> str:
    """A media type that a graph can come in; raises 415 with the list."""
    for offered in GRAPHS:
        if media_type == offered.media_type or media_type in offered.aliases:
            if media_type in _AMBIGUOUS:
                break
            return offered.media_type
    raise ProblemError(
        415,
        f"a graph can't come as {media_type or 'nothing named'}; send {', '.join(_ACCEPTED)}",
        accepted=list(_ACCEPTED),
    )


async def _body(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The chunks of the body. Raises 413 past the limit."""
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError("the client has gone")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        if chunk:
            yield chunk
        if not message.get("more_body", False):
            return
