"""The bounds of the sentences of a paragraph of English prose.

The rules are those that news prose needs: dotted abbreviations ("U.S.", "U.N.", "vs.") end no
sentence by themselves, a closing quotation mark or bracket belongs to the sentence before it, and
a lower-case word never begins one. Bounds are found once a source and then recorded in
`data/sources/<slug>.ttl`, where a person may correct them; nothing splits a second time.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["sentence_bounds"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STOP: Final = re.compile(r"[.?!…]+[\"”’'»)\]]*(?=\s)")
_OPENING: Final = "\"“‘'«(["
_ABBREVIATIONS: Final = _words(
    """
    vs mr mrs ms dr prof st sen rep gov gen col lt sgt adm capt maj pres rev hon jr sr cf ca
    approx est inc corp ltd co etc al e.g i.e a.m p.m
    """
)
_BEFORE_NUMBERS: Final = _words(
    "no nos vol pp fig jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""Abbreviations only when a number follows."""
_ENDS_TOO: Final = _words("jr sr inc corp ltd co etc al a.m p.m")
"""Abbreviations that may also close a sentence; then the next word decides."""
_ACRONYM: Final = re.compile(r"(?:\b[A-Za-z]\.)+[A-Za-z]$|\b[A-Z]$")
_STARTERS: Final = _words(
    """
    the this that these those it its he she they we in on at for from by with as but and or so if
    when while since after before although though however yet instead both each many most some such
    there what who why how one two nor not now still meanwhile moreover
    """
)
"""Words that, capitalised after an abbreviation, begin a sentence rather than go on with a name."""


def sentence_bounds(paragraph: str) -> tuple[tuple[int, int], ...]:
    """Half-open code-point bounds of each sentence, in order, without the space between them.

    >>> text = 'The U.S. and the U.N. met in "Geneva." Who came? Dr. No did.'
    >>> [text[begin:end] for begin, end in sentence_bounds(text)]
    ['The U.S. and the U.N. met in "Geneva."', 'Who came?', 'Dr. No did.']
    """
    bounds: list[tuple[int, int]] = []
    begin = len(paragraph) - len(paragraph.lstrip())
    for stop in _STOP.finditer(paragraph):
        after = paragraph[stop.end() :].lstrip()
        if stop.start() > begin and after and _ends(paragraph[begin : stop.start()], stop, after):
            bounds.append((begin, stop.end()))
            begin = len(paragraph) - len(after)
    end = len(paragraph.rstrip())
    if begin < end:
        bounds.append((begin, end))
    return tuple(bounds)


def _ends(before: str, stop: re.Match[str], after: str) -> bool:
    """Whether the text `before` a stop is a whole sentence, given what comes `after` it."""
    following = after.lstrip(_OPENING)
    if following[:1].islower() or not following[:1].isalnum():
        return False
    if stop.group()[0] != ".":
        return True
    word = before.split()[-1].lstrip(_OPENING) if before.split() else ""
    next_word = re.split(r"[^\w]", following, maxsplit=1)[0].lower()
    abbreviation = word.lower()
    if abbreviation in _BEFORE_NUMBERS:
        return not following[:1].isdigit()
    if abbreviation in _ABBREVIATIONS:
        return abbreviation in _ENDS_TOO and next_word in _STARTERS
    if _ACRONYM.search(word):
        return next_word in _STARTERS
    return True
