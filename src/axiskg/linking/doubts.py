"""Why the name of an item may mean something else: common nouns, branches, capitals."""

from __future__ import annotations

import re
from typing import Final

from axiskg.linking import keys
from axiskg.linking.snapshot import Hit, Item, Snapshot

__all__ = ["capital_of", "of_parent", "of_sort"]

_NOUNS: Final = frozenset({"concept", "office", "other"})
"""Kinds of things that common nouns name."""

_CAPITAL: Final = re.compile(
    r"\bcapital(?: city)?(?: and (?:the )?(?:largest|most populous|\w+) \w+)?"
    r" of (?:and state in )?(?:the sovereign state of )?(?:the )?(?P<state>[^,(]+?)"
    r"(?= located| situated|[,(]|$)"
)
_CAPITAL_IN: Final = re.compile(r"^capital\b.*(?:, | in )(?P<state>[A-Z][^,]+)$")


def capital_of(item: Item, known: Snapshot) -> Item | None:
    """The state whose capital an item is by its description."""
    found = _CAPITAL.search(item.description) or _CAPITAL_IN.search(item.description)
    hits = known.by_key(keys.key(found["state"])) if found is not None else []
    return next((h.item for h in hits if h.item.kind == "state" and h.how == "label"), None)


def of_sort(name: str, hit: Hit) -> bool:
    """Whether a common noun is written as a name: one chief justice is meant, not the office."""
    if hit.item.kind not in _NOUNS or not hit.item.label[1:].islower():
        return False
    if hit.name.islower():
        return name[0].isupper()
    return hit.name[1:].islower() and " " in name and name.istitle()


def of_parent(hit: Hit) -> bool:
    """Whether an alias spells out no more than the acronym of a body that the item is a part of.

    `UNESCO office Egypt` has UNESCO's name for an alias.
    """
    words = hit.item.label.split()
    if hit.how != "alias" or len(words) < 2:
        return False
    return any(
        len(word) > 3 and word.isupper() and word in keys.acronyms(hit.name) for word in words
    )
