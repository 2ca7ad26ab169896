"""What else a short name is short for: the names that people leave words out of.

"Miami" is a city, and short for Miami University; "New York" is a state, and short for the city;
"John Howard" is short for John C. Howard. Such a name alone is weak evidence for the item that
happens to be labelled so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from axiskg.linking import keys

__all__ = ["short_form"]

_LEFT_OUT: Final = frozenset(
    [
        "academy",
        "airport",
        "area",
        "autonomous",
        "award",
        "awards",
        "canton",
        "capital",
        "city",
        "college",
        "colony",
        "commonwealth",
        "community",
        "county",
        "department",
        "district",
        "dominion",
        "duchy",
        "empire",
        "governorate",
        "grand",
        "great",
        "greater",
        "institute",
        "island",
        "islands",
        "kingdom",
        "lake",
        "metropolitan",
        "municipality",
        "national",
        "oblast",
        "prefecture",
        "province",
        "region",
        "republic",
        "river",
        "school",
        "sea",
        "special",
        "state",
        "territory",
        "time",
        "town",
        "township",
        "university",
        "village",
        "voivodeship",
        "zone",
    ]
)
"""Words for sorts of places and bodies, which those who know what they mean leave out."""

_SUFFIXES: Final = frozenset(
    ["sr", "jr", "ii", "iii", "iv", "junior", "senior", "baron", "baronet"]
)


def short_form(label: str, kind: str) -> str | None:
    """What of a label may stand for it, as `keys.line` has it; None where nothing is left out.

    >>> short_form("Miami University", "organization"), short_form("Canton of Geneva", "region")
    ('miami', 'geneva')
    >>> short_form("John C. Howard", "person"), short_form("Iran", "state")
    ('john howard', None)
    """
    words = keys.line(label).split()
    left = _of_person(words) if kind == "person" else [w for w in words if w not in _LEFT_OUT]
    return " ".join(left) if left and len(left) < len(words) else None


def _of_person(words: Collection[str]) -> list[str]:
    """The first name and the last, without what stands between and after them."""
    names = [word for word in words if word not in _SUFFIXES]
    return [names[0], names[-1]] if len(names) > 1 else []
