"""What goes wrong, and how often: asked of the fake before a call is answered."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

Kind = Literal[
    "limited", "limited_global", "banned", "server", "error", "reset_before", "reset_after", "delay", "silent"
]


@dataclass
class Fault:
    """One kind of failure of the calls whose `METHOD /path` matches `where`, for so many of them.

    `limited` is a bucket's 429, `limited_global` everybody's; `banned` is a 429 that Discord itself did not write.
    `server` answers `status` without a word of JSON; `error` answers `status` with Discord's own `code`
    (`via` its own proxy, as Discord does). `reset_after`
    carries the call out and drops the connection; `silent` carries it out and never answers.
    """

    kind: Kind
    where: str = ""
    times: int = 1
    seconds: float = 0.05
    status: int = 503
    code: int = 0
    via: bool = True

    def concerns(self, call: str) -> bool:
        return self.times > 0 and re.search(self.where, call) is not None


@dataclass
class Faults:
    """A queue of failures, first come first served for each call."""

    queue: list[Fault] = field(default_factory=list)

    def take(self, call: str) -> Fault | None:
        for fault in self.queue:
            if fault.concerns(call):
                fault.times -= 1
                return fault
        return None


@dataclass
class Pace:
    """At most `limit` calls within any `seconds`: what is over that is refused, and told when to come again."""

    limit: int
    seconds: float = 1.0
    _taken: deque[float] = field(default_factory=deque)

    def wait(self) -> float:
        """0: taken; else the seconds until there is room."""
        now = monotonic()
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if len(self._taken) >= self.limit:
            return max(self._taken[0] + self.seconds - now, 0.001)
        self._taken.append(now)
        return 0.0


@dataclass
class Bucket:
    """At most `limit` calls in a window of `seconds`, which begins with the first: the limit of one channel."""

    limit: int
    seconds: float
    begun: float = 0.0
    taken: int = 0

    def wait(self) -> float:
        """0: taken; else the seconds until the next window."""
        now = monotonic()
        if now >= self.begun + self.seconds:
            self.begun, self.taken = now, 0
        if self.taken >= self.limit:
            return self.begun + self.seconds - now
        self.taken += 1
        return 0.0

    @property
    def headers(self) -> dict[str, str]:
        """What Discord tells about it with each answer."""
        rest = max(self.begun + self.seconds - monotonic(), 0.0) + 0.001  # rounded up, as it is sent with three digits
        return {
            "X-RateLimit-Bucket": "messages", "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self.taken), "X-RateLimit-Reset-After": f"{rest:.3f}",
        }  # fmt: skip
