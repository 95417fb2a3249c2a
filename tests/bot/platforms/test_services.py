"""What an adapter keeps in the product, on each database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.catalogue.loader import load
from bot.clock import VirtualClock
from bot.engine.scheduling import schedule_team
from bot.i18n import texts
from bot.platforms.first_contact import Fallback, Newcomer, install
from bot.platforms.services import Hosting
from bot.registry import load as load_registry
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.ports import Tx
    from storage.store import SqlStore

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
async def stores(current_address: str) -> AsyncIterator[list[SqlStore]]:
    """The database as two processes see it."""
    both = [open_store(current_address, VirtualClock(NOW), lambda team: load(None, team)) for _ in range(2)]
    yield both
    for one in both:
        await one.close()


@pytest.fixture
async def host(stores: list[SqlStore]) -> Hosting:
    await stores[0].write(lambda tx: install(tx, "discord", "12", Newcomer("Atelier"), Fallback()))
    await stores[0].write(lambda tx: install(tx, "slack", "T1", Newcomer("Ailleurs"), Fallback()))
    return Hosting(stores[0], "discord")


async def test_what_is_remembered_is_recalled_by_another_process(host: Hosting, stores: list[SqlStore]) -> None:
    await host.remember({"session.0.1": "a", "direct.7": "b"})
    await host.remember({"session.0.1": "c"})
    other = Hosting(stores[1], "discord")
    assert [await other.recall(name) for name in ("session.0.1", "direct.7", "nothing")] == ["c", "b", None]
    assert await Hosting(stores[1], "slack").recall("direct.7") is None


async def test_a_name_has_one_holder_until_it_is_let_go_taken_or_was_not_renewed(
    host: Hosting, stores: list[SqlStore]
) -> None:
    other = Hosting(stores[1], "discord")
    assert await host.hold("holder.0.1", "a", 60) == 0.0
    assert await other.hold("holder.0.1", "b", 60) == 60.0
    assert await other.hold("holder.1.2", "b", 60) == 0.0, "another name"
    assert await other.hold("holder.0.1", "b", 60, taking=True) == 0.0
    assert await host.hold("holder.0.1", "a", 60) == 60.0
    assert await other.hold("holder.0.1", "b", 0) == 0.0
    assert await host.hold("holder.0.1", "a", 60) == 0.0


async def test_of_two_processes_at_once_one_holds_a_name(host: Hosting, stores: list[SqlStore]) -> None:
    await host.hold("holder.0.1", "nobody", 0)  # the first one ever makes the row
    hosts = [Hosting(one, "discord") for one in stores]
    left = await asyncio.gather(*(hosts[n % 2].hold("holder.0.1", f"p{n}", 60) for n in range(8)))
    assert sorted(left) == [0.0, *[60.0] * 7]


async def test_no_two_processes_get_the_same_turn(host: Hosting, stores: list[SqlStore]) -> None:
    await host.turn("identify.0", 5)  # the first one ever makes the row
    hosts = [Hosting(one, "discord") for one in stores]
    waits = await asyncio.gather(*(hosts[number % 2].turn("identify.0", 5) for number in range(8)))
    assert sorted(waits) == [5.0 * turn for turn in range(1, 9)]


async def test_a_place_that_was_left_is_installed_no_more_until_we_are_back(host: Hosting) -> None:
    assert list(await host.installed()) == ["12"]
    await host.left("12")
    await host.left("12")
    assert list(await host.installed()) == []
    assert list(await host.away()) == ["12"]
    await host.back("12")
    assert (list(await host.installed()), list(await host.away())) == (["12"], [])


async def test_leaving_stands_in_the_record_once(host: Hosting, stores: list[SqlStore]) -> None:
    await host.left("12")
    await host.left("12")
    await host.left("unknown")
    team = await stores[0].read(lambda tx: tx.teams.find("discord", "12"))
    assert team
    lines = await stores[0].read(lambda tx: tx.audit.latest(team.id, limit=10))
    assert [one.act for one in lines] == ["leave", "found"]


async def test_a_team_without_a_home_has_none(host: Hosting) -> None:
    assert await host.home("12") is None
    assert await host.home("unknown") is None


async def test_leaving_and_coming_back_are_lines_of_the_record(host: Hosting, stores: list[SqlStore]) -> None:
    await host.left("12")
    await host.back("12")
    team = await stores[0].read(lambda tx: tx.teams.find("discord", "12"))
    assert team
    lines = await stores[0].read(lambda tx: tx.audit.latest(team.id, limit=10))
    told = [texts("fr").text(f"history.team.{line.act}", at="9 h", who="Vigie", title="") for line in lines]
    assert any("n’est plus dans ce serveur" in line for line in told)
    assert any("est de nouveau dans ce serveur" in line for line in told)


async def test_nothing_is_due_for_a_team_whose_place_was_left_until_we_are_back(
    host: Hosting, stores: list[SqlStore]
) -> None:
    def begin(tx: Tx) -> str:
        team = tx.teams.find("discord", "12")
        assert team is not None
        team = team._replace(ready=True)
        tx.teams.save(team)
        schedule_team(tx, team, load_registry(), tx.catalogue(team.id).defaults)
        return team.id

    def waiting(tx: Tx) -> int:
        return sum(one.next_fire_at is not None for one in tx.schedules.all(team))

    team = await stores[0].write(begin)
    before = await stores[0].read(waiting)
    await host.left("12")
    away = await stores[0].read(waiting)
    await host.back("12")
    assert (before > 0, away, await stores[0].read(waiting)) == (True, 0, before)


async def test_processes_that_remember_the_same_thing_for_the_first_time_do_not_fail(stores: list[SqlStore]) -> None:
    hosts = [Hosting(one, "discord") for one in stores]
    await asyncio.gather(*(hosts[number % 2].remember({f"n{number // 2}": "x"}) for number in range(40)))
    assert [await hosts[0].recall(f"n{number}") for number in range(20)] == ["x"] * 20
