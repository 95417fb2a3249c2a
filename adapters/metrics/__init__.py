"""Implements the Metrics port with prometheus-client: this process's counters, at `/metrics`.

A label is a platform's folder or a fixed word, never a name, a team or a channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH = "/metrics"
LATE = (0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)
"""Seconds: from a timer that works, over a platform's bad hour, to a weekend without power."""


class PrometheusMetrics:
    """Counts in a registry of its own (port: bot.engine.metrics.Metrics)."""

    def __init__(self, platforms: Sequence[str] = ()) -> None:
        """`platforms` start at zero, so that a first failure is a rise and not a new series."""
        self._registry = own = CollectorRegistry()
        ProcessCollector(registry=own)
        self._due = Counter("vigie_due", "Occurrences that were planned.", registry=own)
        self._late = Histogram(
            "vigie_late_seconds", "How long after its moment an occurrence was planned.", buckets=LATE, registry=own
        )
        self._missed = Counter(
            "vigie_missed", "Occurrences that were only recorded: their time was over.", registry=own
        )
        by_platform = ["platform"]
        self._sent = Counter("vigie_sent", "Deliveries that were confirmed.", by_platform, registry=own)
        self._retried = Counter("vigie_retried", "Deliveries put off to a later attempt.", by_platform, registry=own)
        self._unknown = Counter(
            "vigie_unknown", "Deliveries given up that may or may not have arrived.", by_platform, registry=own
        )
        self._failed = Counter("vigie_failed", "Deliveries given up that did not arrive.", by_platform, registry=own)
        self._faults = Counter(
            "vigie_handler_faults", "Requests that were answered with a failure of ours.", by_platform, registry=own
        )
        self._odd = Counter("vigie_odd", "What came in and could not be read.", by_platform, registry=own)
        for counter in (self._sent, self._retried, self._unknown, self._failed, self._faults, self._odd):
            for name in platforms:
                counter.labels(name)

    def due(self, late: float) -> None:
        self._due.inc()
        self._late.observe(max(late, 0.0))  # a clock that was set back

    def missed(self, count: int) -> None:
        self._missed.inc(count)

    def sent(self, platform: str, count: int) -> None:
        self._sent.labels(platform).inc(count)

    def retried(self, platform: str) -> None:
        self._retried.labels(platform).inc()

    def given_up(self, platform: str, state: str) -> None:
        (self._unknown if state == "unknown" else self._failed).labels(platform).inc()

    def fault(self, platform: str) -> None:
        self._faults.labels(platform).inc()

    def odd(self, platform: str) -> None:
        self._odd.labels(platform).inc()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the HTTP server."""
        return [web.get(PATH, self._show_metrics)]

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
