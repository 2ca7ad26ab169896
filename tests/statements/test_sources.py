"""The record of a source: numbering, hashes, repeats, and its file."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.errors import DataError, NotFoundError, ParameterError, ParseError
from axiskg.sources import (
    Source,
    numbers,
    paragraphs,
    read_source,
    sha256,
    source_of_text,
    source_path,
    write_source,
)

text_lines = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=40),
    min_size=1,
    max_size=8,
)


def test_paragraphs_are_the_non_empty_lines_in_nfc() -> None:
    assert paragraphs("\ufeff cafe\u0301 \r\n\r\n\t\r\ntwo\n") == ("café", "two")


def test_hashes_are_of_the_nfc_in_utf_8() -> None:
    assert sha256("cafe\u0301") == hashlib.sha256("café".encode()).hexdigest()


def test_repeats_and_exclusions_are_not_demanded(small: Source) -> None:
    assert [p.number for p in small.passages if p.demanded] == [1, 4]
    assert small.passages[1].repeats == 1
    assert small.repeated_in(1) == (2,)
    assert small.passages[2].excluded == "caption"
    assert [len(p.sentences) for p in small.passages] == [2, 2, 1, 2]


def test_the_file_holds_no_word_of_the_text(small: Source, small_text: str, tmp_path: Path) -> None:
    write_source(small, tmp_path / "small.ttl")
    written = (tmp_path / "small.ttl").read_text(encoding="utf-8")
    for word in ("Norvia", "Kestria", "Photograph", "clear"):
        assert word in small_text
        assert word not in written


def test_reading_and_writing_change_no_byte(small_published: Source, tmp_path: Path) -> None:
    first, second = tmp_path / "small.ttl", tmp_path / "again" / "small.ttl"
    second.parent.mkdir()
    write_source(small_published, first)
    read = read_source(first)
    assert read == small_published
    write_source(read, second)
    assert second.read_bytes() == first.read_bytes()


@settings(max_examples=60, deadline=None)
@given(text_lines, st.text(min_size=1, max_size=20).filter(str.strip))
def test_every_text_and_title_makes_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], title: str
) -> None:
    text = "\n".join(lines)
    title = unicodedata.normalize("NFC", title)
    if not paragraphs(text):
        return
    source = source_of_text(text, slug="s", title=title, creators=["a", "b"], issued="2031")
    path = tmp_path_factory.mktemp("source") / "s.ttl"
    write_source(source, path)
    assert read_source(path) == source


def test_the_file_is_turtle_to_other_readers(small: Source, tmp_path: Path) -> None:
    path = tmp_path / "small.ttl"
    write_source(small, path)
    assert len(rdflib.Graph().parse(path)) == len(list(ox.parse(path=path)))


def test_bounds_corrected_by_hand_are_read(small: Source, tmp_path: Path) -> None:
    path = tmp_path / "small.ttl"
    write_source(small, path)
    path.write_text(path.read_text().replace("oa:end 21", "oa:end 20", 1))
    passage = read_source(path).passage(1)
    assert passage is not None
    assert passage.sentences[0].end == 20


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dcterms:issued", "dcterms:created", "lacks <http://purl.org/dc/terms/issued>"),
        ("oa:start 22", "oa:start 20", "begins at 20"),
        ("oa:end 43", "oa:end 90", "ends after the 43"),
        ("axis:length 43", 'axis:length "x"', "no integer"),
        (":p1 a", "[] a", "blank nodes are refused"),
        ("axis:Source ;", 'axis:Source ; dcterms:issued "2030" ;', "has 2 of"),
    ],
)
def test_a_broken_record_names_its_fault(
    small: Source, tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "small.ttl"
    write_source(small, path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DataError, match=message) as error:
        read_source(path)
    assert error.value.path == path


def test_a_file_that_is_no_turtle_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "s.ttl"
    path.write_text("@prefix a: <http://a/> .\na:b a:c .\n")
    with pytest.raises(ParseError, match=r"s\.ttl:2: not Turtle"):
        read_source(path)


def test_a_file_that_describes_another_source_is_refused(small: Source, tmp_path: Path) -> None:
    write_source(small, tmp_path / "other.ttl")
    with pytest.raises(DataError, match="the file is named after its source"):
        read_source(tmp_path / "other.ttl")


def test_an_unknown_slug_is_met_with_near_ones(small: Source, tmp_path: Path) -> None:
    write_source(small, tmp_path / "small.ttl")
    with pytest.raises(NotFoundError, match="did you mean small"):
        source_path(tmp_path, "smal")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"slug": "No Slug"}, "is no slug"),
        ({"excluded": {9: "x"}}, r"paragraphs \[9\] are excluded"),
        ({"last": 2}, "2 lines follow paragraph 2; say what they are"),
    ],
)
def test_a_wrong_record_is_refused(
    small_text: str, changes: dict[str, object], message: str
) -> None:
    arguments: dict[str, object] = {
        "slug": "s",
        "title": "S",
        "creators": ["a"],
        "issued": "2031",
    } | changes
    with pytest.raises(DataError, match=message):
        source_of_text(small_text, **arguments)  # type: ignore[arg-type]


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(DataError, match="has no paragraph"):
        source_of_text("\n \n", slug="s", title="S", creators=[], issued="2031")


def test_what_follows_the_last_paragraph_is_no_part(small_text: str) -> None:
    source = source_of_text(
        small_text,
        slug="s",
        title="S",
        creators=["a"],
        issued="2031",
        last=2,
        rest_excluded="advertisements",
    )
    assert len(source.passages) == 2
    assert source.rest_excluded == "advertisements"
    assert source.hash == sha256("\n".join(paragraphs(small_text)[:2]))
    assert replace(source, rest_excluded=None) != source


def test_ranges() -> None:
    assert numbers("3, 9,11-13") == (3, 9, 11, 12, 13)
    with pytest.raises(ParameterError, match="3,9,11-13"):
        numbers("three")
