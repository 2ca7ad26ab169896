"""The names of entities: their file, their keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.linking.conftest import ROOT

from axiskg.errors import ParseError
from axiskg.linking import keys
from axiskg.linking.names import read_ambiguous, read_names
from axiskg.linking.sssom import read_links

NAMES = ROOT / "data" / "names"


def test_names_are_of_entities_with_a_row_among_the_links() -> None:
    slugs = {link.slug for link in read_links(ROOT / "data" / "links" / "wikidata.sssom.tsv")}
    names = read_names(NAMES / "names.tsv")
    assert {name.entity for name in names} <= slugs
    assert {"official", "alias", "acronym", "demonym", "adjective", "combining", "metonym"} <= {
        name.type for name in names
    }


def test_every_metonym_has_a_context() -> None:
    metonyms = {
        (name.name, name.entity): name
        for name in read_names(NAMES / "names.tsv")
        if name.type == "metonym"
    }
    assert metonyms["Beijing", "china"].context == "government"
    assert metonyms["the Kremlin", "russia"].stands_for == "Q1140115"
    assert metonyms["Washington", "united-states"].stands_for == "Q48525"


def test_ambiguous_names_offer_items() -> None:
    assert {row.name for row in read_ambiguous(NAMES / "ambiguous.tsv")} >= {
        "Georgia", "Washington", "Congo", "Korea", "CSIS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("china\tPeking\tmetonim\ten\tplace\t\t", "did you mean metonym"),
        ("china\tPeking\tmetonym\ten\t\t\t", "needs a context"),
        ("china\tPeking\tmetonym\ten\tgovernmant\t\t", "did you mean government"),
        ("china\tPeking\talias\ten", "one cell for each"),
        ("china\t \talias\ten\t\t\t", "empty"),
    ],
)
def test_bad_rows_are_refused_with_their_line(row: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    head = (NAMES / "names.tsv").read_text("utf-8").splitlines()[0]
    path.write_text(f"{head}\n{row}\n", "utf-8")
    with pytest.raises(ParseError, match=says) as error:
        read_names(path)
    assert error.value.line == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Côte d’Ivoire", "Cote d'Ivoire"),
        ("The U. S. A.", "USA"),
        ("U.S.", "US"),
        ("Türkiye", "turkiye"),
        ("Łódź", "Lodz"),
        ("Guinea–Bissau", "Guinea-Bissau"),
    ],
)
def test_keys_unite_spellings(one: str, other: str) -> None:
    assert keys.key(one) == keys.key(other)


def test_keys_keep_what_tells_names_apart() -> None:
    assert keys.key("UTC+3") != keys.key("UTC-3")
    assert keys.key("Niger") != keys.key("Nigeria")
    assert keys.core("Kingdom of Poland")[1] & keys.LOUD
    assert not keys.core("Federal Republic of Poland")[1] & keys.LOUD
