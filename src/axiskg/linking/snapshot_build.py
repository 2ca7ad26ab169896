"""An offline extract of Wikidata, indexed by name, in one SQLite file."""

from __future__ import annotations

import datetime
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from axiskg.errors import LinkingError
from axiskg.linking import keys
from axiskg.linking.kinds import kind_of
from axiskg.linking.registers import read_register
from axiskg.linking.rivals import short_form
from axiskg.linking.translations import translations
from axiskg.linking.wikidata_json import RawItem, read_items

__all__ = ["SCHEMA_VERSION", "build_snapshot"]

SCHEMA_VERSION: Final = 4

_TABLES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE items (id INTEGER PRIMARY KEY, label TEXT NOT NULL, description TEXT NOT NULL,
  kind TEXT NOT NULL, classes TEXT NOT NULL, prominence REAL NOT NULL DEFAULT 0);
CREATE TABLE names (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, name TEXT NOT NULL,
  how TEXT NOT NULL, key TEXT NOT NULL, bag TEXT, core TEXT, short TEXT);
CREATE TABLE claims (item INTEGER, property TEXT, value INTEGER,
  PRIMARY KEY (item, property, value)) WITHOUT ROWID;
CREATE TABLE translations (key TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE grams USING fts5(key, tokenize='trigram', content='', detail=none);
"""
_INDEXES: Final = """
CREATE INDEX names_key ON names (key);
CREATE INDEX names_bag ON names (bag) WHERE bag IS NOT NULL;
CREATE INDEX names_core ON names (core) WHERE core IS NOT NULL;
CREATE INDEX names_short ON names (short) WHERE short IS NOT NULL;
CREATE INDEX IF NOT EXISTS names_item ON names (item);
CREATE INDEX claims_value ON claims (value);
CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, grams, row);
CREATE TABLE gram_counts (gram TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
INSERT INTO gram_counts SELECT term, doc FROM temp.vocabulary;
"""
_CHUNK: Final = 2_000
_BAGGED: Final = frozenset({"label", "alias", "official"})


def build_snapshot(
    source: Path,
    target: Path,
    *,
    keep: Callable[[RawItem], bool] | None = None,
    hide: Callable[[str, str], bool] | None = None,
    registers: Sequence[Path] = (),
    date: str = "",
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the items of `source` to the snapshot `target`; the number of items.

    Streams: memory doesn't grow with the file. `target` appears whole or not at all. `keep` picks
    items, `hide(qid, name)` leaves out aliases and official names (for measuring), `registers`
    are tables of further names (see `registers.py`), `date` is the day that the source is of
    (ISO, or a part of such; "" where nobody knows), `progress` gets the running count every few
    thousand items. Raises `ParseError`, `LinkingError`.
    """
    draft = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        count = _draft(source, draft, keep, hide, registers, date, progress)
        draft.replace(target)
    except sqlite3.IntegrityError as error:
        raise LinkingError(f"{source}: an item stands in it twice ({error})") from error
    except (OSError, sqlite3.OperationalError) as error:
        raise LinkingError(f"{target}: the snapshot can't be written ({error})") from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return count


def _draft(
    source: Path,
    draft: Path,
    keep: Callable[[RawItem], bool] | None,
    hide: Callable[[str, str], bool] | None,
    registers: Sequence[Path],
    date: str,
    progress: Callable[[int], None] | None,
) -> int:
    """Write a whole snapshot to `draft`; the number of items."""
    draft.unlink(missing_ok=True)
    base = sqlite3.connect(draft)
    try:
        base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES)
        count, number = 0, 0
        items = (item for item in read_items(source) if keep is None or keep(item))
        while chunk := list(islice(items, _CHUNK)):
            number = _write(base, chunk, hide, number)
            count += len(chunk)
            if progress is not None:
                progress(count)
        if not count:
            raise LinkingError(f"{source}: no items to keep; is it a Wikidata extract?")
        for register in registers:
            number = _add_register(base, register, number)
        base.executemany("INSERT INTO translations VALUES (?, ?)", sorted(translations().items()))
        base.executescript(_INDEXES)
        _weigh(base)
        built = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        base.executemany(
            "INSERT INTO meta VALUES (?, ?)",
            [
                ("schema", str(SCHEMA_VERSION)),
                ("source", source.name),
                ("date", date),
                ("built", built),
            ],
        )
        base.commit()
    finally:
        base.close()
    return count


def _write(
    base: sqlite3.Connection,
    chunk: list[RawItem],
    hide: Callable[[str, str], bool] | None,
    number: int,
) -> int:
    """Insert a chunk; the id of the last name."""
    rows: list[tuple[int, int, str, str, str, str | None, str | None, str | None]] = []
    for item in chunk:
        qid, kind = int(item.qid[1:]), kind_of(item.classes)
        base.execute(
            "INSERT INTO items VALUES (?, ?, ?, ?, ?, 0)",
            (qid, item.label, item.description, kind, " ".join(item.classes)),
        )
        base.executemany(
            "INSERT OR IGNORE INTO claims VALUES (?, ?, ?)",
            [(qid, p, int(v[1:])) for p, values in item.claims.items() for v in values],
        )
        for name, how in _names(item, kind, hide):
            number += 1
            core = None
            if kind in ("state", "former-state") and how in _BAGGED:
                core = keys.core(name)[0] or None
            bag = keys.bag(name) if how in _BAGGED else None
            short = short_form(name, kind) if how == "label" else None
            rows.append((number, qid, name, how, keys.key(name), bag, core, short))
    base.executemany("INSERT INTO names VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    base.executemany(
        "INSERT INTO grams (rowid, key) VALUES (?, ?)",
        [(row[0], row[4]) for row in rows if row[3] in _BAGGED],
    )
    return number


def _add_register(base: sqlite3.Connection, path: Path, number: int) -> int:
    """Add a register's names to the items there are; the id of the last name."""
    base.execute("CREATE INDEX IF NOT EXISTS names_item ON names (item)")
    for qid, name in read_register(path):
        item = int(qid[1:])
        row = base.execute("SELECT kind FROM items WHERE id = ?", (item,)).fetchone()
        known = base.execute(
            "SELECT 1 FROM names WHERE item = ? AND name = ? AND how <> 'acronym'", (item, name)
        ).fetchone()
        if row is None or known:
            continue
        number += 1
        core = (keys.core(name)[0] or None) if row[0] in ("state", "former-state") else None
        base.execute(
            "INSERT INTO names VALUES (?, ?, ?, 'register', ?, ?, ?, NULL)",
            (number, item, name, keys.key(name), keys.bag(name), core),
        )
        base.execute("INSERT INTO grams (rowid, key) VALUES (?, ?)", (number, keys.key(name)))
    return number


def _names(
    item: RawItem, kind: str, hide: Callable[[str, str], bool] | None
) -> Iterator[tuple[str, str]]:
    """The names to index, each once, with how the item has it."""
    known = {item.label}
    yield item.label, "label"
    for names, how in ((item.official, "official"), (item.aliases, "alias")):
        for name in names:
            if name not in known and not (hide and hide(item.qid, name)):
                known.add(name)
                yield name, how
    for name in item.demonyms:
        yield name, "demonym"
    if kind in ("state", "igo", "organization", "government"):
        for short in sorted({a for name in known for a in keys.acronyms(name)} - known):
            if kind != "state" or len(short) > 2:
                yield short, "acronym"


def _weigh(base: sqlite3.Connection) -> None:
    """Prominence: logarithm of names, claims, and how often other items speak of an item."""
    base.create_function("ln1", 1, lambda n: math.log1p(n), deterministic=True)
    base.execute(
        "UPDATE items SET prominence = "
        "ln1(2 * (SELECT count(*) FROM claims WHERE value = items.id)"
        " + (SELECT count(*) FROM claims WHERE item = items.id)"
        " + (SELECT count(*) FROM names WHERE item = items.id AND how <> 'acronym'))"
    )
