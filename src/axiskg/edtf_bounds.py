"""The four date bounds of a time written in EDTF (ISO 8601-2, levels 0 to 2 as `edtf` reads them).

A time without a slash is when something happened, known to that precision: begin and end lie
within it. `A/B` begins within A and ends within B; `A/..` and `A/` begin within A, and no end is
known. Two forms differ in what stands before the slash: `../B` ends within B with no known start,
while `/B` is the project's "already by B" (handbook, P7): it began no later than B, and nothing is
said about an end. `[A..]` is "since A": it began no earlier than A, and no more is said. A mark of
doubt (`~`, `?`, `%`) widens a time by its own length on either side (the library's
padding is not used: edtf 5.0.2 widens an approximate month by thirteen).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from time import struct_time

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

from axiskg.errors import ParseError

__all__ = ["Bounds", "bounds"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """When something began and ended, at the earliest and at the latest; None when unknown."""

    earliest_begin: date | None = None
    latest_begin: date | None = None
    earliest_end: date | None = None
    latest_end: date | None = None


@lru_cache(maxsize=4096)
def bounds(text: str) -> Bounds:
    """The bounds of an EDTF time. Raises `ParseError`.

    >>> bounds("2023-07").latest_begin
    datetime.date(2023, 7, 31)
    >>> bounds("/2012")
    Bounds(earliest_begin=None, latest_begin=datetime.date(2012, 12, 31), earliest_end=None, \
latest_end=None)
    >>> bounds("[1989..]").earliest_begin
    datetime.date(1989, 1, 1)
    """
    first, slash, second = text.partition("/")
    if first.startswith("[") and first.endswith("..]") and not slash:
        return Bounds(earliest_begin=_within(first[1:-3], text)[0])
    if not slash:
        lower, upper = _within(text, text)
        return Bounds(lower, upper, lower, upper)
    if first in {"", ".."} and second in {"", ".."}:
        raise _unreadable(text, "it says nothing")
    if first == "":
        return Bounds(latest_begin=_within(second, text)[1])
    begin = (None, None) if first == ".." else _within(first, text)
    end = (None, None) if second in {"", ".."} else _within(second, text)
    if begin[0] and end[1] and end[1] < begin[0]:
        raise _unreadable(text, "it ends before it begins")
    return Bounds(*begin, *end)


def _within(text: str, whole: str) -> tuple[date, date]:
    try:
        time = parse_edtf(text)
        lower, upper = _date(time.lower_strict()), _date(time.upper_strict())
        if text[-1:] in set("~?%"):
            length = upper - lower + timedelta(days=1)
            lower, upper = lower - length, upper + length
    except (EDTFParseException, AttributeError, TypeError, ValueError, OverflowError) as error:
        raise _unreadable(whole, "it is no EDTF that the `edtf` library reads") from error
    if upper < lower:
        raise _unreadable(whole, "it ends before it begins")
    return lower, upper


def _date(time: struct_time) -> date:
    last = calendar.monthrange(time.tm_year, time.tm_mon)[1]
    return date(time.tm_year, time.tm_mon, min(time.tm_mday, last))


def _unreadable(text: str, why: str) -> ParseError:
    return ParseError(
        f"time {text!r}: {why}; write a day, month, season or year (2023-07-16, 2023-07, 2023-23,"
        " 2023), an interval (2014/2019, 2023-07/..), /2012 for 'already by 2012', or"
        " [1989..] for 'since 1989'"
    )
