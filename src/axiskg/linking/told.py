"""What kind of thing the words right next to a name say it is: "the Congo flows", "governor of"."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["told_kind", "told_person", "told_woman"]

_RULED: Final = (
    r"(?:vice[- ]|deputy )?(?:president|prime minister|king|queen|emir|sultan|shah|chancellor"
    r"|(?:foreign|defen[cs]e|finance|interior|trade) minist(?:er|ry)|ambassadors?|parliament"
    r"|central bank|army|armed forces|junta|independence|sovereignty|recognition|embassy)"
)
_SORTS: Final = (
    (
        "water",
        r"\b(?:banks|mouth|source|delta|basin|waters|tributar(?:y|ies)) of the $|\briver(?: of)? $"
        r"|\b(?:up|down|along|sailed|navigate) the $",
        r"\s(?:river|flows?|basin|flowed|empties|floods?)\b",
    ),
    (
        "city",
        r"\b(?:city|town|downtown|mayor|streets|suburbs|outskirts|airport|slums|rooftops|cent(?:er|re)"
        r"|university town|neighbou?rhoods)(?: of)? $|\bcapital(?: city)?,? $",
        r"\s(?:city|metro|mayor)\b|['’]s? (?:mayor|streets|suburbs|airport|subway|metro|skyline)\b"
        r"|,? D\.?C\b|,? (?:a|the) (?:capital|city|town)\b",
    ),
    ("island", r"\b(?:islands?|isle|peninsula) of $", r"\s(?:peninsula|island)\b|^ juts\b"),
    (
        "former",
        r"\b(?:empire|khanate|caliphate|ancient|colony|protectorate) (?:of )?(?:the )?$",
        r"(?!)",
    ),
    ("state", r"\b(?:an?|(?:north|south|east|west)ern|autonomous) province of $", r"(?!)"),
    (
        "region",
        r"\b(?:states?|provinces?|governor|legislature|counties) of (?:the )?$|\bsenators? from $"
        r"|\bstate (?:government|parliament|premier) (?:of|in) $",
        r"\s(?:province|legislature|statehouse|governor|senators?|voters?|runoff|primary)\b"
        r"|['’]s? (?:governor|legislature|statehouse|senators?|counties)\b"
        r"|\sstate\b(?!\s(?:media|news|tv|television|visit|department|secrets?|council\w*|security"
        r"|assets|banks?|oil|compan\w+|firms?|owned|run|of|universit\w+|officials?|budget)\b)",
    ),
    ("state", rf"\b(?:country|nation|republic|{_RULED}) of (?:the )?$", rf"(?:['’]s?)? {_RULED}\b"),
    (
        "polity",
        r"\bcapital(?: city)? of (?:the )?$"
        r"|\b(?:mountains|hills|forests|coast|plains|deserts|valleys|farms|provinces|villages|towns"
        r"|cities|counties|citizens|voters|taxpayers) of $"
        r"|\b(?:largest|biggest|oldest|main|busiest) (?:cit(?:y|ies)|towns?|ports?|airports?)"
        r" (?:in|of) $",
        r"(?!)",
    ),
)
_RULES: Final = tuple(
    (kind, re.compile(left, re.IGNORECASE), re.compile(right, re.IGNORECASE))
    for kind, left, right in _SORTS
)
_DATELINE: Final = re.compile(
    r"(?:,\s[A-Z][\w. ]{1,20})?(?:\s\d\d?[-/]\d\d?)?\s?(?:\([A-Z][\w/ ]+\)\s?)?"
    r"[-‑–—]{1,2}\s[\"“‘'A-Z]|\s\((?:[A-Z]{2,}|Reuters|Xinhua)\w*\)|\s\d{4}-\d\d-\d\d\b"
)
"""What follows the place that opens a report: "BEIJING - A", "Moscow (Reuters)"."""

_OPENING: Final = re.compile(r"(?:^|[.!?]['\"”’]?\s+|\n)\s*\(?$")

_BORDERED: Final = re.compile(r"\s(?:border|frontier|front|coast)\b")
_IS: Final = re.compile(
    r"(?:(?:,|,? and) [A-Z]\w+)*\s(?:(?:is|was)\s(?:an?|the)|are|were)\s(?P<what>[^.,;]{3,60})"
)
_NOUNS: Final = (
    ("water", r"\b(?:rivers?|lakes?|seas?)\b"),
    ("city", r"\b(?:city|cities|towns?|capitals?)\b"),
    ("state", r"\b(?:country|countries|nations?|republics?|sovereign states?)\b"),
    ("region", r"\b(?:states?|provinces?|regions?)\b"),
)
_TITLE: Final = re.compile(
    r"\b(?:(?:Mrs?|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Adm|Col|Capt|Maj|Lt|Sgt|Rev)\.?|President|Senator"
    r"|General|Admiral|Colonel|Captain|Professor|Judge|Justice|Governor|Ambassador|Secretary|Sir"
    r"|Lady|Lord|King|Queen|Prince|Princess|Pope|Coach|Chancellor|Minister|Representative"
    r"|Congress(?:man|woman)|Speaker|Chair(?:man|woman)?|Sheriff|Detective|Inspector|Uncle|Aunt)\s$"
)
_WOMAN: Final = re.compile(r"\b(?:Mrs|Ms|Miss|Lady|Dame|Madam|Madame)\.?\s$")
_KIN: Final = re.compile(
    r"\b(?:(?:[Mm]y|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur) (?:[a-z]+ )?)(?:husband|wife|brother|sister|son"
    r"|daughter|friend|neighbou?r|uncle|aunt|father|mother|cousin|colleague|boyfriend|girlfriend"
    r"|partner|nephew|niece|boss|grandson|grandfather|dog|cat)\s$"
)
_APPOSED: Final = re.compile(
    r", (?:\d{1,2},|(?:an?|the) (?:[\w’'-]+ ){0,4}(?:chair(?:man|woman)|lawmaker|lawyer|actor"
    r"|congress(?:man|woman)|actress|singer|player|coach|senator|director|author|professor|analyst"
    r"|journalist|farmer|teacher|student|engineer|driver|veteran|shepherd|policeman|scientist"
    r"|economist)\b)"
)
_LIVES: Final = re.compile(
    r"\s(?:scored|sang|sings|starred|tweeted|smiled|laughed|married|graduated|retired|wept|shrugged"
    r"|plays the|played the|stars|dunked|homered|testified)\b"
)
_PRONOUN: Final = re.compile(
    r"(?:\s(?:and|with)|(?:\s[a-z]+){1,3})\s(?:he|she|his|her|himself|herself)\b"
)


def told_kind(before: str, after: str) -> str:
    """The kind that the words next to a name say it is of, or ""; polity is a state or region.

    >>> told_kind("the mayor of ", " spoke"), told_kind("", "'s ambassador"), told_kind("in ", "")
    ('city', 'state', '')
    """
    if _DATELINE.match(after) and _OPENING.search(before):
        return "city"
    for kind, left, right in _RULES:
        if left.search(before[-60:]) or right.match(after):
            return "" if kind == "water" and _BORDERED.match(after) else kind
    found = _IS.match(after)
    what = re.split(r"\b(?:in|of|with|between)\b", found["what"])[0] if found is not None else ""
    return next((kind for kind, noun in _NOUNS if re.search(noun, what)), "")


def told_woman(before: str) -> bool:
    """Whether a woman's title stands before a name.

    >>> told_woman("Mrs. "), told_woman("Mr ")
    (True, False)
    """
    return _WOMAN.search(before) is not None


def told_person(before: str, after: str) -> bool:
    """Whether the words next to a name speak of him or her: a title, kin, an age, a pronoun.

    >>> told_person("", " said he would not run"), told_person("", " said it would")
    (True, False)
    >>> told_person("asked Gen. ", " to resign"), told_person("the president of ", "")
    (True, False)
    """
    if _TITLE.search(before) or _KIN.search(before):
        return True
    return any(words.match(after) for words in (_PRONOUN, _APPOSED, _LIVES))
