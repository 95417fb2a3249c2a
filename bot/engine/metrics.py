"""What the engine counts. A port of its own: the core knows no metrics library (adapters/http exposes them)."""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """Counters of one process. No names of teams or people ever reach them."""

    def due(self, late: float) -> None:
        """One occurrence was planned, so many seconds after its moment."""
        ...

    def missed(self, count: int) -> None:
        """So many occurrences were only recorded."""
        ...

    def sent(self, count: int) -> None:
        """So many deliveries were confirmed."""
        ...

    def retried(self) -> None:
        """A delivery was given back for a later attempt."""
        ...

    def given_up(self, state: str) -> None:
        """A delivery will not be tried again: `failed` or `unknown`."""
        ...


class NoMetrics:
    """Counts nothing: the demo, the preview, most tests."""

    def due(self, late: float) -> None:
        """See Metrics."""

    def missed(self, count: int) -> None:
        """See Metrics."""

    def sent(self, count: int) -> None:
        """See Metrics."""

    def retried(self) -> None:
        """See Metrics."""

    def given_up(self, state: str) -> None:
        """See Metrics."""
