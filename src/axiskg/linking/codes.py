"""Codes of states: ISO 3166-1, and those of the International Olympic Committee that differ."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from axiskg.linking import keys

__all__ = ["TORN", "is_word", "olympic", "state_code"]

_WORDS: Final = frozenset(
    ["and", "are", "can", "com", "don", "fin", "for", "mac", "mar", "nor", "pan", "per", "sen",
     "ton", "tun", "van", "am", "as", "at", "be", "by", "do", "id", "in", "is", "it", "me", "my",
     "no", "so", "to", "us"]
)  # fmt: skip
"""Codes in small letters that are rather words.

Those of two letters are the words of a sentence, not the rest, which are nothing else as a name.
"""

TORN: Final = frozenset({"BRN"})
"""Brunei to ISO, Bahrain to the Olympic Committee."""


@cache
def olympic() -> Mapping[str, str]:
    """ISO alpha-2 code by Olympic code, where that isn't the ISO alpha-3 code (`olympic.tsv`)."""
    text = files("axiskg.linking").joinpath("olympic.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return MappingProxyType({row["olympic"]: row["iso"] for row in rows})


def is_word(name: str) -> bool:
    """Whether a code in small letters is rather a word.

    >>> is_word("and"), is_word("AND"), is_word("fra")
    (True, False, False)
    """
    return name in _WORDS


@lru_cache(maxsize=20_000)
def state_code(name: str) -> str | None:
    """The ISO alpha-2 code of the state that a code means, or None.

    In capitals are alpha-3 and Olympic codes, where ISO goes before; in small letters alpha-2 and
    alpha-3 codes. Two capitals are None: they are initials of too much else.

    >>> state_code("CHE"), state_code("SUI"), state_code("che"), state_code("ch")
    ('ch', 'ch', 'ch', 'ch')
    >>> state_code("CH"), state_code("are"), state_code("Che"), state_code("C.H.E.")
    (None, None, None, None)
    """
    from rigour.territories import get_territory

    if not (name.isascii() and name.isalpha() and (name.isupper() or name.islower())):
        return None
    if len(name) not in (2, 3) or is_word(name) or name in TORN:
        return None
    if len(name) == 2 and name.isupper():
        return None
    found = get_territory(name.lower())
    if found is not None and found.is_country and not found.is_historical:
        own = found.code if len(name) == 2 else (found.alpha3 or "")
        if own == name.lower() and keys.is_code(name):
            return str(found.code)
    return olympic().get(name)
