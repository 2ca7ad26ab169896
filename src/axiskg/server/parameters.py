"""The parameters that a route has: any other is a mistake that must be told."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant

from axiskg.errors import ParameterError, did_you_mean

__all__ = ["only_known"]


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)


def only_known(request: Request) -> None:
    """Raise `ParameterError` for a parameter that the route has not: `asof` must not be ignored."""
    known = list(_parameters(request.scope["route"].dependant))
    for name in request.query_params:
        if name not in known:
            near = did_you_mean(name, known)
            raise ParameterError(name, f"one of {', '.join(known) or 'none'}{near}", "this name")
