"""States and territories as rigour knows them: 619, in its wheel, no data file needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from axiskg.linking import keys

__all__ = ["Territory", "territory"]

_INITIALS: Final = re.compile(r"(?:[A-Z][. ]+){1,3}[A-Z]\.?")


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory found by a name: `how` is name, code, flag, or place (a town that lies in it)."""

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
    if code is not None:
        found, how = get_territory(code), "flag"
    else:
        name = name.removeprefix("ISO 3166-1:")
        short = re.sub(r"[. ]", "", name) if _INITIALS.fullmatch(name) else name
        found, how = lookup_territory(short), "name"
        if found is not None and keys.is_code(name):
            how = "code"
    if found is None or not found.qid or (how == "code" and name != name.upper() and not codes):
        return None
    key = keys.key(name)
    if how == "name" and any(keys.key(place) == key for place in found.places):
        how = "place"
    if found.is_historical:
        kind = "former-state"
    elif found.is_country:
        kind = "state"
    else:
        kind = "igo" if found.code in ("eu", "un") else "region"
    return Territory(found.qid, found.name, kind, how, tuple(found.other_qids))
