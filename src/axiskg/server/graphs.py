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

from axiskg.errors import NotFoundError, ParseError, QueryTooLargeError
from axiskg.formats import FORMATS, GRAPHS, format_named
from axiskg.server.accounts import Holder
from axiskg.server.answers import Answer, AnswerStream, NotAcceptableError, Question
from axiskg.server.conditions import Conditions, matches_etag
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
from axiskg.server.negotiation import (
    OFFERED,
    choices,
    content_type,
    encoding_for,
    graph_media_type,
    not_acceptable,
)
from axiskg.server.parts import Parts
from axiskg.server.protected import DEFAULT_GRAPH, is_protected
from axiskg.server.protocol import UPDATE_TYPE, absolute_iri
from axiskg.server.request import Request
from axiskg.server.services import Services
from axiskg.server.updates import UpdateRoute, written_headers
from axiskg.server.writing import Written
from axiskg.store.documents import N_TRIPLES
from axiskg.store.update_text import graphs_written, within_graph
from axiskg.store.writer import CREATED, MISSING, UNMET

__all__ = ["GRAPH_METHODS", "GraphStoreRoute"]

GRAPH_METHODS = b"GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS"
_VARY = b"accept, accept-encoding"
_ACCEPTED = tuple(f.media_type for f in GRAPHS)
_WHOLE_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"})
_NAME_ONE = "name a graph: ?graph=IRI, ?default, or in the path"


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
        graph, in_path, wanted = self._target(request)
        method = request.method
        if method not in _METHODS:
            raise ProblemError(
                405, f"{method} is not a method here", headers=[(b"allow", GRAPH_METHODS)]
            )
        if method in {"GET", "HEAD"}:
            if graph is None:
                raise ProblemError(400, _NAME_ONE)
            await self._get(request, graph, wanted)
            return
        holder = self._services.accounts.demand("write", request.headers.get(b"authorization"))
        request.fields["token"] = holder.name
        request.lane = "write"
        made = graph is None
        if graph is None:
            if method != "POST":
                raise ProblemError(400, _NAME_ONE)
            graph = f"{request.root_url}/graphs/{secrets.token_hex(8)}"
        by_hand = self._updates.check_graphs(holder, frozenset({graph}))
        conditions = Conditions.of(request.headers)
        self._check_tags(conditions, graph)
        if method == "PATCH":
            written = await self._patch(request, holder, graph, conditions)
        elif method == "DELETE":
            written = await self._write("delete", (graph or None,), graph, conditions, by_hand)
        else:
            written = await self._upload(request, graph, conditions, by_hand)
        if by_hand and method != "PATCH" and written.outcome not in {UNMET, MISSING}:
            self._services.mark_stale(written.generation, written.at)
        if written.outcome == UNMET and conditions:
            raise conditions.failure()
        if written.outcome in {UNMET, MISSING}:
            raise NotFoundError(f"there is no graph {graph}")
        created = written.outcome == CREATED
        headers = written_headers(written)
        if created and (made or in_path):
            headers.append((b"location", graph.encode()))
        await request.respond(201 if created else 204, headers)

    def _target(self, request: Request) -> tuple[str | None, bool, str | None]:
        """The graph ("" for the default one, None for none), whether the path names it, and the
        value of `?format=`."""
        pairs = parameters(request.query_string, what="query string")
        graphs = [value for name, value in pairs if name == "graph"]
        default = [value for name, value in pairs if name == "default"]
        wanted = next((value for name, value in pairs if name == "format"), None)
        below = request.path.removeprefix("/graphs").removeprefix("/")
        if len(graphs) + len(default) + bool(below) > 1:
            raise ProblemError(400, "name one graph, not several")
        if below:
            raw_path = request.scope.get("raw_path", request.path.encode()).decode(
                "ascii", "replace"
            )
            path = absolute_iri(f"{request.root_url}{raw_path.partition('?')[0]}", "the path")
            return path, True, wanted
        if graphs:
            return absolute_iri(graphs[0], "graph"), False, wanted
        return (DEFAULT_GRAPH if default else None), False, wanted

    # ---- reading

    def _question(self, graph: str, request: Request, media: str = "") -> Question:
        """For the whole graph, or without a media type whether it is there, be it empty."""
        settings = self._services.settings
        formats: tuple[tuple[str, tuple[str, str]], ...]
        if media:
            formats = (("graph", (media, format_named(media, OFFERED["graph"]).media_type)),)
            encoding = encoding_for(request.headers.get(b"accept-encoding", b"").decode("latin-1"))
            within = graph != DEFAULT_GRAPH
        else:
            formats, encoding, within = (("boolean", ("csv", "text/csv")),), "", False
        return Question(
            text=_WHOLE_GRAPH if media else f"ASK {{ GRAPH <{graph}> {{}} }}",
            base=request.base_iri,
            default_graphs=(graph,) if within else None,
            named_graphs=() if within else None,
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
        answer = await self._ask(request, self._question(graph, request))
        assert isinstance(answer, Answer)
        return answer.body == b"true"

    def _tag(self, graph: str) -> bytes:
        """The beginning of the entity tags of a graph as it is now, whatever their format."""
        return f'"{self._services.boot}-{self._services.writer.version_of(graph)}-'.encode()

    async def _get(self, request: Request, graph: str, wanted: str | None) -> None:
        if not self._services.ready:
            raise ProblemError(503, "the store is being opened", headers=[(b"retry-after", b"2")])
        accept = request.headers.get(b"accept")
        chosen = dict(choices(None if accept is None else accept.decode("latin-1"), wanted))
        if "graph" not in chosen:
            raise not_acceptable(NotAcceptableError("graph"))
        media = chosen["graph"][0]
        request.lane = "worker"
        question = self._question(graph, request, media)
        suffix = f"-{question.encoding}" if question.encoding else ""
        etag = self._tag(graph) + f'{media}{suffix}"'.encode()
        headers: HeaderList = [
            (b"vary", _VARY),
            (b"cache-control", b"no-cache"),
            (b"axiskg-generation", str(self._services.generation).encode()),
            (b"etag", etag),
        ]
        if is_protected(graph):
            headers += self._services.refresher.headers()
        if not await self._exists(request, graph):
            raise NotFoundError(f"there is no graph {graph}")
        if matches_etag(request.headers.get(b"if-none-match"), etag):
            await request.respond(304, headers)
            return
        headers.append((b"content-type", content_type(media)))
        if wanted:
            name = f'attachment; filename="graph.{FORMATS[media].extension}"'
            headers.append((b"content-disposition", name.encode()))
        answer = await self._ask(request, question)
        if answer.encoding:
            headers.append((b"content-encoding", answer.encoding.encode()))
        if isinstance(answer, Answer):
            if answer.truncated:
                raise _too_long(answer.truncated)
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

    def _check_tags(self, conditions: Conditions, graph: str) -> None:
        """Raise 412 for a graph that has changed; whether it is there is seen by the writer."""
        if not conditions.tags_hold(self._tag(graph)):
            raise conditions.failure()

    async def _ready_for(
        self, conditions: Conditions, graph: str
    ) -> tuple[str | None, bool] | None:
        """Wait until the tags can be judged for good, and judge them (RFC 9110, 13.2.1).

        The condition that is left, whether the graph must be there, is for the writer.
        """
        if conditions.need_the_tag:
            self._check_tags(conditions, graph)
            await self._services.writer.settled(graph)
            self._check_tags(conditions, graph)
        must = conditions.must_exist
        return None if must is None else (graph or None, must)

    async def _write(
        self,
        operation: str,
        arguments: tuple[object, ...],
        graph: str,
        conditions: Conditions,
        by_hand: bool,
    ) -> Written:
        condition = await self._ready_for(conditions, graph)
        return await self._services.writer.write(
            operation,
            arguments,
            self._services.settings.update_timeout_s,
            touched=frozenset({graph}),
            condition=condition,
            by_hand=by_hand,
        )

    async def _patch(
        self, request: Request, holder: Holder, graph: str, conditions: Conditions
    ) -> Written:
        media_type = media_type_of(request.headers)
        if media_type != UPDATE_TYPE:
            raise ProblemError(
                415,
                f"a patch is a SPARQL Update, {UPDATE_TYPE}",
                headers=[(b"accept-patch", UPDATE_TYPE.encode())],
            )
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

        async def ready() -> tuple[str | None, bool] | None:
            if conditions.must_exist is False:
                # Whatever comes of it, it is not written.
                if await self._exists(request, graph):
                    raise conditions.failure()
                raise NotFoundError(f"there is no graph {graph}")
            # Without conditions too: what is not there can't be patched.
            return await self._ready_for(conditions, graph) or (graph or None, True)

        return await self._updates.run(request, holder, text, ready=ready)

    async def _upload(
        self, request: Request, graph: str, conditions: Conditions, by_hand: bool
    ) -> Written:
        spool = _Spool()
        try:
            await self._receive(request, spool)
            operation = "put" if request.method == "PUT" else "post"
            arguments = (graph or None, await self._read(spool, graph))
            return await self._write(operation, arguments, graph, conditions, by_hand)
        finally:
            await asyncio.to_thread(spool.discard)

    async def _read(self, spool: _Spool, graph: str) -> list[str]:
        """The documents as files of N-Triples."""
        sent, files = tuple(spool.documents), list[str]()
        for number, (media_type, path) in enumerate(sent, 1):
            into = self._new_file(spool, N_TRIPLES)
            try:
                await self._services.reader.rewrite(media_type, path, graph or None, into)
            except ParseError as error:
                if len(sent) == 1:
                    raise
                raise ParseError(f"part {number}: {error}", line=error.line) from None
            files.append(into)
        return files

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
                    "on_end": parts.end,
                },
            )
            async for chunk in _body(request, limit):
                parser.write(chunk)
            parser.finalize()
        except MultipartParseError as error:
            raise ProblemError(400, f"not well-formed multipart/form-data: {error}") from None
        finally:
            parts.close()
        if not parts.complete:
            raise ProblemError(400, "the multipart/form-data breaks off before its last boundary")
        if not spool.documents:
            raise ProblemError(400, "multipart/form-data without a part that holds a document")


def _too_long(cap: str) -> QueryTooLargeError:
    return QueryTooLargeError(
        f"the graph is over the cap on {cap} of an answer; ask for parts of it at /sparql"
    )


def _checked(media_type: str) -> str:
    """A media type that a graph can come in; raises 415 with the list."""
    found = graph_media_type(media_type)
    if found is None:
        raise ProblemError(
            415,
            f"a graph can't come as {media_type or 'nothing named'}; send {', '.join(_ACCEPTED)}",
            accepted=list(_ACCEPTED),
        )
    return found


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
