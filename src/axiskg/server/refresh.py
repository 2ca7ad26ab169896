"""Conclusions after a write by hand: marked stale at once, drawn anew when the writing pauses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from axiskg.errors import AxisKGError
from axiskg.reasoning import refresh
from axiskg.server.http import HeaderList
from axiskg.store.staleness import now, staleness

if TYPE_CHECKING:
    from axiskg.server.services import Services

__all__ = ["Refresher"]

_PAUSE_S = 1.0


class Refresher:
    """Knows whether the inferred graph and the plain view follow from the statements.

    Stale conclusions are announced by a header on every answer, at /readyz, in the metrics and in
    the service description. The note is in the store too, so that it outlives the server.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self.stale_since = 0
        """The generation that made the conclusions stale; 0 while they are not. Those that were
        stale when the server started are since its first generation."""
        self.stale_at = ""
        """When that was: UTC, ISO 8601."""
        self.failure = ""
        self._last_mark = 0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._running = asyncio.Lock()

    async def start(self) -> None:
        """Learn from the store whether the conclusions were stale before."""
        services = self._services
        found = await asyncio.to_thread(staleness, services.store.query)
        if found is not None:
            self.stale_since = self._last_mark = services.generation
            self.stale_at = found.since

    def mark(self, generation: int, at: str = "") -> None:
        """A write at `generation`, sent at the time `at`, may have changed a premise."""
        self._last_mark = max(self._last_mark, generation)
        if not self.stale_since:
            self.stale_since = generation
            self.stale_at = at or now()
        if self._timer is not None:
            self._timer.cancel()
        if self._services.settings.refresh_after_write:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_S, self._start)

    def headers(self) -> HeaderList:
        """What an answer says of stale conclusions; nothing when they are not."""
        if not self.stale_since:
            return []
        return [(b"axiskg-stale", f"conclusions; since generation {self.stale_since}".encode())]

    def _start(self) -> None:
        self._timer = None
        self._task = asyncio.get_running_loop().create_task(self._run_by_itself())

    async def _run_by_itself(self) -> None:
        try:
            await self.run()
        except AxisKGError:
            # It is in the log, and the conclusions stay marked.
            return

    async def run(self) -> None:
        """Draw the conclusions of the published statements anew; one call at a time.

        Raises what keeps them from being drawn; the old ones stay then, and stay marked.
        """
        services = self._services
        async with self._running:
            before = services.generation
            try:
                await asyncio.to_thread(refresh, services.store, services.settings)
            except AxisKGError as error:
                self.failure = str(error)
                services.log.event("refresh-failed", error=str(error))
                raise
            self.failure = ""
            if self._last_mark <= before:
                self.stale_since, self.stale_at = 0, ""
            services.log.event("refreshed", generation=services.generation)

    async def close(self) -> None:
        """Stop waiting for a pause."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
