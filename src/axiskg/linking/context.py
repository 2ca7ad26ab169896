"""What the text around a name tells about what the name means."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from axiskg.errors import ParameterError
from axiskg.linking import cue_words, keys
from axiskg.linking.beside import FIELDS, ORGANS, SMALL, STATELY
from axiskg.linking.names import CONTEXTS
from axiskg.linking.occurrences import Occurrence, neutral, occurrence
from axiskg.linking.told import told_kind, told_person, told_woman

__all__ = ["NO_CONTEXT", "Context", "Cues", "cues", "mentions"]


@dataclass(frozen=True, slots=True)
class Context:
    """Where a name stands.

    `text` is the sentence or passage, `entities` are other things the document speaks of (QIDs,
    slugs or names), `date` is the document's (ISO, or a year), `topic` is one of `names.CONTEXTS`
    when the caller knows it.
    """

    text: str = ""
    entities: tuple[str, ...] = ()
    date: str = ""
    topic: str = ""

    def __post_init__(self) -> None:
        """Raises `ParameterError` for a topic that tells nothing."""
        if self.topic and self.topic not in CONTEXTS:
            raise ParameterError("topic", f"one of {', '.join(CONTEXTS)}", repr(self.topic))

    @property
    def year(self) -> int | None:
        """The year of the date."""
        found = re.match(r"-?\d{4}", self.date)
        return int(found[0]) if found else None


NO_CONTEXT: Final = Context()

_WHERE: Final = 1.5
"""What a word like "in" before a name counts for a place."""

_WEAK: Final = 0.5
"""Below this, words speak for no topic: "from Georgia"."""


@dataclass(frozen=True, slots=True)
class Cues:
    """How strongly the words around a name speak for each topic and kind; 0 is not at all.

    `found` says that the name stands in the text, `acting` that it does there, or has done to it,
    what governments do. `kinds` are kinds that the text speaks of, `told` the one that the words
    next to the name say it is of ("the Congo flows"; polity is a state or region). `phrases` are
    longer capitalised phrases that it stands in, `before` those that end in it elsewhere in the
    text, `joined` the longer name that capitals make it
    part of wherever it stands, `opened` the word before it that opens the sentence, `tail` a place
    that a comma adds (and `lies` says that it is no list of places), `aside` that the name itself
    may be such a place. `combining` says that a hyphen ties it to what follows ("Sino-Russian"),
    `common` that it is written small in a text with capitals, `article` that it has one of its own
    ("the Niger"), `person` that the words speak on of him or her, `woman` that the title is hers,
    `part` that it is a region or has a governor, `past` that the words are about long ago,
    `foreign` about foreign affairs; `years` are those of the text.
    """

    found: bool = False
    government: float = 0.0
    place: float = 0.0
    acting: bool = False
    kinds: frozenset[str] = frozenset()
    told: str = ""
    phrases: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    joined: str = ""
    opened: str = ""
    tail: str = ""
    lies: bool = False
    aside: bool = False
    combining: bool = False
    common: bool = False
    article: bool = False
    person: bool = False
    woman: bool = False
    part: bool = False
    past: bool = False
    foreign: bool = False
    years: tuple[int, ...] = ()

    @property
    def topic(self) -> str:
        """The topic that the words speak for, or "" when they are even or silent.

        Talk of governments tells only of a name that acts in it or has something done to it.
        """
        government = self.government if self.acting or not self.found else 0.0
        if max(government, self.place) < _WEAK or government == self.place:
            return ""
        return "government" if government > self.place else "place"


def cues(name: str, text: str, given: Collection[str] = ()) -> Cues:
    """What the words of `text` say about `name`, most of all those right around it.

    `given` are first names of people, in lower case.

    >>> cues("Washington", "Washington imposed sanctions on Moscow.").topic
    'government'
    >>> cues("Washington", "He lives in Washington, near the river.").topic
    'place'
    """
    if not text:
        return Cues()
    found = occurrence(name, text, given)
    if found is None:
        return _counted(text, Cues())
    before, after = found.before, found.after
    kinds = set()
    told = told_kind(before, after)
    government, place = _governing(before, after), _placed(before, after)
    if name.endswith(".") and before.endswith(", "):
        told = "region"
    if told == "city":
        place, government = place + 1.5, 0.0
    if cue_words.PART.search(before[-40:]):
        kinds |= {"region", "island"}
        place += 1.0
    window = before[-_WINDOW:] + " " + after[:_WINDOW]
    seen = Cues(
        found=True,
        government=government,
        place=place,
        acting=government > 0.0
        or any(_governing(text[: one.start()], text[one.end() :]) for one in found.others),
        kinds=frozenset(kinds),
        told=told,
        phrases=_phrases(found.surface, before, after),
        before=_before(found, text) if place < _WHERE else (),
        joined=found.joined,
        opened=found.opened,
        common=found.common,
        combining=re.match(r"[-‑–]\w", after) is not None,
        article=_article(before, after, initials=name.isupper()),
        person=told_person(before, after),
        woman=told_woman(before),
        part=_PART_OF.search(before) is not None and cue_words.OWNED.match(after) is None,
        past=cue_words.PAST.search(window) is not None,
        foreign=cue_words.FOREIGN.search(window) is not None,
        years=tuple(int(year) for year in cue_words.YEAR.findall(window)),
        tail=_tail(after),
        lies=_LIES.match(after) is not None and _LISTED.search(before) is None,
        aside=re.search(r"[A-Z][\w.’'-]+, $", before) is not None and after[:1] in ",.;)",
    )
    return _counted(window, seen)


def _governing(before: str, after: str) -> float:
    """How strongly the words next to a name say that it does what governments do, or has it
    done to it."""
    acting = 0.0
    if cue_words.MEMBERS.search(before[-80:]):
        acting += 1.5
    elif cue_words.TO.search(before[-4:]) and cue_words.TOWARDS.search(before[-30:]):
        acting += 0.5
    elif cue_words.IN.search(before[-80:]):
        if re.match(r"\sto [a-z]", after) and cue_words.URGED.search(before[-60:]):
            acting += 1.5
    elif (deed := _acts(after)) or cue_words.URGED.search(before[-60:]):
        acting += max(deed, 1.5 * bool(cue_words.URGED.search(before[-60:])))
    elif cue_words.TOWARDS.search(before[-30:]) and not cue_words.BOUND.search(before[-30:]):
        acting += 0.5
    if not _owns_place(after) and _owns_power(after):
        acting += 1.5
    if cue_words.BACKED.match(after):
        acting += 1.5
    return acting


def _placed(before: str, after: str) -> float:
    """How strongly the words next to a name say that it is where something is."""
    placed = 0.0
    preposition = cue_words.IN.search(before[-80:])
    if preposition is not None and not cue_words.MEMBERS.search(before[-80:]):
        placed += 1.5 if preposition[1].casefold() in cue_words.LOCATIVE else 0.25
        if preposition[1].casefold() == "from" and re.match(r"\sto [A-Z]", after):
            placed += 0.5
    if cue_words.BOUND.search(before[-30:]) or cue_words.REACHED.search(before[-40:]):
        placed += 1.5
    if cue_words.BASED.match(after) or _owns_place(after):
        placed += 1.5
    return placed


def _owns_place(after: str) -> bool:
    """Whether what a name owns is a place: a street, or what has a name and is no office.

    An adjective with a capital names nothing: Washington's European allies.
    """
    found = cue_words.OWNED.match(after)
    if found is None:
        return False
    if cue_words.PLACES.fullmatch(found[1]) or cue_words.GROUNDS.match(after):
        return True
    plain = found[1].casefold()
    named = found[1][:1].isupper() and not re.match(r"\s[a-z]", after[found.end() :])
    return named and not (neutral(plain) or plain in FIELDS | ORGANS | STATELY)


def _before(found: Occurrence, text: str) -> tuple[str, ...]:
    """The longer names that end in a name at its other places (Tony Blair, who is Blair then)."""
    names = (
        phrase
        for place in found.others
        for phrase in _phrases(
            found.surface, text[max(0, place.start() - _WINDOW) : place.start()], ""
        )
        if phrase.endswith(f" {found.surface}")
    )
    return tuple(dict.fromkeys(names))


def _owns_power(after: str) -> bool:
    """Whether what a name owns is a government's: its policy, its army, its next foreign minister.

    Cities own bakeries and winters.
    """
    found = cue_words.OWNED.match(after)
    if found is None:
        return False
    ahead = after[found.start(1) :].split(maxsplit=3)[:3]
    plain = [word.casefold().strip(".,;:") for word in ahead]
    told = any(neutral(w) or w in FIELDS | ORGANS | STATELY for w in plain[:2])
    deed = any(cue_words.ACTS.fullmatch(word) for word in plain)
    return told or deed or cue_words.DEEDS.match(after) is not None


def _counted(text: str, seen: Cues) -> Cues:
    """The cues with what all words of a text around a name count for."""
    ruling = 0.5 * min(4, len(cue_words.ACTS.findall(text)))
    telling = 0.6 * min(4, len(cue_words.PLACES.findall(text)))
    sorts = (("city", cue_words.CITY), ("region", cue_words.REGION), ("water", cue_words.WATER))
    kinds = seen.kinds | {kind for kind, words in sorts if words.search(text)}
    if "region" in kinds and not cue_words.FEDERAL.search(text):
        kinds |= {"state"}
    return replace(
        seen,
        government=seen.government + (0.0 if seen.told == "city" else ruling),
        place=seen.place + telling,
        kinds=kinds,
    )


def _article(before: str, after: str, *, initials: bool) -> bool:
    """Whether an article belongs to a name itself: "along the Niger", not "the Niger junta"."""
    if not cue_words.THE.search(before[-6:]):
        return False
    return initials or cue_words.ATTRIBUTE.match(after) is None


def _tail(after: str) -> str:
    """The place that a comma adds to a name: "Moscow, Idaho, has"."""
    found = cue_words.TAIL.match(after)
    return found["place"] if found is not None else ""


def _acts(after: str) -> float:
    """How strongly what comes after a name says that it does what governments do.

    A verb of theirs tells, and any other past tense hardly (cities celebrate, too); other names may
    stand between ("Paris and Berlin said").
    """
    found = cue_words.AFTER.match(after)
    if found is None:
        return 0.0
    verb = found["verb"]
    if (
        cue_words.VERB.fullmatch(verb)
        or cue_words.DEED.fullmatch(verb)
        or verb in cue_words.IRREGULAR
        or cue_words.PRESENT.match(after, found.start("verb"))
    ):
        return 1.5
    if not verb.islower() or cue_words.HAPPENS.fullmatch(verb):
        return 0.0
    return 1.5 if found["helping"] else 0.25 * verb.endswith("ed")


_LIES: Final = re.compile(r", (?:[A-Z]\w+ ?){1,3}, (?!and\b|or\b)[a-z]")
_PART_OF: Final = re.compile(
    r"(?<!bank )\b(?:regions?|province|governor|oblast|district|prefecture) of (?:the )?$"
)
_LISTED: Final = re.compile(r"[A-Z]\w+, $")

_WINDOW: Final = 120
"""Characters to each side of a name whose words count."""


def _phrases(name: str, before: str, after: str) -> tuple[str, ...]:
    """The longer phrases in capitals that a name stands in, longest first."""
    capital = r"[A-ZÀ-ÖØ-ÞЀ-Я][\w.’'-]*"
    left = re.search(rf"((?:{capital}\s)?{capital})\s$", before)
    right = re.match(rf"\s({capital}(?:\s{capital})?)", after)
    lefts = [left[1], left[1].rpartition(" ")[2]] if left else []
    rights = [right[1], right[1].partition(" ")[0]] if right else []
    found = [f"{one} {name} {other}" for one in lefts for other in rights]
    found += [f"{one} {name}" for one in lefts] + [f"{name} {other}" for other in rights]
    compound = re.match(rf"[-‑–]({capital})", after)
    if compound is not None:
        found = [f"{name}-{compound[1]}", *found]
    body = re.search(rf"((?:{capital} ){{1,3}})((?:of|for) (?:the )?)$", before)
    if body is not None:
        words = body[1].split()
        ends = (" ".join(words[first:]) for first in range(len(words)))
        found = [*(f"{end} {body[2]}{name}" for end in ends), *found]
    own = {*name.split(), "The"}
    telling = (
        phrase
        for phrase in found
        if not all(neutral(w.casefold().strip(".,")) for w in phrase.split() if w not in own)
    )
    return tuple(dict.fromkeys(telling))


_CAPITALISED: Final = re.compile(
    r"\b[A-Z][\w.'’-]*(?:\s+(?:of\s+(?:the\s+)?|and\s+)?[A-Z][\w.'’-]*){0,3}"
)


def mentions(text: str, name: str) -> tuple[str, ...]:
    """Other capitalised phrases of a text, which may be names, in order, each once.

    >>> mentions("Georgia lies between Russia and Armenia.", "Georgia")
    ('Russia and Armenia', 'Russia', 'Armenia')
    """
    own = keys.key(name)
    found: dict[str, None] = {}
    for phrase in _CAPITALISED.findall(text)[:40]:
        for part in (phrase, *re.split(r"\s+and\s+", phrase)):
            tidy = re.sub(r"['’]s$", "", part.strip(" .,"))
            first, _, rest = tidy.partition(" ")
            small = first.casefold() in SMALL and first not in ("Will", "May")
            tidy = rest if small and rest[:1].isupper() else tidy
            if tidy and keys.key(tidy) != own and len(tidy) > 2:
                found[tidy] = None
    return tuple(found)
