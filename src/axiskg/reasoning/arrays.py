"""Tables in memory, sorted, for questions about a few facts.

DuckDB takes about a millisecond to plan a query, however small; a sorted array answers in
microseconds. Each is read when first asked for and never changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Columns",
    "Derived",
    "Dictionary",
    "Ids",
    "Ints",
    "Pairs",
    "Quads",
    "Row",
    "TooManyError",
    "lowest",
    "spread",
]

MOST_MATCHES: Final = 200_000
"""More matches at once are left to the database."""
_HALF: Final = 1 << 31

Ints = NDArray[np.int64]
Columns = Mapping[str, NDArray[Any]]


Row = tuple[tuple[int, ...], float, int]
"""The values of a rule's variables, the confidence and the height of one derivation."""


class TooManyError(Exception):
    """More matches than are counted out in memory."""


class Pairs:
    """The facts of one relation; made from columns sorted by subject and object."""

    QUERY: Final = "SELECT c0, c1, conf, h, asserted FROM {table} ORDER BY c0, c1"

    def __init__(self, columns: Columns) -> None:
        self._keys = _key(columns["c0"], columns["c1"])
        self.confidence, self.height = columns["conf"], columns["h"]
        self.asserted = columns["asserted"]

    def __len__(self) -> int:
        return len(self._keys)

    def row(self, s: int, o: int) -> int | None:
        """The row of one fact, or None."""
        key = (s << 32) + o
        at = int(self._keys.searchsorted(key))
        return at if at < len(self._keys) and self._keys[at] == key else None

    def rows(self, s: Ints, o: Ints) -> tuple[Ints, Ints]:
        """Which of these facts are there, and their rows."""
        keys = _key(s, o)
        at = np.minimum(self._keys.searchsorted(keys), len(self._keys) - 1)
        which = np.flatnonzero(self._keys[at] == keys)
        return which, at[which]

    def subjects(self, rows: Ints) -> Ints:
        """The subjects of rows."""
        return _first(self._keys[rows])

    def objects(self, rows: Ints) -> Ints:
        """The objects of rows."""
        keys = self._keys[rows]
        return keys - (_first(keys) << 32)

    def of_subjects(self, s: Ints) -> tuple[Ints, Ints]:
        """The bounds of the rows of each subject."""
        keys = s.astype(np.int64) << 32
        return self._keys.searchsorted(keys - _HALF), self._keys.searchsorted(keys + _HALF)

    def of_objects(self, o: Ints) -> tuple[Ints, Ints]:
        """The bounds of the facts of each object, in an order of their own: `at_objects`."""
        values, _ = self._by_object
        return values.searchsorted(o, "left"), values.searchsorted(o, "right")

    def at_objects(self, places: Ints) -> Ints:
        """The rows at places in the order of objects."""
        return self._by_object[1][places]

    @cached_property
    def _by_object(self) -> tuple[Ints, Ints]:
        objects = self._keys - (_first(self._keys) << 32)
        order = np.argsort(objects, kind="stable")
        return objects[order], order


class Derived:
    """The derivations that one rule has kept; made from columns sorted by conclusion."""

    QUERY: Final = "SELECT * FROM {table} ORDER BY h0, h1"

    def __init__(self, columns: Columns) -> None:
        self._keys = _key(columns["h0"], columns["h1"])
        names = sorted((n for n in columns if n[0] == "v"), key=lambda name: int(name[1:]))
        self._variables = [columns[name] for name in names]
        self._confidence, self._height = columns["conf"], columns["h"]

    def lowest(self, s: int, o: int, most: int) -> tuple[list[Row], int]:
        """The derivations of one fact, lowest first, then most certain; and how many there are."""
        key = (s << 32) + o
        low, high = int(self._keys.searchsorted(key)), int(self._keys.searchsorted(key, "right"))
        part = slice(low, high)
        return lowest(
            [v[part] for v in self._variables], self._confidence[part], self._height[part], most
        )


def lowest(
    variables: Sequence[NDArray[Any]],
    confidence: NDArray[np.float64],
    height: NDArray[Any],
    most: int,
) -> tuple[list[Row], int]:
    """The first rows by height, then confidence, then values; and how many there are."""
    total = len(height)
    order = np.lexsort((*reversed(variables), -confidence, height))[:most]
    values = zip(*(v[order].tolist() for v in variables), strict=True) if variables else ()
    found = list(values) if variables else [()] * len(order)
    rest = zip(confidence[order].tolist(), height[order].tolist(), strict=True)
    return [(v, c, h) for v, (c, h) in zip(found, rest, strict=True)], total


class Quads:
    """Triples with their statements; made from columns sorted by property and subject."""

    QUERY: Final = "SELECT * FROM {table} ORDER BY p, s, o, st"

    def __init__(self, columns: Columns) -> None:
        self.statements: Ints = columns["st"]
        self.confidence: NDArray[np.float64] | None = columns.get("conf")
        self._properties: Ints = columns["p"]
        self._subjects: Ints = columns["s"]
        self._objects: Ints = columns["o"]
        self._keys = _key(self._properties, self._subjects)

    @cached_property
    def _by_object(self) -> tuple[Ints, Ints]:
        keys = _key(self._properties, self._objects)
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    def rows(self, s: int | None, p: int, o: int | None) -> Ints:
        """The rows of a pattern of which subject or object is given."""
        if s is not None:
            key = (p << 32) + s
            low, high = self._keys.searchsorted(key), self._keys.searchsorted(key, "right")
            rows: Ints = np.arange(low, high)
            return rows if o is None else rows[self._objects[rows] == o]
        if o is None:
            raise ValueError("a pattern of quads names its subject or its object")
        keys, order = self._by_object
        key = (p << 32) + o
        found: Ints = order[keys.searchsorted(key) : keys.searchsorted(key, "right")]
        return found

    def ends(self, row: int) -> tuple[int, int]:
        """The subject and the object of a row."""
        return int(self._subjects[row]), int(self._objects[row])


class Ids:
    """A set of statements."""

    QUERY: Final = "SELECT st FROM {table} ORDER BY st"

    def __init__(self, columns: Columns) -> None:
        self._sorted: Ints = columns["st"]

    def holds(self, ids: Ints) -> NDArray[np.bool_]:
        """Which of these are in it."""
        if not len(self._sorted):
            return np.zeros(len(ids), dtype=np.bool_)
        places = np.minimum(self._sorted.searchsorted(ids), len(self._sorted) - 1)
        held: NDArray[np.bool_] = self._sorted[places] == ids
        return held


class Dictionary:
    """The terms and their ids; made from columns sorted by text."""

    QUERY: Final = "SELECT id, text FROM {table} ORDER BY text"

    def __init__(self, columns: Columns) -> None:
        encoded = [text.encode() for text in columns["text"]]
        self._ids = columns["id"]
        self._ends = np.cumsum([0, *map(len, encoded)])
        self._bytes = b"".join(encoded)
        self._order = np.argsort(self._ids)
        self._sorted = self._ids[self._order]

    def _at(self, place: int) -> bytes:
        return self._bytes[self._ends[place] : self._ends[place + 1]]

    def find(self, text: str) -> int | None:
        """The id of a term, or None."""
        wanted = text.encode()
        place = bisect_left(range(len(self._ids)), wanted, key=self._at)
        if place == len(self._ids) or self._at(place) != wanted:
            return None
        return int(self._ids[place])

    def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """The texts of those ids that are here."""
        wanted = np.fromiter(ids, dtype=np.int64)
        if not len(self._ids):
            return {}
        places = np.minimum(self._sorted.searchsorted(wanted), len(self._ids) - 1)
        there = self._sorted[places] == wanted
        return {
            i: self._at(place).decode()
            for i, place in zip(
                wanted[there].tolist(), self._order[places[there]].tolist(), strict=True
            )
        }


def spread(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """For each pair of bounds its number, as often as there are places between, and the places.

    Raises `TooManyError`.
    """
    counts = high - low
    total = int(counts.sum())
    if total > MOST_MATCHES:
        raise TooManyError
    which = np.repeat(np.arange(len(counts)), counts)
    first = np.repeat(low - np.cumsum(counts) + counts, counts)
    return which, first + np.arange(total)


def _key(first: NDArray[Any], second: NDArray[Any]) -> Ints:
    """Two ids as one number, in the order of the first, then the second."""
    keys: Ints = (first.astype(np.int64) << 32) + second
    return keys


def _first(keys: Ints) -> Ints:
    """The first id of each key."""
    return (keys + _HALF) >> 32
