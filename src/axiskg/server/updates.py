"""`/update`, and updates by POST to `/sparql` (SPARQL 1.1 Protocol, 2.2)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from axiskg.errors import ParseError, StoreError
from axiskg.server.accounts import Holder
from axiskg.server.answers import Check
from axiskg.server.gate import examine
from axiskg.server.http import HeaderList, ProblemError
from axiskg.server.loading import Document, Fetched, fetched
from axiskg.server.protected import is_protected
from axiskg.server.protocol import Operation
from axiskg.server.request import Request
from axiskg.server.services import Services
from axiskg.server.writing import Written
from axiskg.store.update_text import graphs_written
from axiskg.store.writer import UNMET

__all__ = ["UpdateRoute", "written_headers"]

_LARGE_TEXT = 20_000
_NO_SERVICE = (
    "SERVICE is not allowed in an update: this server asks nobody while it writes; query the"
    " service first"
)


def written_headers(written: Written) -> HeaderList:
    """What a response says of an acknowledged write."""
    return [
        (b"axiskg-generation", str(written.generation).encode()),
        (b"cache-control", b"no-store"),
    ]


class UpdateRoute:
    """Runs updates; one for the server."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(self, request: Request, operation: Operation) -> None:
        """Run one update and acknowledge it when readers see it."""
        assert operation.text is not None
        holder = self._services.accounts.demand("write", request.headers.get(b"authorization"))
        request.fields["token"] = holder.name
        written = await self.run(
            request, holder, operation.text, operation.default_graphs, operation.named_graphs
        )
        await request.respond(204, written_headers(written))

    async def run(
        self,
        request: Request,
        holder: Holder,
        text: str,
        default: tuple[str, ...] | None = None,
        named: tuple[str, ...] | None = None,
        *,
        ready: Callable[[], Awaitable[tuple[str | None, bool] | None]] | None = None,
    ) -> Written:
        """Check what an update touches, and write it.

        `ready` is awaited last before the writing, and says which graph must be there or not.
        """
        services = self._services
        request.text, request.lane = text, "write"
        limits = services.limits
        if len(text) > _LARGE_TEXT:
            verdict = await asyncio.to_thread(examine, text, limits)
            touched = await asyncio.to_thread(graphs_written, text)
        else:
            verdict, touched = examine(text, limits), graphs_written(text)
        wants_service, wants_load = verdict
        if wants_service:
            await self._check(request)
            raise ProblemError(403, _NO_SERVICE)
        by_hand = self.check_graphs(holder, touched)
        if not text.strip() and ready is None:
            return Written("", services.generation)
        async with self._loaded(request, text, wants_load=wants_load) as found:
            loads = [(d.placeholder, d.graph, d.triples) for d in found.documents]
            arguments = (found.text, request.base_iri, default, named, loads)
            condition = None if ready is None else await ready()
            try:
                written = await services.writer.write(
                    "update",
                    arguments,
                    services.settings.update_timeout_s,
                    touched=touched,
                    condition=condition,
                    by_hand=by_hand,
                )
            except StoreError:
                # Whether it was applied is not known.
                if by_hand:
                    services.mark_stale(services.generation + 1)
                raise
        if by_hand and written.outcome != UNMET:
            services.mark_stale(written.generation, written.at)
        return written

    @asynccontextmanager
    async def _loaded(
        self, request: Request, text: str, *, wants_load: bool
    ) -> AsyncIterator[Fetched]:
        """The update with what it loads; the files are there until the end."""
        if not wants_load:
            yield Fetched(text)
            return
        services = self._services
        # A LOAD that does not parse must not be fetched.
        await self._check(request)
        found = await asyncio.to_thread(fetched, text, services.settings, services.upload_dir)
        try:
            if examine(found.text, services.limits)[1]:
                raise ProblemError(403, "LOAD is not allowed in such a spelling; write it plainly")
            for document in tuple(found.documents):
                await self._read(document, found)
            yield found
        finally:
            found.discard()

    async def _read(self, document: Document, found: Fetched) -> None:
        """Write what a document says as N-Triples; a faulty one after SILENT is left out."""
        try:
            await self._services.reader.rewrite(
                document.media, document.path, document.url, document.triples
            )
        except ParseError as error:
            if not document.silent:
                raise ParseError(f"{document.url}: {error}", line=error.line) from None
            found.leave_out(document)

    def check_graphs(self, holder: Holder, touched: frozenset[str | None]) -> bool:
        """Whether protected graphs are written. Raises 403 for those the holder may not write.

        `None` among the graphs written stands for one that can't be told beforehand.
        """
        protected = {graph for graph in touched if graph is None or is_protected(graph)}
        if protected and not holder.may("admin"):
            named = sorted(g or "the default graph" for g in protected if g is not None)
            what = named[0] if named else "a graph that a variable or a word like ALL names"
            raise ProblemError(
                403,
                f"{what} is kept by the build, and may hold statements and their provenance: write"
                " to a graph of your own and name it, or use a token with the scope 'admin'",
            )
        for graph in touched:
            if holder.graphs and (graph is None or not holder.may_write_graph(graph)):
                raise ProblemError(403, f"this token may not write {graph or 'that graph'}")
        return bool(protected)

    async def _check(self, request: Request) -> None:
        """Raise `QuerySyntaxError` for a request that does not parse."""
        assert request.text is not None
        await self._services.pool.ask(
            Check("update", request.text, request.base_iri),
            time.monotonic() + self._services.settings.query_timeout_s,
            key=request.id,
            client=request.client,
        )
