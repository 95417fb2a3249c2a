"""Processes of the product are killed while reminders come due: each is sent, and none twice."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.chaos.chat import ChatServer, Faults, Posted
from tests.chaos.child import Orders
from tests.chaos.clock import SPEED, START, FastClock
from tests.chaos.run import LONGEST_STOP, Plan, Troop, filled, play
from tests.chaos.world import LATE, judge
from tests.fakes.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLOCK = FastClock(0.0)
EXPECTED = {"a": START + timedelta(minutes=1), "b": START + timedelta(minutes=2)}


def _posted(at: float, *lines: str) -> Posted:
    return Posted("c-0-0", "key", "\n".join(lines), dict.fromkeys(lines, at), frozenset(lines))


# The oracle


def test_the_oracle_is_content_when_each_is_said_once() -> None:
    verdict = judge(EXPECTED, [_posted(120 / SPEED, "a", "b")], CLOCK)
    assert verdict.fine


def test_the_oracle_sees_what_is_missing() -> None:
    assert judge(EXPECTED, [_posted(60 / SPEED, "a")], CLOCK).missing == ["b"]


def test_to_the_oracle_what_only_an_edit_brought_is_missing() -> None:
    message = _posted(60 / SPEED, "a")
    message.show("a\nb")
    assert judge(EXPECTED, [message], FastClock(time.time() - 120 / SPEED)).missing == ["b"]


@pytest.mark.parametrize("chat", [
    [_posted(9, "a", "b"), _posted(9, "a")],
    [_posted(9, "a", "b", "a")],
    [_posted(9, "a", "b", "nobody asked")],
    [_posted(9, "b"), _posted(0, "a")],
], ids=["twice", "twice in one", "unasked", "too early"])  # fmt: skip
def test_the_oracle_sees_what_is_too_much(chat: list[Posted]) -> None:
    assert sum(judge(EXPECTED, chat, CLOCK).extra.values()) == 1


def test_the_oracle_counts_what_is_late() -> None:
    assert judge(EXPECTED, [_posted(120 / SPEED + LATE, "a", "b")], CLOCK).late == 1


# The product


async def test_a_killed_process_on_sqlite_loses_nothing_and_says_nothing_twice(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills, reminders = (12, 1500) if request.config.getoption("--long") else (2, 100)
    report = await play(Plan(f"sqlite:///{tmp_path / 'vigie.db'}", 1, kills, 0, reminders, _seed()))
    assert report.fine, (report.figures(), report.logs[-3000:])


async def test_two_processes_on_postgresql_and_one_kill(postgres: Postgres, request: pytest.FixtureRequest) -> None:
    kills, reminders = (12, 1500) if request.config.getoption("--long") else (1, 100)
    report = await play(Plan(postgres.new(), 2, kills, 0, reminders, _seed()))
    assert report.fine, (report.figures(), report.logs[-3000:])


async def test_a_stop_under_load_with_a_slow_chat_is_short_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    """128 of 200 calls are under way and take up to a minute: what got no answer is looked up, the rest is begun."""
    address = f"sqlite:///{tmp_path / 'vigie.db'}"
    expected = await filled(Plan(address, reminders=1000), 5, random.Random(1))
    chat = ChatServer(Faults(0, 0, slow=60))
    clock = FastClock(time.time() - 5 * 60 / SPEED)  # all of them are due
    orders = Orders(address, await chat.start(), clock, tmp_path / "log", lease=100.0, call=30.0)
    seconds, codes = await _worked(orders, lambda: chat.calls > 20)
    assert (codes, seconds < LONGEST_STOP) == ([0], True), orders.log.read_text()
    chat.faults.slow = 0.0
    _, codes = await _worked(orders, lambda: judge(expected, chat.messages, clock).missing == [])
    await chat.stop()
    assert codes == [0]
    assert judge(expected, chat.messages, clock).fine


async def _worked(orders: Orders, enough: Callable[[], bool]) -> tuple[float, list[int | None]]:
    """One process until it is enough; how long it took to stop, and its exit code."""
    troop = Troop(orders, 1)
    troop.start()
    async with asyncio.timeout(60):
        while not enough():  # noqa: ASYNC110  # another process makes it so
            await asyncio.sleep(0.05)
    begin = time.monotonic()
    codes = await troop.stop()
    return time.monotonic() - begin, codes


@pytest.mark.slow
async def test_a_database_that_is_cut_off_loses_nothing_and_says_nothing_twice(request: pytest.FixtureRequest) -> None:
    _only_long(request)
    server = Postgres(durable=True)
    try:
        report = await play(Plan(server.new(), 3, 12, 3, 1500, _seed(), restart=server.restart_at_once))
    finally:
        server.stop()
    assert report.fine, (report.figures(), report.logs[-3000:])


@pytest.mark.slow
async def test_without_keys_and_looking_up_the_same_harm_doubles_reminders(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What keeps the tests above from being empty."""
    _only_long(request)
    report = await play(Plan(f"sqlite:///{tmp_path / 'vigie.db'}", 1, 6, 0, 600, _seed(), naive=True))
    assert report.verdict.extra


def _only_long(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("long form: --long")


def _seed() -> int:
    """Another one each day: a failure prints its figures, and the command line takes the seed."""
    return random.Random(int(time.time()) // 86_400).randrange(65_536)
