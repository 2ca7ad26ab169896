"""The access log and the slow-query log: lines on stderr, written in batches off the hot path."""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from datetime import UTC, datetime
from typing import IO

from axiskg.settings import Settings

__all__ = ["AccessLog"]

_FLUSH_S = 0.25


class AccessLog:
    """Collects lines and writes them a few times a second, and at the end."""

    def __init__(self, settings: Settings, stream: IO[str] | None = None) -> None:
        self.enabled = settings.access_log
        self._json = settings.log_format == "json"
        self._stream = stream
        self._lines: list[str] = []
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin; nothing is written before the first flush."""
        if self._stream is None:
            self._stream = sys.stderr

    def request(
        self,
        method: str,
        path: str,
        status: int,
        size: int,
        duration_s: float,
        **fields: object,
    ) -> None:
        """One line for one request; empty fields are left out."""
        if self.enabled:
            self.event(
                "request",
                method=method,
                path=path,
                status=status,
                bytes=size,
                ms=round(duration_s * 1000, 2),
                **fields,
            )

    def event(self, name: str, **fields: object) -> None:
        """One line for something that happened."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        kept = {key: value for key, value in fields.items() if value not in ("", None)}
        if self._json:
            line = json.dumps({"time": now, "event": name, **kept}, ensure_ascii=False)
        else:
            shown = " ".join(
                f"{key}={json.dumps(value, ensure_ascii=False) if ' ' in str(value) else value}"
                for key, value in kept.items()
            )
            line = f"{now} {name} {shown}"
        self._lines.append(line)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_FLUSH_S, self._flush)

    def failure(self, request_id: str, error: BaseException) -> None:
        """Where the server failed, for a request whose answer says only that it did."""
        trace = "".join(traceback.format_exception(error))
        self.event("failure", request_id=request_id, error=repr(error), trace=trace)

    def _flush(self) -> None:
        self._timer = None
        if self._lines and self._stream is not None:
            self._stream.write("\n".join(self._lines) + "\n")
            self._stream.flush()
        self._lines.clear()

    def stop(self) -> None:
        """Write what is left."""
        if self._timer is not None:
            self._timer.cancel()
        self._flush()
