"""What the text around a name tells about what the name means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from axiskg.linking import keys

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

    @property
    def year(self) -> int | None:
        """The year of the date."""
        found = re.match(r"-?\d{4}", self.date)
        return int(found[0]) if found else None


NO_CONTEXT: Final = Context()


@dataclass(frozen=True, slots=True)
class Cues:
    """How strongly the words around a name speak for each topic and kind; 0 is not at all."""

    government: float = 0.0
    place: float = 0.0
    kinds: frozenset[str] = frozenset()

    @property
    def topic(self) -> str:
        """The topic that the words speak for, or "" when they are even or silent."""
        if self.government > self.place:
            return "government"
        return "place" if self.place > self.government else ""


_ACTS: Final = re.compile(
    r"\b(said|says|warn\w*|accus\w+|denounc\w+|condemn\w*|impos\w+|sanction\w*|announc\w+|agree[ds]?"
    r"|insist\w*|demand\w*|reject\w*|oppos\w+|support\w*|back(s|ed|ing)|urg(es?|ed|ing)|threaten\w*"
    r"|negotiat\w+|sign(s|ed)|recogni[sz]\w+|retaliat\w+|respond\w*|seek(s|ing)?|sought|want(s|ed)?"
    r"|fear(s|ed)?|believ\w+|claim(s|ed)?|denie[sd]|polic(y|ies|ymakers)|diploma\w*|officials?"
    r"|government\w*|administration|relations?|ties|alliance\w*|all(y|ies)|rival\w*|treat(y|ies)"
    r"|talks|summit|foreign|tariffs?|trade|weapons?|arms|military|influence|position|stance"
    r"|strategy|adversar\w+|partner\w*|leaders?|minist\w+|rulers?|regime|perceiv\w+|views?"
    r"|sees?|saw|veto\w*|vot(es?|ed|ing)|decid\w+|decision|approv\w+|pressure[ds]?|criticiz\w+)\b",
    re.IGNORECASE,
)
_PLACES: Final = re.compile(
    r"\b(cit(y|ies)|town|streets?|neighbou?rhoods?|suburbs?|airport|river|lake|mountains?|forests?"
    r"|coast|weather|rain\w*|snow\w*|storm\w*|earthquake|population|residents?|liv(es?|ed|ing)|born"
    r"|died|locat\w+|situated|miles|kilomet(er|re)s|near|north of|south of|east of|west of|drove"
    r"|flew|fly|flight|travel\w*|visit(s|ed|ing|or|ors)?|tourists?|museum\w*|restaurants?|downtown"
    r"|county|counties|university|hotel|highway|bridge|peninsula|island|region|wildfires?|farms?"
    r"|apples|wine|moved|grew up|studied|arriv\w+|metro|subway|monuments?)\b",
    re.IGNORECASE,
)
_CITY: Final = re.compile(
    r"\b(cit(y|ies)|capital|streets?|downtown|metro|subway|museum\w*|monuments?|suburbs?|mayor"
    r"|airport|embassy|protest\w*|flew|flight|D\.?C\.?)\b",
    re.IGNORECASE,
)
_REGION: Final = re.compile(
    r"\b(state of|states? (legislature|governor|senate)|governor|counties|county|statewide|farms?"
    r"|forests?|wildfires?|apples|wine|coast|province|peninsula|residents of the state)\b",
    re.IGNORECASE,
)
_IN: Final = re.compile(
    r"\b(in|at|near|around|outside|inside|across|from|through|to|toward|towards|throughout|of)"
    r"\s+(?:the\s+|downtown\s+|central\s+|northern\s+|southern\s+|eastern\s+|western\s+)*$",
    re.IGNORECASE,
)
_LOCATIVE: Final = frozenset({"in", "at", "near", "around", "outside", "inside", "across"})


def cues(name: str, text: str) -> Cues:
    """What the words of `text` say about `name`, most of all those right around it.

    >>> cues("Washington", "Washington imposed sanctions on Moscow.").topic
    'government'
    >>> cues("Washington", "He lives in Washington, near the river.").topic
    'place'
    """
    if not text:
        return Cues()
    government, place = 0.0, 0.0
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    if found is not None:
        before, after = text[: found.start()], text[found.end() :]
        preposition = _IN.search(before)
        if preposition is not None:
            place += 1.5 if preposition[1].casefold() in _LOCATIVE else 0.25
        if re.match(r"['’]s?\s", after) or (_ACTS.match(after.lstrip()) and not preposition):
            government += 1.5
        text = before[-120:] + " " + after[:120]
    government += 0.5 * min(4, len(_ACTS.findall(text)))
    place += 0.6 * min(4, len(_PLACES.findall(text)))
    kinds = set()
    if _CITY.search(text):
        kinds.add("city")
    if _REGION.search(text):
        kinds.add("region")
    return Cues(government, place, frozenset(kinds))


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
            if tidy and keys.key(tidy) != own and len(tidy) > 2:
                found[tidy] = None
    return tuple(found)
