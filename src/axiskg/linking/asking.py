"""What a person or program asks of the linker, checked before it is asked."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from axiskg.errors import ParameterError
from axiskg.linking.context import Context
from axiskg.linking.kinds import GROUPS, KINDS, kinds_for

__all__ = ["context_of", "types_of"]


def types_of(names: Sequence[str]) -> tuple[str, ...]:
    """The types, each one that the linker knows. Raises `ParameterError` for another.

    >>> types_of(["state", "axis:State", "Q6256"])
    ('state', 'axis:State', 'Q6256')
    """
    known = (*KINDS, *GROUPS)
    for name in names:
        kinds, classes = kinds_for([name])
        if not classes and not kinds <= set(KINDS):
            expected = (
                f"a Wikidata class such as Q6256, or one of {', '.join(dict.fromkeys(known))}"
            )
            raise ParameterError("type", expected, repr(name))
    return tuple(names)


def context_of(text: str, entities: Sequence[str], date: str, topic: str) -> Context:
    """The context. Raises `ParameterError` for a date or topic that would tell nothing."""
    if date and not _is_date(date):
        raise ParameterError("date", "YYYY, YYYY-MM or YYYY-MM-DD", repr(date))
    return Context(text, tuple(entities), date, topic)


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        return False
    try:
        datetime.date.fromisoformat(f"{text}-01-01"[:10] if len(text) < 10 else text)
    except ValueError:
        return False
    return True
