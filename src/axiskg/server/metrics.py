"""The figures at /metrics, in a registry of the server's own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

if TYPE_CHECKING:
    from axiskg.server.services import Services

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class _State:
    """Reads the pool, the cache and the writer when asked."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Prometheus: the current values."""
        services = self._services
        workers = GaugeMetricFamily("axiskg_workers", "Worker processes.", labels=["state"])
        sizes = services.pool.sizes()
        for state in ("idle", "fast", "slow"):
            workers.add_metric([state], sizes[state])
        yield workers
        yield GaugeMetricFamily("axiskg_queries_waiting", "Queries queued.", sizes["waiting"])
        killed = CounterMetricFamily(
            "axiskg_workers_killed", "Workers ended, by reason.", labels=["reason"]
        )
        for reason, count in services.pool.counts.killed.items():
            killed.add_metric([reason], count)
        yield killed
        counts = services.pool.counts
        yield CounterMetricFamily("axiskg_workers_started", "Workers started.", counts.started)
        yield CounterMetricFamily(
            "axiskg_queries_slowed", "Queries moved to the slow lane.", counts.slowed
        )
        yield CounterMetricFamily("axiskg_queries_shed", "Queries turned away.", counts.shed)
        cache = services.cache
        yield CounterMetricFamily("axiskg_cache_hits", "Answers from the cache.", cache.hits)
        yield CounterMetricFamily("axiskg_cache_misses", "Answers not cached.", cache.misses)
        yield GaugeMetricFamily("axiskg_cache_bytes", "Size of the cache.", cache.size_bytes)
        yield GaugeMetricFamily("axiskg_cache_entries", "Answers in the cache.", len(cache))
        yield GaugeMetricFamily(
            "axiskg_generation", "Number of the published generation.", services.generation
        )
        yield GaugeMetricFamily(
            "axiskg_conclusions_stale",
            "Whether conclusions may not follow from the statements any more.",
            int(services.refresher.stale_since > 0),
        )
        yield GaugeMetricFamily(
            "axiskg_updates_waiting", "Updates not acknowledged yet.", services.writer.queued
        )


class Metrics:
    """Counts that the routes count up, and the state that is read when asked."""

    def __init__(self, services: Services) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._registry.register(_State(services))
        self._requests: dict[tuple[str, str, int], int] = {}
        self._buckets: dict[tuple[str, str], list[int]] = {}
        self._sums: dict[tuple[str, str], float] = {}
        self.generations_published = 0

    def count(self, route: str, lane: str, status: int, duration_s: float) -> None:
        """Count one request; `lane` is cache, worker, write or none."""
        key = (route, lane, status)
        self._requests[key] = self._requests.get(key, 0) + 1
        timer = (route, lane)
        buckets = self._buckets.get(timer)
        if buckets is None:
            buckets = self._buckets[timer] = [0] * (len(_BUCKETS) + 1)
            self._sums[timer] = 0.0
        buckets[bisect_left(_BUCKETS, duration_s)] += 1
        self._sums[timer] += duration_s

    def collect(self) -> Iterator[Metric]:
        """Prometheus: the counts."""
        requests = CounterMetricFamily(
            "axiskg_requests",
            "Requests by route, lane and status.",
            labels=["route", "lane", "status"],
        )
        for (route, lane, status), count in self._requests.items():
            requests.add_metric([route, lane, str(status)], count)
        yield requests
        seconds = HistogramMetricFamily(
            "axiskg_request_seconds",
            "Time to the end of the response, by route and lane.",
            labels=["route", "lane"],
        )
        names = [*(str(bound) for bound in _BUCKETS), "+Inf"]
        for (route, lane), buckets in self._buckets.items():
            cumulated = list(zip(names, accumulate(buckets), strict=True))
            seconds.add_metric([route, lane], cumulated, self._sums[route, lane])
        yield seconds
        yield CounterMetricFamily(
            "axiskg_generations_published", "Generations published.", self.generations_published
        )

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)
