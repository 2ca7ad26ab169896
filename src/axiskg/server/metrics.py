"""The figures at /metrics, in a registry of the server's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

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
            "axiskg_updates_waiting", "Updates not acknowledged yet.", services.writer.queued
        )


class Metrics:
    """Counters that the routes count up, and the state that is read when asked."""

    def __init__(self, services: Services) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_State(services))
        self._requests = Counter(
            "axiskg_requests",
            "Requests by route, lane and status.",
            ["route", "lane", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "axiskg_request_seconds",
            "Time to the end of the response, by route.",
            ["route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.generations = Counter(
            "axiskg_generations_published", "Generations published.", registry=self._registry
        )
        self._children: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def count(self, route: str, lane: str, status: int, duration_s: float) -> None:
        """Count one request; `lane` is cache, worker, write or none."""
        key = (route, lane, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._requests.labels(route, lane, str(status))
        child.inc()
        timer = self._timers.get(route)
        if timer is None:
            timer = self._timers[route] = self._seconds.labels(route)
        timer.observe(duration_s)

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)
