"""What the routes work with: made once a server, started and stopped with it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from axiskg.errors import AxisKGError, ConfigError
from axiskg.server.accounts import Accounts
from axiskg.server.cache import ResultCache
from axiskg.server.gate import Limits
from axiskg.server.log import AccessLog
from axiskg.server.metrics import Metrics
from axiskg.server.pool import PoolLimits, WorkerPool
from axiskg.server.processes import Nursery
from axiskg.server.rate import RateLimit
from axiskg.server.reading import DocumentReader
from axiskg.server.refresh import Refresher
from axiskg.server.served import ServedStore
from axiskg.server.slowlog import SlowLog
from axiskg.server.writing import UpdateWriter
from axiskg.settings import Settings
from axiskg.store import is_remote

__all__ = ["Services"]


class Services:
    """The nursery, the pool, the writer, the cache, the log and the figures of one server."""

    def __init__(self, settings: Settings) -> None:
        if is_remote(settings.store):
            raise ConfigError(
                f"the store {settings.store} is a remote engine, which serves SPARQL itself; serve"
                " a folder, and load it with `axiskg build`"
            )
        self.settings = settings
        self.boot = secrets.token_hex(4)
        self.limits = Limits.of(settings)
        self.accounts = Accounts(settings)
        self.cache = ResultCache(settings.cache_mb << 20, settings.cache_entry_kb << 10)
        self.rate = RateLimit(settings.rate_limit_per_s) if settings.rate_limit_per_s else None
        self.log = AccessLog(settings)
        self.slow = SlowLog(self.log)
        self.metrics = Metrics(self)
        self.nursery = Nursery()
        self.reader = DocumentReader(self.nursery, settings)
        self.pool = WorkerPool(
            self.nursery,
            PoolLimits(
                workers=settings.workers,
                spares=settings.spare_workers,
                slow=settings.slow_queries,
                waiting=settings.waiting_queries,
                slow_after_s=settings.slow_after_ms / 1000,
                worker_memory_mb=settings.worker_memory_mb,
                total_memory_mb=settings.slow_memory_mb,
            ),
        )
        self.refresher = Refresher(self)
        self.pool.on_snapshot_left = self._sweep
        self.stopping = False
        self.failure: AxisKGError | None = None
        """What kept the server from starting."""
        self._folder: Path | None = None
        self._writer: UpdateWriter | None = None
        self._store: ServedStore | None = None
        self._sweeping = False
        self._lock = -1

    @property
    def writer(self) -> UpdateWriter:
        """The door to the store's write side; there while the server runs."""
        assert self._writer is not None
        return self._writer

    @property
    def store(self) -> ServedStore:
        """The store as the API routes see it; there while the server runs."""
        assert self._store is not None
        return self._store

    @property
    def generation(self) -> int:
        """The number of the published generation; 0 before the first."""
        return 0 if self._writer is None else self._writer.generation

    @property
    def upload_dir(self) -> Path:
        """Where uploads wait for the writer."""
        assert self._folder is not None
        return self._folder / "uploads"

    async def start(self) -> None:
        """Open the store, publish its first generation, and start the workers."""
        store = Path(self.settings.store).absolute()
        self._folder = self._take_folder(store)
        self.upload_dir.mkdir(exist_ok=True)
        generations = self._folder / "generations"
        generations.mkdir(exist_ok=True)
        self.log.start()
        await self.nursery.start()
        self._writer = UpdateWriter(
            self.nursery,
            store,
            generations,
            self._on_published,
            waiting=self.settings.waiting_queries,
        )
        self._store = ServedStore(self._writer, self.pool, self.upload_dir, self.settings)
        try:
            await self._writer.start()
            await self.refresher.start()
        except AxisKGError as error:
            self.failure = error
            self.nursery.stop()
            self._leave_folder()
            raise

    def _take_folder(self, store: Path) -> Path:
        """A folder of our own beside the store, on the same disk, so that snapshots are links.

        The folders of servers that were killed are removed: nobody holds their locks.
        """
        store.parent.mkdir(parents=True, exist_ok=True)
        for old in store.parent.glob(f"{store.name}.serving-*"):
            with suppress(OSError):
                lock = os.open(old / "lock", os.O_RDWR | os.O_CREAT)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(old)
                finally:
                    os.close(lock)
        folder = Path(tempfile.mkdtemp(prefix=f"{store.name}.serving-", dir=store.parent))
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return folder

    def _leave_folder(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._lock)
            self._folder = None

    def _on_published(self, generation: int, path: str) -> None:
        self.cache.clear()
        self.pool.publish(path)
        self.store.publish(generation, path)
        self.metrics.generations_published += 1
        self._sweep()

    def _sweep(self) -> None:
        """Remove snapshots that nobody reads, soon and off the event loop."""
        if not self._sweeping and not self.stopping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(1.0, self._start_sweep)

    def _start_sweep(self) -> None:
        self._sweeping = False
        if self._folder is None or self.stopping:
            return
        used = self.pool.paths_in_use() | self.store.paths_in_use()
        current = self.generation
        folder = self._folder / "generations"

        def sweep() -> None:
            for old in folder.iterdir():
                if old.is_dir() and str(old) not in used and int(old.name) < current:
                    shutil.rmtree(old, ignore_errors=True)
                    old.with_name(f"{old.name}.lock").unlink(missing_ok=True)

        asyncio.get_running_loop().run_in_executor(None, sweep)

    def mark_stale(self, generation: int, at: str = "") -> None:
        """Note that a write by hand has changed what the conclusions were drawn from."""
        self.refresher.mark(generation, at)

    async def stop(self) -> None:
        """Finish the writes under way, end all processes, and leave no file behind."""
        self.stopping = True
        await self.refresher.close()
        if self._writer is not None:
            await self._writer.close()
        await self.pool.close()
        self.nursery.stop()
        if self._store is not None:
            self._store.close()
        await self.slow.stop()
        self.log.stop()
        self._leave_folder()

    @property
    def ready(self) -> bool:
        """Whether a generation is published and a worker is there to read it."""
        return not self.stopping and self.generation > 0 and self.pool.ready
