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
    """How strongly the words around a name speak for each topic and kind; 0 is not at all.

    `kinds` are kinds that the text speaks of, `told` the one that the words next to the name say
    it is of ("the Congo flows"; polity is a state or region), `phrases` the longer capitalised
    phrases that it stands in, and `combining` says that a hyphen ties it to what follows
    ("Sino-Russian").
    """

    government: float = 0.0
    place: float = 0.0
    kinds: frozenset[str] = frozenset()
    told: str = ""
    phrases: tuple[str, ...] = ()
    combining: bool = False

    @property
    def topic(self) -> str:
        """The topic that the words speak for, or "" when they are even or silent."""
        if self.government > self.place:
            return "government"
        return "place" if self.place > self.government else ""


_VERBS: Final = (
    r"said|says|warn\w*|accus\w+|denounc\w+|condemn\w*|impos\w+|sanction\w*|announc\w+|agree[ds]?"
    r"|insist\w*|demand\w*|reject\w*|oppos\w+|support\w*|back(?:s|ed|ing)|urg(?:es?|ed|ing)"
    r"|threaten\w*|negotiat\w+|sign(?:s|ed)|recogni[sz]\w+|retaliat\w+|respond\w*|seek(?:s|ing)?"
    r"|sought|want(?:s|ed)?|fear(?:s|ed)?|believ\w+|claim(?:s|ed)?|denie[sd]|deny|perceiv\w+|sees?|saw"
    r"|veto\w*|vot(?:es?|ed|ing)|decid\w+|approv\w+|pressure[ds]?|criticiz\w+|argu(?:es?|ed|ing)"
    r"|suppl(?:y|ies|ied)|expel\w*|deploy\w*|dismiss\w*|protest(?:s|ed)|summon\w*|ratif\w+|mediat\w+"
    r"|withdr[ae]w\w*|annex\w*|invad\w+|ban(?:s|ned)|halt(?:s|ed)|arm(?:s|ed|ing)|vow(?:s|ed)"
    r"|pledg\w+|resum(?:es|ed)|block(?:s|ed)|propos(?:es|ed)|appl(?:ies|ied)|sided|courts|hopes"
)
_ACTS: Final = re.compile(
    rf"\b({_VERBS}|polic(y|ies|ymakers)|diploma\w*|officials?"
    r"|government\w*|administration|relations?|ties|alliance\w*|all(y|ies)|rival\w*|treat(y|ies)"
    r"|talks|summit|foreign|tariffs?|trade|weapons?|arms|military|influence|position|stance"
    r"|strategy|adversar\w+|partner\w*|leaders?|minist\w+|rulers?|regime|views?|decision"
    r"|export controls|pact|sovereignty|deterrence|espionage|embargo|accession|tensions?|rift"
    r"|disputes?|deal|standoff|spokes(?:man|woman|person|people)|invasion|ceasefire)\b",
    re.IGNORECASE,
)
_VERB: Final = re.compile(_VERBS, re.IGNORECASE)
_HAPPENS: Final = re.compile(
    r"(locat|situat|flood|populat|nam|call|crowd|cover|surround|settl|inhabit|deriv|featur|need"
    r"|border|stretch|remain|form|host|fir)ed|is|was|bed|red|shed|seed|speed|wed",
    re.IGNORECASE,
)
"""What ends like a past tense and isn't what a government does."""

_IRREGULAR: Final = frozenset(
    ["broke", "built", "chose", "cut", "drew", "fired", "gave", "held", "kept", "left", "made",
     "met", "sent", "set", "spoke", "struck", "told", "took", "won"]
)  # fmt: skip
_AFTER: Final = re.compile(
    r"(?:(?:,|,? and)\s+(?:the\s+)?[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]+)?)*"
    r"\s+(?P<helping>(?:has|have|had|will|would|must|should|may|might|could|cannot|can|did|does)\s+)?"
    r"(?:(?:not|also|never|now|long|again|still|\w+ly)\s+)*(?P<verb>\w+)"
)
_MEMBERS: Final = re.compile(
    r"\b(officials?|critics|lawmakers|hawks|policymakers|diplomats|leaders?|leadership|authorities"
    r"|analysts|government|regime|strategists|elites?|rulers)\s+in\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_PLACES: Final = re.compile(
    r"\b(cit(y|ies)|town|streets?|neighbou?rhoods?|suburbs?|airport|river|lake|mountains?|forests?"
    r"|coast|weather|rain\w*|snow\w*|storm\w*|earthquake|population|residents?|liv(es?|ed|ing)|born"
    r"|died|locat\w+|situated|miles|kilomet(er|re)s|near|north of|south of|east of|west of|drove"
    r"|flew|fly|flight|travel\w*|visit(s|ed|ing|or|ors)?|tourists?|museum\w*|restaurants?|downtown"
    r"|county|counties|university|hotel|highway|bridge|peninsula|island|region|wildfires?|farms?"
    r"|apples?|wine|moved|grew up|studied|arriv\w+|metro|subway|monuments?|growers?|harvest"
    r"|orchards?|smog|drought|hurricane|buildings?|apartments?|festival|cathedrals?|stadium|flows?|rents?)\b",
    re.IGNORECASE,
)
_CITY: Final = re.compile(
    r"\b(cit(y|ies)|capital|streets?|downtown|metro|subway|museum\w*|monuments?|suburbs?|mayor"
    r"|airport|embassy|protest\w*|flew|flights?|D\.?C\.?|memorial|capitol|march(ed)?|returned to"
    r"|arrived|president|ambassador|apartments?|smog|stadium|hotel|restaurants?)\b",
    re.IGNORECASE,
)
_REGION: Final = re.compile(
    r"\b(state of|states? (legislature|governor|senate)|governor|counties|county|statewide|farms?"
    r"|forests?|wildfires?|apples?|wine|coast|province|peninsula|residents of the state"
    r"|senators? from|growers?|harvest|orchards?|crops?|builds|fisheries"
    r"|north of|south of|east of|west of)\b",
    re.IGNORECASE,
)
_WATER: Final = re.compile(
    r"\b(flow(s|ed|ing)?|tributar\w+|navigab\w+|upstream|downstream|estuary|rapids)\b",
    re.IGNORECASE,
)
_IN: Final = re.compile(
    r"\b(in|at|near|around|outside|inside|across|from|through|to|toward|towards|throughout|of)"
    r"\s+(?:the\s+|downtown\s+|central\s+|northern\s+|southern\s+|eastern\s+|western\s+)*$",
    re.IGNORECASE,
)
_LOCATIVE: Final = frozenset({"in", "at", "near", "around", "outside", "inside", "across"})
_PART: Final = re.compile(r"\b(northern|southern|eastern|western|upstate|rural)\s+$", re.IGNORECASE)
_SORTS: Final = (
    (
        "water",
        r"(?:river|lake|sea|banks of)(?: of)?(?: the)? $",
        r"\s(?:river|flows?|basin|flowed)\b",
    ),
    ("city", r"\b(?:city|town|downtown)(?: of)? $", r"\s(?:city|metro)\b|,? D\.?C\b"),
    (
        "region",
        r"\b(?:state|province|governor|voters) (?:of|in) $|\bsenators? from $",
        r"\s(?:state|province|legislature|statehouse|governor|senators?|voters?)\b",
    ),
    ("state", r"\b(?:country|nation|republic) of (?:the )?$", r"$^"),
    ("polity", r"\bcapital(?: city)? of (?:the )?$", r"$^"),
)
_IS: Final = re.compile(r"\s(?:is|was)\s(?:an?|the)\s(?P<what>[^.,;]{3,60})")
_NOUNS: Final = (
    ("water", r"\b(?:river|lake|sea)\b"),
    ("city", r"\b(?:city|town)\b"),
    ("state", r"\b(?:country|nation|republic|sovereign state)\b"),
    ("region", r"\b(?:state|province|region)\b"),
)


def cues(name: str, text: str) -> Cues:
    """What the words of `text` say about `name`, most of all those right around it.

    >>> cues("Washington", "Washington imposed sanctions on Moscow.").topic
    'government'
    >>> cues("Washington", "He lives in Washington, near the river.").topic
    'place'
    """
    if not text:
        return Cues()
    government, place, told = 0.0, 0.0, ""
    phrases: tuple[str, ...] = ()
    combining = False
    kinds = set()
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    if found is not None:
        before, after = text[: found.start()], text[found.end() :]
        combining = re.match(r"[-‑–]\w", after) is not None
        preposition = _IN.search(before)
        if _MEMBERS.search(before):
            government += 1.5
        elif preposition is not None:
            place += 1.5 if preposition[1].casefold() in _LOCATIVE else 0.25
        elif _acts(after):
            government += 1.5
        if re.match(r"['’]s?\s", after):
            government += 1.5
        if _PART.search(before):
            kinds.add("region")
        told = _told(before, after)
        phrases = _phrases(name, before, after)
        text = before[-120:] + " " + after[:120]
    government += 0.5 * min(4, len(_ACTS.findall(text)))
    place += 0.6 * min(4, len(_PLACES.findall(text)))
    for kind, words in (("city", _CITY), ("region", _REGION), ("water", _WATER)):
        if words.search(text):
            kinds.add(kind)
    return Cues(government, place, frozenset(kinds), told, phrases, combining)


def _told(before: str, after: str) -> str:
    """The kind that the words next to a name say it is of, or ""."""
    for kind, left, right in _SORTS:
        if re.search(left, before, re.IGNORECASE) or re.match(right, after, re.IGNORECASE):
            return kind
    found = _IS.match(after)
    what = re.split(r"\b(?:in|of|with|between)\b", found["what"])[0] if found is not None else ""
    return next((kind for kind, noun in _NOUNS if re.search(noun, what)), "")


def _acts(after: str) -> bool:
    """Whether what comes after a name says that it does what governments do.

    A verb of theirs, or any past tense; other names may stand between ("Paris and Berlin said").
    """
    found = _AFTER.match(after)
    if found is None:
        return False
    verb = found["verb"]
    if _VERB.fullmatch(verb) or verb in _IRREGULAR:
        return True
    past = verb.endswith("ed") and verb.islower() and not _HAPPENS.fullmatch(verb)
    return past or bool(found["helping"] and verb.islower() and not _HAPPENS.fullmatch(verb))


def _phrases(name: str, before: str, after: str) -> tuple[str, ...]:
    """The longer phrases in capitals that a name stands in, longest first."""
    capital = r"[A-Z][\w.’'-]*"
    left = re.search(rf"((?:{capital}\s)?{capital})\s$", before)
    right = re.match(rf"\s({capital}(?:\s{capital})?)", after)
    lefts = [left[1], left[1].rpartition(" ")[2]] if left else []
    rights = [right[1], right[1].partition(" ")[0]] if right else []
    found = [f"{one} {name} {other}" for one in lefts for other in rights]
    found += [f"{one} {name}" for one in lefts] + [f"{name} {other}" for other in rights]
    body = re.search(rf"((?:{capital} ){{1,3}})(of (?:the )?)$", before)
    if body is not None:
        words = body[1].split()
        ends = (" ".join(words[first:]) for first in range(len(words)))
        found = [*(f"{end} {body[2]}{name}" for end in ends), *found]
    return tuple(dict.fromkeys(found))


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
