"""Waits between attempts: doubling up to a limit, shortened at random so that clients that failed together part."""

from __future__ import annotations

import random
from dataclasses import dataclass


def compute_delay(attempt: int, first: float, longest: float, *, jitter: float = 0.0) -> float:
    """Return the seconds to wait after failed attempt number `attempt` (from 1).

    `jitter` is the share of the wait that chance may take away, between 0 and 1.
    """
    delay: float = min(first * 2 ** min(attempt - 1, 64), longest)
    return delay * random.uniform(1 - jitter, 1)  # noqa: S311  # spreads load, keeps no secret


@dataclass(slots=True)
class Backoff:
    """Counts failures in a row. `first` and `longest` are seconds."""

    first: float
    longest: float
    jitter: float = 0.0
    failures: int = 0

    def next(self) -> float:
        """Count a failure and return the seconds to wait before the next attempt."""
        self.failures += 1
        return compute_delay(self.failures, self.first, self.longest, jitter=self.jitter)

    def reset(self) -> None:
        """Begin again with the first wait, after a success."""
        self.failures = 0
