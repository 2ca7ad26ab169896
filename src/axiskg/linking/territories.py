"""States and territories as rigour knows them: 619, in its wheel, no data file needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from axiskg.linking import keys

__all__ = ["Territory", "full_names", "listed", "territory"]

_ISO: Final = "ISO 3166-1:"
_INITIALS: Final = re.compile(r"(?:[A-Z][. ]+){1,3}[A-Z]\.?")


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory found by a name.

    `how` is name, code, flag (or a code that says what it is), or place (a town that lies in it).
    """

    qid: str
    label: str
    kind: str
    how: str
    others: tuple[str, ...] = ()
    """Further items that rigour has for the territory."""


@lru_cache(maxsize=20_000)
def territory(name: str, *, codes: bool = False) -> Territory | None:
    """The territory that rigour takes a name for, or None.

    Codes are taken for codes only in capitals, unless `codes` says they are expected. rigour
    prefers one reading where there are several (Washington is the state to it, Congo the western
    one), so this is evidence, not a decision.
    """
    from rigour.territories import get_territory, lookup_territory

    code = keys.flag_code(name)
    if code is None and name.startswith(_ISO):
        code = name.removeprefix(_ISO).lower()
    if code is not None:
        found, how = get_territory(code), "flag"
    else:
        short = re.sub(r"[. ]", "", name) if _INITIALS.fullmatch(name) else name
        found, how = lookup_territory(short), "name"
        if found is not None and (keys.is_code(name) or keys.is_plain(name)):
            how = "code"
    if found is None or not found.qid or (how == "code" and name != name.upper() and not codes):
        return None
    key = keys.key(name)
    if how == "name" and any(keys.key(place) == key for place in found.places):
        how = "place"
    return _read(found, how)


@lru_cache(maxsize=1_000)
def listed(code: str) -> Territory | None:
    """The territory of an ISO alpha-2 code, or None."""
    from rigour.territories import get_territory

    found = get_territory(code)
    return _read(found, "code") if found is not None and found.qid else None


@lru_cache(maxsize=1_000)
def full_names(label: str) -> tuple[str, ...]:
    """The short and the full name that rigour gives the territory of this label."""
    from rigour.territories import lookup_territory

    found = lookup_territory(label)
    return (found.name, found.full_name) if found is not None else ()


def _read(found: Any, how: str) -> Territory:
    if found.is_historical:
        kind = "former-state"
    elif found.is_country:
        kind = "state"
    else:
        kind = "igo" if found.code in ("eu", "un") else "region"
    return Territory(found.qid, found.name, kind, how, tuple(found.other_qids))
