"""Documents that clients send, rewritten as N-Triples before the writer sees them."""

from __future__ import annotations

import asyncio
import time

from axiskg.errors import ParseError, QueryTimeoutError, StoreError
from axiskg.server.answers import OverloadError
from axiskg.server.http import ProblemError
from axiskg.server.processes import Child, Nursery
from axiskg.settings import Settings
from axiskg.store.conversion import TOO_LARGE
from axiskg.store.frames import FAILED, Reader, unpack
from axiskg.store.nursery import DOCUMENTS

__all__ = ["DocumentReader"]

_AT_ONCE = 4
_GROWTH = 8
"""How many times its limit an upload may grow as N-Triples; Turtle grows three to five times."""
_RUNTIME_MB = 768
"""Address space of the interpreter and of the deep stack."""
_SLOW_AFTER_S = 1.0
_SLOW_NICENESS = 5
_RECEIVE_BYTES = 64 << 10


class DocumentReader:
    """Reads each document in a process of its own, with a deadline and a memory cap that hold."""

    def __init__(self, nursery: Nursery, settings: Settings) -> None:
        self._nursery = nursery
        self._timeout_s = settings.update_timeout_s
        self._max_bytes = (settings.max_upload_mb << 20) * _GROWTH
        self._address_space_mb = settings.worker_memory_mb + _RUNTIME_MB
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def rewrite(self, media: str, path: str, base: str | None, into: str) -> None:
        """Rewrite the document at `path` as N-Triples in the file `into`.

        Relative IRIs are resolved against `base`. Raises `ParseError`, `QueryTimeoutError`,
        `OverloadError`, and `ProblemError` 413 for what takes too much memory or grows too long.
        """
        deadline = time.monotonic() + self._timeout_s
        try:
            async with asyncio.timeout(self._timeout_s / 2):
                await self._places.acquire()
        except TimeoutError:
            raise OverloadError("too many documents are being read; try again") from None
        try:
            settings = {
                "media": media,
                "path": path,
                "base": base,
                "into": into,
                "max_bytes": self._max_bytes,
                "address_space_mb": self._address_space_mb,
            }
            child = await self._nursery.bear(DOCUMENTS, settings)
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._outcome(child)
            finally:
                child.kill()
                child.forget()
        except TimeoutError:
            raise QueryTimeoutError(
                f"reading the document took longer than {self._timeout_s:g} s"
            ) from None
        finally:
            self._places.release()

    async def _outcome(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        slow = loop.call_later(_SLOW_AFTER_S, child.renice, _SLOW_NICENESS)
        reader = Reader()
        try:
            while data := await loop.sock_recv(child.sock, _RECEIVE_BYTES):
                for kind, body in reader.feed(data):
                    if kind == FAILED:
                        raise _failure(*unpack(body))
                    return
        except ConnectionResetError as error:
            raise StoreError(f"the process that read the document was ended: {error}") from error
        finally:
            slow.cancel()
        raise ProblemError(413, "the document takes more memory to read than one may take")


def _failure(kind: str, message: str, line: int) -> ParseError | ProblemError:
    if kind == TOO_LARGE:
        return ProblemError(413, f"the document grows over {_GROWTH} times the limit of an upload")
    return ParseError(message, line=line or None)
