"""Whether a text is the one that was encoded, and whether every locator still fits it.

The project keeps no text, only bounds and hashes; where a single code point was added, lost or
changed, its place is found by trying which edit gives the hash on record.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from axiskg.authoring.anchors import parse_place
from axiskg.sources import Passage, Sentence, Source, paragraphs, sha256
from axiskg.statements import Statement

__all__ = ["Difference", "Verification", "closest_source", "verify"]

_COMMON: Final = string.printable[:95] + "“”‘’–—…é\u00a0"
_MAX_SEARCHED: Final = 2_000
"""Paragraphs longer than this are not searched for a single edit, code points."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not fit. `position` counts code points of the paragraph, when known."""

    message: str
    cure: str
    paragraph: int | None = None
    sentence: int | None = None
    position: int | None = None
    statement: str | None = None
    expected_hash: str | None = None
    got_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was compared, and what did not fit, in the order of the text."""

    source: str
    paragraphs: int
    sentences: int
    statements: int
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether everything fits."""
        return not self.differences


def closest_source(text: str, sources: Iterable[Source]) -> Source | None:
    """The source with most paragraphs in the text; None when none has a single one there."""
    found = {sha256(line) for line in paragraphs(text)}
    scored = [(sum(p.hash in found for p in source.passages), source) for source in sources]
    best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] else None


def verify(text: str, source: Source, statements: Sequence[Statement]) -> Verification:
    """Compare a text with the record of a source, and the statements' locators with that record."""
    lines = paragraphs(text)
    differences = [
        *_text_differences(lines, source),
        *(d for statement in statements for d in _locator_differences(statement, source)),
    ]
    if not differences and sha256("\n".join(lines[: len(source.passages)])) != source.hash:
        differences.append(
            Difference(
                "every paragraph fits, but the hash of the whole does not",
                f"axis:textHash in data/sources/{source.slug}.ttl was altered; restore it",
            )
        )
    return Verification(
        source=source.slug,
        paragraphs=len(source.passages),
        sentences=sum(len(p.sentences) for p in source.passages),
        statements=len(statements),
        differences=tuple(differences),
    )


def _text_differences(lines: Sequence[str], source: Source) -> Iterator[Difference]:
    own = {passage.number: passage.hash for passage in source.passages}
    hashes = {number: sha256(line) for number, line in enumerate(lines, start=1)}
    misplaced = {got: number for number, got in hashes.items() if own.get(number) != got}
    for passage in source.passages:
        line = lines[passage.number - 1] if passage.number <= len(lines) else None
        if line is not None and hashes[passage.number] == passage.hash:
            yield from _sentence_differences(line, passage, source)
            continue
        elsewhere = misplaced.get(passage.hash)
        if elsewhere is not None or line is None:
            where = f"is paragraph {elsewhere} of the text" if elsewhere else "is missing"
            yield Difference(
                f"paragraph {passage.number} of the source {where}",
                "a non-empty line was added or lost; restore the text",
                paragraph=passage.number,
                expected_hash=passage.hash,
                got_hash=hashes.get(passage.number),
            )
            return
        yield _changed(line, passage)


def _sentence_differences(line: str, passage: Passage, source: Source) -> Iterator[Difference]:
    for sentence in passage.sentences:
        got = sha256(line[sentence.begin : sentence.end])
        if got != sentence.hash:
            yield Difference(
                f"paragraph {passage.number}, sentence {sentence.number}: the paragraph fits,"
                f" but code points {sentence.begin}-{sentence.end} are not the sentence on record",
                f"correct its bounds or its hash in data/sources/{source.slug}.ttl",
                paragraph=passage.number,
                sentence=sentence.number,
                position=sentence.begin,
                expected_hash=sentence.hash,
                got_hash=got,
            )


def _changed(line: str, passage: Passage) -> Difference:
    """The difference of a paragraph whose hash is not the one on record."""
    edit = _single_edit(line, passage)
    position: int | None = None
    if edit is not None:
        position, what = edit
        sentence = _sentence_at(passage, position)
        where = f", sentence {sentence.number}" if sentence else ""
        message = f"paragraph {passage.number}{where}, position {position}: {what}"
    else:
        sentence = next(
            (s for s in passage.sentences if sha256(line[s.begin : s.end]) != s.hash), None
        )
        where = ""
        if sentence is not None:
            position = sentence.begin
            where = f", sentence {sentence.number}, from position {position}"
        message = (
            f"paragraph {passage.number}{where}: the text is another"
            f" ({len(line)} code points, {passage.length} on record)"
        )
    expected, got = passage.hash, sha256(line)
    if sentence is not None:
        in_sentence = sha256(line[sentence.begin : sentence.end])
        if in_sentence != sentence.hash:
            expected, got = sentence.hash, in_sentence
    return Difference(
        message,
        "restore the text, or, if it was meant to change, record the source anew and anchor"
        " its statements again",
        paragraph=passage.number,
        sentence=sentence.number if sentence else None,
        position=position,
        expected_hash=expected,
        got_hash=got,
    )


def _sentence_at(passage: Passage, position: int) -> Sentence | None:
    """The sentence around a position, or the last one before it."""
    before = [s for s in passage.sentences if s.begin <= position]
    return before[-1] if before else None


def _single_edit(line: str, passage: Passage) -> tuple[int, str] | None:
    """The position of the one code point by which a paragraph differs from its hash, and how."""
    surplus = len(line) - passage.length
    if abs(surplus) > 1 or len(line) > _MAX_SEARCHED:
        return None
    alphabet = sorted(set(line) | set(_COMMON))
    if surplus == 1:
        for at in range(len(line)):
            if sha256(line[:at] + line[at + 1 :]) == passage.hash:
                return at, f"the text has {line[at]!r}, which is not on record"
        return None
    for at in range(len(line) + (surplus == -1)):
        before, after = line[:at], line[at + (surplus == 0) :]
        for character in alphabet:
            if sha256(before + character + after) == passage.hash:
                if surplus:
                    return at, f"the text lacks {character!r}"
                return at, f"the text has {line[at]!r}, on record is {character!r}"
    return None


def _locator_differences(statement: Statement, source: Source) -> Iterator[Difference]:
    def fault(message: str, sentence: Sentence | None = None) -> Difference:
        return Difference(
            f"{statement.name}: {message}",
            f"run `axiskg encode {source.slug}`",
            paragraph=statement.paragraph,
            sentence=statement.sentence,
            position=statement.span[0],
            statement=statement.iri,
            expected_hash=sentence.hash if sentence else None,
            got_hash=statement.sentence_hash if sentence else None,
        )

    passage = source.passage(statement.paragraph)
    sentence = passage.sentence(statement.sentence) if passage else None
    if passage is None or sentence is None:
        yield fault(f"there is no sentence {statement.sentence} in paragraph {statement.paragraph}")
        return
    if statement.sentence_hash != sentence.hash:
        yield fault("its sentence hash is not that of its sentence", sentence)
    places = [(statement.sentence, *statement.span)]
    for text in statement.also_spans:
        place = parse_place(text)
        if place is None:
            yield fault(f"axis:alsoSpan {text!r} is no place")
        else:
            places.append((place.sentence, place.begin, place.end))
    for number, begin, end in places:
        other = passage.sentence(number)
        if other is None or not other.begin <= begin < end <= other.end:
            yield fault(f"its place {begin}-{end} is not within sentence {number}")
    if statement.also_paragraphs != source.repeated_in(statement.paragraph):
        yield fault("axis:alsoInParagraph does not name the paragraphs that repeat its own")
