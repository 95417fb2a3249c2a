"""What a process remembers is true whichever process changed it, and never what was rolled back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.clock import VirtualClock
from bot.errors import RefusalError, StoreError
from bot.ids import new_id
from bot.tasks.checklist import State
from bot.teams.member import Identity, Permission
from bot.teams.role import Holding
from storage.migrate import upgrade
from storage.remembered import MOST, Memory
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.crossings import CASES
from tests.contracts.world import NOW, Rows, dump, rows, store_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROSTER = ("teams", "closures", "members", "identities", "holdings")
"""The tables that are remembered under a team's mark."""


@pytest.fixture
async def store(address: str) -> AsyncIterator[SqlStore]:
    opened = open_store(address, VirtualClock(NOW))
    upgrade(opened.engines.write)
    yield opened
    await opened.close()


@pytest.fixture
async def other(address: str, store: SqlStore) -> AsyncIterator[SqlStore]:
    """The same database, seen by another process."""
    opened = open_store(address, VirtualClock(NOW))
    yield opened
    await opened.close()


@pytest.fixture
async def us(store: SqlStore) -> Rows:
    one = rows("ours")
    await store.write(lambda tx: store_rows(tx, one))
    return one


def _roster(tx: UnitOfWork, team: str) -> tuple[dict[str, list[tuple[Any, ...]]], str]:
    """The rows that are remembered, and the mark that they are remembered under."""
    found = {name: table for name, table in dump(tx, team).items() if name in ROSTER}
    (row,) = found["teams"]
    return {**found, "teams": [row[:-1]]}, row[-1]


@pytest.mark.parametrize("method", [one for one in CASES if one.split(".")[0] in {"teams", "members", "roles"}])
async def test_whatever_changes_a_roster_changes_its_mark(store: SqlStore, us: Rows, method: str) -> None:
    before, mark = await store.read(lambda tx: _roster(tx, us.team.id))
    them = replace(
        us, member=replace(us.member, id=new_id(NOW)), identity=replace(us.identity, external_id="U9"),
    )  # fmt: skip
    for one in (us, them):
        try:
            await store.write(lambda tx, one=one: CASES[method].call(tx, us, one))  # type: ignore[misc]
        except (StoreError, ValueError):
            continue
    after, fresh = await store.read(lambda tx: _roster(tx, us.team.id))
    assert after == before or fresh != mark


async def test_another_processes_change_of_people_is_seen_at_once(store: SqlStore, other: SqlStore, us: Rows) -> None:
    team = us.team.id
    new = replace(us.member, id=new_id(NOW), name="Karim", permission=Permission.MEMBER)
    post = Holding(team, new_id(NOW), "planner", new.id)

    def seen(tx: UnitOfWork) -> tuple[list[str], list[str], str | None]:
        found = tx.members.find(team, "console", "U2")
        names, posts = [one.name for one in tx.members.all(team)], [one.role for one in tx.roles.holdings(team)]
        return names, posts, found.name if found else None

    assert await store.read(seen) == (["Léa"], ["veille"], None)
    await other.write(lambda tx: tx.members.add(new, Identity(team, new.id, "console", "U2")))
    await other.write(lambda tx: tx.roles.give(post))
    assert await store.read(seen) == (["Karim", "Léa"], ["veille", "planner"], "Karim")
    await other.write(lambda tx: tx.members.save(replace(new, active=False)))
    await other.write(lambda tx: tx.roles.take_back(team, post.id))
    names, posts, _ = await store.read(seen)
    assert (names, posts) == (["Léa"], ["veille"])


async def test_another_processes_change_of_the_team_is_seen_at_once(store: SqlStore, other: SqlStore, us: Rows) -> None:
    def seen(tx: UnitOfWork) -> tuple[str, bool]:
        team = tx.teams.find("console", "ours")
        assert team is not None
        return team.zone, bool(team.closures)

    assert await store.read(seen) == ("Europe/Paris", True)
    await other.write(lambda tx: tx.teams.save(us.team._replace(zone="America/Nuuk", closures=frozenset())))
    assert await store.read(seen) == ("America/Nuuk", False)


async def test_another_processes_change_of_an_item_is_seen_at_once(store: SqlStore, other: SqlStore, us: Rows) -> None:
    def seen(tx: UnitOfWork) -> list[State | None]:
        one = tx.items.get(us.team.id, us.item.id)
        day = tx.items.between(us.team.id, NOW, NOW.replace(hour=23))
        return [one.state if one else None, *(item.state for item in day)]

    assert await store.read(seen) == [State.OPEN, State.OPEN]
    done = us.item._replace(state=State.DONE, closed_by=us.member.id, closed_at=NOW)
    assert await other.write(lambda tx: tx.items.settle(done, us.item))
    assert await store.read(seen) == [State.DONE, State.DONE]


async def test_what_was_rolled_back_is_not_remembered(store: SqlStore, us: Rows) -> None:
    team = us.team.id

    def change(tx: UnitOfWork) -> None:
        tx.members.save(replace(us.member, name="Nobody"))
        tx.items.settle(us.item._replace(state=State.DONE, closed_at=NOW), us.item)
        assert [one.name for one in tx.members.all(team)] == ["Nobody"]
        item = tx.items.get(team, us.item.id)
        assert item is not None
        assert item.state is State.DONE
        raise RefusalError("item.gone")

    with pytest.raises(RefusalError):
        await store.write(change)
    assert [one.name for one in await store.read(lambda tx: tx.members.all(team))] == ["Léa"]
    assert await store.read(lambda tx: tx.items.get(team, us.item.id)) == us.item


def test_no_more_is_remembered_than_fits() -> None:
    memory = Memory()
    for number in range(MOST + 10):
        memory.keep((number,), number)
    assert len(memory) <= MOST
    assert memory[MOST + 9,] == MOST + 9
