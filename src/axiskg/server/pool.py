"""The worker processes: a fast lane, spares, a slow lane, and the clock that watches them.

A query starts in the fast lane. One that has used more than its share of CPU or time is reniced
and moves to the slow lane, and a spare takes its place, so that quick queries never queue behind
slow ones. The slow lane has few places: when they are taken, the next slow query is shed.

A process switch costs as much as a small query. So no more workers are set to work at once than
there are processors, and further queries line up behind those that run, in the same process. Who
lines up behind a query that is not done within milliseconds goes to another worker.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from axiskg.errors import (
    AxisKGError,
    QueryTimeoutError,
    QueryTooLargeError,
    StoreError,
)
from axiskg.namespaces import PREFIXES
from axiskg.server.answers import Answer, AnswerStream, Check, OverloadError, Question
from axiskg.server.processes import Nursery
from axiskg.server.workers import Job, Outcome, Worker
from axiskg.store.nursery import QUERIES

__all__ = ["PoolLimits", "WorkerPool"]

_TICK_S = 0.01
_IN_ROW_TICK_S = 0.005
_PATIENCE_S = 0.004
"""How long a query may run before those in its row go elsewhere."""
_FORGETTING_S = 0.25
"""How long a worker may work on what was taken back from it."""
_MEMORY_EVERY_S = 0.03
_SLOW_WALL_S = 1.0
_SLOW_NICENESS = 3
_TURN_S = 0.02
_ROUND_S = 0.16
"""While quick queries want the processors, one slow query runs for a turn in each round. Lower
priority alone does not do: a low process that runs in each gap between two quick queries leaves
them cold caches, and costs them a third of their speed."""
_SENDING_S = 2.0
"""CPU seconds of a query that sends rows, before it waits for turns as any slow one does."""
_REOPEN_PAUSE_S = 0.1
_RESPAWN_PAUSE_S = 0.5
_MAX_PAUSED_S = 300.0
"""What a slow client may add to the deadline of the answer it is reading."""


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many processes there are, and what one of them may take.

    `workers` answer quick queries, no more than `at_once` of them while each has less than `row`
    queries to answer.
    """

    workers: int = 4
    at_once: int = field(default_factory=_processors)
    row: int = 8
    spares: int = 2
    slow: int = 4
    waiting: int = 256
    slow_after_s: float = 0.05
    worker_memory_mb: int = 384
    total_memory_mb: int = 768
    address_space_mb: int = 2560


@dataclass(slots=True)
class PoolCounts:
    """What has happened so far, for the metrics."""

    started: int = 0
    killed: dict[str, int] = field(default_factory=dict)
    slowed: int = 0
    shed: int = 0


class WorkerPool:
    """Answers questions on the published generation, with a deadline that holds."""

    def __init__(self, nursery: Nursery, limits: PoolLimits) -> None:
        self.limits = limits
        self.counts = PoolCounts()
        self._nursery = nursery
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._busy: dict[Worker, None] = {}
        self._waiting: deque[Job] = deque()
        self._running_fast = 0
        self._most_fast = 0
        """How many have worked on quick queries at once since the last turn."""
        self._at_once = min(limits.workers, limits.at_once)
        self._path, self._raw_path = "", b""
        self._born = 0
        self._closed = False
        self._ticking = False
        self._ticked = 0.0
        self._memory_due = 0.0
        self._turns = 0
        self._turn_ends = self._round_ends = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_snapshot_left: Callable[[], None] = lambda: None

    # ---- asking

    async def ask(
        self,
        question: Question | Check,
        deadline: float,
        *,
        key: str = "",
        client: str = "",
        linger: Callable[[], None] | None = None,
    ) -> Answer | AnswerStream:
        """The answer, or its first chunk; `deadline` is on the monotonic clock.

        `linger` is called once when the answer does not come at once.
        Raises `QueryTimeoutError`, `QueryTooLargeError`, `OverloadError`, `NotAcceptableError`,
        `QuerySyntaxError`, `StoreError`.
        """
        asked: asyncio.Future[Answer | AnswerStream] = asyncio.get_running_loop().create_future()

        def tell(outcome: Outcome) -> None:
            if asked.done():
                return
            if isinstance(outcome, AxisKGError):
                asked.set_exception(outcome)
            else:
                asked.set_result(outcome)

        job = Job(question, deadline, tell, key=key, client=client, linger=linger)
        self.submit(job)
        try:
            return await asked
        except asyncio.CancelledError:
            job.abandoned = True
            raise

    def submit(self, job: Job) -> None:
        """Have a job done, now or when a worker is free; raises `OverloadError`."""
        worker = self._taker(job.received)
        if worker is not None:
            self._give(worker, job, job.received)
        elif len(self._waiting) < self.limits.waiting:
            self._waiting.append(job)
            self._watch()
        else:
            self.counts.shed += 1
            raise OverloadError("too many queries are waiting; try again")

    def _taker(self, now: float) -> Worker | None:
        """The worker that takes the next query: an idle one, or the one with the shortest row."""
        if self._idle and self._running_fast < self._at_once:
            return self._take_idle()
        best, shortest = None, self.limits.row
        for worker in self._busy:
            if (
                not worker.slow
                and not worker.closed
                and len(worker.row) < shortest
                and now - worker.since < _PATIENCE_S
                and worker.path == self._path
            ):
                best, shortest = worker, len(worker.row)
        if best is not None:
            return best
        if self._idle and self._running_fast < self.limits.workers:
            return self._take_idle()
        return None

    def _take_idle(self) -> Worker:
        worker = self._idle[-1]
        if worker.path != self._path:
            fresh = next((w for w in reversed(self._idle) if w.path == self._path), None)
            worker = fresh or worker
        self._idle.remove(worker)
        self._running_fast += 1
        self._most_fast = max(self._most_fast, self._running_fast)
        self._busy[worker] = None
        return worker

    def _give(self, worker: Worker, job: Job, now: float) -> None:
        left = worker.path != self._path
        worker.give(job, self._path, self._raw_path, now)
        self._watch()
        if left:
            self.on_snapshot_left()

    def _next(self) -> None:
        now = time.monotonic()
        while self._waiting:
            if self._waiting[0].abandoned or self._waiting[0].settled:
                self._waiting.popleft().fail(StoreError("nobody waits for the answer"))
                continue
            worker = self._taker(now)
            if worker is None:
                return
            self._give(worker, self._waiting.popleft(), now)

    # ---- workers coming and going

    def on_free(self, worker: Worker) -> None:
        """A worker has nothing more to do."""
        if self._busy.pop(worker, worker) is worker:
            return
        if worker.slow:
            worker.kill()
            return
        self._running_fast -= 1
        self._idle.append(worker)
        if self._waiting:
            self._next()

    def on_stream(self, worker: Worker) -> None:
        """A worker has begun an answer that will take it some time."""
        self._clear_row(worker)

    def on_left(self, jobs: list[Job]) -> None:
        """A worker has not begun these."""
        self._waiting.extendleft(reversed(jobs))
        if not self._closed:
            self._next()

    def _clear_row(self, worker: Worker) -> None:
        taken = worker.take_back()
        if taken:
            self.on_left(taken)

    def on_gone(self, worker: Worker) -> None:
        """A worker process has ended."""
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if worker in self._busy:
            del self._busy[worker]
            if not worker.slow:
                self._running_fast -= 1
        self.on_snapshot_left()
        self._replenish()
        self._next()

    def _replenish(self) -> None:
        if self._closed or not self._path:
            return
        quick = sum(not worker.slow for worker in self._workers) + self._born
        for _ in range(self.limits.workers + self.limits.spares - quick):
            self._born += 1
            task = asyncio.get_running_loop().create_task(self._bear())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _bear(self) -> None:
        settings = {
            "address_space_mb": self.limits.address_space_mb,
            "prefixes": dict(PREFIXES),
        }
        try:
            child = await self._nursery.bear(QUERIES, settings)
        except StoreError:
            self._born -= 1
            if not self._closed:
                await asyncio.sleep(_RESPAWN_PAUSE_S)
                self._replenish()
            return
        worker = Worker(child, self)
        await asyncio.get_running_loop().create_connection(lambda: worker, sock=child.sock)
        self._born -= 1
        self.counts.started += 1
        self._workers.add(worker)
        if self._closed:
            worker.kill()
            return
        worker.open(self._path)
        self._idle.insert(0, worker)
        self._next()

    # ---- generations

    def publish(self, path: str) -> None:
        """Answer from the snapshot at `path` from now on."""
        self._path, self._raw_path = path, os.fsencode(path)
        self._replenish()
        asyncio.get_running_loop().call_later(_REOPEN_PAUSE_S, self._reopen_idle)

    def _reopen_idle(self) -> None:
        for worker in self._idle:
            if worker.path != self._path and not worker.opening:
                worker.open(self._path)
        self.on_snapshot_left()

    def paths_in_use(self) -> set[str]:
        """The snapshots that a worker may be reading."""
        return {worker.path for worker in self._workers} | {self._path}

    # ---- the clock

    def _watch(self) -> None:
        if not self._ticking:
            self._ticking, self._ticked = True, time.monotonic()
            asyncio.get_running_loop().call_later(_IN_ROW_TICK_S, self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        for late in [job for job in self._waiting if now > job.deadline or job.abandoned]:
            self._waiting.remove(late)
            late.fail(OverloadError("the query waited its whole time for a free worker"))
        for job in self._waiting:
            job.lingers(now)
        memory: list[tuple[int, Worker]] = []
        in_row = False
        for worker in tuple(self._busy):
            if not worker.row:
                continue
            running = worker.job
            if running is None:
                if now - worker.since > _FORGETTING_S:
                    self._kill(worker, "abandoned", StoreError("nobody waits for the answer"))
                continue
            if len(worker.row) > 1 and not worker.closed:
                in_row = True
                if now - worker.since > _PATIENCE_S:
                    self._clear_row(worker)
            if running.stream is not None and running.stream.paused:
                running.paused_s += now - self._ticked
            self._check(worker, running, now, memory)
        self._ticked = now
        if now >= self._memory_due:
            self._memory_due = now + _MEMORY_EVERY_S
        self._take_turns(now)
        total = sum(size for size, _ in memory)
        if total > self.limits.total_memory_mb << 20:
            largest = max(memory, key=lambda pair: pair[0])[1]
            self._kill(largest, "memory", _too_large())
        self._ticking = False
        if self._busy or self._waiting:
            self._ticking = True
            tick_s = _IN_ROW_TICK_S if in_row else _TICK_S
            asyncio.get_running_loop().call_later(tick_s, self._tick)

    def _check(
        self, worker: Worker, job: Job, now: float, memory: list[tuple[int, Worker]]
    ) -> None:
        elapsed = now - worker.since
        if now > job.deadline + min(job.paused_s, _MAX_PAUSED_S):
            self._kill(worker, "deadline", QueryTimeoutError("the query ran into its deadline"))
            return
        cpu_s = worker.cpu_s()
        if elapsed < self.limits.slow_after_s / 2:
            return
        job.lingers(now)
        if not worker.slow and (cpu_s > self.limits.slow_after_s or elapsed > _SLOW_WALL_S):
            if job.abandoned:
                self._kill(worker, "abandoned", StoreError("nobody waits for the answer"))
                return
            if sum(w.slow for w in self._busy) >= self.limits.slow:
                self.counts.shed += 1
                failure = OverloadError("all places for long queries are taken", retry_after_s=2)
                self._kill(worker, "shed", failure)
                return
            self._slow_down(worker, job)
        if worker.slow:
            if job.abandoned:
                self._kill(worker, "abandoned", StoreError("nobody waits for the answer"))
                return
            if now >= self._memory_due:
                size = worker.memory_bytes()
                if size > self.limits.worker_memory_mb << 20:
                    self._kill(worker, "memory", _too_large())
                else:
                    memory.append((size, worker))

    def _slow_down(self, worker: Worker, job: Job) -> None:
        worker.slow = True
        self._clear_row(worker)
        worker.child.renice(_SLOW_NICENESS)
        self.counts.slowed += 1
        self._running_fast -= 1
        self._replenish()
        self._next()

    def _take_turns(self, now: float) -> None:
        """Let slow queries run if there is room beside the quick ones, else one at a time."""
        slow = [worker for worker in self._busy if worker.slow and not _of_use(worker)]
        if not slow:
            return
        quick, self._most_fast = self._most_fast, self._running_fast
        if not quick or quick + len(slow) <= self.limits.at_once:
            for worker in slow:
                worker.go_on()
            return
        if now >= self._round_ends:
            self._round_ends, self._turn_ends = now + _ROUND_S, now + _TURN_S
            self._turns += 1
        turn = slow[self._turns % len(slow)] if now < self._turn_ends else None
        for worker in slow:
            if worker is turn:
                worker.go_on()
            else:
                worker.halt()

    def _kill(self, worker: Worker, reason: str, failure: AxisKGError) -> None:
        self.counts.killed[reason] = self.counts.killed.get(reason, 0) + 1
        worker.kill(failure)

    # ---- looking on

    def running(self) -> list[Job]:
        """The queries that are running or waiting, oldest first."""
        jobs = [job for worker in self._busy for job in worker.jobs()]
        return sorted([*jobs, *self._waiting], key=lambda job: job.received)

    def cancel(self, key: str) -> bool:
        """End the query of that key; False when there is none."""
        cancelled = QueryTimeoutError("the query was cancelled")
        for worker in self._busy:
            if worker.job is not None and worker.job.key == key:
                self._kill(worker, "cancelled", cancelled)
                return True
            for job in worker.jobs():
                if job.key == key:
                    job.abandoned = True
                    job.fail(cancelled)
                    return True
        for job in self._waiting:
            if job.key == key:
                self._waiting.remove(job)
                job.fail(cancelled)
                return True
        return False

    def sizes(self) -> dict[str, int]:
        """Numbers of workers by state, and of waiting queries."""
        slow = sum(worker.slow for worker in self._workers)
        return {
            "idle": len(self._idle),
            "fast": self._running_fast,
            "slow": slow,
            "waiting": len(self._waiting),
        }

    @property
    def ready(self) -> bool:
        """Whether a query would find a worker."""
        return bool(self._workers)

    def pids(self) -> list[int]:
        """The process ids of the workers."""
        return [worker.child.pid for worker in self._workers]

    async def close(self) -> None:
        """End all workers."""
        self._closed = True
        for job in self._waiting:
            job.fail(OverloadError("the server is shutting down"))
        self._waiting.clear()
        for worker in tuple(self._workers):
            worker.kill()
        for task in tuple(self._tasks):
            task.cancel()


def _of_use(worker: Worker) -> bool:
    """Whether a slow query sends rows: its client holds it back already."""
    job = worker.job
    return job is not None and job.stream is not None and worker.cpu_s() < _SENDING_S


def _too_large() -> QueryTooLargeError:
    return QueryTooLargeError(
        "the query needed more memory than one query may take; ask for less, for instance with"
        " LIMIT, and without DISTINCT or ORDER BY over everything"
    )
