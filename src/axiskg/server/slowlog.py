"""The slow-query log: each query that took long, with its algebra.

The algebra is rdflib's, made in a process of lowest priority, one at a time: parsing with it is
slow, and must cost no other request anything.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import deque

from axiskg.server.log import AccessLog

__all__ = ["SlowLog", "main"]

_MAX_WAITING = 16
_MAX_TEXT = 8000
_TIMEOUT_S = 10.0
_MAX_KNOWN = 128
_PROGRAM = "import os; os.nice(19); from axiskg.server.slowlog import main; main()"
"""Importing is most of the work, and must be of lowest priority too."""
_NOISE = re.compile(r"_vars\s*=\s*(?:set\(\)|\{[^{}]*\})")


class SlowLog:
    """Takes notes at once and writes them when their algebra is there."""

    def __init__(self, log: AccessLog) -> None:
        self._log = log
        self._waiting: deque[tuple[str, dict[str, object]]] = deque()
        self._known: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    def note(
        self, text: str, query_hash: str, request_id: str, elapsed_ms: float, outcome: str
    ) -> None:
        """Note a query that took `elapsed_ms`; outcome is answered, deadline or failed."""
        fields: dict[str, object] = {
            "request_id": request_id,
            "query": query_hash,
            "ms": round(elapsed_ms),
            "outcome": outcome,
            "text": " ".join(text[:_MAX_TEXT].split()),
        }
        if len(self._waiting) >= _MAX_WAITING or len(text) > _MAX_TEXT:
            self._log.event("slow-query", **fields)
            return
        self._waiting.append((text, fields))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            text, fields = self._waiting.popleft()
            algebra = self._known.get(text)
            if algebra is None:
                algebra = await _algebra(text)
                if len(self._known) >= _MAX_KNOWN:
                    self._known.clear()
                if algebra:
                    self._known[text] = algebra
            self._log.event("slow-query", **fields, algebra=algebra)

    async def stop(self) -> None:
        """Write what is left, without its algebra."""
        if self._task is not None:
            self._task.cancel()
        for _, fields in self._waiting:
            self._log.event("slow-query", **fields)
        self._waiting.clear()


async def _algebra(text: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            out, _ = await process.communicate(text.encode())
        shown = _NOISE.sub("", out.decode(errors="replace"))
        return " ".join(shown.replace("rdflib.term.", "").split())
    except TimeoutError:
        return ""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def main() -> None:
    """Write the algebra of the query on standard input to standard output."""
    from rdflib.plugins.sparql.algebra import pprintAlgebra, translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    pprintAlgebra(translateQuery(parseQuery(sys.stdin.read())))
