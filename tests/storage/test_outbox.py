"""Who is served first when more is due than can be taken at once: teams in turns, and places in turns within a team."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import VirtualClock
from bot.engine.posting import Delivery, Destination, NewPosting, Posting
from bot.ids import new_id
from bot.teams.member import Identity, Member
from bot.teams.team import Installation, Team
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def store(current_address: str) -> AsyncIterator[SqlStore]:
    opened = open_store(current_address, VirtualClock(NOW))
    yield opened
    await opened.close()


def _owe(tx: UnitOfWork, team: str, readers: dict[str, int], minutes_ago: int) -> None:
    """A team that owes so many posts to each of its readers, one reader after the other."""
    tx.teams.add(Team(team, team), Installation(team, "console", team))
    for name, count in readers.items():
        reader = Member(team, f"{team}-{name}", name)
        tx.members.add(reader, Identity(team, reader.id, "console", reader.id))
        made = [Posting(team, new_id(NOW), Destination(member=reader.id), "task", "", NOW) for _ in range(count)]
        tx.postings.add_many([NewPosting(one) for one in made])
        at = NOW - timedelta(minutes=minutes_ago)
        tx.outbox.owe([Delivery(team, new_id(NOW), one.id, "post", at) for one in made])


def _taken(tx: UnitOfWork, limit: int) -> Counter[str]:
    """Which readers the next deliveries are for."""
    taken = tx.outbox.claim("me", 60, NOW, limit)
    return Counter(str(tx.postings.get(one.team, one.posting).destination.member) for one in taken)  # type: ignore[union-attr]


async def test_a_team_with_one_does_not_wait_behind_a_team_with_many(store: SqlStore) -> None:
    await store.write(lambda tx: _owe(tx, "many", {"a": 300}, 60))
    await store.write(lambda tx: _owe(tx, "one", {"b": 1}, 1))
    assert "one-b" in await store.write(lambda tx: _taken(tx, 10))


async def test_places_of_a_team_are_served_in_turns(store: SqlStore) -> None:
    """A platform paces each channel apart: fifty of one channel would keep the other channels waiting."""
    await store.write(lambda tx: _owe(tx, "team", {"a": 50, "b": 50, "c": 2}, 1))
    assert await store.write(lambda tx: _taken(tx, 8)) == {"team-a": 3, "team-b": 3, "team-c": 2}


async def test_a_team_with_many_places_has_no_larger_share(store: SqlStore) -> None:
    await store.write(lambda tx: _owe(tx, "wide", {f"r{n}": 5 for n in range(20)}, 60))
    await store.write(lambda tx: _owe(tx, "narrow", {"x": 20}, 1))
    assert (await store.write(lambda tx: _taken(tx, 10)))["narrow-x"] == 5


async def test_what_one_process_has_taken_another_does_not_take(store: SqlStore) -> None:
    await store.write(lambda tx: _owe(tx, "team", {"a": 10}, 1))
    first = await store.write(lambda tx: tx.outbox.claim("me", 60, NOW, 6))
    second = await store.write(lambda tx: tx.outbox.claim("you", 60, NOW, 6))
    assert (len(first), len(second)) == (6, 4)
    assert not {one.id for one in first} & {one.id for one in second}


async def test_a_lease_that_ran_out_is_taken_over_as_a_further_attempt(store: SqlStore) -> None:
    await store.write(lambda tx: _owe(tx, "team", {"a": 1}, 1))
    await store.write(lambda tx: tx.outbox.claim("dead", -1, NOW, 1))
    (taken,) = await store.write(lambda tx: tx.outbox.claim("me", 60, NOW + timedelta(minutes=2), 1))
    assert (taken.attempt, taken.first_attempt_at) == (2, NOW)


async def test_what_a_process_lets_go_of_is_free_at_once(store: SqlStore) -> None:
    await store.write(lambda tx: _owe(tx, "team", {"a": 2}, 1))
    await store.write(lambda tx: tx.outbox.claim("me", 60, NOW, 1))
    await store.write(lambda tx: tx.outbox.claim("you", 60, NOW, 1))
    assert await store.read(lambda tx: tx.outbox.lease_left(NOW)) == pytest.approx(60, abs=5)
    await store.write(lambda tx: tx.outbox.let_go("me"))
    assert await store.read(lambda tx: tx.outbox.lease_left(NOW)) == 0
    assert len(await store.write(lambda tx: tx.outbox.claim("third", 60, NOW, 5))) == 1
