"""Conclusions after a write by hand: marked stale at once, drawn anew when the writing pauses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from axiskg.errors import AxisKGError
from axiskg.reasoning import refresh

if TYPE_CHECKING:
    from axiskg.server.services import Services

__all__ = ["Refresher"]

_PAUSE_S = 1.0


class Refresher:
    """Knows whether the inferred graph and the plain view follow from the statements.

    Stale conclusions are announced by a header on every answer, at /readyz and in the metrics.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self.stale_since = 0
        """The generation that made the conclusions stale; 0 while they are not."""
        self.failure = ""
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def mark(self, generation: int) -> None:
        """A write at `generation` may have changed a premise."""
        if not self.stale_since:
            self.stale_since = generation
        if self._timer is not None:
            self._timer.cancel()
        if self._services.settings.refresh_after_write:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_S, self._start)

    def _start(self) -> None:
        self._timer = None
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self.run())
        else:
            self.mark(self._services.generation)

    async def run(self) -> None:
        """Draw the conclusions of the published statements anew."""
        services = self._services
        before = services.generation

        try:
            await asyncio.to_thread(refresh, services.store, services.settings)
        except AxisKGError as error:
            self.failure = str(error)
            services.log.event("refresh-failed", error=str(error))
            return
        self.failure = ""
        if self._timer is None and before >= self.stale_since:
            self.stale_since = 0
        services.log.event("refreshed", generation=services.generation)

    async def close(self) -> None:
        """Stop waiting for a pause."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
