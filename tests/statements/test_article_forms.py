"""The article's encoding as committed: both forms agree, and every place fits the text."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from axiskg.authoring import Sheet, read_sheet
from axiskg.encode import Encoding, encode, read_vocabulary
from axiskg.settings import resources_dir
from axiskg.sources import Source, paragraphs, read_source, source_of_text, write_source
from axiskg.trig import read_statements, read_trig, trig_text
from axiskg.verification import coverage, silences_of, verify

DATA = resources_dir() / "data"
SLUG = "fp-2023-china-russia-axis"


@pytest.fixture(scope="module")
def source() -> Source:
    return read_source(DATA / "sources" / f"{SLUG}.ttl")


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return read_sheet(DATA / "statements" / f"{SLUG}.yaml")


@pytest.fixture(scope="module")
def encoding(sheet: Sheet, source: Source) -> Encoding:
    return encode(sheet, source, read_vocabulary(resources_dir() / "ontology"))


def test_both_forms_are_committed_and_do_not_differ(encoding: Encoding) -> None:
    written = (DATA / "triples" / f"{SLUG}.trig").read_text(encoding="utf-8")
    assert trig_text(encoding.quads) == written, "run `axiskg encode`"


def test_writing_what_was_read_changes_no_byte(source: Source, tmp_path: Path) -> None:
    path = DATA / "triples" / f"{SLUG}.trig"
    assert trig_text(read_trig(path)).encode() == path.read_bytes()
    write_source(source, tmp_path / f"{SLUG}.ttl")
    written = (tmp_path / f"{SLUG}.ttl").read_bytes()
    assert written == (DATA / "sources" / f"{SLUG}.ttl").read_bytes()


def test_statements_are_read_back_whole(encoding: Encoding, source: Source) -> None:
    path = DATA / "triples" / f"{SLUG}.trig"
    read = read_statements(path, {source.iri: source.creator_iris})
    assert read == encoding.statements


def test_every_sentence_is_covered(encoding: Encoding, source: Source) -> None:
    covered = coverage(source, encoding.statements, silences_of(encoding.quads, source))
    assert [f"p{c.paragraph}.{c.sentence.number}" for c in covered if not c.covered] == []
    demanded = {p.number for p in source.passages if p.demanded}
    assert demanded == {3, 9, *range(11, 20), *range(23, 33)}


def test_line_10_is_no_second_source(encoding: Encoding, source: Source) -> None:
    assert {p.number: p.repeats for p in source.passages if p.repeats} == {
        6: 5,
        10: 9,
        21: 20,
        22: 7,
    }
    ninth = [s for s in encoding.statements if s.paragraph == 9]
    assert ninth
    assert all(s.also_paragraphs == (10,) for s in ninth)
    assert not [s for s in encoding.statements if s.paragraph == 10]


def test_content_hashes_differ_and_ids_are_fixed(encoding: Encoding) -> None:
    assert max(Counter(s.iri for s in encoding.statements).values()) == 1


def test_the_article_fits_its_record(article_text: str, source: Source, encoding: Encoding) -> None:
    check = verify(article_text, source, encoding.statements)
    assert check.differences == ()


@pytest.mark.parametrize("number", [9, 14, 25, 30])
def test_one_changed_character_of_the_article_is_named(
    article_text: str, source: Source, number: int
) -> None:
    line = paragraphs(article_text)[number - 1]
    middle = len(line) // 2
    changed = line[:middle] + "#" + line[middle + 1 :]
    start = article_text.rindex(line)
    text = article_text[:start] + changed + article_text[start + len(line) :]
    first, *others = verify(text, source, ()).differences
    in_repeat = {9: 10}.get(number, number)
    assert (first.paragraph, first.position, others) == (in_repeat, middle, [])
    assert f"the text has '#', on record is {line[middle]!r}" in first.message


def test_the_splitter_finds_the_recorded_bounds(article_text: str, source: Source) -> None:
    again = source_of_text(
        article_text,
        slug=SLUG,
        title=source.title,
        creators=source.creators,
        publisher=source.publisher,
        issued=source.issued,
        last=len(source.passages),
        excluded={p.number: p.excluded for p in source.passages if p.excluded},
        rest_excluded=source.rest_excluded,
    )
    assert again == source


def test_no_sentence_of_the_article_is_in_the_project(article_text: str, source: Source) -> None:
    """No run of eight words of a body sentence stands in what is committed of the encoding."""
    lines = paragraphs(article_text)
    body = [lines[p.number - 1] for p in source.passages if p.demanded]
    runs = set()
    for line in body:
        words = line.split()
        runs |= {" ".join(words[i : i + 8]) for i in range(len(words) - 7)}
    for path in sorted(DATA.rglob("*")):
        if path.is_file() and path.suffix in {".yaml", ".trig", ".ttl"} and SLUG in path.name:
            flat = " ".join(path.read_text(encoding="utf-8").split())
            assert not [run for run in runs if run in flat], path
