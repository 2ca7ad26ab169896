"""Organizations by weaker traces of their names, for a caller who asks for nothing else.

Who says that an intergovernmental organization is meant has narrowed the choice to a few hundred
items, so that a trace suffices which one of them alone bears: a blend of the beginnings of its
words, a part of its name, or its name with words cut short. Looser ones (the same initials in any
order, as other languages have them; the same words in any order among more) were tried and left
out: they find more, and take organizations that aren't in the index for others that are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from axiskg.linking import keys
from axiskg.linking.snapshot import Hit, Snapshot

__all__ = ["organization"]

_FEW: Final = 3
"""The letters of an acronym, and the words of a phrase, below which a trace is no trace."""

_LONG: Final = 6
"""The letters that a blend needs where anything may be meant."""


def organization(name: str, known: Snapshot, *, typed: bool) -> Hit | None:
    """The one organization of which the name, or what is left of it trimmed, bears a trace.

    Where nobody has said that an organization is meant (`typed`), a blend must be a longer one.
    """
    for part in (name, *keys.trimmed(name)):
        acronym = part.strip().replace(".", "")
        if keys.pieces(acronym):
            hits = _begun(keys.pieces(acronym), known) if typed else ()
        elif " " in acronym or not acronym.isalpha():
            hits = _phrases(known).bearing(part)
        elif typed or (len(acronym) >= _LONG and acronym[:2].isupper()):
            hits = _blended(acronym, known)
        else:
            continue
        found = {hit.item.qid: hit for hit in hits}
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            return None
    return None


def _blended(acronym: str, known: Snapshot) -> Iterator[Hit]:
    """Names whose words begin like the pieces of the acronym, in order (CARICOM)."""
    folded = keys.key(acronym)
    if len(folded) > _FEW + (acronym == acronym.upper()):
        for hit in known.of_kind("igo"):
            if " " in hit.name and keys.blends(folded, keys.key(hit.name)):
                yield hit


def _begun(pieces: tuple[str, ...], known: Snapshot) -> Iterator[Hit]:
    """Names whose words begin with the pieces of a mixed-case blend, one a word (AfDB)."""
    for hit in known.of_kind("igo"):
        words = [word for word in hit.name.replace("-", " ").split() if word[:1].isupper()]
        if len(words) == len(pieces) and all(map(str.startswith, words, pieces)):
            yield hit


class _Phrases:
    """The names of organizations, by their words and by how many these are."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self._by_word: defaultdict[str, list[tuple[str, Hit]]] = defaultdict(list)
        self._by_shape: defaultdict[tuple[int, str], list[tuple[list[str], Hit]]]
        self._by_shape = defaultdict(list)
        for hit in hits:
            line = keys.line(hit.name)
            words = line.split()
            for word in set(words):
                self._by_word[word].append((f" {line} ", hit))
            self._by_shape[len(words), line[:1]].append((words, hit))

    def bearing(self, name: str) -> Iterator[Hit]:
        """Names in which this one stands, word by word, or whose words it cuts short."""
        line = keys.line(name)
        words = line.split()
        if len(words) < _FEW:
            return
        rarest = min((self._by_word.get(word, []) for word in words), key=len)
        yield from (hit for other, hit in rarest if f" {line} " in other)
        for whole, hit in self._by_shape.get((len(words), line[:1]), ()):
            if all(map(str.startswith, whole, words)):
                yield hit


@lru_cache(maxsize=4)
def _phrases(known: Snapshot) -> _Phrases:
    return _Phrases(known.of_kind("igo"))
