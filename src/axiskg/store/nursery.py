"""A small process that makes the processes which hold the store, by fork, and cleans up.

The server itself runs threads, and forking it is not safe; starting an interpreter takes a tenth
of a second of CPU each time a runaway query has cost a worker. So one process is started at the
beginning, imports the engine, opens nothing, and forks on request in about two milliseconds.

Started as `python -m axiskg.store.nursery FD PARENT`. Each request on FD is a frame with the kind
of child, its settings, and a socket; the answer is the child's process id.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import Any, Final

from axiskg.store import conversion, worker, writer
from axiskg.store.confine import (
    deny_network,
    die_with_parent,
    limit_memory,
    refuse_core_dumps,
)
from axiskg.store.frames import dumps, loads

__all__ = ["DOCUMENTS", "QUERIES", "UPDATES", "main"]

QUERIES: Final = "queries"
UPDATES: Final = "updates"
DOCUMENTS: Final = "documents"
_REQUEST_BYTES: Final = 64 << 10


def _become(kind: str, sock: socket.socket, settings: dict[str, Any], parent: int) -> None:
    die_with_parent(parent)
    # A group of its own, so that the server can lower the priority of all threads at once.
    os.setpgid(0, 0)
    refuse_core_dumps()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if not settings.get("network"):
        deny_network()
    if "address_space_mb" in settings:
        limit_memory(settings["address_space_mb"])
    if kind == QUERIES:
        worker.serve_queries(sock, settings["prefixes"])
    elif kind == DOCUMENTS:
        conversion.serve_document(sock, settings)
    else:
        writer.serve_updates(sock, settings)


def main(fd: int, parent: int) -> None:
    """Fork children on request until the other end of `fd` closes."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control = socket.socket(fileno=fd)
    here = os.getpid()
    while True:
        request, received, _, _ = socket.recv_fds(control, _REQUEST_BYTES, 1)
        if not request:
            os._exit(0)
        kind, settings = loads(request)
        child = os.fork()
        if child == 0:
            try:
                control.close()
                _become(kind, socket.socket(fileno=received[0]), settings, here)
            finally:
                os._exit(1)
        for descriptor in received:
            os.close(descriptor)
        control.sendall(dumps(child))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
