"""`/update`, and updates by POST to `/sparql` (SPARQL 1.1 Protocol, 2.2)."""

from __future__ import annotations

import asyncio
import time

from axiskg.server.accounts import Holder
from axiskg.server.answers import Check
from axiskg.server.gate import examine
from axiskg.server.http import HeaderList, ProblemError
from axiskg.server.protected import is_protected
from axiskg.server.protocol import Operation
from axiskg.server.request import Request
from axiskg.server.services import Services
from axiskg.server.writing import Written
from axiskg.store.update_text import graphs_written, without_silent_loads

__all__ = ["UpdateRoute", "written_headers"]

_LARGE_TEXT = 20_000


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
    ) -> Written:
        """Check what an update touches, and write it."""
        services = self._services
        request.text, request.lane = text, "write"
        limits = services.limits
        if len(text) > _LARGE_TEXT:
            verdict = await asyncio.to_thread(examine, text, limits)
            touched = await asyncio.to_thread(graphs_written, text)
        else:
            verdict, touched = examine(text, limits), graphs_written(text)
        wants_service, wants_load = verdict
        if wants_load:
            text = without_silent_loads(text)
            _, wants_load = examine(text, limits)
        if wants_service or wants_load:
            await self._refuse_network(request, "SERVICE" if wants_service else "LOAD")
        protected = self.check_graphs(holder, touched)
        if not text.strip():
            return Written("", services.generation)
        arguments = (text, request.base_iri, default, named)
        written = await services.writer.write(
            "update", arguments, services.settings.update_timeout_s
        )
        if protected:
            services.mark_stale(written.generation)
        return written

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

    async def _refuse_network(self, request: Request, word: str) -> None:
        assert request.text is not None
        await self._services.pool.ask(
            Check("update", request.text, request.base_iri),
            time.monotonic() + self._services.settings.query_timeout_s,
            key=request.id,
            client=request.client,
        )
        raise ProblemError(
            403,
            f"{word} is not allowed here: this server fetches nothing on a client's behalf; load"
            " documents through the Graph Store at /graphs",
        )
