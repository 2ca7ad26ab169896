"""The tables of a database in a file: written once, then read in place by any number of processes.

DuckDB lets one process write a file or many read it. So a file is written beside a database in
memory, under a name that nobody else knows, and later attached read-only.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from axiskg.reasoning.database import Database, Limits

__all__ = ["KEPT", "AttachedDatabase", "attach_draft", "write_draft"]

KEPT: Final = "stored.kept"
"""Where an attached database has the tables of its run."""

_TABLES: Final = ("term", "lit", "described", "prov", "quad", "statement", "confidence")
_BLOCK: Final = 16_384
"""Bytes: the least there is, for most tables of a run are small and each takes some blocks."""


class AttachedDatabase(Database):
    """A database whose statements are read from a file; what is new is kept in memory.

    Raises `duckdb.Error` when the file is none that `write_draft` has written.
    """

    def __init__(self, limits: Limits, path: Path) -> None:
        super().__init__(limits)
        self._attached = True
        try:
            self._attach(path)
        except BaseException:
            self.close()
            raise

    def _attach(self, path: Path) -> None:
        self.rows(f"ATTACH {_quoted(path)} AS stored (READ_ONLY)")
        self.rows("SET enable_external_access=false")
        self.rows("SET lock_configuration=true")
        for name in _TABLES:
            added = ""
            if name in self.new_in:
                self.new_in[name] = f"new_{name}"
                self.rows(f"CREATE TABLE new_{name} AS FROM stored.{name} LIMIT 0")
                added = f" UNION ALL FROM new_{name}"
            self.rows(f"CREATE VIEW {name} AS FROM stored.{name}{added}")
        self._next = int(self.value("SELECT coalesce(max(abs(id)), 0) + 1 FROM term"))

    def about(self) -> str:
        """The text that was written with the tables."""
        return str(self.value("SELECT text FROM stored.about"))

    def change(self, added: Iterable[Quad], removed: Iterable[Quad]) -> set[int]:
        """Apply quads to the tables, once they are copied into memory."""
        for name in _TABLES:
            if self._attached and name not in self.new_in:
                self.rows(f"CREATE TABLE own_{name} AS FROM {name}")
                self.rows(f"DROP VIEW {name}")
                self.rows(f"ALTER TABLE own_{name} RENAME TO {name}")
        self._attached = False
        return super().change(added, removed)


def attach_draft(db: Database, path: Path) -> None:
    """Make a file that `write_draft` will fill; to be called before loading, which locks."""
    db.rows(f"ATTACH {_quoted(path)} AS draft (BLOCK_SIZE {_BLOCK})")


def write_draft(db: Database, schema: str, about: str) -> None:
    """Write what was loaded, the tables of a schema and a text; then let go of the file."""
    rows = db.rows
    for name in _TABLES:
        rows(f"CREATE TABLE draft.{name} AS FROM {name}")
    rows("CREATE SCHEMA draft.kept")
    found = rows(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND database_name = 'memory'",
        [schema],
    )
    for (name,) in sorted(found):
        rows(f"CREATE TABLE draft.kept.{name} AS FROM {schema}.{name}")
    rows("CREATE TABLE draft.about (text VARCHAR)")
    rows("INSERT INTO draft.about VALUES (?)", [about])
    rows("CHECKPOINT draft")
    rows("DETACH draft")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
