"""Organizations by weaker traces of their names, for a caller who asks for nothing else.

Who says that an intergovernmental organization is meant has narrowed the choice to a few hundred
items, so that a trace suffices which one of them alone bears: a blend of the beginnings of its
words, a part of its name, or its name with words cut short. Looser ones (the same initials in any
order, as other languages have them; the same words in any order among more) were tried and left
out: they find more, and take organizations that aren't in the index for others that are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from axiskg.linking import keys
from axiskg.linking.snapshot import Hit, Snapshot

__all__ = ["organization"]

_FEW: Final = 3
"""The letters of an acronym, and the words of a phrase, below which a trace is no trace."""

_LONG: Final = 6
"""The letters that a blend needs where anything may be meant."""

_key = lru_cache(maxsize=20_000)(keys.key)
_line = lru_cache(maxsize=20_000)(keys.line)


def organization(name: str, known: Snapshot, *, typed: bool) -> Hit | None:
    """The one organization of which the name, or what is left of it trimmed, bears a trace.

    Where nobody has said that an organization is meant (`typed`), a blend must be a longer one.
    """
    for part in (name, *keys.trimmed(name)):
        acronym = part.strip().replace(".", "")
        phrase = " " in acronym or not acronym.isalpha()
        if keys.pieces(acronym):
            borne = _begun(keys.pieces(acronym)) if typed else None
        elif phrase:
            borne = _within(part)
        else:
            long = len(acronym) >= _LONG and acronym[:2].isupper()
            borne = _blend(acronym) if typed or long else None
        if borne is None:
            continue
        found = {hit.item.qid: hit for hit in known.of_kind("igo") if borne(hit)}
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            return None
    return None


def _blend(acronym: str) -> Callable[[Hit], bool]:
    """Names whose words begin like the pieces of the acronym, in order (CARICOM)."""
    folded = keys.key(acronym)
    if len(folded) <= _FEW + (acronym == acronym.upper()):
        return lambda _: False
    return lambda hit: " " in hit.name and keys.blends(folded, _key(hit.name))


def _begun(pieces: tuple[str, ...]) -> Callable[[Hit], bool]:
    """Names whose words begin with the pieces of a mixed-case blend, one a word (AfDB)."""
    count = len(pieces)

    def borne(hit: Hit) -> bool:
        words = [word for word in hit.name.replace("-", " ").split() if word[:1].isupper()]
        return len(words) == count and all(map(str.startswith, words, pieces))

    return borne


def _within(name: str) -> Callable[[Hit], bool]:
    """Names in which this one stands, word by word, or whose words it cuts short."""
    line = keys.line(name)
    words = line.split()
    if len(words) < _FEW:
        return lambda _: False

    def borne(hit: Hit) -> bool:
        other = _line(hit.name)
        if f" {line} " in f" {other} ":
            return True
        whole = other.split()
        return len(whole) == len(words) and all(map(str.startswith, whole, words))

    return borne
