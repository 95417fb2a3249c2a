"""Count what the product does, behind a port: the core knows no metrics library (adapters/metrics has it)."""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """Counters of one process. No names of teams or people ever reach them; a platform is named by its folder."""

    def due(self, late: float) -> None:
        """Count an occurrence that was planned `late` seconds after its moment."""
        ...

    def missed(self, count: int) -> None:
        """Count occurrences that were only recorded."""
        ...

    def sent(self, platform: str, count: int) -> None:
        """Count deliveries that were confirmed."""
        ...

    def retried(self, platform: str) -> None:
        """Count a delivery that was given back for a later attempt."""
        ...

    def given_up(self, platform: str, state: str) -> None:
        """Count a delivery that will not be tried again: `failed` or `unknown`."""
        ...

    def fault(self, platform: str) -> None:
        """Count a request that was answered with our own failure."""
        ...

    def odd(self, platform: str) -> None:
        """Count something that came in and could not be read."""
        ...


class NoMetrics:
    """Counts nothing: the demo, the preview, most tests."""

    def due(self, late: float) -> None:
        """See Metrics."""

    def missed(self, count: int) -> None:
        """See Metrics."""

    def sent(self, platform: str, count: int) -> None:
        """See Metrics."""

    def retried(self, platform: str) -> None:
        """See Metrics."""

    def given_up(self, platform: str, state: str) -> None:
        """See Metrics."""

    def fault(self, platform: str) -> None:
        """See Metrics."""

    def odd(self, platform: str) -> None:
        """See Metrics."""
