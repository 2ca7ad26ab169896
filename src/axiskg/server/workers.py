"""One worker process as the event loop sees it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from axiskg.errors import AxisKGError, QueryError, QueryTooLargeError, StoreError
from axiskg.server.answers import Answer, AnswerStream, Check, NotAcceptableError, Question
from axiskg.server.processes import Child
from axiskg.store.frames import (
    ANSWER,
    BEGIN,
    CHUNK,
    END,
    FAILED,
    OPEN,
    READY,
    Reader,
    pack,
    unpack,
    unpack_with_body,
)
from axiskg.store.sparql_text import syntax_error

__all__ = ["Job", "Worker"]

_LINGER_S = 0.05
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Job:
    """One query on its way: asked, perhaps waiting, perhaps running, answered once."""

    __slots__ = (
        "abandoned",
        "client",
        "deadline",
        "key",
        "linger",
        "outcome",
        "paused_s",
        "question",
        "received",
        "started",
        "stream",
    )

    def __init__(
        self,
        question: Question | Check,
        deadline: float,
        key: str,
        client: str,
        linger: Callable[[], None] | None = None,
    ) -> None:
        self.linger = linger
        self.question, self.deadline, self.key, self.client = question, deadline, key, client
        self.outcome: asyncio.Future[Answer | AnswerStream] = (
            asyncio.get_running_loop().create_future()
        )
        self.stream: AnswerStream | None = None
        self.abandoned = False
        self.received = time.monotonic()
        self.started = 0.0
        self.paused_s = 0.0

    def lingers(self, now: float) -> None:
        """Tell who asked, once, that the answer takes its time."""
        if self.linger is not None and now - self.received > _LINGER_S:
            linger, self.linger = self.linger, None
            if not self.outcome.done():
                linger()

    def succeed(self, answer: Answer | AnswerStream) -> None:
        """Give the answer, or its beginning, to who asked."""
        if not self.outcome.done():
            self.outcome.set_result(answer)

    def fail(self, failure: AxisKGError) -> None:
        """Tell who asked, before or in the middle of the answer."""
        if self.stream is not None:
            self.stream.fail(failure)
        elif not self.outcome.done():
            self.outcome.set_exception(failure)


class Worker(asyncio.Protocol):
    """A worker process; `job` is what it works on. Calls back when it is free or gone."""

    def __init__(
        self,
        child: Child,
        on_free: Callable[[Worker], None],
        on_gone: Callable[[Worker], None],
    ) -> None:
        self.child = child
        self.job: Job | None = None
        self.slow = False
        self.held_back = False
        self.path = ""
        self.opening = False
        self.killed_for: AxisKGError | None = None
        self._on_free, self._on_gone = on_free, on_gone
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._cpu_clock = (~child.pid << 3) | 2
        self._cpu_before = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the socket is ours."""
        # uvloop's transports are not of asyncio's class
        self._transport = cast("asyncio.Transport", transport)

    def begin(self, job: Job, path: str) -> None:
        """Send a query to the process."""
        assert self._transport is not None
        self.job = job
        self.path = path
        job.started = time.monotonic()
        self._cpu_before = self._cpu_now()
        self._transport.write(job.question.frame(path))

    def open(self, path: str) -> None:
        """Have the process open a snapshot before it is asked anything."""
        assert self._transport is not None
        self.opening = True
        self.path = path
        self._transport.write(pack(OPEN, path))

    def data_received(self, data: bytes) -> None:
        """Asyncio: frames from the process."""
        for kind, body in self._reader.feed(data):
            self._on_frame(kind, body)

    def _on_frame(self, kind: bytes, body: bytes) -> None:
        job = self.job
        if kind == READY:
            self.opening = False
            return
        if job is None:
            if kind == FAILED:
                self.kill(StoreError("could not open the snapshot"))
            return
        if kind == ANSWER:
            fields, content = unpack_with_body(body)
            self._free()
            form, media, encoding, rows, truncated, cpu_s = fields
            job.succeed(Answer(form, media, encoding, rows, truncated, cpu_s, content))
        elif kind == BEGIN:
            (form, media, encoding), content = unpack_with_body(body)
            job.stream = AnswerStream(
                form,
                media,
                encoding,
                content,
                pause=self.pause,
                resume=self.resume,
                abandon=self.abandon,
            )
            job.succeed(job.stream)
        elif kind == CHUNK and job.stream is not None:
            job.stream.put(body)
        elif kind == END and job.stream is not None:
            self._free()
            job.stream.end(*unpack(body))
        elif kind == FAILED:
            self._free()
            job.fail(_failure(*unpack(body)))

    def _free(self) -> None:
        self.job = None
        self._on_free(self)

    def pause(self) -> None:
        """Stop reading: the client is slow."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def abandon(self) -> None:
        """Nobody waits for the running query any more."""
        if self.job is not None:
            self.job.abandoned = True
            self.resume()

    def kill(self, reason: AxisKGError | None = None) -> None:
        """End the process; the running query fails with `reason`, at once."""
        self.killed_for = reason
        job, self.job = self.job, None
        self.child.kill()
        if self._transport is not None:
            self._transport.abort()
        if job is not None:
            job.fail(reason or StoreError("the server is shutting down"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio: the process has ended, on its own or not."""
        job, self.job = self.job, None
        self.child.kill()
        self.child.forget()
        if job is not None:
            job.fail(
                QueryTooLargeError(
                    "the query needed more memory or depth than one query may take; ask for less,"
                    " for instance with LIMIT and without DISTINCT or ORDER BY over everything"
                )
            )
        self._on_gone(self)

    def cpu_s(self) -> float:
        """CPU seconds that the running query has taken."""
        return self._cpu_now() - self._cpu_before

    def _cpu_now(self) -> float:
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:
            return 0.0

    def memory_bytes(self) -> int:
        """Resident memory of the process."""
        with suppress(OSError, IndexError):
            return int(_statm(self.child.pid)[1]) * _PAGE_BYTES
        return 0


def _statm(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/statm").read_text().split()


def _failure(kind: str, message: str) -> AxisKGError:
    failures: dict[str, Any] = {
        "syntax": syntax_error,
        "value": QueryError,
        "not acceptable": NotAcceptableError,
        "memory": QueryTooLargeError,
        "engine": StoreError,
    }
    made = failures[kind](message)
    assert isinstance(made, AxisKGError)
    return made
