"""The four bounds of EDTF times."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.edtf_bounds import Bounds, bounds
from axiskg.errors import ParseError


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-07-16", ("2023-07-16", "2023-07-16", "2023-07-16", "2023-07-16")),
        ("2023-07", ("2023-07-01", "2023-07-31", "2023-07-01", "2023-07-31")),
        ("2023", ("2023-01-01", "2023-12-31", "2023-01-01", "2023-12-31")),
        ("2023-23", ("2023-09-01", "2023-11-30", "2023-09-01", "2023-11-30")),
        ("199X", ("1990-01-01", "1999-12-31", "1990-01-01", "1999-12-31")),
        ("2019~", ("2018-01-01", "2020-12-30", "2018-01-01", "2020-12-30")),
        ("2023-08~", ("2023-07-01", "2023-10-01", "2023-07-01", "2023-10-01")),
        ("[2023-08-21..2023-08-31]", ("2023-08-21", "2023-08-31", "2023-08-21", "2023-08-31")),
        ("2014/2019", ("2014-01-01", "2014-12-31", "2019-01-01", "2019-12-31")),
        ("199X/200X", ("1990-01-01", "1999-12-31", "2000-01-01", "2009-12-31")),
        ("2012/..", ("2012-01-01", "2012-12-31", None, None)),
        ("2012/", ("2012-01-01", "2012-12-31", None, None)),
        ("../2012", (None, None, "2012-01-01", "2012-12-31")),
        ("/2012", (None, "2012-12-31", None, None)),
        ("[2022-02..]", ("2022-02-01", None, None, None)),
    ],
)
def test_bounds(text: str, expected: tuple[str | None, ...]) -> None:
    assert bounds(text) == Bounds(*map(day, expected))


@pytest.mark.parametrize(
    "text", ["", "July 2023", "2023-02-30", "2023-13", "/", "../..", "2013/2012"]
)
def test_what_is_no_time_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(ParseError, match="write a day, month, season or year"):
        bounds(text)


def test_already_by_bounds_the_start_and_ends_nothing() -> None:
    assert bounds("/2012") != bounds("../2012")
    assert bounds("/2012").latest_end is None


@settings(max_examples=60, deadline=None)
@given(st.dates(min_value=date(1000, 1, 1)), st.dates(min_value=date(1000, 1, 1)))
def test_an_interval_of_days_is_its_days(first: date, second: date) -> None:
    begin, end = sorted((first, second))
    assert bounds(f"{begin}/{end}") == Bounds(begin, begin, end, end)


@settings(max_examples=60, deadline=None)
@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9998, 12, 31)))
def test_doubt_widens_by_its_own_length(when: date) -> None:
    one = timedelta(days=1)
    assert bounds(f"{when}~") == Bounds(when - one, when + one, when - one, when + one)
