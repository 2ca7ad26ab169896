"""A query that has been read and allowed: under what its answer is kept, and what it is sent with.

The usual way (`sparql.py`) and the quick way (`quick.py`) meet here, so that an answer has the same
key, tag and headers whichever way it went.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache

from axiskg.namespaces import UNION_GRAPH
from axiskg.server.answers import Question
from axiskg.server.http import HeaderList
from axiskg.server.negotiation import Choices, content_type
from axiskg.server.protocol import Operation
from axiskg.settings import Settings
from axiskg.store.frames import dumps

__all__ = [
    "VARY",
    "Asked",
    "Key",
    "entity_tag",
    "key_of",
    "query_hash",
    "question_of",
    "representation",
    "standing_headers",
]

VARY = b"accept, accept-encoding"

Key = tuple[int, str, bytes]
"""Generation, normal text, and what else makes the representation."""


@dataclass(slots=True)
class Asked:
    """A query on its way; `key` and `etag` are there when its answer can be kept."""

    question: Question
    generation: int
    key: Key | None
    etag: bytes
    raw: Hashable
    """What a request that is the same byte for byte has in common with this one."""
    told: HeaderList = field(default_factory=list)


@lru_cache(maxsize=512)
def _packed(*parts: Hashable) -> bytes:
    return dumps(parts)


def representation(operation: Operation, formats: Choices, encoding: str) -> bytes:
    """What makes one answer differ from another to the same text on the same generation."""
    named = "format" in operation.options
    return _packed(operation.default_graphs, operation.named_graphs, formats, encoding, named)


def key_of(generation: int, text: str, represented: bytes) -> Key:
    """The key of an answer; white space counts only where it can be part of a literal."""
    if '"' in text or "'" in text or "#" in text or "\\" in text:
        return generation, text.strip(), represented
    return generation, " ".join(text.split()), represented


def entity_tag(boot: str, key: Key) -> bytes:
    """A strong tag: texts hold no NUL, so no two keys give the same bytes to the hash."""
    generation, text, represented = key
    digest = hashlib.blake2b(b"%b\0%b" % (text.encode(), represented), digest_size=12)
    return f'"{boot}-{generation}-{digest.hexdigest()}"'.encode()


def query_hash(text: str) -> str:
    """What stands for a query's text in the log."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def question_of(
    operation: Operation,
    formats: Choices,
    encoding: str,
    *,
    base: str,
    root: str,
    settings: Settings,
) -> Question:
    """The question of a query operation; `root` is the server's URL as the client knows it."""
    default, named = operation.default_graphs, operation.named_graphs
    union = default is not None and UNION_GRAPH in default
    if union:
        default = None
    elif default is None and named is not None:
        default = ()
    if named is None and default is not None:
        named = ()
    assert operation.text is not None
    return Question(
        text=operation.text,
        base=base,
        default_graphs=default,
        named_graphs=named,
        union=union,
        formats=formats,
        encoding=encoding,
        max_rows=settings.max_rows,
        max_bytes=settings.max_answer_mb << 20,
        explained_at=f"{root}/docs/endpoint#limits",
    )


def standing_headers(media: str, encoding: str, generation: int, stale_since: int) -> HeaderList:
    """The headers that answers of a generation have in common."""
    headers: HeaderList = [
        (b"content-type", content_type(media)),
        (b"vary", VARY),
        (b"cache-control", b"no-cache"),
        (b"axiskg-generation", str(generation).encode()),
    ]
    if stale_since:
        note = f"conclusions; since generation {stale_since}"
        headers.append((b"axiskg-stale", note.encode()))
    if encoding:
        headers.append((b"content-encoding", encoding.encode()))
    return headers
