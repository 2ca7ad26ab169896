"""What states are called in other languages: ISO 3166-1 as `pycountry` has it translated.

Short, official and common names in English and some 110 languages, and what `countryinfo` has:
states' own names, also in Latin letters, and other spellings. A snapshot keeps them, as reading
them takes longer than linking a thousand names.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from axiskg.linking import keys

__all__ = ["translation_key", "translations"]

_TRANSLATED: Final = 150
"""The names that a language must have translated, of some 440, for its translation to count."""

_SHORT: Final = 3
"""Letters of a Latin name that is too short to tell from a code."""

_ARTICLE: Final = re.compile(
    r"^(?:(?:la|le|les|el|los|las|il|lo|gli|o|a|os|as|die|der|das|de|het|the) |l['’])",
    re.IGNORECASE,
)
_PHRASE: Final = re.compile(r"(?:in|of|for|on|to|from|with|by|under|across) ", re.IGNORECASE)
"""What opens a phrase, and no name."""

_INDIC: Final = re.compile("[\u0900-\U0010ffff]")


def translation_key(name: str) -> str:
    """The key of a name in `translations`; "" for codes, which no language has for its own.

    The words in any order, for `Iran, République islamique d'`, without articles. Scripts that
    write vowels as marks keep them, which `keys` drops.

    >>> translation_key("la République de Djibouti"), translation_key("DJ")
    ('djibouti republique', '')
    """
    if keys.is_code(name) or _PHRASE.match(name) or (name.isascii() and len(name) <= _SHORT):
        return ""
    text = unicodedata.normalize("NFC", _ARTICLE.sub("", name.strip()))
    if any(unicodedata.category(letter)[0] == "M" for letter in _INDIC.findall(text)):
        return text.casefold()
    return keys.bag(text)


@cache
def translations() -> Mapping[str, str]:
    """ISO alpha-2 code of the state or territory by key of its name in any language.

    Without keys that mean one state here and another there.

    >>> named = translations()
    >>> named[translation_key("Российская Федерация")], named[translation_key("Dawlat Iritriyá")]
    ('ru', 'er')
    """
    import pycountry
    from countryinfo import CountryInfo

    named = [
        (country.alpha_2.lower(), text)
        for country in pycountry.countries
        for part in ("name", "official_name", "common_name")
        if (text := getattr(country, part, None))
    ]
    found = {translation_key(text): code for code, text in named}
    others: set[tuple[str, str]] = set()
    for path in sorted(Path(pycountry.LOCALES_DIR).glob("*/LC_MESSAGES/iso3166-1.mo")):
        with path.open("rb") as file:
            language = gettext.GNUTranslations(file)
        own = [(code, language.gettext(text)) for code, text in named]
        own = [pair for pair, source in zip(own, named, strict=True) if pair != source]
        others.update(own if len(own) >= _TRANSLATED else ())
    for country in CountryInfo.all().values():
        code = country["ISO"]["alpha2"].lower()
        others.update((code, text) for text in _listed(country) if text)
    torn: set[str] = set()
    for code, text in others:
        key = translation_key(text)
        if key and found.setdefault(key, code) != code:
            torn.add(key)
    return MappingProxyType({key: code for key, code in found.items() if key not in torn})


def _listed(country: Mapping[str, Any]) -> tuple[str, ...]:
    """Own names of a state, other spellings and translations, codes among them."""
    others = country.get("translations", {}).values()
    return (country.get("nativeName", ""), *country.get("altSpellings", ()), *others)
