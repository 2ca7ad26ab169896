"""Answers of other servers, kept on disk between runs."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from axiskg.errors import LinkingError

__all__ = ["HttpCache"]


class HttpCache:
    """A SQLite file of bodies by request; entries older than `max_age_s` are as if not there.

    The file is made at the first `put`. With `max_age_s` of 0 nothing is kept. Both methods raise
    `LinkingError` when the file can't be used.
    """

    def __init__(self, path: Path, max_age_s: int) -> None:
        self.path = path
        self.max_age_s = max_age_s

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The file, open; what is written is kept when the block ends well."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=10)) as base, base:
                base.execute("PRAGMA journal_mode=WAL")
                base.execute(
                    "CREATE TABLE IF NOT EXISTS answers"
                    " (request TEXT PRIMARY KEY, at REAL NOT NULL, body BLOB NOT NULL)"
                    " WITHOUT ROWID"
                )
                yield base
        except (OSError, sqlite3.Error) as error:
            raise LinkingError(
                f"{self.path}: answers of other servers can't be kept there ({error}); set"
                " AXISKG_HTTP_CACHE to another file, or AXISKG_HTTP_CACHE_S=0 to keep none"
            ) from error

    @staticmethod
    def _name(*request: str) -> str:
        return hashlib.sha256("\0".join(request).encode()).hexdigest()

    def get(self, *request: str) -> bytes | None:
        """The kept answer to a request that is still good."""
        if not self.max_age_s or not self.path.is_file():
            return None
        with self._opened() as base:
            row = base.execute(
                "SELECT body FROM answers WHERE request = ? AND at > ?",
                (self._name(*request), time.time() - self.max_age_s),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, body: bytes, *request: str) -> None:
        """Keep the answer to a request, and drop those that are too old."""
        if not self.max_age_s:
            return
        now = time.time()
        with self._opened() as base:
            base.execute("DELETE FROM answers WHERE at <= ?", (now - self.max_age_s,))
            base.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (self._name(*request), now, body)
            )
