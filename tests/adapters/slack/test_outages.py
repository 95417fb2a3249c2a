"""The whole product while Slack, the network or the database is out of order: nothing lost, nothing done twice."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.engine.posting import Delivery, Destination, NewPosting, Posting
from bot.errors import StoreError
from bot.ids import new_id
from bot.teams.member import Identity, Member
from tests.adapters.slack.bench import HURRY
from tests.adapters.slack.world import MODES, PATIENT, World, eventually, opened
from tests.fakes.slack import TEAM, FakeSlack
from tests.fakes.slack.server import person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.ports import Tx

LIVELY = replace(PATIENT, heartbeat=0.4)
"""A peer that says nothing is noticed soon."""
READERS = 20


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    yield fake
    await fake.stop()


@asynccontextmanager
async def at_work(current_address: str, slack: FakeSlack) -> AsyncIterator[World]:
    """A team that is set up, in Socket Mode."""
    async with opened(current_address, "socket", slack=slack, manner=LIVELY) as world:
        await eventually(lambda: slack.sockets)
        await world.set_up()
        yield world


async def _tasks(world: World, lines: int) -> list[str]:
    """Their titles: what was typed, and kept."""
    there = await world.app.store.read(lambda tx: tx.templates.all(tx.teams.find("slack", TEAM).id))  # type: ignore[union-attr]
    titles = [task.title.fr for one in there for task in one.tasks if task.title.fr.startswith("Point ")]
    assert len(titles) <= lines
    return titles


async def _written(world: World, numbers: range) -> list[Any]:
    """Karim writes a line for each number, all at once; Slack's acknowledgements."""
    lines = [f"tâche ajouter Point {number} demain à 9h" for number in numbers]
    return await asyncio.gather(*(world.people["Karim"].writes(line) for line in lines))


async def test_a_refused_first_upgrade_is_made_up_for_with_new_addresses(
    current_address: str, slack: FakeSlack
) -> None:
    slack.refuse_upgrades = 3
    async with at_work(current_address, slack) as world:
        await eventually(lambda: len(slack.sockets) == 2)
        assert "J’ai compris" in world.told("Léa")
    assert len(slack.opened) == len(set(slack.opened)) == 5


async def test_cut_connections_lose_no_line_and_double_none(current_address: str, slack: FakeSlack) -> None:
    async with at_work(current_address, slack) as world:
        slack.patience = 1.5

        async def cut() -> None:
            for _ in range(3):
                await asyncio.sleep(0.1)
                await slack.abort()

        cutting = asyncio.create_task(cut())
        answers = await _written(world, range(30))
        await cutting
        assert None not in answers
        assert sorted(await _tasks(world, 30)) == sorted(f"Point {number}" for number in range(30))


async def test_a_silent_server_is_left_and_the_day_goes_on(current_address: str, slack: FakeSlack) -> None:
    slack.deaf = True
    async with opened(current_address, "socket", slack=slack, manner=LIVELY) as world:
        await eventually(lambda: len(slack.opened) >= 2)
        slack.deaf = False
        await eventually(lambda: len(slack.sockets) == 2)
        await world.set_up()
        await world.until("2026-11-23T09:00")
        await world.people["Tom"].reacts(world.card())
        await world.settle()
        assert "✓ Calendrier éditorial · Tom, 9 h" in world.read()


async def test_an_event_whose_work_failed_is_delivered_again_and_done_once(
    current_address: str, mode: str, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away under a line that was typed: it is not acknowledged, and leaves nothing behind."""
    async with opened(current_address, mode, slack=slack) as world:
        await world.set_up()
        write, away = world.app.store.write, [True, True]

        async def failing(work: Callable[[Tx], Any], *, batch: bool = False) -> Any:
            if not batch and away and away.pop():
                raise StoreError("store.away")
            return await write(work, batch=batch)

        slack.patience = 0.7  # a socket says nothing of a delivery that failed
        with monkeypatch.context() as broken:
            broken.setattr(world.app.store, "write", failing)
            assert await _written(world, range(1)) == [{}]
        assert away == []
        assert await _tasks(world, 1) == ["Point 0"]


async def test_a_line_that_takes_too_long_is_done_once_and_answered_afterwards(
    current_address: str, mode: str, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is acknowledged in time; then the same request is asked again, which finds what came of it."""
    async with opened(current_address, mode, slack=slack) as world:
        await world.set_up()
        write = world.app.store.write

        async def slow(work: Callable[[Tx], Any], *, batch: bool = False) -> Any:
            def late(tx: Tx) -> Any:
                time.sleep(0.3)
                return work(tx)

            return await write(work if batch else late, batch=batch)

        world.platform.inbound.patience = 0.1
        with monkeypatch.context() as busy:
            busy.setattr(world.app.store, "write", slow)
            assert await world.people["Karim"].types("tâche ajouter Point 0 demain à 9h") == {}
            await world.settle()
        assert await _tasks(world, 1) == ["Point 0"]
        assert "Point 0" in world.told("Karim")


async def test_a_line_that_never_could_be_done_is_said_to_have_failed(
    current_address: str, mode: str, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(current_address, mode, slack=slack) as world:
        await world.set_up()

        async def failing(work: Callable[[Tx], Any], *, batch: bool = False) -> Any:
            raise StoreError("store.away")

        slack.patience = 0.7  # a socket says nothing of a delivery that failed
        with monkeypatch.context() as broken:
            broken.setattr(world.app.store, "write", failing)
            assert await _written(world, range(1)) == [None]
        await world.platform.inbound.drain()
        assert await _tasks(world, 0) == []
        assert len(slack.posted(slack.direct("U0KARIM"))) == 1
        assert await _written(world, range(1, 2)) == [{}]
        assert await _tasks(world, 1) == ["Point 1"]


async def test_two_hundred_posts_under_random_faults_are_all_there_once(
    current_address: str, mode: str, slack: FakeSlack, pytestconfig: pytest.Config
) -> None:
    """Through the outbox and its database: each post that the team is owed stands in its conversation, once."""
    count = 2000 if pytestconfig.getoption("--long") else 200
    async with opened(current_address, mode, slack=slack, manner=replace(HURRY, timeout=1.0)) as world:
        await world.set_up()
        slack.judge = lambda _kind, _payload: None  # each has been judged elsewhere; here they are many
        for number in range(READERS):
            slack.people[f"U1N{number}"] = person(f"U1N{number}", f"N{number}")
        owed = await world.app.store.write(lambda tx: _owe(tx, count))
        _break(slack, count)

        await _through(world)

        there = [one for number in range(READERS) for one in slack.posted(slack.direct(f"U1N{number}"))]
        keys = [one["metadata"]["event_payload"]["key"] for one in there]
        assert (len(keys), set(keys)) == (count, owed)
        assert [fault for fault in slack.faults.queue if fault.times and fault.method == "chat.postMessage"] == []


def _owe(tx: Tx, count: int) -> set[str]:
    """So many messages, to be sent from now on to as many people as there are; the postings' ids."""
    team = tx.teams.find("slack", TEAM)
    assert team is not None
    readers = [Member(team.id, new_id(tx.now), f"N{number}") for number in range(READERS)]
    for number, reader in enumerate(readers):
        tx.members.add(reader, Identity(team.id, reader.id, "slack", f"U1N{number}"))
    made = [
        Posting(team.id, new_id(tx.now), Destination(member=readers[number % READERS].id), "trouble",
                (tx.now + timedelta(minutes=number)).isoformat(), tx.now)
        for number in range(count)
    ]  # fmt: skip
    tx.postings.add_many([NewPosting(one) for one in made])
    tx.outbox.owe([Delivery(team.id, new_id(tx.now), one.id, "post", tx.now) for one in made])
    return {one.id for one in made}


def _break(slack: FakeSlack, count: int) -> None:
    dice = random.Random(23)
    kinds = ["server", "reset_before", "reset_after", "delay", "limited", "garbage"]
    chosen = [*dice.choices(kinds, k=count // 3), *["silent"] * (count // 40)]
    for kind in dice.sample(chosen, len(chosen)):
        slack.fail(kind, "chat.postMessage", seconds=1.2 if kind == "delay" and dice.random() < 0.3 else 0.3)
    for _ in range(count // 20):
        slack.fail(dice.choice(["server", "limited", "reset_before"]), "conversations.history", seconds=1)
    slack.fail("server", "conversations.open", times=3)


async def _through(world: World) -> None:
    """Until nothing more is owed. Before time moves on, Slack ends what it has begun, as it would meanwhile."""
    deadline = world.clock.now() + timedelta(hours=4)
    while (due := await world.app.engine.next_at()) is not None and due <= deadline:
        await eventually(lambda: world.slack.at_work == 0)
        world.clock.move_to(max(due, world.clock.now()))
        await world.app.engine.settle()


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen
