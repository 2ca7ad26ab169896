"""What comes back from a worker: a whole answer, or one that is still being written."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from axiskg.errors import AxisKGError, QueryTooLargeError
from axiskg.store.frames import CHECK, dumps, pack, pack_query

__all__ = ["Answer", "AnswerStream", "Check", "NotAcceptableError", "OverloadError", "Question"]


class NotAcceptableError(AxisKGError):
    """The client takes none of the formats that an answer of this form can have."""

    def __init__(self, form: str) -> None:
        self.form = form
        super().__init__(f"no acceptable format for an answer of the form {form!r}")


class OverloadError(AxisKGError):
    """The server has more work than it can take on; `retry_after_s` is when to come back."""

    def __init__(self, message: str, *, retry_after_s: int = 1) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


Formats = tuple[tuple[str, tuple[str, str]], ...]
"""For each form of answer (bindings, boolean, graph) the name and media type to write."""


@lru_cache(maxsize=512)
def _packed(*terms: Hashable) -> bytes:
    return dumps(terms)


class Question:
    """One query as a worker needs it: its text, and the terms under which it is asked."""

    __slots__ = ("encoding", "terms", "text")

    def __init__(
        self,
        *,
        text: str,
        base: str,
        default_graphs: tuple[str, ...] | None,
        named_graphs: tuple[str, ...] | None,
        union: bool,
        formats: Formats,
        encoding: str,
        max_rows: int,
        max_bytes: int,
        explained_at: str,
    ) -> None:
        limits = (max_rows, max_bytes, explained_at)
        self.text, self.encoding = text, encoding
        self.terms = _packed(base, default_graphs, named_graphs, union, formats, encoding, limits)

    def with_text(self, text: str) -> Question:
        """Another query under the same terms."""
        made = Question.__new__(Question)
        made.text, made.terms, made.encoding = text, self.terms, self.encoding
        return made

    def frame(self, path: bytes) -> bytes:
        """The frame that asks a worker this, on the snapshot at `path`."""
        return pack_query(path, self.terms, self.text.encode())


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a query or update parses; answered with an empty `Answer`."""

    kind: str
    text: str
    base: str

    def frame(self, path: bytes) -> bytes:
        """The frame that asks a worker this; it looks at no snapshot."""
        return pack(CHECK, (self.kind, self.text, self.base))


class Answer(NamedTuple):
    """A whole answer; `truncated` names the cap that cut it, or is empty."""

    form: str
    media: str
    encoding: str
    truncated: str
    rows: int
    body: bytes


class AnswerStream:
    """An answer whose first chunk is there; the rest arrives while it is sent on.

    `pause` and `resume` stop and start the worker's socket, so that a slow client holds back the
    worker instead of filling memory.
    """

    HIGH_BYTES = 1 << 20
    LOW_BYTES = 256 << 10

    def __init__(
        self,
        form: str,
        media: str,
        encoding: str,
        first: bytes,
        *,
        pause: Callable[[], None],
        resume: Callable[[], None],
        abandon: Callable[[], None],
    ) -> None:
        self.form, self.media, self.encoding = form, media, encoding
        self.rows, self.truncated = 0, ""
        self.paused = False
        self._chunks: deque[bytes] = deque([first])
        self._size = len(first)
        self._wake = asyncio.Event()
        self._ended = False
        self._failure: Exception | None = None
        self._pause, self._resume, self.abandon = pause, resume, abandon

    @property
    def ended(self) -> bool:
        """Whether the worker has nothing more to send."""
        return self._ended or self._failure is not None

    def put(self, chunk: bytes) -> None:
        """Add a chunk; pauses the worker when too much is waiting."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > self.HIGH_BYTES and not self.paused:
            self.paused = True
            self._pause()
        self._wake.set()

    def end(self, rows: int, truncated: str) -> None:
        """Nothing more will come."""
        self.rows, self.truncated = rows, truncated
        self._ended = True
        self._wake.set()

    def fail(self, failure: Exception) -> None:
        """Nothing more will come, and what came is not the whole."""
        self._failure = failure
        self._wake.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The chunks in order; raises what cut the answer short."""
        while True:
            while self._chunks:
                chunk = self._chunks.popleft()
                self._size -= len(chunk)
                if self.paused and self._size < self.LOW_BYTES:
                    self.paused = False
                    self._resume()
                yield chunk
            if self._failure is not None:
                raise self._failure
            if self._ended:
                if self.truncated:
                    raise QueryTooLargeError(
                        f"the answer was cut by the cap on {self.truncated} after it had begun:"
                        " ask for less, for instance with LIMIT"
                    )
                return
            self._wake.clear()
            await self._wake.wait()
