"""Reading a snapshot: items by name and by id. Opened at the first question, not before."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from rapidfuzz import fuzz, process

from axiskg.errors import LinkingError
from axiskg.linking import keys
from axiskg.linking.kinds import KINDS, item_number
from axiskg.linking.snapshot_build import SCHEMA_VERSION
from axiskg.linking.translations import translation_key

__all__ = ["Hit", "Item", "Snapshot"]

_ITEM: Final = "i.id, i.label, i.description, i.kind, i.classes, i.prominence"
_RULER: Final = re.compile(
    r"^(?!.*\b(?:wife|husband|widow|spouse|lady|son|daughter|brother|sister|family)\b).*\b(?:president"
    r"|prime minister|premier|chancellor|minister|secretary|senator|king|queen|emperor|leader)\b",
    re.IGNORECASE,
)
_MAX_HITS: Final = 60
_MAX_LIKE: Final = 120
_MAX_POSTINGS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Item:
    """A Wikidata item as the linker needs it; `kind` is a word of `kinds.KINDS`."""

    qid: str
    label: str
    description: str
    kind: str
    classes: tuple[str, ...]
    prominence: float


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found by one of its names.

    `how` says what the name is to it: label, alias, official, register, demonym, acronym, surname.
    """

    item: Item
    name: str
    how: str


def _item(row: Sequence[Any]) -> Item:
    return Item(f"Q{row[0]}", row[1], row[2], row[3], tuple(row[4].split()), row[5])


def _numbers(qids: Iterable[str]) -> list[int]:
    """The numbers of those that are QIDs, each once, in order."""
    return sorted({number for qid in qids if (number := item_number(qid)) is not None})


class Snapshot:
    """A snapshot file; each thread reads through a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._kept: dict[str, tuple[Hit, ...]] = {}

    @property
    def _base(self) -> sqlite3.Connection:
        base: sqlite3.Connection | None = getattr(self._local, "base", None)
        if base is None:
            base = self._local.base = self._open()
        return base

    def _open(self) -> sqlite3.Connection:
        cure = "build one with `axiskg wikidata snapshot --from FILE`"
        if not self.path.is_file():
            raise LinkingError(f"{self.path}: no such snapshot; {cure}")
        base = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            version = base.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        except sqlite3.DatabaseError as error:
            base.close()
            raise LinkingError(f"{self.path}: not a snapshot ({error}); {cure}") from error
        if version is None or version[0] != str(SCHEMA_VERSION):
            base.close()
            raise LinkingError(f"{self.path}: a snapshot of another version; {cure}")
        return base

    def close(self) -> None:
        """Close this thread's connection."""
        base = getattr(self._local, "base", None)
        if base is not None:
            base.close()
            del self._local.base

    def meta(self) -> dict[str, str]:
        """What the snapshot was built from, when, and its schema."""
        return dict(self._base.execute("SELECT name, value FROM meta"))

    def __len__(self) -> int:
        """The number of items."""
        return int(self._base.execute("SELECT count(*) FROM items").fetchone()[0])

    def _hits(self, condition: str, value: str, limit: int = _MAX_HITS) -> list[Hit]:
        rows = self._base.execute(
            f"SELECT {_ITEM}, n.name, n.how FROM names n JOIN items i ON i.id = n.item "
            f"WHERE {condition} LIMIT {limit:d}",
            (value,),
        )
        return [Hit(_item(row), row[6], row[7]) for row in rows]

    def by_key(self, key: str) -> list[Hit]:
        """Items with a name of this `keys.key`."""
        return self._hits("n.key = ?", key)

    def by_bag(self, bag: str) -> list[Hit]:
        """Items with a name of this `keys.bag`."""
        return self._hits("n.bag = ?", bag)

    def by_core(self, core: str) -> list[Hit]:
        """States, present and former, with a name of this `keys.core`."""
        return self._hits("n.core = ?", core)

    def by_short(self, short: str) -> list[Hit]:
        """Items whose label has this `rivals.short_form`."""
        return self._hits("n.short = ?", short)

    def translated(self, name: str) -> str | None:
        """The ISO alpha-2 code of the state or territory with this name in any language, or None.

        Known are the languages that `translations` had when the snapshot was built.
        """
        row = self._base.execute(
            "SELECT code FROM translations WHERE key = ?", (translation_key(name),)
        ).fetchone()
        return str(row[0]) if row is not None else None

    def of_kind(self, kind: str) -> tuple[Hit, ...]:
        """All names of all items of a kind; for kinds with few items, and read once."""
        if kind not in self._kept:
            rows = self._base.execute(
                f"SELECT {_ITEM}, n.name, n.how FROM names n JOIN items i ON i.id = n.item "
                "WHERE i.kind = ? ORDER BY n.id",
                (kind,),
            )
            self._kept[kind] = tuple(Hit(_item(row), row[6], row[7]) for row in rows)
        return self._kept[kind]

    def by_prefix(self, text: str, limit: int = 20) -> list[Hit]:
        """Items with a name that begins like `text`, each once: the prominent, and those of whose
        name it is most, first."""
        key = keys.key(text)
        rows = self._base.execute(
            f"SELECT {_ITEM}, n.name, n.how, max(i.prominence - 0.15 * (length(n.key) - ?4)"
            " + 9 * (n.key = ?1)) AS likely FROM names n JOIN items i ON i.id = n.item "
            "WHERE n.key >= ?1 AND n.key < ?2 AND n.how <> 'acronym' "
            "GROUP BY i.id ORDER BY likely DESC, i.id LIMIT ?3",
            (key, key + "\U0010ffff", limit, len(key)),
        )
        return [Hit(_item(row), row[6], row[7]) for row in rows]

    def item(self, qid: str) -> Item | None:
        """The item of a QID, or None when the snapshot hasn't got it."""
        found = self.items([qid])
        return found.get(qid)

    def items(self, qids: Iterable[str]) -> dict[str, Item]:
        """The items of these QIDs that the snapshot has, by QID."""
        numbers = _numbers(qids)
        found: dict[str, Item] = {}
        for start in range(0, len(numbers), 500):
            part = numbers[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._base.execute(f"SELECT {_ITEM} FROM items i WHERE i.id IN ({marks})", part)
            found.update((f"Q{row[0]}", _item(row)) for row in rows)
        return found

    def claims(self, qid: str, prop: str | None = None) -> dict[str, tuple[str, ...]]:
        """The QIDs that an item's properties point to, by property."""
        sql = "SELECT property, value FROM claims WHERE item = ?"
        values: list[Any] = [item_number(qid)]
        if prop is not None:
            sql += " AND property = ?"
            values.append(prop)
        found: dict[str, list[str]] = {}
        for name, value in self._base.execute(sql + " ORDER BY property, value", values):
            found.setdefault(name, []).append(f"Q{value}")
        return {name: tuple(members) for name, members in found.items()}

    def neighbours(self, qid: str) -> frozenset[str]:
        """The items that an item's claims point to, and those whose claims point to it.

        Diplomatic relations (P530) are left out: nearly all states have them with nearly all.
        """
        rows = self._base.execute(
            "SELECT value FROM claims WHERE item = ?1 AND property <> 'P530'"
            " UNION SELECT item FROM claims WHERE value = ?1 AND property <> 'P530' LIMIT 2000",
            (item_number(qid),),
        )
        return frozenset(f"Q{row[0]}" for row in rows)

    def having(self, prop: str, values: Iterable[str]) -> set[str]:
        """The items that have one of these values for a property."""
        numbers = _numbers(values)[:200]
        marks = ",".join("?" * len(numbers))
        rows = self._base.execute(
            f"SELECT item FROM claims WHERE property = ? AND value IN ({marks}) LIMIT 5000",
            (prop, *numbers),
        )
        return {f"Q{row[0]}" for row in rows}

    def of_class(self, classes: Iterable[str]) -> set[str]:
        """The items of one of these classes; at most 5,000."""
        found: set[str] = set()
        for number in _numbers(classes)[:20]:
            rows = self._base.execute(
                "SELECT id FROM items WHERE ' ' || classes || ' ' LIKE ? LIMIT 5000",
                (f"% Q{number} %",),
            )
            found |= {f"Q{row[0]}" for row in rows}
        return found

    def properties_of(
        self, kinds: Iterable[str], classes: Iterable[str]
    ) -> tuple[tuple[str, int], ...]:
        """Properties with how many items of these kinds or classes have them; of all without."""
        conditions = [f"i.kind = '{kind}'" for kind in kinds if kind in KINDS]
        conditions += [f"' ' || i.classes || ' ' LIKE '% Q{int(name[1:])} %'" for name in classes]
        where = f"WHERE {' OR '.join(conditions)}" if conditions else ""
        rows = self._base.execute(
            "SELECT property, count(DISTINCT item) FROM claims JOIN items i ON i.id = item "
            f"{where} GROUP BY property ORDER BY 2 DESC, 1"
        )
        return tuple((row[0], row[1]) for row in rows)

    def names(self, qid: str) -> list[tuple[str, str]]:
        """The names of an item with how it has them, made-up acronyms left out."""
        rows = self._base.execute(
            "SELECT name, how FROM names WHERE item = ? AND how <> 'acronym' ORDER BY id",
            (item_number(qid),),
        )
        return [(row[0], row[1]) for row in rows]

    @cached_property
    def first_names(self) -> frozenset[str]:
        """First names of the people in the snapshot, in lower case."""
        return frozenset(words[0] for words, _, _, _ in self._people)

    @cached_property
    def last_names(self) -> dict[str, tuple[float, float]]:
        """How prominent the two best known rulers of each last name are, by it in lower case.

        Zero for one that isn't: people of no such office, and where there is no second. Kings of
        somewhere have no last names.
        """
        found: dict[str, tuple[float, float]] = {}
        for words, rules, fame, _ in self._people:
            if "of" in words:
                continue
            known = fame if rules else 0.0
            first, second = found.get(words[-1], (0.0, 0.0))
            found[words[-1]] = (max(first, known), max(second, min(first, known)))
        return found

    def by_last_name(self, name: str, limit: int = 5) -> list[Hit]:
        """The people of a last name: rulers, then the best known."""
        qids = self._bearers.get(keys.key(name), [])[:limit]
        items = self.items(qids)
        return [Hit(items[qid], items[qid].label, "surname") for qid in qids]

    @cached_property
    def _bearers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for words, _, _, qid in sorted(self._people, key=lambda one: (-one[1], -one[2], one[3])):
            if "of" not in words:
                found.setdefault(keys.key(words[-1]), []).append(qid)
        return found

    @cached_property
    def _people(self) -> tuple[tuple[list[str], bool, float, str], ...]:
        """The words of each name of a person, whether he or she ruled, how prominent, and who."""
        rows = self._base.execute(
            "SELECT label, description, prominence, id FROM items WHERE kind = 'person'"
        )
        return tuple(
            (words, _RULER.search(description) is not None, fame, f"Q{number}")
            for label, description, fame, number in rows
            if len(words := label.casefold().split()) > 1
        )

    @cached_property
    def properties(self) -> tuple[tuple[str, int], ...]:
        """Property ids with the number of their claims, most frequent first."""
        rows = self._base.execute(
            "SELECT property, count(*) FROM claims GROUP BY property ORDER BY 2 DESC, 1"
        )
        return tuple((row[0], row[1]) for row in rows)

    @cached_property
    def _gram_counts(self) -> dict[str, int]:
        return dict(self._base.execute("SELECT gram, n FROM gram_counts"))

    def near(self, name: str, limit: int = 5) -> list[tuple[Hit, float]]:
        """Names spelt like this one, with a likeness of 0 to 1; for suggestions only.

        Looks at the first three thousand names that share the rarest trigrams, so a name all of
        whose trigrams are common may be missed.
        """
        text = keys.key(name)
        counts = self._gram_counts
        grams = sorted((counts[g], g) for g in keys.trigrams(text) if g in counts)[:6]
        shared: list[np.ndarray] = []
        left = _MAX_POSTINGS
        for count, gram in grams:
            if count > left and shared:
                break
            left -= count
            quoted = '"' + gram.replace('"', '""') + '"'
            rows = self._base.execute(
                "SELECT rowid FROM grams WHERE grams MATCH ? LIMIT ?",
                (quoted, _MAX_POSTINGS),
            )
            shared.append(np.fromiter(chain.from_iterable(rows), np.int64))
        if not shared:
            return []
        ids, common = np.unique(np.concatenate(shared), return_counts=True)
        numbers = ids[np.argsort(-common, kind="stable")[:_MAX_LIKE]].tolist()
        marks = ",".join("?" * len(numbers))
        rows = self._base.execute(f"SELECT id, key FROM names WHERE id IN ({marks})", numbers)
        nearest = process.extract(
            text, dict(rows), scorer=fuzz.ratio, score_cutoff=50, limit=4 * limit
        )
        likeness = {number: score / 100 for _, score, number in nearest}
        marks = ",".join("?" * len(likeness))
        rows = self._base.execute(
            f"SELECT {_ITEM}, n.name, n.how, n.id FROM names n JOIN items i ON i.id = n.item "
            f"WHERE n.id IN ({marks})",
            tuple(likeness),
        )
        best: dict[int, tuple[Hit, float]] = {}
        for row in rows:
            if row[0] not in best or best[row[0]][1] < likeness[row[8]]:
                best[row[0]] = (Hit(_item(row), row[6], row[7]), likeness[row[8]])
        ranked = sorted(best.values(), key=lambda found: (-found[1], -found[0].item.prominence))
        return ranked[:limit]
