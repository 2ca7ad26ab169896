"""Positions in place of the first and last words of a place in the text.

A typed anchor is `2: first words ... last words`, `2: all the words`, or `2: *` for the whole
sentence. It is refused when it is missing from the sentence or could be read in two ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from axiskg.errors import DataError, ParseError
from axiskg.sources import Source, paragraphs

__all__ = ["Place", "anchored_text", "find_anchor", "find_in_paragraph", "parse_place"]

_PLACE: Final = re.compile(r"(\d+):(\d+)-(\d+)")
_ANCHOR: Final = re.compile(r"(\d+):\s*(\S.*)", re.DOTALL)
_TYPED: Final = str.maketrans("“”„‘’‚–—‐‑\u00a0\u202f", "\"\"\"'''----  ")
"""What people type for what printers set; one code point for one, so positions stay."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Half-open bounds in code points of a sentence, whose number counts from 1."""

    sentence: int
    begin: int
    end: int

    def __str__(self) -> str:
        return f"{self.sentence}:{self.begin}-{self.end}"


def parse_place(text: str) -> Place | None:
    """The place that `"2:9-26"` writes, or None for anything else.

    >>> parse_place("2:9-26")
    Place(sentence=2, begin=9, end=26)
    """
    match = _PLACE.fullmatch(text)
    return Place(*map(int, match.groups())) if match else None


def find_anchor(sentence: str, anchor: str) -> tuple[int, int]:
    """The bounds of an anchor in a sentence. Raises `DataError` when there is none, or a choice.

    >>> find_anchor("The ship left, and the crew left too.", "the crew ... too")
    (19, 36)
    """
    text, wanted = sentence.translate(_TYPED), anchor.strip().translate(_TYPED)
    if wanted == "*":
        return 0, len(sentence)
    first, dots, last = (part.strip() for part in wanted.replace("…", "...").partition("..."))
    if not first or (dots and not last):
        raise DataError(f'anchor {anchor!r}: write words on both sides of "..."')
    starts = _occurrences(text, first)
    if not starts:
        raise DataError(f"anchor {anchor!r}: {first!r} is not in the sentence")
    if not dots:
        found = [(start, start + len(first)) for start in starts]
    else:
        ends = [end + len(last) for end in _occurrences(text, last)]
        found = [(s, e) for s in starts for e in ends if s + len(first) <= e - len(last)]
    if not found:
        raise DataError(f"anchor {anchor!r}: {last!r} does not come after {first!r}")
    if len(found) > 1:
        places = ", ".join(f"{begin}-{end}" for begin, end in found)
        raise DataError(f"anchor {anchor!r} fits {len(found)} places ({places}); type more words")
    return found[0]


def _occurrences(text: str, words: str) -> list[int]:
    """Where the words begin, whole words only; overlapping ones count."""
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    pattern = re.compile(f"(?={before}{re.escape(words)}{after})")
    return [match.start() for match in pattern.finditer(text)]


def find_in_paragraph(text: str, source: Source, number: int, anchor: str) -> list[Place]:
    """Every sentence of a paragraph in which an anchor has exactly one place.

    Raises `DataError` when no sentence has it, or one has it twice.
    """
    line = _line(text, source, number)
    passage = source.passage(number)
    assert passage is not None
    found, ambiguous = [], None
    for sentence in passage.sentences:
        try:
            begin, end = find_anchor(line[sentence.begin : sentence.end], anchor)
        except DataError as error:
            ambiguous = error if "fits" in str(error) else ambiguous
        else:
            found.append(Place(sentence.number, begin, end))
    if ambiguous is not None:
        raise ambiguous
    if not found:
        raise DataError(f"anchor {anchor!r} is in no sentence of paragraph {number}")
    return found


def _line(text: str, source: Source, number: int) -> str:
    lines = paragraphs(text)
    if source.passage(number) is None or number > len(lines):
        raise DataError(f"{source.slug} has no paragraph {number}")
    return lines[number - 1]


def anchored_text(path: Path, content: str, text: str, source: Source) -> tuple[str, int]:
    """The content of a sheet with each typed anchor replaced by numbers, and how many there were.

    Nothing else of the file changes. Raises one `DataError` that lists every anchor refused.
    """
    try:
        root = yaml.compose(content, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ParseError(f"not YAML: {error.problem}", path=path, line=line) from error
    edits: list[tuple[int, int, str]] = []
    problems: list[tuple[int, str]] = []
    for number, node in _places(root):
        if parse_place(node.value) is not None:
            continue
        try:
            place = _resolve(text, source, number, node.value)
        except DataError as error:
            problems.append((node.start_mark.line + 1, f"p{number}: {error}"))
        else:
            edits.append((node.start_mark.index, node.end_mark.index, f'"{place}"'))
    if problems:
        rest = "".join(f"\n{path}:{line}: {message}" for line, message in problems[1:])
        raise DataError(problems[0][1] + rest, path=path, line=problems[0][0])
    for begin, end, replacement in sorted(edits, reverse=True):
        content = content[:begin] + replacement + content[end:]
    return content, len(edits)


def _places(root: yaml.Node | None) -> list[tuple[int, yaml.ScalarNode]]:
    """Each scalar under `at` and `also` of a statement, with its paragraph's number."""
    found: list[tuple[int, yaml.ScalarNode]] = []
    for paragraph, items in _items(_value(root, "statements")):
        if not paragraph.startswith("p") or not isinstance(items, yaml.SequenceNode):
            continue
        for item in items.value:
            for key, value in _items(item):
                if key not in {"at", "also"} or not paragraph[1:].isdecimal():
                    continue
                scalars = value.value if isinstance(value, yaml.SequenceNode) else [value]
                found += [
                    (int(paragraph[1:]), s) for s in scalars if isinstance(s, yaml.ScalarNode)
                ]
    return found


def _items(node: yaml.Node | None) -> list[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(str(k.value), v) for k, v in node.value if isinstance(k, yaml.ScalarNode)]


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    return next((value for name, value in _items(node) if name == key), None)


def _resolve(text: str, source: Source, number: int, typed: str) -> Place:
    match = _ANCHOR.fullmatch(typed.strip())
    if match is None:
        raise DataError(f'{typed!r} is no place; write "2:9-26" or "2: first words ... last words"')
    line, passage = _line(text, source, number), source.passage(number)
    assert passage is not None
    sentence = passage.sentence(int(match[1]))
    if sentence is None:
        raise DataError(f"has {len(passage.sentences)} sentences, and no sentence {match[1]}")
    return Place(sentence.number, *find_anchor(line[sentence.begin : sentence.end], match[2]))
