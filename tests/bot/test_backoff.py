"""Waits double up to their limit, begin anew after a success, and chance only shortens them."""

from __future__ import annotations

from bot.backoff import Backoff, compute_delay


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(1.0, 5.0)
    assert [backoff.next() for _ in range(4)] == [1.0, 2.0, 4.0, 5.0]


def test_a_success_begins_anew() -> None:
    backoff = Backoff(1.0, 5.0)
    backoff.next()
    backoff.next()
    backoff.reset()
    assert backoff.next() == 1.0


def test_chance_only_shortens_a_wait() -> None:
    waits = [compute_delay(3, 1.0, 60.0, jitter=0.5) for _ in range(200)]
    assert 2.0 <= min(waits) < max(waits) <= 4.0


def test_a_thousandth_failure_waits_no_longer_than_the_longest() -> None:
    assert compute_delay(1000, 0.5, 300.0) == 300.0
