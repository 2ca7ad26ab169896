"""Typed anchors become positions, or are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.authoring.anchors import (
    Place,
    anchored_text,
    find_anchor,
    find_in_paragraph,
    parse_place,
)
from axiskg.errors import DataError, ParseError
from axiskg.sources import Source

SENTENCE = "It’s a “new era” of ties, said Xi—and ties endure toward the end."


@pytest.mark.parametrize(
    ("anchor", "found"),
    [
        ("new era", "new era"),
        ('a "new era"', "a “new era”"),
        ("It's ... Xi", "It’s a “new era” of ties, said Xi"),
        ("It's … Xi", "It’s a “new era” of ties, said Xi"),
        ("said Xi-and", "said Xi—and"),
        ("and ... endure", "and ties endure"),
        ("* ", SENTENCE),
        ("to... end", None),
        ("toward ... end.", "toward the end."),
    ],
)
def test_anchors(anchor: str, found: str | None) -> None:
    if found is None:
        with pytest.raises(DataError, match="'to' is not in the sentence"):
            find_anchor(SENTENCE, anchor)
        return
    begin, end = find_anchor(SENTENCE, anchor)
    assert SENTENCE[begin:end] == found


@pytest.mark.parametrize(
    ("anchor", "message"),
    [
        ("ties", "fits 2 places"),
        ("It’s ... ties", "fits 2 places"),
        ("old era", "is not in the sentence"),
        ("endure ... Xi", "does not come after"),
        ("Xi ...", "on both sides"),
        ("... Xi", "on both sides"),
        ("tie", "is not in the sentence"),
    ],
)
def test_missing_and_ambiguous_anchors_are_refused(anchor: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        find_anchor(SENTENCE, anchor)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab .", min_size=1, max_size=30), st.data())
def test_an_anchor_found_begins_and_ends_with_its_words(text: str, data: st.DataObject) -> None:
    first = data.draw(st.sampled_from(text.split(" ")))
    try:
        begin, end = find_anchor(text, first)
    except DataError:
        return
    assert text[begin:end] == first.strip()


def test_places_are_written_and_read() -> None:
    assert parse_place(str(Place(2, 9, 26))) == Place(2, 9, 26)
    assert parse_place("2: nine ... ten") is None


def test_a_paragraph_is_searched_sentence_by_sentence(small: Source, small_text: str) -> None:
    assert find_in_paragraph(small_text, small, 1, "Norvia ... Kestria") == [Place(1, 0, 20)]
    assert find_in_paragraph(small_text, small, 1, "backs") == [Place(1, 7, 12), Place(2, 8, 13)]
    with pytest.raises(DataError, match="in no sentence of paragraph 1"):
        find_in_paragraph(small_text, small, 1, "ship")
    with pytest.raises(DataError, match="has no paragraph 9"):
        find_in_paragraph(small_text, small, 9, "ship")


SHEET = """# keep "1: Norvia"
source: small   # and this
statements:
  p1:
  - {id: a,   at: "1: Norvia ... Kestria", also: ["2:0-7", '2: backs'], say: x}
  - {id: b, at: "2:0-7", say: "1: Norvia"}
  - id: c
    at: 1: *
"""


def test_only_anchors_change(small: Source, small_text: str) -> None:
    sheet = SHEET.replace("at: 1: *", 'at: "1: *"')
    text, count = anchored_text(Path("s.yaml"), sheet, small_text, small)
    assert count == 3
    assert text == sheet.replace('"1: Norvia ... Kestria"', '"1:0-20"').replace(
        "'2: backs'", '"2:8-13"'
    ).replace('"1: *"', '"1:0-21"')
    assert anchored_text(Path("s.yaml"), text, small_text, small) == (text, 0)


def test_all_refused_anchors_are_named_with_their_lines(small: Source, small_text: str) -> None:
    sheet = SHEET.replace("at: 1: *", 'at: "3: *"').replace("2: backs", "2: nothing")
    with pytest.raises(DataError) as error:
        anchored_text(Path("s.yaml"), sheet, small_text, small)
    assert str(error.value).splitlines() == [
        "s.yaml:5: p1: anchor 'nothing': 'nothing' is not in the sentence",
        "s.yaml:8: p1: has 2 sentences, and no sentence 3",
    ]


def test_what_is_no_anchor_is_refused(small: Source, small_text: str) -> None:
    sheet = SHEET.replace("at: 1: *", "at: Norvia")
    with pytest.raises(DataError, match=r"s\.yaml:8: p1: 'Norvia' is no place"):
        anchored_text(Path("s.yaml"), sheet, small_text, small)


def test_what_is_no_yaml_is_refused(small: Source, small_text: str) -> None:
    with pytest.raises(ParseError, match=r"s\.yaml:8: not YAML"):
        anchored_text(Path("s.yaml"), SHEET, small_text, small)
