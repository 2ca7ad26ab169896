"""The lock file beside an embedded store: one writer, or any number of readers."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

from axiskg.errors import StoreLockedError

__all__ = ["StoreLock", "locked"]

_NOBODY: Final = "another process"


def locked(folder: Path, holder: str = _NOBODY) -> StoreLockedError:
    """The error for a store that `holder` has, with the cure."""
    return StoreLockedError(
        f"the store {folder} is in use by {holder}; if that is a server, query it with"
        " --store http://HOST:PORT/sparql, else wait for it to end or stop it"
    )


class StoreLock:
    """A lock on `<folder>.lock`, held until `release`; the file says which process writes."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.path = folder.with_name(folder.name + ".lock")
        self.shared = False
        self._descriptor: int | None = None

    def acquire(self, *, shared: bool) -> None:
        """Take the lock for reading (`shared`) or writing; raises `StoreLockedError` at once."""
        self.shared = shared
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            if not shared:
                raise
            # a store on read-only media has no writer that a reader could meet
            return
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or _NOBODY
            os.close(descriptor)
            raise locked(self.folder, holder) from None
        if not shared:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
