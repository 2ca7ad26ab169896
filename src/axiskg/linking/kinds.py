"""What kind of thing an item is: our dozen words for Wikidata's many classes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

__all__ = ["GROUPS", "KINDS", "PRIOR", "class_kinds", "item_number", "kind_of", "kinds_for"]

_QID: Final = re.compile(r"Q[1-9][0-9]{0,14}")

KINDS: Final = (
    "state", "igo", "government", "former-state", "region", "island", "city", "water", "person",
    "organization", "relation", "event", "office", "work", "concept", "page", "other",
)  # fmt: skip
"""Most telling first: an item of several classes gets the first kind that one of them gives."""

PRIOR: Final[Mapping[str, float]] = MappingProxyType(
    {
        "state": 1.0, "igo": 1.0, "government": 0.8, "region": 0.7, "person": 0.7, "city": 0.65,
        "organization": 0.6, "water": 0.55, "island": 0.5, "relation": 0.6, "event": 0.6,
        "office": 0.5, "former-state": 0.45, "concept": 0.4, "work": 0.3, "page": 0.0,
        "other": 0.4,
    }
)  # fmt: skip
"""How likely a text on international relations means a thing of this kind, before evidence."""

GROUPS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "actor": frozenset({"state", "igo", "government", "person", "organization"}),
        "polity": frozenset({"state", "former-state"}),
        "country": frozenset({"state"}),
        "bloc": frozenset({"igo", "organization"}),
        "body": frozenset({"organization", "government", "igo"}),
        "institution": frozenset({"igo", "organization"}),
        "organization": frozenset({"organization", "igo", "government"}),
        "organisation": frozenset({"organization", "igo", "government"}),
        "place": frozenset({"city", "region", "island", "water"}),
        "location": frozenset({"city", "region", "island", "water", "state"}),
        "human": frozenset({"person"}),
        "intergovernmentalorganization": frozenset({"igo"}),
        "governmentbody": frozenset({"government"}),
        "armedgroup": frozenset({"organization"}),
        "mediaorganization": frozenset({"organization"}),
        "researchorganization": frozenset({"organization"}),
        "territory": frozenset({"region", "island"}),
        "seaarea": frozenset({"water"}),
    }
)
"""Wider words that a type may be asked by, and names of our own classes in lower case."""


@cache
def class_kinds() -> Mapping[str, str]:
    """Kind by Wikidata class (`kinds.tsv`: each row says which members its class was seen with)."""
    text = files("axiskg.linking").joinpath("kinds.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return MappingProxyType({row["class"]: row["kind"] for row in rows})


def kind_of(classes: Iterable[str]) -> str:
    """The kind of an item of these classes.

    A state of today that is also listed as a former one (dissolved and restored) is a state.

    >>> kind_of(["Q6256", "Q3024240"]), kind_of(["Q3624078", "Q3024240"]), kind_of([])
    ('state', 'former-state', 'other')
    """
    known = class_kinds()
    listed = set(classes)
    found = {known[name] for name in listed if name in known}
    if "former-state" in found and "state" in found and "Q6256" not in listed:
        return "former-state"
    return next((kind for kind in KINDS if kind in found), "other")


def item_number(qid: str) -> int | None:
    """The number of a Wikidata item, or None for what is no QID.

    >>> item_number("Q148"), item_number("Q0"), item_number("P31")
    (148, None, None)
    """
    return int(qid[1:]) if _QID.fullmatch(qid) else None


def kinds_for(wanted: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds and the Wikidata classes that type names ask for.

    A name may be a kind, a word of `GROUPS`, a class QID or its IRI, or one of our classes
    (`axis:State`); other words ask for nothing that exists, so they match nothing.
    """
    kinds: set[str] = set()
    classes: set[str] = set()
    for name in wanted:
        short = name.strip().removeprefix("http://www.wikidata.org/entity/").removeprefix("wd:")
        if item_number(short) is not None:
            classes.add(short)
            if short in class_kinds():
                kinds.add(class_kinds()[short])
            continue
        word = short.rpartition("#")[2].rpartition(":")[2].casefold()
        if word in GROUPS:
            kinds |= GROUPS[word]
        else:
            kinds.add(word)
    return frozenset(kinds), frozenset(classes)
