"""What a context adds to each reading of a name, by feature."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from axiskg.linking import keys
from axiskg.linking.context import Context, Cues
from axiskg.linking.snapshot import Item, Snapshot

__all__ = ["OF_CONTEXT", "Around", "described", "fit", "kind_of_place"]

OF_CONTEXT: Final = frozenset(
    ["topic", "cue", "told", "told of", "same kind", "neighbours", "described", "date", "phrase",
     "article", "past", "tail", "foreign"]
)  # fmt: skip
"""The features that only a context gives."""

_PLACES: Final = frozenset({"city", "region", "island", "water"})
_OF_REGION: Final = re.compile(
    r"(?<!sovereign )\b(?:(?:state|province|region|county|governor) of|senator (?:from|for))$"
)
_WIDE: Final = frozenset({"state", "region", "island", "former-state"})
"""What cities and other places are described as being in."""

_RULERS: Final = frozenset({"state", "government", "igo", "organization"})
_YEARS: Final = re.compile(r"\(?\b(\d{4})\s?[–-]\s?(\d{4})\b")
_OLD: Final = re.compile(r"\b(?:histor\w+|ancient|former|classical|medieval|empire)\b")
_KINDS: Final = (
    ("city", r"\b(?:city|town|municipality|capital)\b"),
    (
        "region",
        r"\b(?:state|province|region|county|prefecture|department|canton|district) (?:of|in)\b",
    ),
    ("water", r"\b(?:river|lake|sea|ocean|gulf|bay|channel|strait)\b"),
    ("island", r"\b(?:island|peninsula)\b"),
)
_CLAUSE: Final = re.compile(r"[,;(]| and ")


@dataclass(frozen=True, slots=True)
class Around:
    """The items of a context: QIDs, those of people among them, how many of each kind, keys of
    labels, and descriptions."""

    items: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    kinds: dict[str, int] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    descriptions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.items or self.descriptions)


def kind_of_place(item: Item) -> str:
    """The kind of an item; of one whose classes tell none, the place that its description says.

    An Australian state or a Belgian province may be of a class of its own.
    """
    if item.kind != "other":
        return item.kind
    head = _CLAUSE.split(item.description)[0]
    return next((kind for kind, noun in _KINDS if re.search(noun, head)), "other")


def fit(
    item: Item,
    context: Context,
    seen: Cues,
    topic: str,
    around: Around,
    known: Snapshot | None,
    *,
    name: str,
    watered: bool,
) -> dict[str, float]:
    """What the context adds to an item's score, by feature; each is of `OF_CONTEXT`.

    `watered` says that a river or sea is among the readings of the name.
    """
    features: dict[str, float] = {}
    initials = name.isupper() and 1 < len(name) < 6
    kind = kind_of_place(item)
    if topic == "government":
        features["topic"] = _ruling(kind, seen)
    elif topic == "place":
        fits = kind in _PLACES and (kind != "water" or "water" in seen.kinds)
        neutral = item.label == item.qid or kind == "water"
        features["topic"] = 0.15 if fits else 0.1 if kind == "state" else 0.0 if neutral else -0.2
    elif topic == "person":
        features["topic"] = 0.2 if kind == "person" else -0.2
    elif topic == "organization":
        features["topic"] = 0.15 if kind in ("organization", "igo", "government") else -0.2
    if seen.foreign and kind == "state":
        features["foreign"] = 0.05
    federal = kind == "region" and "state" not in seen.kinds
    if kind in seen.kinds and (topic != "government" or federal):
        features["cue"] = 0.08
    if seen.told and kind == seen.told:
        features["told"] = 0.5
    elif (seen.told == "polity" and kind in ("state", "region")) or (
        seen.told == "state" and kind == "government"
    ):
        features["told"] = 0.2
    features.update(_of_items(item, around, known))
    features.update(_of_time(item, context, seen))
    if seen.article and (initials or watered):
        features["article"] = _articled(item, name, kind)
    if seen.tail and keys.key(seen.tail) in keys.key(item.description):
        features["tail"] = 0.4
    return features


def _ruling(kind: str, seen: Cues) -> float:
    """What talk of governments says for a kind: regions have some, too, but no foreign policy."""
    if kind in _RULERS:
        return 0.12
    if kind in ("region", "island") and not seen.foreign:
        return 0.06
    return 0.0 if kind == "person" else -0.12


def _articled(item: Item, name: str, kind: str) -> float:
    """What an article before a name says: rivers and organizations have one, most states don't.

    >>> jordan = Item("Q810", "Jordan", "", "state", (), 0.0)
    >>> _articled(jordan, "Jordan", "state")
    -0.3
    """
    if kind in ("water", "igo"):
        return 0.2 if kind == "water" else 0.1
    if item.label.startswith("The "):
        return 0.2
    own = f"of the {keys.key(name)}"
    return 0.0 if own in keys.key(item.label) or name.isupper() else -0.3


def _of_items(item: Item, around: Around, known: Snapshot | None) -> dict[str, float]:
    features: dict[str, float] = {}
    kind = kind_of_place(item)
    if kind in around.kinds:
        features["same kind"] = 0.05 + 0.05 * around.kinds[kind]
    if around.items and known is not None:
        neighbours = known.neighbours(item.qid)
        near = len(neighbours & around.items)
        if item.qid in around.items:
            features["neighbours"] = 0.11
        elif neighbours & around.people:
            features["neighbours"] = 0.2
        elif near:
            features["neighbours"] = 0.05 + 0.02 * min(3, near)
        text = keys.key(item.description)
        if any(label in text for label in around.labels):
            features["described"] = 0.12
    return features


def _of_time(item: Item, context: Context, seen: Cues) -> dict[str, float]:
    """What the date of the context, else the one year in its text, says of an item's years."""
    features: dict[str, float] = {}
    year = context.year
    if year is None and len(set(seen.years)) == 1:
        year = seen.years[0]
    years = _YEARS.search(item.description) or _YEARS.search(item.label)
    if year is not None and years is not None:
        features["date"] = 0.3 if int(years[1]) <= year <= int(years[2]) else -0.3
    elif context.year is not None and item.kind == "former-state":
        features["date"] = -0.2 if context.year >= 1992 else 0.05
    if seen.past and item.kind in ("state", "government"):
        features["past"] = -0.2 if item.kind == "state" else -0.25
    elif (seen.past or seen.told == "former") and _OLD.search(item.description) and years is None:
        features["past"] = 0.15
    return features


def described(text: str, items: Iterable[Item], around: Around) -> frozenset[str]:
    """The items that what the items of the context are described by speaks of.

    `Seoul`, "capital of South Korea", tells which Korea by its label; where it stands only within
    another of the labels it tells nothing. `Savannah`, "city in Georgia, United States", tells by
    what comes after the name itself which Georgia, and where nothing does that it is the state.
    """
    candidates = list(items)
    labels = {item.qid: keys.key(item.label) for item in candidates}
    own = keys.key(text)
    found: set[str] = set()
    for description in around.descriptions:
        whole = f" {keys.key(description)} "
        there = {
            qid: label
            for qid, label in labels.items()
            if len(label) > len(own) and f" {label} " in whole
        }
        found |= {
            qid
            for qid, label in there.items()
            if not any(label != other and label in other for other in there.values())
        }
        if not there and f" {own} " in whole:
            kind, tail = _standing(own, description)
            found |= {
                item.qid
                for item in candidates
                if kind_of_place(item) in _WIDE
                and (tail in keys.key(item.description) if tail else item.kind == kind)
            }
    return frozenset(found)


def _standing(own: str, description: str) -> tuple[str, str]:
    """The kind that a description says a name in it is of, and what it has after the name.

    That is the rest of its clause, or the clause behind; "in the U.S. state of Washington".
    """
    clauses = [keys.key(one) for one in _CLAUSE.split(description) if one.strip(" )")]
    for number, clause in enumerate(clauses):
        front, named, rest = f" {clause} ".partition(f" {own} ")
        if named:
            behind = clauses[number + 1] if number + 1 < len(clauses) else ""
            kind = "region" if _OF_REGION.search(front) else "state"
            return kind, "" if kind == "region" else rest.strip() or behind
    return "", ""
