"""The forms under which a name is looked up, from strict to loose.

All are exact keys: two names match under a form or they don't. Nothing here is fuzzy.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["acronyms", "bag", "core", "flag_code", "is_code", "key", "trigrams"]

_DROP: Final = re.compile(r"[\u0300-\u036f\u02b0-\u02ff'’‘`´ʻʼ]")
_DOTTED: Final = re.compile(r"\b(?:\w\. ?){2,}|\b(?:[A-Z] ){2,}[A-Z]\b")
_WORD: Final = re.compile(r"\w+")
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ς": "c", "ð": "d"}
)
_STOP: Final = frozenset("the of and for in on to a an de la le les du des del da do dos das y e et".split())
_SAME: Final = {
    "rep": "republic", "dem": "democratic", "fed": "federal", "sts": "states", "st": "saint",
    "ste": "saint", "sint": "saint", "is": "islands", "isl": "islands", "n": "north",
    "s": "south", "un": "united nations", "us": "united states", "usa": "united states america",
    "eu": "european union", "uk": "united kingdom", "uae": "united arab emirates",
    "organisation": "organization", "programme": "program", "cooperation": "cooperation",
    "centre": "center", "defence": "defense", "labour": "labor", "intl": "international",
    "dept": "department", "univ": "university", "govt": "government", "gov": "government",
    "co": "company", "comm": "commission", "assoc": "association", "asso": "association",
    "relationship": "relations", "cttee": "committee", "natl": "national", "nato": "nato",
    "developement": "development", "kommission": "commission", "mt": "mount", "ft": "fort",
}  # fmt: skip
_PAIRS: Final = (
    ("co operation", "cooperation"),
    ("south east", "southeast"),
    ("north east", "northeast"),
    ("trans dniest", "transdniest"),
)
_POLITY: Final = frozenset(
    "republic republica republique repubblica republik republiken state states kingdom reino "
    "royaume konigreich federation federal federativa federative federated federacion "
    "confederation democratic people peoples popular islamic socialist soviet union unitary "
    "principality sultanate emirate duchy grand commonwealth territory nation plurinational "
    "bolivarian cooperative independent empire dominion country".split()
)
LOUD: Final = frozenset(
    "kingdom reino royaume konigreich empire socialist soviet people peoples popular dominion "
    "democratic union islamic principality sultanate emirate duchy grand territory "
    "confederation".split()
)
"""Words that name another polity on the same ground when the item itself doesn't bear them."""


def key(name: str) -> str:
    """The name without case, accents, punctuation, dots in initials, or a leading article.

    >>> key("The U. S. A."), key("Côte d’Ivoire"), key("en:NATO")
    ('usa', 'cote divoire', 'nato')
    """
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"^[a-z]{2}:(?=\S)", "", text)
    text = _DOTTED.sub(lambda found: re.sub(r"[. ]", "", found[0]) + " ", text)
    text = _DROP.sub("", unicodedata.normalize("NFD", text.casefold())).translate(_LETTERS)
    words = _WORD.findall(text.replace("&", " and "))
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words) or name.strip().casefold()


def bag(name: str) -> str:
    """The significant words of a name in alphabetical order, spellings and abbreviations united.

    >>> bag("Organisation of the Petroleum-Exporting Countries")
    'countries exporting organization petroleum'
    """
    return _bag(key(name))


def _bag(text: str) -> str:
    for split, joined in _PAIRS:
        text = text.replace(split, joined)
    words: set[str] = set()
    for word in text.split():
        words.update(_SAME.get(word, word).split())
    kept = words - _STOP
    return " ".join(sorted(kept or words))


def core(name: str) -> tuple[str, frozenset[str]]:
    """What is left of a polity's name without words like "republic", and those words.

    >>> core("Democratic Republic of the Congo")[0], core("Greek Republic")[0]
    ('congo', 'greek')
    """
    words = _bag(re.sub(r"\(.*?\)", " ", key(name))).split()
    rest = [word for word in words if word not in _POLITY]
    return " ".join(rest), frozenset(words) - frozenset(rest)


def acronyms(name: str) -> frozenset[str]:
    """The initials of a name of three words or more, with and without its small words.

    >>> sorted(acronyms("Organization of the Petroleum Exporting Countries"))
    ['OOTPEC', 'OPEC']
    """
    words = re.findall(r"[^\W\d_]+", name.replace("-", " ").replace("'", ""))
    full = [word for word in words if word.casefold() not in _STOP]
    if len(full) < 3 or not all(word[0].isupper() for word in full):
        return frozenset()
    return frozenset({"".join(w[0].upper() for w in full), "".join(w[0].upper() for w in words)})


def is_code(name: str) -> bool:
    """Whether a name is a short code or acronym: up to five letters or digits, capitals if over 3.

    >>> is_code("PRC"), is_code("ly"), is_code("Chad")
    (True, True, False)
    """
    text = re.sub(r"[. \-]", "", name)
    if len(text) <= 2:
        return True
    return len(text) <= 5 and text.upper() == text or (len(text) == 3 and text.lower() == text)


def flag_code(name: str) -> str | None:
    """The two-letter code that a flag emoji spells, in lower case.

    >>> flag_code("🇨🇳")
    'cn'
    """
    points = [ord(letter) - 0x1F1E6 for letter in name.strip()]
    if len(points) == 2 and all(0 <= point < 26 for point in points):
        return "".join(chr(97 + point) for point in points)
    return None


def trigrams(text: str) -> set[str]:
    """The three-letter pieces of a key.

    >>> sorted(trigrams("iran"))
    ['ira', 'ran']
    """
    return {text[i : i + 3] for i in range(len(text) - 2)}
