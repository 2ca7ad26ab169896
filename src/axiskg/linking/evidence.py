"""What speaks for an item: which of its names a query equals, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from axiskg.linking.kinds import KINDS
from axiskg.linking.snapshot import Item, Snapshot
from axiskg.linking.territories import Territory

__all__ = ["ATTESTED", "SETTLED", "STRENGTH", "Evidence", "item_of", "territory_item"]

STRENGTH: Final = {
    "judged": 1.2,
    "identifier": 1.2,
    "curated": 1.1,
    "seat": 1.0,
    "territory": 0.98,
    "code": 0.95,
    "label": 0.9,
    "register": 0.89,
    "official": 0.88,
    "translated": 0.87,
    "qualified": 0.86,
    "alias": 0.85,
    "titled": 0.84,
    "both": 0.84,
    "bag": 0.8,
    "spelt": 0.77,
    "trimmed": 0.79,
    "core": 0.78,
    "demonym": 0.72,
    "initials": 0.75,
    "acronym": 0.66,
    "trace": 0.64,
    "metonym": 0.6,
    "part": 0.5,
    "surname": 0.45,
    "near": 0.3,
}
"""How much each kind of evidence counts; measured order of precision, see docs/linking.md."""

ATTESTED: Final = frozenset({"label", "official", "alias", "register"})
"""Evidence by a name that the snapshot has for the item itself."""

SETTLED: Final = frozenset({"state", "igo"})
"""Kinds whose names stand against whatever else is shortened to the same."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to take the query for an item. `how` is a key of `STRENGTH`."""

    item: Item
    how: str
    name: str
    entity: str = ""
    exact: bool = False
    automatic: bool = True
    told: bool = False
    """Whether the context is what makes the name mean the item."""

    @property
    def strength(self) -> float:
        """How much the reason counts."""
        return STRENGTH[self.how] + (0.02 if self.exact else 0)


def item_of(qid: str, label: str, kind: str, known: Snapshot | None) -> Item:
    """The snapshot's item, or a bare one where there is no snapshot or it lacks the item."""
    found = known.item(qid) if known is not None else None
    return found or Item(qid, label, "", kind if kind in KINDS else "other", (), 0.0)


def territory_item(found: Territory, known: Snapshot | None) -> Item:
    """The item of a territory; of several that rigour has, the state that is called like it."""
    item = item_of(found.qid, found.label, found.kind, known)
    if known is not None and item.label != found.label:
        for other in known.items(found.others).values():
            if other.label == found.label and other.kind == "state":
                return other
    return item
