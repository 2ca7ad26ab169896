"""A limit on the requests of one client address: a token bucket that holds two seconds' worth."""

from __future__ import annotations

import math
import time
from collections import OrderedDict

from axiskg.server.http import ProblemError

__all__ = ["RateLimit"]

_MAX_CLIENTS = 10_000
_BURST_S = 2.0


class RateLimit:
    """`per_s` requests a second for each client; idle clients are forgotten."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._burst = max(1.0, per_s * _BURST_S)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, client: str, now: float | None = None) -> None:
        """Take one token of the client's bucket; raises `ProblemError` 429 when it is empty."""
        moment = time.monotonic() if now is None else now
        level, seen = self._buckets.pop(client, (self._burst, moment))
        level = min(self._burst, level + (moment - seen) * self._per_s)
        if level < 1:
            self._buckets[client] = (level, moment)
            wait_s = math.ceil((1 - level) / self._per_s)
            raise ProblemError(
                429,
                f"more than {self._per_s:g} requests a second from this address",
                headers=[(b"retry-after", str(wait_s).encode())],
            )
        self._buckets[client] = (level - 1, moment)
        if len(self._buckets) > _MAX_CLIENTS:
            self._buckets.popitem(last=False)
