"""The forms under which a name is looked up, from strict to loose.

All are exact keys: two names match under a form or they don't. Nothing here is fuzzy.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = [
    "LOUD",
    "LOUDEST",
    "acronyms",
    "alike",
    "bag",
    "bearings",
    "blends",
    "compact",
    "core",
    "flag_code",
    "is_code",
    "is_plain",
    "is_shouted",
    "key",
    "line",
    "of_polities",
    "of_the_name",
    "pieces",
    "title_of",
    "trigrams",
    "trimmed",
    "weights",
    "within",
    "without_article",
]

_DROP: Final = re.compile(r"[\u0300-\u036f\u02b0-\u02ff'’‘`´ʻʼ]")
_DOTTED: Final = re.compile(r"\b(?:\w\. ?){2,}|\b(?:[A-Z] ){2,}[A-Z]\b")
_OFFSET: Final = re.compile(r"\b(UTC|GMT) ?([+−-])", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ς": "c", "ð": "d"}
)
_SMALL: Final = (
    "the of and for in on to a an de la le les du des del da do dos das y e et della dello dei"
    " degli und der"
)
_STOP: Final = frozenset(_SMALL.split())
_SAME: Final = {
    "rep": "republic", "dem": "democratic", "fed": "federal", "sts": "states", "st": "saint",
    "ste": "saint", "sint": "saint", "is": "islands", "isl": "islands", "n": "north",
    "s": "south", "w": "west", "un": "united nations", "us": "united states",
    "usa": "united states america",
    "eu": "european union", "uk": "united kingdom", "uae": "united arab emirates",
    "organisation": "organization", "programme": "program",
    "centre": "center", "defence": "defense", "labour": "labor", "intl": "international",
    "dept": "department", "univ": "university", "govt": "government", "gov": "government",
    "co": "company", "comm": "commission", "assoc": "association", "asso": "association",
    "relationship": "relations", "cttee": "committee", "cmte": "committee", "natl": "national",
    "org": "organization", "assn": "association", "dev": "development", "econ": "economic",
    "coop": "cooperation", "conf": "conference", "inst": "institute", "int": "international",
    "developement": "development", "mt": "mount", "ft": "fort", "one": "1", "two": "2",
    "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "twenty": "20",
}  # fmt: skip
_PAIRS: Final = (
    ("co operation", "cooperation"),
    ("south east", "southeast"),
    ("north east", "northeast"),
    ("trans dniest", "transdniest"),
)
_POLITY_WORDS: Final = (
    "republic republica republique repubblica republik republiken state states kingdom reino"
    " royaume konigreich federation federal federativa federative federated federacion"
    " confederation democratic people peoples popular islamic socialist soviet union unitary"
    " principality sultanate emirate duchy grand commonwealth territory nation plurinational"
    " bolivarian cooperative independent empire dominion country islands island br pdr"
    " estado etat staat stato government gouvernement gobierno governo"
)
_QUIET_WORDS: Final = (
    "republic republica republique repubblica republik republiken federation federal federativa"
    " federative federated federacion unitary islands plurinational bolivarian cooperative br"
    " pdr"
)
_TITLE_WORDS: Final = (
    "state states commonwealth territory nation country independent estado etat staat stato"
    " government gouvernement gobierno governo"
)
_POLITY: Final = frozenset(_POLITY_WORDS.split())
LOUD: Final = _POLITY - frozenset(_QUIET_WORDS.split())
"""Words that name another polity on the same ground when the item itself doesn't bear them."""

LOUDEST: Final = LOUD - frozenset(_TITLE_WORDS.split())
"""Those of them that do so even when a state is what is asked for."""


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """The name without case, accents, punctuation, dots in initials, or a leading article.

    >>> key("The U. S. A."), key("Côte d’Ivoire"), key("en:NATO")
    ('usa', 'cote divoire', 'nato')
    """
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"^[a-z]{2}:(?=\S)", "", text)
    text = _OFFSET.sub(lambda found: "utc plus " if found[2] == "+" else "utc minus ", text)
    text = _DOTTED.sub(lambda found: re.sub(r"[. ]", "", found[0]) + " ", text)
    text = _DROP.sub("", unicodedata.normalize("NFD", text.casefold())).translate(_LETTERS)
    words = _WORD.findall(text.replace("&", " and "))
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words) or name.strip().casefold()


_ELIDED: Final = re.compile(r"\b[dl]['’](?=\w)", re.IGNORECASE)


def bag(name: str) -> str:
    """The significant words of a name in alphabetical order, spellings and abbreviations united.

    >>> bag("Côte d’Ivoire") == bag("Cote Ivoire"), bag("E. Germany") == bag("East Germany")
    (True, True)
    >>> bag("Organisation of the Petroleum-Exporting Countries")
    'countries exporting organization petroleum'
    """
    return _bag(key(_ELIDED.sub("", name)))


@lru_cache(maxsize=20_000)
def line(name: str) -> str:
    """The words of `bag` in the order of the name.

    >>> line("The State of Ohio"), line("Ohio State")
    ('state ohio', 'ohio state')
    """
    return " ".join(_significant(key(_ELIDED.sub("", name))))


def _bag(text: str) -> str:
    return " ".join(sorted(_significant(text)))


def _significant(text: str) -> list[str]:
    for split, joined in _PAIRS:
        text = text.replace(split, joined)
    words = [part for word in text.split() for part in _SAME.get(word, word).split()]
    if len(words) > 1 and words[0] == "e":  # a small word elsewhere
        words[0] = "east"
    return [word for word in words if word not in _STOP] or words


def core(name: str) -> tuple[str, frozenset[str]]:
    """What is left of a polity's name without words like "republic", and those words.

    >>> core("Democratic Republic of the Congo")[0], core("Greek Republic")[0]
    ('congo', 'greek')
    """
    words = sorted(set(_significant(re.sub(r"\(.*?\)", " ", key(name)))))
    rest = [word for word in words if word not in _POLITY]
    return " ".join(rest), frozenset(words) - frozenset(rest)


def of_polities(name: str) -> bool:
    """Whether a name is one word that many states have in their names.

    >>> of_polities("Islamic"), of_polities("the Republic"), of_polities("Soviet Union")
    (True, True, False)
    """
    return key(name) in _POLITY


_BEARINGS: Final = frozenset({"north", "south", "east", "west"})


def bearings(name: str) -> frozenset[str]:
    """The points of the compass in a name.

    >>> bearings("W. Germany"), bearings("Southern Rhodesia"), bearings("Weston")
    (frozenset({'west'}), frozenset({'south'}), frozenset())
    """
    words = (word.removesuffix("ern") for word in _significant(key(name)))
    return _BEARINGS.intersection(words)


_GROUP_OF: Final = re.compile(r"group of (\d+|[a-z]+)")
_INTER: Final = re.compile(r"\bInter-?((?!nat)[A-Za-z]{5,})")
"""What gives two letters to initials (`IPU`); "International" gives one."""


@lru_cache(maxsize=20_000)
def acronyms(name: str) -> frozenset[str]:
    """The initials of a name of two words or more, in capitals, with any of its small words.

    Hyphened words count as one or as two; an opening "Organization of" may be left out, and the
    first word may give two letters.

    >>> sorted(acronyms("Organization of the Petroleum Exporting Countries"))[:3]
    ['OOPEC', 'OOTPEC', 'OPEC']
    >>> "UNCTAD" in acronyms("United Nations Conference on Trade and Development")
    True
    """
    found: set[str] = set()
    if counted := _GROUP_OF.fullmatch(key(name)):
        found.add(f"G{_SAME.get(counted[1], counted[1])}")
    text = name.replace("'", "").replace("Southeast", "South East").replace("Co-op", "Coop")
    forms = {text.replace("-", " "), text.replace("-", "")}
    forms.add(_INTER.sub(lambda found: f"Inter {found[1].title()}", text))
    forms |= {re.sub(r"^Organi[sz]ation (?:of|for) (?:the )?", "", form) for form in forms}
    for form in forms:
        words = re.findall(r"[^\W\d_]+", form)
        full = [word for word in words if word.casefold() not in _STOP]
        if not 2 <= len(full) <= 9 or not all(word[0].isupper() for word in full):
            continue
        small = [word for word in words if word.casefold() in _STOP][:4]
        for kept in range(2 ** len(small)):
            letters, n = "", 0
            for word in words:
                if word.casefold() not in _STOP:
                    letters += word[0].upper()
                elif n < len(small):
                    letters += word[0].upper() if kept >> n & 1 else ""
                    n += 1
            found.add(letters)
        found.add(full[0][:2].upper() + "".join(word[0].upper() for word in full[1:]))
    return frozenset(found)


def alike(name: str, other: str) -> bool:
    """Whether more than half of the words of a name begin like words of another.

    >>> alike("World Intell Prop Org", "World Intellectual Property Organization")
    True
    >>> alike("International Central American Office", "International Civil Aviation Organization")
    False
    """
    words = _significant(key(name))
    begun = {word[:3] for word in _significant(key(other))}
    return 2 * sum(word[:3] in begun for word in words) > len(words)


def within(name: str, other: str) -> bool:
    """Whether all words of a name stand in another one, in any order.

    >>> within("Gulf Council", "Council for the Arab States of the Gulf"), within("Iran", "Iraq")
    (True, False)
    """
    return set(_significant(key(name))) <= set(_significant(key(other)))


def blends(pieces: str, text: str) -> bool:
    """Whether a key is made of beginnings of all words of another; small words may lack.

    >>> blends("caricom", "caribbean community"), blends("caricom", "community of the caribbean")
    (True, False)
    """
    ends = {0}
    for word in text.split():
        after = set(ends) if word in _STOP else set()
        for end in ends:
            for size in range(1, len(word) + 1):
                if not pieces.startswith(word[:size], end):
                    break
                after.add(end + size)
        if not after:
            return False
        ends = after
    return len(pieces) in ends


def pieces(name: str) -> tuple[str, ...]:
    """The beginnings of words that a mixed-case blend is made of; none for other names.

    >>> pieces("AfDB"), pieces("EaP"), pieces("OECD"), pieces("Iran")
    (('Af', 'D', 'B'), ('Ea', 'P'), (), ())
    """
    found = re.findall(r"[A-Z][a-z]*", name)
    whole = "".join(found) == name and len(found) > 1 and name != name.upper()
    return tuple(found) if whole and max(map(len, found)) <= 3 else ()


def weights(name: str) -> frozenset[int]:
    """How many significant words a name has, hyphened words counted as one or as two.

    >>> sorted(weights("Asia-Pacific Economic Cooperation"))
    [3, 4]
    """
    forms = (name.replace("-", " "), name.replace("-", ""))
    return frozenset(len([w for w in f.casefold().split() if w not in _STOP]) for f in forms)


_ASIDE: Final = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]\s*$|[,，;]\s*[^,，;]*$|\s*/\s*[A-Z]{3,}$")
_TAILS: Final = frozenset(
    ["bank", "bloc", "body", "countries", "forum", "group", "organization", "pact",
     "states", "treaty", "union", "zone"]
)  # fmt: skip


def trimmed(name: str) -> tuple[str, ...]:
    """The name without what is said aside at its end, or without a generic last word.

    >>> trimmed("Swaziland (formerly)"), trimmed("Benelux Union"), trimmed("Iran")
    (('Swaziland',), ('Benelux',), ())
    """
    found = []
    before = _ASIDE.sub("", name).strip()
    if before and before != name:
        found.append(before)
    head, _, tail = name.rpartition(" ")
    if head and _SAME.get(tail.casefold(), tail.casefold()) in _TAILS:
        found.append(head)
    return tuple(found)


_BOTH: Final = re.compile(
    r"(.*\S)(?:\s*[(（\[]([^()（）\[\]]+)[)）\]]|\s*/\s*([^/]+)|\s*[,，]\s*([A-Z]{3,}))"
)


def both(name: str) -> tuple[str, str] | None:
    """The two names that a writer gives one thing, or None.

    The second is in brackets, behind a stroke, or of capitals behind a comma.

    >>> both("Arab Monetary Fund (AMF)"), both("Southern Common Market/MERCOSUR"), both("Iran")
    (('Arab Monetary Fund', 'AMF'), ('Southern Common Market', 'MERCOSUR'), None)
    """
    found = _BOTH.fullmatch(name.strip())
    return (found[1], (found[2] or found[3] or found[4]).strip()) if found is not None else None


def compact(name: str) -> str:
    """The name without the dots, spaces and hyphens that initials may have between them.

    >>> compact("G. B."), compact("G-7")
    ('GB', 'G7')
    """
    return re.sub(r"[. \-]", "", name)


_TITLES: Final = frozenset(
    ["state", "commonwealth", "territory", "nation", "country", "estado", "etat", "staat", "stato"]
)


def title_of(name: str) -> str:
    """The word that a polity's name begins with, if it says no more than that it is one; or "".

    >>> title_of("State of Libya"), title_of("Slovak State"), title_of("Kingdom of Fiji")
    ('state', '', '')
    """
    first = line(name).partition(" ")[0]
    return first if first in _TITLES else ""


_OF_NAMES: Final = re.compile(
    r"formerly|(?:after|from|since) \d{4}|.* language|country|state|nation|RB|PDR"
    r"|el|la|los|las|le|les|l['’]?|die|der|das|the",
    re.IGNORECASE,
)


def of_the_name(name: str, part: str) -> bool:
    """Whether what `part` lacks of `name` tells of the name, not of a part of what it names.

    >>> of_the_name("Swaziland (formerly)", "Swaziland"), of_the_name("Iran (since 1979)", "Iran")
    (True, True)
    >>> of_the_name("Spain (part in Iberia)", "Spain"), of_the_name("Columbia, SC", "Columbia")
    (False, False)
    """
    aside = name.removeprefix(part).strip(" ()[]（）,，;")
    return bool(_OF_NAMES.fullmatch(aside)) or aside in acronyms(part)


def is_code(name: str) -> bool:
    """Whether a name is a short code or acronym: up to five letters or digits, capitals if over 3.

    Scripts without capitals have no codes.

    >>> is_code("PRC"), is_code("ly"), is_code("Chad"), is_code("中国")
    (True, True, False, False)
    """
    text = compact(name)
    if text.upper() == text.lower() and not text.isascii():
        return False
    if len(text) <= 2:
        return True
    return (len(text) <= 5 and text.upper() == text) or (len(text) == 3 and text.lower() == text)


def is_shouted(name: str) -> bool:
    """Whether a short name of one word has capitals after its first letter.

    >>> is_shouted("WHO"), is_shouted("MArch"), is_shouted("Who"), is_shouted("India")
    (True, True, False, False)
    """
    return len(name) <= 5 and " " not in name and name[1:] != name[1:].lower()


def is_plain(name: str) -> bool:
    """Whether a name is a word of two or three letters with one capital, as opens a sentence.

    >>> is_plain("Who"), is_plain("WHO"), is_plain("who"), is_plain("Mali")
    (True, False, False, False)
    """
    return len(name) <= 3 and name.isascii() and name.isalpha() and name.istitle()


def without_article(name: str) -> str:
    """A code without the article that a sentence puts before it; other names as they are.

    >>> without_article("the U.K."), without_article("the Gambia"), without_article("THE")
    ('U.K.', 'the Gambia', 'THE')
    """
    rest = re.sub(r"^[Tt]he ", "", name)
    return rest if is_code(rest) and rest == rest.upper() else name


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
