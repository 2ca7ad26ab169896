"""Evidence from a part of a name: its core, its words in any order, the rest without an aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from axiskg.linking import keys
from axiskg.linking.evidence import ATTESTED, SETTLED, Evidence, territory_item
from axiskg.linking.snapshot import Snapshot
from axiskg.linking.territories import territory

__all__ = ["of_parts", "unless_aside", "untitled"]

_OF_REST: Final = frozenset({"trimmed", "core", "trace"})
"""Evidence that leaves out a part of the name."""

_PLACES: Final = frozenset({"city", "region", "island"})

_SPELT: Final = 5
"""The letters of initials that tell by themselves what they are short for."""

_FEW: Final = 3
"""The letters of initials below which they tell nothing."""

_TITLES: Final = re.compile(
    r"(?:(?:chinese|russian|american|u\.?s\.?|iranian|indian|former|then)\s+)?(?:"
    r"(?:(?:vice |deputy )?(?:president|premier|chairman|prime minister|chancellor)"
    r"|foreign minister|defen[cs]e (?:minister|secretary)|secretary(?: of state)?|king|queen"
    r"|general|senator|ambassador|ayatollah|pope)\.?\s+(?=\S)"
    r"|(?:mr|mrs|ms|dr|sir)\.?\s+(?=\S))",
    re.IGNORECASE,
)


def untitled(name: str) -> str | None:
    """A person's name without what the person is, or None where no title is in front.

    >>> untitled("Russian President Putin"), untitled("King Abdullah"), untitled("Putin")
    ('Putin', 'Abdullah', None)
    """
    found = _TITLES.match(name)
    return name[found.end() :] if found is not None else None


def of_parts(name: str, known: Snapshot, *, typed: bool) -> Iterator[Evidence]:
    """Evidence from the parts of a name, its words in any order, its core."""
    person = untitled(name)
    if person is not None:
        for hit in known.by_key(keys.key(person)):
            if hit.how in ("label", "alias") and hit.item.kind == "person":
                yield Evidence(hit.item, "titled", hit.name)
    yield from _both(name, known)
    yield from _people(name, known)
    yield from _spelt(name, known, typed=typed)
    head, comma, place = name.partition(", ")
    if comma and place:
        yield from _qualified(head, place, known)
    words = keys.line(name)
    told = states = False
    for hit in known.by_bag(keys.bag(name)):
        free = hit.item.kind in ("relation", "igo", "state")
        automatic = len(name) > 4 and (free or keys.line(hit.name) == words)
        automatic = automatic and (" " in words or (typed and hit.item.kind == "igo"))
        strange = hit.item.kind == "page" or (hit.item.kind == "person" and "(" in name)
        automatic = automatic and not strange
        told = told or automatic
        states = states or (automatic and hit.item.kind == "state")
        yield Evidence(hit.item, "bag", hit.name, automatic=automatic and " LA " not in f" {name} ")
    if not states:
        yield from _core(name, known, typed=typed)
    if not told:
        yield from _trimmed(name, known, typed=typed)


def _trimmed(name: str, known: Snapshot, *, typed: bool) -> Iterator[Evidence]:
    """States and organizations by a name without what is said aside at its end.

    What is said aside of a state may make it another (`Turkey (part in Europe)`): it is dropped
    where a state is asked for, or where it only tells of the name.
    """
    for part in keys.trimmed(name):
        states = typed or keys.of_the_name(name, part)
        hits = known.by_key(keys.key(part))
        if " " in part:
            hits += known.by_bag(keys.bag(part))
        for hit in hits:
            named = hit.how not in ("demonym", "acronym") and len(part) > 3
            if named and (hit.item.kind == "igo" or (states and hit.item.kind == "state")):
                yield Evidence(hit.item, "trimmed", hit.name)
        found = territory(part) if states else None
        if found is not None and found.how == "name" and found.kind == "state":
            yield Evidence(territory_item(found, known), "trimmed", found.label)
        if states:
            yield from _core(part, known, typed=typed)


def unless_aside(name: str, found: Sequence[Evidence], known: Snapshot) -> Iterator[Evidence]:
    """The evidence, where what is said aside belies what is made of the rest (`Pan American Union
    (OAS)`): it is the name of a state or organization between states, of another one."""
    parts = keys.both(name)
    hits = known.by_key(keys.key(parts[1])) if parts is not None else []
    aside = {hit.item.qid for hit in hits if hit.item.kind in SETTLED}
    for piece in found:
        belied = piece.how in _OF_REST and bool(aside) and piece.item.qid not in aside
        yield replace(piece, automatic=False) if belied else piece


def _people(name: str, known: Snapshot) -> Iterator[Evidence]:
    """States by what their people are called, many of them (`Germans`)."""
    people = name.removeprefix("the ")
    if people.endswith("s") and people[:1].isupper():
        for hit in known.by_key(keys.key(name).removesuffix("s")):
            if hit.how == "demonym" and hit.item.kind == "state":
                yield Evidence(hit.item, "demonym", hit.name)


def _both(name: str, known: Snapshot) -> Iterator[Evidence]:
    """The items that bear both of the names that are written side by side (`NAFTA`, in brackets).

    Where one of them is of capitals, it may be the initials of the other.
    """
    parts = keys.both(name)
    if parts is None or any(map(keys.of_polities, parts)):
        return
    borne = [known.by_key(keys.key(part)) for part in parts]
    for these, those, part in ((borne[0], borne[1], parts[1]), (borne[1], borne[0], parts[0])):
        others = {hit.item.qid for hit in those if hit.how != "demonym"}
        for hit in these:
            spelt = part.isupper() and keys.compact(part) in keys.acronyms(hit.name)
            if hit.how in ATTESTED and (hit.item.qid in others or spelt):
                yield Evidence(hit.item, "both", hit.name)


def _spelt(name: str, known: Snapshot, *, typed: bool) -> Iterator[Evidence]:
    """Organizations known by their initials, by what these are short for (`UNESCO`).

    Fewer than five letters are too few for that by themselves: the words must all be those of
    another name of it (`Gulf Cooperation Council`), or, for four where an organization is asked
    for, be much like those.
    """
    for short in keys.acronyms(name):
        counted = short[1:].isdigit()  # G7
        for hit in known.by_key(short.casefold()) if counted or len(short) >= _FEW else ():
            borne = hit.how in ATTESTED and keys.compact(hit.name) == short
            if not borne or hit.item.kind != "igo":
                continue
            names = [other for other, _ in known.names(hit.item.qid)]
            sure = (
                counted or len(short) >= _SPELT or any(keys.within(name, other) for other in names)
            )
            if typed and len(short) == _SPELT - 1:
                alike = sure or any(keys.alike(name, other) for other in names)
                yield Evidence(hit.item, "spelt", hit.name, automatic=alike)
            elif sure:
                yield Evidence(hit.item, "spelt", hit.name)


def _qualified(head: str, place: str, known: Snapshot) -> Iterator[Evidence]:
    """`Yamhill County, Oregon`: items named like the head whose description names the place."""
    wanted = keys.key(place)
    for hit in known.by_key(keys.key(head)):
        if hit.how not in ("demonym", "acronym") and wanted in keys.key(hit.item.description):
            yield Evidence(hit.item, "qualified", hit.name)


def _core(name: str, known: Snapshot, *, typed: bool) -> Iterator[Evidence]:
    """States by what is left of a name without words like "republic" (`Greek Republic`).

    Only states of today; and a loud word such as "kingdom" must be in one of the state's names,
    unless it is a mere title (`State of Libya`) of what nothing else is called.
    """
    rest, words = keys.core(name)
    if not rest or not words or rest.upper() in name.split():
        return
    if keys.of_polities(name.partition("(")[0]):
        return
    hits = known.by_core(rest) + [h for h in known.by_key(rest) if h.how == "demonym"]
    items = {hit.item.qid: hit.item for hit in hits if hit.item.kind in ("state", "former-state")}
    states = [item for item in items.values() if item.kind == "state"]
    borne = {
        item.qid: {word for known_as, _ in known.names(item.qid) for word in keys.core(known_as)[1]}
        for item in items.values()
    }
    loud = keys.LOUDEST if typed else keys.LOUD
    title = keys.title_of(name)
    if title and not typed and not any(title in borne[qid] for qid in borne):
        places = [h for h in known.by_key(rest) if h.how == "label" and h.item.kind in _PLACES]
        loud = loud if places else keys.LOUDEST
    for item in states:
        fits = len(states) == 1 and (words & loud) <= borne[item.qid]
        yield Evidence(item, "core", item.label, automatic=fits)
