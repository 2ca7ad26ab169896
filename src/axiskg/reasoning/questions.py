"""The parameters that every question takes, checked: view, as-of date, scenario, confidence."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Final

from axiskg.errors import ParameterError
from axiskg.reasoning.actors import Directory
from axiskg.reasoning.values import Asked, short

__all__ = ["VIEWS", "asked_of", "day_of"]

VIEWS: Final = ("author", "all", "according-to NAME", "perceptions-of NAME")
"""Whose word counts: the author's accepted statements; those of everyone, with what they claim and
perceive; one asserter's; the perceptions of one holder."""

_NAMED: Final = re.compile(r"(according-to|perceptions-of)[\s:]+(\S.*)", re.DOTALL)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def day_of(text: str, name: str = "as_of") -> date:
    """The day that a text like `2023-09-15` names. Raises `ParameterError` for any other text.

    >>> day_of("2023-09-15")
    datetime.date(2023, 9, 15)
    """
    expected = "a day as YYYY-MM-DD, like 2023-09-15"
    if not _DAY.fullmatch(text.strip()):
        raise ParameterError(name, expected, repr(text))
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ParameterError(name, expected, f"{text!r} ({error})") from None


def asked_of(
    directory: Directory,
    *,
    as_of: str | date | None = None,
    view: str | None = None,
    scenario: str | None = None,
    min_confidence: float | None = None,
) -> Asked:
    """The question's parameters, with names resolved to slugs.

    Raises `ParameterError` for a bad date, view or confidence, and `NotFoundError` for an unknown
    name or scenario.
    """
    day = day_of(as_of) if isinstance(as_of, str) else as_of
    confidence = 0.0 if min_confidence is None else min_confidence
    if not (0 <= confidence <= 1) or math.isnan(confidence):
        raise ParameterError("min_confidence", "a number from 0 to 1", str(confidence))
    return Asked(
        view=_view(directory, view or "author"),
        as_of=day,
        scenario=None if scenario is None else short(directory.scenario(scenario)),
        min_confidence=confidence,
        timeless=day is None,
    )


def _view(directory: Directory, view: str) -> str:
    wanted = view.strip()
    if wanted in {"author", "all"}:
        return wanted
    named = _NAMED.fullmatch(wanted)
    if named is None:
        raise ParameterError("view", f"one of {', '.join(VIEWS)}", repr(view))
    return f"{named[1]} {directory.entity(named[2], 'view').slug}"
