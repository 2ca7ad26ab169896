"""Where a name stands in a text: by itself, or within a longer name.

The Washington Post is no government, nor Michael Jordan a state. Capitals tell, where the text uses
them as English does; what opens a sentence has one anyway, so there only words that begin names
(first names, "South", "British") count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import Final

from axiskg.linking import keys
from axiskg.linking.beside import (
    BEGINNINGS,
    BODIES,
    CALENDAR,
    COMPANIES,
    DIRECTIONS,
    FIELDS,
    OFFICES,
    ORGANS,
    POLITIES,
    SMALL,
)

__all__ = ["Occurrence", "in_full", "neutral", "occurrence", "plain_text"]

_MOST: Final = 40
"""Places of a name in a text that are looked at."""

_REACH: Final = 400
"""Characters to each side of a name that are kept."""

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĆČĐĞİŁŃŐŒŚŠŞŻŽȘȚΑ-ΩЀ-Я][\w.’'&-]*"
_LEFT: Final = re.compile(rf"(?P<start>^|[\s(“\"‘—–-])(?P<word>{_CAPITAL})\s$")
_RIGHT: Final = re.compile(rf"\s(?P<word>{_CAPITAL})(?:\s(?P<next>{_CAPITAL}))?")
_BODY: Final = re.compile(
    rf"(?P<start>^|[\s(“\"‘—–])(?P<head>(?:{_CAPITAL}\s){{1,3}})(?P<of>of|for)\s(?:the\s)?$"
)
_GROUND: Final = re.compile(
    r"\b(?:gulf|straits?|sea|bay|battle|siege|treaty|bank|university|empire) of (?:the )?$"
)
_SENTENCE: Final = re.compile(r"(?:^|[.!?:;…\n]['\"”’)]*\s+|[“\"‘(•]\s*|\s[—–-]\s)$")
_ENDED: Final = re.compile(r"[a-z]{3,}\.$|[,;:!?]$")
"""A word that ends a sentence, and no initial or title."""

_OWNED: Final = re.compile(r"['’]s?$|['’]s?\s*$")
_CONTROL: Final = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f-\u009f]")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place of a name in a text: what stands before and after it, and how it is written there.

    `joined` is the longer name that capitals make it part of, or "" where it stands by itself;
    `opened` the word before it where that one may have its capital from opening the sentence;
    `common` says that the name is written small in a text that has capitals; `others` are the
    other places of the name.
    """

    before: str
    after: str
    surface: str
    joined: str = ""
    opened: str = ""
    common: bool = False
    others: tuple[re.Match[str], ...] = ()


def plain_text(text: str) -> str:
    r"""The text composed (NFC), without control characters and marks of direction.

    >>> plain_text("\u200fUkra\u00adine\u0000")
    'Ukraine '
    """
    if text.isascii():
        return _CONTROL.sub(" ", text)
    composed = unicodedata.normalize("NFC", _CONTROL.sub(" ", text))
    return "".join(c for c in composed if unicodedata.category(c) != "Cf")


def occurrence(name: str, text: str, given: Collection[str] = ()) -> Occurrence | None:
    """The first place of a name in a text where it stands by itself, else its first place.

    As it is written, else in whatever case. `given` are first names of people, in lower case.

    >>> occurrence("Washington", "The Washington Post wrote of Washington.").before
    'The Washington Post wrote of '
    >>> occurrence("Washington", "The Washington Post reported it.").joined
    'Washington Post'
    """
    pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
    places = list(islice(re.finditer(pattern, text), _MOST))
    if not places:
        places = list(islice(re.finditer(pattern, text, re.IGNORECASE), _MOST))
    first: Occurrence | None = None
    for place in places:
        start, end = place.span()
        before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
        surface = text[start:end]
        told = _capitals_tell(before, after)
        joined, opened = _joined(surface, before, after, given) if told else ("", "")
        common = surface.islower() and " " not in surface and _cased(before + after)
        others = tuple(other for other in places if other is not place)
        one = Occurrence(before, after, surface, joined, opened, common, others)
        if not joined and not common:
            return one
        first = first or one
    return first


_PHRASE: Final = re.compile(
    r"[A-Z][\w’'-]*(?:\s(?:(?:of|for|on|and|in|the|to|de|du|des|la|y|&)\s){0,3}[A-Z][\w’'-]*){1,9}"
)


def in_full(name: str, text: str) -> str:
    """What initials are short for where they stand, or "": a longer name in the text that has them.

    Only names of three capitals or more, or of two in brackets; the latest phrase that fits before
    the first place of the name is taken, else the first behind it.

    >>> in_full("CSIS", "The Center for Strategic and International Studies (CSIS) said so.")
    'Center for Strategic and International Studies'
    >>> in_full("CSIS", "CSIS said so.")
    ''
    """
    if not (1 < len(name) < 8 and name.isalpha() and name.isupper()):
        return ""
    if len(name) == 2 and f"({name})" not in text:
        return ""
    place = re.search(rf"(?<!\w){name}(?!\w)", text)
    if place is None:
        return ""
    found = ["", ""]
    for phrase in _PHRASE.finditer(text):
        words = phrase[0].split()
        for first in range(len(words) - 1):
            part = " ".join(words[first:])
            if part[0] == name[0] and name in keys.acronyms(part):
                behind = phrase.start() > place.start()
                if not (behind and found[1]):
                    found[behind] = part
                break
    return found[0] or found[1]


def _cased(text: str) -> bool:
    """Whether a text has capitals at all."""
    return any(c.isupper() for c in text)


def _capitals_tell(before: str, after: str) -> bool:
    """Whether words around a name are mostly small, so that capitals mean something."""
    found = re.findall(r"[^\W\d_]{3,}", before[-150:] + " " + after[:150])
    words = [word for word in found if word.casefold() not in SMALL]
    small = sum(word[0].islower() for word in words)
    return len(words) < 2 or small * 6 >= len(words)


def _joined(name: str, before: str, after: str, given: Collection[str]) -> tuple[str, str]:
    """The longer name that capitals make a name part of, and the word that opens the sentence."""
    left = _LEFT.search(before[-60:])
    opened = ""
    plain = left["word"].casefold().strip(".,") if left is not None else ""
    ended = left is not None and _ENDED.search(left["word"]) and plain not in OFFICES
    if left is not None and not ended:
        word = left["word"]
        opening = _SENTENCE.search(before[: len(before) - len(word) - 1]) is not None
        adjective = re.search(r"[-‑–][a-z]+$", word)
        free = neutral(plain) or plain in SMALL | DIRECTIONS | FIELDS
        if free or adjective or _OWNED.search(word):
            pass
        elif not opening or plain in given or plain in BEGINNINGS:
            return f"{word} {name}", ""
        else:
            opened = word
    right = _RIGHT.match(after)
    if right is not None and not (name.endswith(".") and right["word"].casefold() in SMALL):
        word = right["word"]
        plain = _OWNED.sub("", word).casefold().strip(".,;:!?")
        behind = (right["next"] or "").casefold().strip(".,;:!?")
        office = neutral(plain) or (plain in FIELDS and neutral(behind))
        if not office and plain not in SMALL:
            return f"{name} {_OWNED.sub('', word).strip('.,;:!?')}", opened
    body = _BODY.search(before[-90:])
    if body is not None:
        heads = [word.casefold().strip(".,") for word in body["head"].split()]
        own = [word for word in heads if word not in SMALL]
        if own and (own[-1] in COMPANIES or (len(own) > 1 and own[0] in given)):
            return "", opened
        start = len(before) - len(body[0]) + len(body["start"])
        opening = len(heads) == 1 and _SENTENCE.search(before[:start]) is not None
        offices = {*own} & (OFFICES | FIELDS | ORGANS | POLITIES | DIRECTIONS)
        if {*own} & (BODIES - POLITIES) or (own and not (opening or offices)):
            return f"{body['head']}{body['of']} {name}", opened
    ground = _GROUND.search(before[-60:])
    if ground is not None:
        return f"{ground[0].strip()} {name}", opened
    return "", opened


def neutral(word: str) -> bool:
    """Whether a word beside a name, in lower case, leaves it as it is: an office, a day."""
    return word in OFFICES or word in CALENDAR
