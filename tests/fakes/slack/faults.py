"""Faults that the fake takes from a queue before it answers a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["limited", "server", "reset_before", "reset_after", "delay", "silent", "error", "garbage"]


@dataclass
class Fault:
    """Describes one kind of failure of one method (empty: of any), for so many calls.

    `reset_after` carries the call out and drops the connection; `silent` carries it out and never answers.
    """

    kind: Kind
    method: str = ""
    times: int = 1
    seconds: float = 0.05
    code: str = "internal_error"


@dataclass
class Faults:
    """Queues failures, first come first served for each method."""

    queue: list[Fault] = field(default_factory=list)

    def take(self, method: str) -> Fault | None:
        for fault in self.queue:
            if fault.method in ("", method) and fault.times > 0:
                fault.times -= 1
                return fault
        return None
