"""What a process that runs other people's queries gives up before the first, and when it ends."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

__all__ = [
    "deny_network",
    "die_with_parent",
    "limit_memory",
    "refuse_core_dumps",
    "work_until_hang_up",
]

_DEEP_STACK_BYTES = 256 << 20
"""Stack of the thread that runs queries: the engine's parser recurses once a nested group."""

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_ALLOW, _ERRNO_EPERM = 0x7FFF0000, 0x00050001
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_SOCKET_CALLS = {"x86_64": (0xC000003E, 41, 42), "aarch64": (0xC00000B7, 198, 203)}
"""Machine to audit architecture and the numbers of the system calls socket and connect."""


def _prctl(option: int, *arguments: int | ctypes.c_void_p) -> bool:
    library = ctypes.CDLL(None, use_errno=True)
    padded = [*arguments, 0, 0, 0, 0][:4]
    return bool(library.prctl(option, *padded) == 0)


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process with the thread that made it; `parent` is its process.

    A parent that is already gone ends this process at once. Without Linux, the sockets between
    the processes do the same when they close.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def limit_memory(limit_mb: int) -> None:
    """Cap the address space; an allocation beyond it ends this process alone."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (limit_mb << 20, limit_mb << 20))


def refuse_core_dumps() -> None:
    """Leave no core file behind when the kernel ends this process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def deny_network() -> bool:
    """Make socket() and connect() fail for good in this process; False where it can't be done.

    The second lock on SERVICE and LOAD: the first is the gate that reads the query. Sockets that
    are already open, such as the one to the server, keep working.
    """
    calls = _SOCKET_CALLS.get(platform.machine())
    if sys.platform != "linux" or calls is None:
        return False
    architecture, socket_call, connect_call = calls
    program = (
        (_LOAD, 0, 0, 4),  # the architecture
        (_JUMP_EQUAL, 0, 4, architecture),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_JUMP_EQUAL, 1, 0, socket_call),
        (_JUMP_EQUAL, 0, 1, connect_call),
        (_RETURN, 0, 0, _ERRNO_EPERM),
        (_RETURN, 0, 0, _ALLOW),
    )
    filters = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(filters)
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    pointer = ctypes.create_string_buffer(header)
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1) and _prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_void_p(ctypes.addressof(pointer))
    )


def work_until_hang_up(sock: socket.socket, work: Callable[[], None]) -> NoReturn:
    """Do `work` on a deep stack, and end this process when the other end of `sock` closes.

    The engine can't be stopped, so the work has a thread of its own that ends with the process,
    be it in the midst of a query that nobody waits for.
    """
    threading.stack_size(_DEEP_STACK_BYTES)
    threading.Thread(target=work, daemon=True).start()
    hang_up = select.poll()
    hang_up.register(sock, getattr(select, "POLLRDHUP", 0))
    hang_up.poll()
    os._exit(0)
