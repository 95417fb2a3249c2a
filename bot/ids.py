"""Identifiers: UUIDv7 (RFC 9562) in 22 characters of base 62.

Made here rather than by the database, so that rows of several tables can be written in one go. Time-ordered, so that
indexes grow at their end. 22 characters, so that a delivery's id is also a Discord nonce (25) and fits a button (100).
"""

from __future__ import annotations

import os
import random
import threading
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = 22
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]

_TAIL_BITS = 74
_last = (0, 0)
_lock = threading.Lock()
_random = random.Random()  # noqa: S311  # ids are names, not secrets: a right is checked wherever one is used
if hasattr(os, "register_at_fork"):  # where a process can be forked, it must not draw what its parent draws
    os.register_at_fork(after_in_child=_random.seed)


def new_id(now: datetime) -> str:
    """Generate an identifier, ordered by `now` (business time); within a millisecond, by the order of the calls.

    The order within a millisecond holds in one process (RFC 9562 §6.2, method 2): a clock that stands still, as the
    demo's does, must not shuffle the record.
    """
    return new_ids(now, 1)[0]


def new_ids(now: datetime, count: int) -> list[str]:
    """Generate `count` ordered identifiers: consecutive numbers after a random start, so thousands cost little."""
    global _last  # noqa: PLW0603  # the one counter of the process
    milliseconds = int(now.timestamp() * 1000)
    with _lock:
        last_milliseconds, tail = _last
        first = tail + 1 if last_milliseconds == milliseconds else _random.getrandbits(_TAIL_BITS - 1)
        if first >> 62 != first + count >> 62:  # the sequence must not overflow into the bits of the UUID's variant
            first = first + count >> 62 << 62
        _last = (milliseconds, first + count)
    high, low = divmod(_build_uuid(milliseconds, first), len(_PAIRS))
    identifiers: list[str] = []
    while len(identifiers) < count:
        head = _encode_head(high)
        identifiers += [head + pair for pair in _PAIRS[low : low + count - len(identifiers)]]
        high, low = high + 1, 0
    return identifiers


def _build_uuid(milliseconds: int, tail: int) -> int:
    """Assemble the 128 bits of RFC 9562 §5.7: time, version, 12 bits, variant, 62 bits."""
    return milliseconds << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & (1 << 62) - 1


@contextmanager
def aside() -> Iterator[None]:
    """Restore the generator on exit, so that ids of discarded work do not affect the order of later ids."""
    global _last  # noqa: PLW0603  # the one counter of the process
    with _lock:
        kept = _last
    try:
        yield
    finally:
        with _lock:
            _last = kept


@lru_cache(maxsize=64)
def _encode_head(value: int) -> str:
    """Encode all pairs of characters but the last, equal for thousands of consecutive identifiers."""
    pairs = []
    for _ in range(LENGTH // 2 - 1):
        value, pair = divmod(value, 62 * 62)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))


def reference(identifier: str) -> str:
    """Return the last four characters, which a person can read out to name a fault (« réf. 7K3F »)."""
    return identifier[-4:].upper()
