"""What states are called in other languages: ISO 3166-1 as `pycountry` has it translated.

Short, official and common names in English and some 110 languages, read when a name is first asked
for that nothing else knows.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from axiskg.linking import keys

__all__ = ["translated"]

_TRANSLATED: Final = 150
"""The names that a language must have translated, of some 440, for its translation to count."""

_SHORT: Final = 3
"""Letters of a Latin name that is too short to tell from a code."""

_ARTICLE: Final = re.compile(
    r"^(?:(?:la|le|les|el|los|las|il|lo|gli|o|a|os|as|die|der|das|de|het|the) |l['’])",
    re.IGNORECASE,
)
_INDIC: Final = 0x0900


def translated(name: str) -> str | None:
    """The ISO alpha-2 code of the state or territory with this name in any language, or None.

    >>> translated("la République de Djibouti"), translated("Российская Федерация")
    ('dj', 'ru')
    >>> translated("DJ"), translated("Utopia")
    (None, None)
    """
    if keys.is_code(name) or (name.isascii() and len(name) <= _SHORT):
        return None
    return _names().get(_key(name))


def _key(name: str) -> str:
    """The words in any order, for `Iran, République islamique d'`, without articles.

    Scripts that write vowels as marks keep them, which `keys` drops.
    """
    text = unicodedata.normalize("NFC", _ARTICLE.sub("", name.strip()))
    if any(ord(letter) >= _INDIC and unicodedata.category(letter)[0] == "M" for letter in text):
        return text.casefold()
    return keys.bag(text)


@cache
def _names() -> Mapping[str, str]:
    """Code by key, without keys that mean one state here and another there."""
    import pycountry

    named = [
        (country.alpha_2.lower(), text)
        for country in pycountry.countries
        for part in ("name", "official_name", "common_name")
        if (text := getattr(country, part, None))
    ]
    found = {_key(text): code for code, text in named}
    torn: set[str] = set()
    for path in sorted(Path(pycountry.LOCALES_DIR).glob("*/LC_MESSAGES/iso3166-1.mo")):
        with path.open("rb") as file:
            language = gettext.GNUTranslations(file)
        own = [(code, language.gettext(text), text) for code, text in named]
        own = [row for row in own if row[1] != row[2]]
        for code, text, _ in own if len(own) >= _TRANSLATED else ():
            key = _key(text)
            if found.setdefault(key, code) != code:
                torn.add(key)
    return MappingProxyType({key: code for key, code in found.items() if key not in torn})
