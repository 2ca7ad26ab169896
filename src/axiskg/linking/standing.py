"""How a name stands in a text, by what is known of names: alone, within another, for a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from axiskg.linking import keys
from axiskg.linking.answers import Candidate
from axiskg.linking.beside import FIELDS, ORGANS, STATELY
from axiskg.linking.codes import state_code
from axiskg.linking.context import Cues
from axiskg.linking.context import cues as read_cues
from axiskg.linking.curated import Curated
from axiskg.linking.evidence import Evidence, item_of
from axiskg.linking.fit import kind_of_place
from axiskg.linking.occurrences import neutral
from axiskg.linking.snapshot import Item, Snapshot
from axiskg.linking.territories import territory

__all__ = ["NAMED", "Standing"]

NAMED: Final = frozenset({"label", "alias", "official", "demonym"})
"""Evidence that is a name of the item in full."""

_GROUNDS: Final = frozenset(
    {"water", "city", "region", "island", "state", "former-state", "person"}
)
"""Kinds of things whose names take in an adjective for good: the Indian Ocean."""

_UNITED: Final = re.compile(r"\bU\.?N\b|\bUnited Nations\b")

_PARTS: Final = frozenset({"city", "island", "region"})

_TWO: Final = 2
_ORGANS: Final = frozenset({"government", "office"})
"""Kinds of what belongs to a state, whose adjective it bears."""

_NOUN: Final = re.compile(r"^(?!\w+(?:ly|ed|ing)$)\w{3,}$")
"""What may open a sentence before the name of a person: "Coach", and not "Landlocked"."""

_OUTSHONE: Final = 2.0
"""How much more prominent (seven times, as a logarithm) the one is whom a last name means."""


def _is_body(first: Candidate, name: str, joined: str) -> bool:
    """Whether a body's initials open a longer name."""
    return first.kind in ("igo", "organization") and joined.startswith(name)


def _is_of(joined: str, name: str) -> bool:
    """Whether a longer name that begins with a name is that of an organ of what the name means.

    >>> _is_of("UN Security", "UN"), _is_of("ICC Champions", "ICC")
    (True, False)
    """
    rest = joined.removeprefix(name).strip().casefold()
    return rest in STATELY | ORGANS | FIELDS or neutral(rest)


@dataclass(frozen=True, slots=True)
class Standing:
    """Reads a text around a name with the help of our names and the snapshot's."""

    base: Curated
    known: Snapshot | None

    def cues(self, text: str, around: str) -> Cues:
        """What the text around a name says of it; the snapshot knows the first names of people."""
        if not around:
            return read_cues(text, "")
        return read_cues(text, around, self.known.first_names if self.known is not None else ())

    def longest(self, phrases: Iterable[str]) -> tuple[str, dict[str, Item]]:
        """The longest phrase that is the name of something, and what it is a name of."""
        for phrase in phrases:
            if keys.key(phrase) == keys.key(phrase.partition(" ")[2]):
                continue
            hits = self.known.by_key(keys.key(phrase)) if self.known is not None else []
            named = {hit.item.qid: hit.item for hit in hits if hit.how in NAMED}
            if self.known is None and (found := territory(phrase)) and found.how == "name":
                named[found.qid] = item_of(found.qid, found.label, found.kind, None)
            for row in self.base.names_like(phrase):
                link = self.base.link_of(row.entity)
                qid = link.qid if link is not None and link.qid else f"ent:{row.entity}"
                named.setdefault(qid, Item(qid, row.name, "", "other", (), 0.0))
            if named:
                return phrase, named
        return "", {}

    def introduced(self, text: str, phrases: Sequence[str]) -> tuple[str, dict[str, Item]]:
        """The person whom a text has named in full, and by the last name only where it is asked
        for; nothing where it is another's or nobody's whole name."""
        phrase, longer = self.longest(phrases)
        if len(longer) == 1 and all(item.kind == "person" for item in longer.values()):
            return phrase, longer
        return "", {}

    def _somebody(self, text: str, phrases: Iterable[str]) -> bool:
        """Whether a text gives the name a first name elsewhere (`Jim Jordan`)."""
        given = self.known.first_names if self.known is not None else frozenset()
        return any(p.removesuffix(f" {text}").casefold() in given for p in phrases)

    def elsewhere(
        self,
        text: str,
        ranked: Sequence[Candidate],
        seen: Cues,
        phrase: str,
        longer: dict[str, Item],
    ) -> str:
        """Why a name is none of its readings where it stands, or "".

        It is part of a longer name that none of them bears, a common noun, a person's name, or a
        place of the same name elsewhere.
        """
        if not ranked:
            return ""
        first = ranked[0]
        if self.known is None and seen.opened:
            return f"perhaps part of the name {seen.opened} {text}"
        if self.known is None and seen.aside and self.base.ambiguity(text):
            return "perhaps where the place before it lies"
        if self.known is None and seen.told in _PARTS and first.kind != seen.told:
            return f"the text speaks of a {seen.told}"
        adjective = self.adjective(text)
        initials = text.isupper() and len(text) < 6
        if longer and first.qid not in longer:
            kinds = {kind_of_place(item) for item in longer.values()}
            grounds = kinds - _ORGANS if adjective else kinds & _GROUNDS
            if grounds or not (adjective or initials):
                return f"part of the name {phrase}"
        elif seen.joined and not longer and (not initials or _is_body(first, text, seen.joined)):
            beside = adjective and seen.joined.startswith(text)
            beside = beside or (initials and _is_of(seen.joined, text))
            if not (beside or any(self._bears(one, seen.joined) for one in ranked[:3])):
                return f"part of the name {seen.joined}"
        if initials and self._mere_code(text, ranked):
            return "a code of a state, which texts hardly use"
        if seen.common and not adjective:
            return "written small, as a common noun"
        if seen.past and adjective and first.how != "curated":
            return "the text speaks of what once was"
        if first.kind == "person":
            if seen.woman and first.how != "judged" and "phrase" not in first.features:
                return "the text speaks of a woman of that name"
            if self.namesakes(text, first):
                return "several people are called so"
            if seen.opened and not self._bears(first, f"{seen.opened} {text}"):
                return f"part of the name {seen.opened} {text}"
        elif (
            seen.person or self._somebody(text, seen.before) or _NOUN.search(seen.opened)
        ) and self._of_people(text):
            return "the text speaks of a person"
        if seen.part and first.kind == "state" and "told" not in first.features:
            return "the text speaks of a region"
        if (seen.told == "water" and first.kind != "water") or (
            first.features.get("article", 0.0) < 0
        ):
            return "the text speaks of a water"
        if seen.told == "former" and "past" not in first.features and "told" not in first.features:
            return "the text speaks of what once was"
        lies = first.kind == "city" or (first.kind == "state" and seen.lies)
        if seen.tail and lies and "tail" not in first.features:
            hits = self.known.by_key(keys.key(seen.tail)) if self.known is not None else []
            if any(h.how == "label" and h.item.kind in ("region", "state") for h in hits):
                return f"the text speaks of a place in {seen.tail}"
        return ""

    def _mere_code(self, text: str, ranked: Sequence[Candidate]) -> bool:
        """Whether a name in a text is a state's by a list of codes only: two capitals, or letters
        that are also something else's.

        Texts say USA, whose initials these are, and hardly ever NLD.
        """
        first = ranked[0]
        if first.kind != "state" or first.how == "curated":
            return False
        known = self.known.names(first.qid) if self.known is not None else []
        names = (first.label, *(name for name, _ in known))
        if any(text in keys.acronyms(name) for name in names):
            return False
        others = (one.how in NAMED | {"initials"} and one.kind != "state" for one in ranked[1:])
        return len(text) == _TWO or (state_code(text) is not None and any(others))

    def rules(self, text: str) -> bool:
        """Whether an ambiguous name means a government first of all, and a building else."""
        listed = self.base.ambiguity(text)
        first = self.base.items.get(listed.qids[0]) if listed is not None else None
        return first is not None and first.kind == "government"

    def adjective(self, text: str) -> bool:
        """Whether a name is a demonym or adjective."""
        ours = {row.type for row in self.base.names_like(text)}
        if ours:
            return ours <= {"adjective", "demonym"}
        hits = self.known.by_key(keys.key(text)) if self.known is not None else []
        kinds = {hit.how for hit in hits if hit.how == "demonym" or hit.item.kind == "state"}
        return kinds == {"demonym"}

    def told_people(self, text: str, phrase: str, longer: dict[str, Item]) -> Iterator[Evidence]:
        """The person whose whole name stands around a last name (`Tony Blair`)."""
        people = [item for item in longer.values() if item.kind == "person"]
        if len(people) == 1 and len(longer) == 1 and phrase.endswith(f" {text}"):
            yield Evidence(people[0], "label", phrase, told=True)

    def _bears(self, one: Candidate, longer: str) -> bool:
        """Whether an item is called by all words of a longer name."""
        words = set(keys.key(longer).split())
        names = [one.label, *(row.name for row in self.base.names.get(keys.key(longer), ()))]
        if self.known is not None:
            names += [name for name, _ in self.known.names(one.qid)]
        return any(words <= set(keys.key(name).split()) for name in names)

    def namesakes(self, text: str, first: Candidate) -> bool:
        """Whether a last name is borne by others about as well known, and nothing tells of one."""
        if first.kind != "person" or " " in text or self.known is None:
            return False
        if first.how in ("judged", "label"):
            return False
        if self.base.names_like(text):
            return False
        best, second = self.known.last_names.get(text.casefold(), (0.0, 0.0))
        telling = {"date", "described", "told of", "neighbours", "phrase"} & first.features.keys()
        return not telling and second > 0.0 and best - second < _OUTSHONE

    def _of_people(self, text: str) -> bool:
        """Whether people bear a name, as first name or last; without a snapshot any might."""
        if self.known is None:
            return True
        name = text.casefold()
        return name in self.known.first_names or name in self.known.last_names

    def organs(self, text: str, around: str) -> Iterator[Evidence]:
        """The organ of the United Nations of a name without these words, where a text names them.

        A body of two words or more (`Security Council`); a mere candidate in other texts.
        """
        if self.known is None or " " not in text or not text.istitle():
            return
        for hit in self.known.by_key(f"united nations {keys.key(text)}"):
            if hit.how in ("label", "official"):
                told = _UNITED.search(around) is not None
                yield Evidence(hit.item, "official", hit.name, automatic=told)

    def waters(self, text: str, seen: Cues) -> Iterator[Evidence]:
        """The river of a name where the text speaks of one, or gives the name an article."""
        if self.known is None or not (seen.told == "water" or seen.article):
            return
        for hit in self.known.by_key(keys.key(f"{text} River")):
            if hit.item.kind == "water" and hit.how in NAMED:
                yield Evidence(hit.item, "alias", hit.name)
