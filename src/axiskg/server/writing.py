"""Writes as the event loop sees them: sent to the writer in order, acknowledged once published.

The writer process may be killed at any moment, by us at a deadline or by anyone. What it had
finished stays in the store; a new writer publishes it, and then it is acknowledged. What it had
not begun is sent again. What it was doing is reported as failed.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from axiskg.errors import (
    AxisKGError,
    ConflictError,
    ParseError,
    QueryError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    StoreError,
    StoreLockedError,
)
from axiskg.server.answers import OverloadError
from axiskg.server.processes import Child, Nursery
from axiskg.store.frames import FAILED, Reader, pack, unpack
from axiskg.store.nursery import UPDATES
from axiskg.store.staleness import now
from axiskg.store.writer import BEGUN, DONE, PUBLISHED, UNCHANGED, WRITE

__all__ = ["ANY_GRAPH", "Touched", "UpdateWriter", "Written"]

_TICK_S = 0.05
_RESTART_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class Written:
    """An acknowledged write: what it did ("", "created", "missing", "unmet"), its generation."""

    outcome: str
    generation: int
    at: str = ""
    """When it was sent to the writer (UTC, ISO 8601), if by hand."""


Touched = frozenset[str | None]
"""Names of graphs that a write may change: "" is the default one, None one that can't be told."""

ANY_GRAPH: Touched = frozenset({None})
_MAX_VERSIONS = 100_000


class _Pending:
    __slots__ = ("at", "begun", "done", "fields", "outcome", "result", "timeout_s", "touched")

    def __init__(
        self, fields: tuple[object, ...], timeout_s: float, touched: Touched, at: str
    ) -> None:
        self.fields, self.timeout_s, self.touched, self.at = fields, timeout_s, touched, at
        self.begun = 0.0
        self.done = False
        self.outcome = ""
        self.result: asyncio.Future[Written] = asyncio.get_running_loop().create_future()

    def fail(self, failure: AxisKGError) -> None:
        if not self.result.done():
            self.result.set_exception(failure)


class _Link(asyncio.Protocol):
    """The socket to one writer process."""

    def __init__(self, child: Child, owner: UpdateWriter) -> None:
        self.child, self._owner = child, owner
        self._reader = Reader()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not of asyncio's class
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        for kind, body in self._reader.feed(data):
            self._owner._on_frame(kind, body)

    def connection_lost(self, exc: Exception | None) -> None:
        self.child.kill()
        self.child.forget()
        self._owner._on_gone(self)


class UpdateWriter:
    """The server's single door to the store's write side."""

    def __init__(
        self,
        nursery: Nursery,
        store: Path,
        generations: Path,
        on_published: Callable[[int, str], None],
        *,
        waiting: int = 256,
    ) -> None:
        self.generation = 0
        self.path = ""
        self._nursery, self._store, self._generations = nursery, store, generations
        self._on_published = on_published
        self._waiting_limit = waiting
        self._pending: OrderedDict[int, _Pending] = OrderedDict()
        self._sequence = 0
        self._versions: dict[str, int] = {}
        self._oldest_version = 0
        self._unsure: set[str | None] = set()
        self._link: _Link | None = None
        self._first: asyncio.Future[None] | None = None
        self._failure: AxisKGError | None = None
        self._closed = False
        self._ticking = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the writer and wait for the first generation; raises what keeps it from opening."""
        self._first = asyncio.get_running_loop().create_future()
        await self._bear()
        await self._first

    async def _bear(self) -> None:
        settings = {
            "store": str(self._store),
            "generations": str(self._generations),
            "generation": self.generation,
        }
        child = await self._nursery.bear(UPDATES, settings)
        link = _Link(child, self)
        await asyncio.get_running_loop().create_connection(lambda: link, sock=child.sock)
        self._link = link
        for sequence, pending in self._pending.items():
            if not pending.done:
                self._send(sequence, pending)

    @property
    def pid(self) -> int | None:
        """The process id of the writer."""
        return None if self._link is None else self._link.child.pid

    @property
    def queued(self) -> int:
        """How many writes are not acknowledged yet."""
        return len(self._pending)

    def version_of(self, graph: str) -> int:
        """The generation since which a graph ("" for the default one) is surely unchanged."""
        return self._versions.get(graph, self._oldest_version)

    async def settled(self, graph: str) -> None:
        """Wait until no write is under way that may change the graph.

        What the caller does next without waiting happens before any further write.
        """
        names = {graph, None}
        while self._unsure & names or any(names & p.touched for p in self._pending.values()):
            under_way = [p.result for p in self._pending.values() if names & p.touched]
            await asyncio.wait(under_way or [asyncio.ensure_future(asyncio.sleep(_TICK_S))])

    async def write(
        self,
        operation: str,
        arguments: tuple[object, ...],
        timeout_s: float,
        *,
        touched: Touched = ANY_GRAPH,
        condition: tuple[str | None, bool] | None = None,
        by_hand: bool = False,
    ) -> Written:
        """Run one operation of `axiskg.store.writer`; returns when readers see it.

        With a `condition`, a graph and whether it must be there, the outcome may be "unmet". A
        write `by_hand` notes in the store that conclusions are stale. Raises what the operation
        raises, `QueryTimeoutError` when it ran for `timeout_s`, and `OverloadError` when too many
        writes are waiting.
        """
        if self._closed:
            raise OverloadError("the server is shutting down")
        if len(self._pending) >= self._waiting_limit:
            raise OverloadError("too many updates are waiting; try again")
        self._sequence += 1
        at = now() if by_hand else ""
        fields = (self._sequence, operation, arguments, condition, at)
        pending = _Pending(fields, timeout_s, touched, at)
        self._pending[self._sequence] = pending
        if self._link is not None:
            self._send(self._sequence, pending)
        # A client that goes away does not take its write back.
        return await asyncio.shield(pending.result)

    def _send(self, sequence: int, pending: _Pending) -> None:
        assert self._link is not None
        assert self._link.transport is not None
        self._link.transport.write(pack(WRITE, pending.fields))

    def _on_frame(self, kind: bytes, body: bytes) -> None:
        fields = unpack(body)
        if kind == PUBLISHED:
            self._published(*fields)
            return
        sequence, *rest = [fields] if kind == BEGUN else fields
        pending = self._pending.get(sequence)
        if sequence < 0:
            self._failure = _failure(*rest)
        elif pending is None:
            # It ran into its deadline just before this came, and was reported so.
            return
        elif kind == BEGUN:
            pending.begun = time.monotonic()
            self._watch()
        elif kind == DONE:
            pending.done, pending.outcome = True, rest[0]
        else:
            del self._pending[sequence]
            if kind == UNCHANGED:
                self._acknowledge(pending, rest[0])
            elif kind == FAILED:
                pending.fail(_failure(*rest))

    def _published(self, generation: int, path: str) -> None:
        self.generation, self.path = generation, path
        self._failure = None
        done = [s for s, pending in self._pending.items() if pending.done]
        self._note_versions(generation, *(self._pending[s].touched for s in done))
        self._on_published(generation, path)
        for sequence in done:
            pending = self._pending.pop(sequence)
            self._acknowledge(pending, pending.outcome)
        if self._first is not None and not self._first.done():
            self._first.set_result(None)

    def _acknowledge(self, pending: _Pending, outcome: str) -> None:
        if not pending.result.done():
            pending.result.set_result(Written(outcome, self.generation, pending.at))

    def _note_versions(self, generation: int, *touched: Touched) -> None:
        changed = self._unsure.union(*touched)
        self._unsure.clear()
        if None in changed or len(self._versions) > _MAX_VERSIONS:
            self._versions.clear()
            self._oldest_version = generation
            return
        for graph in changed:
            if graph is not None:
                self._versions[graph] = generation

    def _on_gone(self, link: _Link) -> None:
        if self._link is link:
            self._link = None
        if self._closed:
            return
        if self._first is not None and not self._first.done():
            self._first.set_exception(
                self._failure or StoreError("the process that writes to the store has ended")
            )
            return
        for sequence, pending in tuple(self._pending.items()):
            if pending.begun and not pending.done:
                del self._pending[sequence]
                self._unsure |= pending.touched
                pending.fail(
                    StoreError(
                        "the process that writes was ended during this update; ask whether it was"
                        " applied before sending it again"
                    )
                )
        self._task = asyncio.get_running_loop().create_task(self._restart())

    async def _restart(self) -> None:
        while not self._closed and self._link is None:
            if self._failure is not None:
                await asyncio.sleep(_RESTART_PAUSE_S)
            try:
                await self._bear()
            except StoreError as error:
                self._failure = error

    def _watch(self) -> None:
        if not self._ticking:
            self._ticking = True
            asyncio.get_running_loop().call_later(_TICK_S, self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        self._ticking = False
        for sequence, pending in tuple(self._pending.items()):
            if not pending.begun or pending.done:
                continue
            self._watch()
            if now - pending.begun > pending.timeout_s and self._link is not None:
                del self._pending[sequence]
                self._unsure |= pending.touched
                pending.fail(QueryTimeoutError("the update ran into its deadline"))
                self._link.child.kill()

    async def close(self) -> None:
        """Wait for the writes that are under way, then end the writer."""
        while self._pending and self._link is not None:
            await asyncio.sleep(_TICK_S)
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        for pending in self._pending.values():
            pending.fail(OverloadError("the server is shutting down"))
        if self._link is not None:
            self._link.child.kill()


def _failure(kind: str, message: str, line: int, column: int) -> AxisKGError:
    if kind == "syntax":
        return QuerySyntaxError(message, line=line or None, column=column or None)
    if kind == "data":
        return ParseError(message, line=line or None)
    kinds: dict[str, type[AxisKGError]] = {
        "large": QueryTooLargeError,
        "query": QueryError,
        "conflict": ConflictError,
        "locked": StoreLockedError,
    }
    return kinds.get(kind, StoreError)(message)
