"""The analysis of the generation that is being read, made anew after each update."""

from __future__ import annotations

from starlette.datastructures import State

from axiskg.reasoning.analysis import Analysis
from axiskg.server.context import Context

__all__ = ["analysis_of"]


def analysis_of(state: State) -> Analysis:
    """The analysis that all routes of an application share while its store does not change."""
    context: Context = state.context
    generation = context.generation()
    known: tuple[int, Analysis] | None = getattr(state, "analysis", None)
    if known is None or known[0] != generation:
        known = (generation, Analysis(context.store, context.settings))
        state.analysis = known
    return known[1]
