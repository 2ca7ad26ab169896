"""What every route shares; found at `request.app.state.context`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from axiskg.settings import Settings
from axiskg.store.protocol import Store

__all__ = ["Context"]


@dataclass(frozen=True, slots=True)
class Context:
    """The settings, the store, and which generation of it is being read."""

    settings: Settings
    store: Store
    generation: Callable[[], int]
    """The number of the published generation: it grows by at least one with each update."""
