"""Codes of states: the table of Olympic codes, and which codes are taken for codes."""

from __future__ import annotations

import csv

import pytest
from rigour.territories import get_territory
from tests.linking.conftest import reference

from axiskg.linking.codes import olympic, state_code
from axiskg.linking.territories import listed


def test_each_olympic_code_is_of_a_state_and_not_its_iso_code() -> None:
    assert len(olympic()) > 80
    for code, iso in olympic().items():
        found = get_territory(iso)
        assert found is not None
        assert (found.alpha3 or "").upper() != code
        assert len(code) == 3
        assert code.isupper()


def test_olympic_codes_agree_with_the_register() -> None:
    path = reference("data", "crosswalk", "country-codes.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        known = {row["IOC"]: row["ISO3166-1-Alpha-2"].lower() for row in csv.DictReader(lines)}
    differing = {code: iso for code, iso in olympic().items() if known.get(code) != iso}
    assert differing == {"KOS": "xk"}, "the register has no row for Kosovo"


@pytest.mark.parametrize(
    ("name", "code"),
    [("DEU", "de"), ("GER", "de"), ("deu", "de"), ("de", "de"), ("DE", None), ("De", None),
     ("ger", None), ("IRI", "ir"), ("BRN", None), ("the", None), ("and", None), ("ÄGY", None),
     ("SU", None), ("su", None), ("SUN", None), ("eu", None), ("TX", None), ("", None)],
)  # fmt: skip
def test_codes_of_states(name: str, code: str | None) -> None:
    assert state_code(name) == code


def test_a_listed_code_has_its_item() -> None:
    found = listed("ch")
    assert found is not None
    assert (found.qid, found.kind) == ("Q39", "state")
    assert listed("qq") is None
