"""What is counted. A port of its own: the core knows no metrics library (adapters/metrics exposes them)."""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """Counters of one process. No names of teams or people ever reach them; a platform is named by its folder."""

    def due(self, late: float) -> None:
        """One occurrence was planned, so many seconds after its moment."""
        ...

    def missed(self, count: int) -> None:
        """So many occurrences were only recorded."""
        ...

    def sent(self, platform: str, count: int) -> None:
        """So many deliveries were confirmed."""
        ...

    def retried(self, platform: str) -> None:
        """A delivery was given back for a later attempt."""
        ...

    def given_up(self, platform: str, state: str) -> None:
        """A delivery will not be tried again: `failed` or `unknown`."""
        ...

    def fault(self, platform: str) -> None:
        """A request was answered with our own failure."""
        ...

    def odd(self, platform: str) -> None:
        """Something came in that could not be read."""
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
