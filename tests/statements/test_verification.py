"""A text beside its record: verification to the code point, and coverage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.authoring import read_sheet
from axiskg.encode import Encoding, Vocabulary, encode
from axiskg.sources import Source, source_of_text
from axiskg.verification import closest_source, coverage, silences_of, verify

TEXT = "One ship came. Two ships left.\nNobody saw the third.\nThe end."


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of_text(TEXT, slug="s", title="S", creators=["a"], issued="2031")


@pytest.fixture(scope="module")
def encoding(small_published: Source, vocabulary: Vocabulary) -> Encoding:
    sheet = read_sheet(Path(__file__).parent / "valid" / "every-field.yaml")
    return encode(sheet, small_published, vocabulary)


def test_the_text_itself_fits(source: Source) -> None:
    check = verify(TEXT, source, ())
    assert check.holds
    assert (check.paragraphs, check.sentences, check.statements) == (3, 4, 0)


def test_layout_makes_no_difference(source: Source) -> None:
    assert verify("\ufeff" + TEXT.replace("\n", " \r\n\r\n\t"), source, ()).holds


@pytest.mark.parametrize(
    ("old", "new", "paragraph", "sentence", "position", "message"),
    [
        ("Two", "Twa", 1, 2, 17, "the text has 'a', on record is 'o'"),
        ("came", "cme", 1, 1, 10, "the text lacks 'a'"),
        ("third", "thhird", 2, 1, 16, "the text has 'h', which is not on record"),
        ("came. T", "came.  T", 1, 1, 14, "the text has ' ', which is not on record"),
        ("The end.", "The end", 3, 1, 7, "the text lacks '.'"),
    ],
)
def test_one_changed_character_is_named(
    source: Source,
    old: str,
    new: str,
    paragraph: int,
    sentence: int,
    position: int,
    message: str,
) -> None:
    (first,) = verify(TEXT.replace(old, new, 1), source, ()).differences
    assert (first.paragraph, first.sentence, first.position) == (paragraph, sentence, position)
    assert message in first.message
    assert first.expected_hash != first.got_hash
    assert "restore the text" in first.cure


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_character_is_found(source: Source, data: st.DataObject) -> None:
    lines = TEXT.split("\n")
    number = data.draw(st.integers(0, 2))
    line = lines[number]
    at = data.draw(st.integers(1, len(line) - 2))
    character = data.draw(st.sampled_from("xyzXYZ9é—").filter(lambda c: c != line[at]))
    lines[number] = line[:at] + character + line[at + 1 :]
    (first,) = verify("\n".join(lines), source, ()).differences
    assert (first.paragraph, first.position) == (number + 1, at)
    assert f"the text has {character!r}, on record is {line[at]!r}" in first.message


def test_a_larger_change_is_named_by_its_sentence(source: Source) -> None:
    (first,) = verify(TEXT.replace("Two ships", "Nine boats"), source, ()).differences
    assert "paragraph 1, sentence 2, from position 15: the text is another" in first.message


def test_an_added_line_is_named_as_such(source: Source) -> None:
    (first,) = verify("New.\n" + TEXT, source, ()).differences
    assert first.message == "paragraph 1 of the source is paragraph 2 of the text"
    assert "added or lost" in first.cure


def test_a_lost_line_is_named_as_such(source: Source) -> None:
    differences = verify(TEXT.replace("\nThe end.", ""), source, ()).differences
    assert [d.message for d in differences] == ["paragraph 3 of the source is missing"]


def test_lines_after_the_own_text_make_no_difference(source: Source) -> None:
    assert verify(TEXT + "\nAdvertisement.", source, ()).holds


def test_a_record_altered_by_hand_is_named(source: Source) -> None:
    first = source.passages[0]
    moved = replace(first, sentences=(replace(first.sentences[0], end=13), first.sentences[1]))
    altered = replace(source, passages=(moved, *source.passages[1:]))
    (found,) = verify(TEXT, altered, ()).differences
    assert "are not the sentence on record" in found.message
    assert "data/sources/s.ttl" in found.cure
    (found,) = verify(TEXT, replace(source, hash="0" * 64), ()).differences
    assert "the hash of the whole does not" in found.message


def test_statements_fit(encoding: Encoding, small_text: str) -> None:
    assert verify(small_text, encoding.source, encoding.statements).holds


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sentence_hash": "0" * 64}, "its sentence hash is not that of its sentence"),
        ({"span": (0, 30)}, "its place 0-30 is not within sentence 1"),
        ({"sentence": 2}, "its sentence hash is not that of its sentence"),
        ({"sentence": 7}, "there is no sentence 7 in paragraph 1"),
        ({"paragraph": 70}, "there is no sentence 1 in paragraph 70"),
        ({"also_spans": ("2:0-3",)}, "its place 0-3 is not within sentence 2"),
        ({"also_spans": ("elsewhere",)}, "'elsewhere' is no place"),
        ({"also_paragraphs": ()}, "does not name the paragraphs that repeat its own"),
    ],
)
def test_a_locator_that_does_not_fit_is_named(
    encoding: Encoding, small_text: str, changes: dict[str, object], message: str
) -> None:
    statement = replace(encoding.statements[0], **changes)  # type: ignore[arg-type]
    found = verify(small_text, encoding.source, [statement]).differences
    assert message in found[0].message
    assert found[0].statement == statement.iri
    assert "axiskg encode small" in found[0].cure


def test_every_sentence_is_covered_or_says_why_not(encoding: Encoding) -> None:
    covered = coverage(
        encoding.source, encoding.statements, silences_of(encoding.quads, encoding.source)
    )
    found = {
        f"p{c.paragraph}.{c.sentence.number}": " ".join(s.name for s in c.statements) or c.why
        for c in covered
    }
    assert found == {
        "p1.1": "p1.a p1.d p1.aa",
        "p1.2": "p1.a p1.b p1.c",
        "p2.1": "repeats paragraph 1",
        "p2.2": "repeats paragraph 1",
        "p3.1": "caption",
        "p4.1": "p4.a p4.b p4.c p4.d p4.e",
        "p4.2": "says only that nothing is known",
    }
    assert all(c.covered for c in covered)


def test_a_sentence_without_either_is_uncovered(encoding: Encoding) -> None:
    covered = coverage(encoding.source, encoding.statements[:1], {})
    assert [f"p{c.paragraph}.{c.sentence.number}" for c in covered if not c.covered] == [
        "p4.1",
        "p4.2",
    ]
    whole = coverage(encoding.source, (), {"p1": "why", "p4": "why"})
    assert all(c.covered for c in whole)


def test_the_closest_source_is_found(source: Source, small: Source, small_text: str) -> None:
    assert closest_source(TEXT.replace("third", "fourth"), [small, source]) is source
    assert closest_source(small_text, [source, small]) is small
    assert closest_source("Something else.", [source, small]) is None
