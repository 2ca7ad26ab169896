"""One worker process as the event loop sees it."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol, cast

from axiskg.errors import AxisKGError, QueryError, QueryTooLargeError, StoreError
from axiskg.server.answers import Answer, AnswerStream, Check, NotAcceptableError, Question
from axiskg.server.processes import Child
from axiskg.store.frames import (
    ANSWER,
    BEGIN,
    CHUNK,
    END,
    FAILED,
    FORGET,
    OPEN,
    READY,
    Reader,
    loads,
    pack,
    pack_raw,
    unpack,
    unpack_answer,
    unpack_with_body,
)
from axiskg.store.sparql_text import syntax_error

__all__ = ["Job", "Keeper", "Outcome", "Worker"]

_LINGER_S = 0.05
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Outcome = Answer | AnswerStream | AxisKGError
"""What a job ends with, or what begins its end: a whole answer, a stream, a failure."""


class Job:
    """One query on its way: asked, perhaps waiting, perhaps running, answered once.

    `on_outcome` is called once, on the event loop, and must not raise.
    """

    __slots__ = (
        "abandoned",
        "client",
        "deadline",
        "key",
        "linger",
        "on_outcome",
        "paused_s",
        "question",
        "received",
        "settled",
        "started",
        "stream",
    )

    def __init__(
        self,
        question: Question | Check,
        deadline: float,
        on_outcome: Callable[[Outcome], None],
        *,
        key: str = "",
        client: str = "",
        linger: Callable[[], None] | None = None,
    ) -> None:
        self.question, self.deadline, self.on_outcome = question, deadline, on_outcome
        self.key, self.client, self.linger = key, client, linger
        self.stream: AnswerStream | None = None
        self.abandoned = self.settled = False
        self.received = time.monotonic()
        self.started = 0.0
        """When a worker turned to it; 0 while it waits."""
        self.paused_s = 0.0

    def lingers(self, now: float) -> None:
        """Tell who asked, once, that the answer takes its time."""
        if self.linger is not None and now - self.received > _LINGER_S:
            linger, self.linger = self.linger, None
            if not self.settled:
                linger()

    def settle(self, outcome: Outcome) -> None:
        """Give the answer, its beginning, or the failure to who asked."""
        if not self.settled:
            self.settled = True
            self.on_outcome(outcome)

    def fail(self, failure: AxisKGError) -> None:
        """Tell who asked, before or in the middle of the answer."""
        if self.stream is not None:
            self.stream.fail(failure)
        else:
            self.settle(failure)


class Keeper(Protocol):
    """Who keeps the workers."""

    def on_free(self, worker: Worker) -> None:
        """The worker has nothing more to do."""

    def on_stream(self, worker: Worker) -> None:
        """The worker has begun an answer that will take it some time."""

    def on_left(self, jobs: list[Job]) -> None:
        """A worker went, and had not begun these."""

    def on_gone(self, worker: Worker) -> None:
        """The process has ended."""


class _Mark:
    """Stands in a worker's row where it will say that it has forgotten what came before."""


_FORGOTTEN: Final = _Mark()


class Worker(asyncio.Protocol):
    """A worker process and the jobs in its row: it works on the first, and answers in order.

    The row can be taken back but for the first job. Until the process has confirmed that, None
    stands for each job taken, and the worker gets no new one.
    """

    def __init__(self, child: Child, keeper: Keeper) -> None:
        self.child = child
        self.row: deque[Job | _Mark | None] = deque()
        self.since = 0.0
        """When it turned to the first job of its row."""
        self.closed = False
        """Whether it gets no new job for now."""
        self.slow = False
        self.halted = False
        self.path = ""
        self.opening = False
        self._keeper = keeper
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._cpu_clock = (~child.pid << 3) | 2
        self._cpu_before = -1.0

    @property
    def job(self) -> Job | None:
        """What it works on, if somebody wants it."""
        first = self.row[0] if self.row else None
        return first if isinstance(first, Job) else None

    def jobs(self) -> list[Job]:
        """The jobs in its row, the one that runs first."""
        return [entry for entry in self.row if isinstance(entry, Job)]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the socket is ours."""
        # uvloop's transports are not of asyncio's class
        self._transport = cast("asyncio.Transport", transport)

    def give(self, job: Job, path: str, raw_path: bytes, now: float) -> None:
        """Add a query to the row."""
        assert self._transport is not None
        self._transport.write(job.question.frame(raw_path))
        self.path = path
        self.row.append(job)
        if len(self.row) == 1:
            self._turn(now)

    def _turn(self, now: float) -> None:
        first = self.row[0]
        self.since, self._cpu_before = now, -1.0
        if isinstance(first, Job):
            first.started = now

    def take_back(self) -> list[Job]:
        """Close the row behind its first job; what was in it."""
        assert self._transport is not None
        first, *rest = self.row
        taken = [entry for entry in rest if isinstance(entry, Job)]
        self.closed = True
        if rest:
            self.row = deque([first, *[None] * len(rest), _FORGOTTEN])
            self._transport.write(pack(FORGET, len(rest)))
        return taken

    def open(self, path: str) -> None:
        """Have the process open a snapshot before it is asked anything."""
        assert self._transport is not None
        self.opening = True
        self.path = path
        self._transport.write(pack_raw(OPEN, os.fsencode(path)))

    def data_received(self, data: bytes) -> None:
        """Asyncio: frames from the process."""
        for kind, body in self._reader.feed(data):
            if kind == ANSWER:
                rows, head, content = unpack_answer(body)
                self._answered(Answer(*_fields(head), rows, content))
            else:
                self._on_frame(kind, body)

    def _on_frame(self, kind: bytes, body: bytes) -> None:
        if kind == READY:
            self.opening = False
            return
        job = self.job
        if kind == FORGET:
            while self.row and self.row.popleft() is not _FORGOTTEN:
                pass
            self._next()
        elif kind == FAILED:
            self._answered(_failure(*unpack(body)))
        elif kind == BEGIN:
            (form, media, encoding), content = unpack_with_body(body)
            if job is not None:
                job.stream = AnswerStream(
                    form,
                    media,
                    encoding,
                    content,
                    pause=self.pause,
                    resume=self.resume,
                    abandon=self.abandon,
                )
                job.settle(job.stream)
                self._keeper.on_stream(self)
        elif kind == CHUNK and job is not None and job.stream is not None:
            job.stream.put(body)
        elif kind == END:
            self.row.popleft()
            self._next()
            if job is not None and job.stream is not None:
                job.stream.end(*unpack(body))

    def _answered(self, outcome: Answer | AxisKGError) -> None:
        if not self.row:
            return
        job = self.row.popleft()
        self._next()
        if isinstance(job, Job):
            if job.stream is None:
                job.settle(outcome)
            elif isinstance(outcome, AxisKGError):
                job.stream.fail(outcome)

    def _next(self) -> None:
        if self.row:
            self._turn(time.monotonic())
        else:
            self.closed = False
            self._keeper.on_free(self)

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

    def halt(self) -> None:
        """Stop the process where it is."""
        if not self.halted:
            self.halted = True
            self.child.halt()

    def go_on(self) -> None:
        """Let the process run again."""
        if self.halted:
            self.halted = False
            self.child.go_on()

    def kill(self, reason: AxisKGError | None = None) -> None:
        """End the process; the running query fails with `reason`, at once."""
        self.child.kill()
        if self._transport is not None:
            self._transport.abort()
        self._leave(reason or StoreError("the server is shutting down"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio: the process has ended, on its own or not."""
        self.child.kill()
        self.child.forget()
        self._leave(
            QueryTooLargeError(
                "the query needed more memory or depth than one query may take; ask for less,"
                " for instance with LIMIT and without DISTINCT or ORDER BY over everything"
            )
        )
        self._keeper.on_gone(self)

    def _leave(self, failure: AxisKGError) -> None:
        """Fail what it worked on, and hand back what it had not begun."""
        running, jobs = self.job, self.jobs()
        self.row.clear()
        self.closed = True
        if running is not None:
            jobs.remove(running)
            running.fail(failure)
        if jobs:
            self._keeper.on_left(jobs)

    def cpu_s(self) -> float:
        """CPU seconds that the running query has taken since this was first asked of it."""
        now = self._cpu_now()
        if self._cpu_before < 0:
            self._cpu_before = now
        return now - self._cpu_before

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


@lru_cache(maxsize=256)
def _fields(head: bytes) -> tuple[str, str, str, str]:
    form, media, encoding, truncated = loads(head)
    return form, media, encoding, truncated


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
