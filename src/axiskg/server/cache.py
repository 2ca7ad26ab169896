"""Answers kept for reuse, bounded in bytes; the least recently used go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from axiskg.server.http import HeaderList

__all__ = ["Cached", "ResultCache"]

_OVERHEAD_BYTES = 600


class Cached(NamedTuple):
    """A whole response: its headers as they stand in it, its body, its entity tag, its rows."""

    head: bytes
    body: bytes
    etag: bytes
    rows: int
    query_hash: str

    @property
    def headers(self) -> HeaderList:
        """The headers one by one."""
        lines = self.head.split(b"\r\n")[:-1]
        return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


class ResultCache:
    """Responses by key; the key begins with the generation, so a write makes all others miss."""

    def __init__(self, max_bytes: int, max_entry_bytes: int) -> None:
        self.max_bytes, self.max_entry_bytes = max_bytes, max_entry_bytes
        self.hits = self.misses = 0
        self.size_bytes = 0
        self._entries: OrderedDict[Hashable, Cached] = OrderedDict()

    def get(self, key: Hashable) -> Cached | None:
        """The response of that key, now the most recently used."""
        entry = self._entries.get(key)
        if entry is None:
            self.misses += 1
            return None
        self.hits += 1
        self._entries.move_to_end(key)
        return entry

    def put(self, key: Hashable, entry: Cached) -> None:
        """Keep a response unless it is too large."""
        size = _size(key, entry)
        if size > self.max_entry_bytes or size > self.max_bytes:
            return
        if key in self._entries:
            self.size_bytes -= _size(key, self._entries.pop(key))
        self._entries[key] = entry
        self.size_bytes += size
        while self.size_bytes > self.max_bytes:
            self.size_bytes -= _size(*self._entries.popitem(last=False))

    def clear(self) -> None:
        """Forget everything: a new generation has been published."""
        self._entries.clear()
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._entries)


def _size(key: Hashable, entry: Cached) -> int:
    """What an entry takes, the query in its key too: a long one may have a short answer."""
    texts = sum(len(part) for part in key if isinstance(part, str)) if isinstance(key, tuple) else 0
    return len(entry.body) + texts + _OVERHEAD_BYTES
