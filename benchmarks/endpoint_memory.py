"""The most memory that a server takes while something else goes on.

    python -m benchmarks.endpoint_memory PID SECONDS

Looked at by a process of its own, and not often: the kernel walks all pages for it, and that work
in the load generator would be taken for the server's slowness.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil

__all__ = ["watched_memory"]

_EVERY_S = 0.5


def _memory_mb(pid: int) -> float:
    """Proportional memory of a process and its children."""
    process = psutil.Process(pid)
    total = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += one.memory_full_info().pss
    return total / 1e6


@contextlib.contextmanager
def watched_memory(pid: int) -> Iterator[list[float]]:
    """A list that holds the most megabytes once the block is left."""
    found: list[float] = []
    command = [sys.executable, "-m", "benchmarks.endpoint_memory", str(pid), str(_EVERY_S)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout is not None
        seen = [float(watcher.stdout.readline())]
        try:
            yield found
        finally:
            watcher.terminate()
            seen += [float(line) for line in watcher.stdout]
            found.append(max(seen))


def main() -> None:
    """Print a line each time."""
    pid, every_s = int(sys.argv[1]), float(sys.argv[2])
    while True:
        sys.stdout.write(f"{_memory_mb(pid)}\n")
        sys.stdout.flush()
        time.sleep(every_s)


if __name__ == "__main__":
    main()
