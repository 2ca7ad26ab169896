"""The record of a source, made from its text: numbering, bounds and hashes of its sentences."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from axiskg.errors import DataError, ParameterError
from axiskg.namespaces import ENT, SRC
from axiskg.sentences import sentence_bounds

__all__ = [
    "Passage",
    "Sentence",
    "Source",
    "numbers",
    "paragraphs",
    "sha256",
    "source_of_text",
]

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def sha256(text: str) -> str:
    """The SHA-256 of the NFC of a text in UTF-8, as hexadecimal digits.

    >>> sha256("e\\u0301") == sha256("\\u00e9")
    True
    """
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


def paragraphs(text: str) -> tuple[str, ...]:
    """The non-empty lines of a text, stripped and in NFC; paragraph n stands at index n - 1.

    >>> paragraphs("One.\\n\\n  Two. \\n")
    ('One.', 'Two.')
    """
    normal = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    lines = (line.strip() for line in normal.replace("\r\n", "\n").split("\n"))
    return tuple(line for line in lines if line)


def numbers(ranges: str) -> tuple[int, ...]:
    """The paragraph numbers in a list of ranges. Raises `ParameterError`.

    >>> numbers("3,9,11-13")
    (3, 9, 11, 12, 13)
    """
    found: list[int] = []
    for part in filter(None, (part.strip() for part in ranges.split(","))):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if match is None:
            raise ParameterError("ranges", "numbers as 3,9,11-13", repr(ranges))
        found.extend(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its number in the paragraph from 1, its bounds there, and its hash."""

    number: int
    begin: int
    end: int
    hash: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph. `repeats` names the one that it repeats, `excluded` why it is left out."""

    number: int
    length: int
    hash: str
    sentences: tuple[Sentence, ...]
    repeats: int | None = None
    excluded: str | None = None

    @property
    def demanded(self) -> bool:
        """Whether coverage asks for a statement, or a reason why not, from each sentence."""
        return self.repeats is None and self.excluded is None

    def sentence(self, number: int) -> Sentence | None:
        """The sentence of that number, or None."""
        return self.sentences[number - 1] if 0 < number <= len(self.sentences) else None


@dataclass(frozen=True, slots=True)
class Source:
    """A source as far as the project may keep it.

    `issued` is EDTF; `creators` and `publisher` are entity slugs; `passages` are the paragraphs of
    the source's own text, in order from 1; `rest_excluded` says what the lines after them are;
    `hash` is that of the own text, paragraphs joined by a line feed.
    """

    slug: str
    title: str
    creators: tuple[str, ...]
    publisher: str | None
    issued: str
    language: str
    hash: str
    passages: tuple[Passage, ...]
    rest_excluded: str | None = None

    @property
    def iri(self) -> str:
        """The IRI of the source."""
        return SRC + self.slug

    @property
    def creator_iris(self) -> tuple[str, ...]:
        """The IRIs of the creators."""
        return tuple(ENT + slug for slug in self.creators)

    def passage(self, number: int) -> Passage | None:
        """The paragraph of that number, or None."""
        return self.passages[number - 1] if 0 < number <= len(self.passages) else None

    def repeated_in(self, number: int) -> tuple[int, ...]:
        """The paragraphs that repeat the one of that number."""
        return tuple(p.number for p in self.passages if p.repeats == number)


def source_of_text(
    text: str,
    *,
    slug: str,
    title: str,
    creators: Sequence[str],
    issued: str,
    publisher: str | None = None,
    language: str = "en",
    last: int | None = None,
    excluded: Mapping[int, str] | None = None,
    rest_excluded: str | None = None,
) -> Source:
    """The record of a text: numbered, split and hashed; equal paragraphs are marked as repeats.

    `last` is the number of the last paragraph that is the source's own. Raises `DataError`.
    """
    if not _SLUG.fullmatch(slug):
        raise DataError(f"{slug!r} is no slug; write lower-case words joined by hyphens")
    lines = paragraphs(text)
    own = lines[:last]
    if not own:
        raise DataError("the text has no paragraph; give a file with at least one non-empty line")
    reasons = dict(excluded or {})
    if strangers := sorted(set(reasons) - set(range(1, len(own) + 1))):
        raise DataError(f"paragraphs {strangers} are excluded, but the text has {len(own)}")
    if last is not None and last < len(lines) and rest_excluded is None:
        raise DataError(f"{len(lines) - last} lines follow paragraph {last}; say what they are")
    first_of: dict[str, int] = {}
    passages = []
    for number, line in enumerate(own, start=1):
        earlier = first_of.setdefault(line, number)
        passages.append(
            Passage(
                number=number,
                length=len(line),
                hash=sha256(line),
                sentences=_sentences(line),
                repeats=earlier if earlier != number else None,
                excluded=reasons.get(number),
            )
        )
    return Source(
        slug=slug,
        title=title,
        creators=tuple(creators),
        publisher=publisher,
        issued=issued,
        language=language,
        hash=sha256("\n".join(own)),
        passages=tuple(passages),
        rest_excluded=rest_excluded if len(lines) > len(own) else None,
    )


def _sentences(line: str) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(number, begin, end, sha256(line[begin:end]))
        for number, (begin, end) in enumerate(sentence_bounds(line), start=1)
    )
