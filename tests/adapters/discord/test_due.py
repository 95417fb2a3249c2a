"""Many teams' mornings come at one moment: through the engine, the outbox and the gate, to a Discord with its limit."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.catalogue.loader import load
from bot.ids import new_id
from bot.teams.member import Identity, Member, Permission
from bot.teams.setup import Answers, SetUp
from bot.teams.team import Channel, Installation, Team
from tests.adapters.discord.plain import HURRY
from tests.adapters.discord.world import opened
from tests.fakes.discord import LEA, FakeDiscord, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.ports import Tx
    from bot.registry import Registry

FLOOR = 1 / 45.0
"""Seconds from one call to the next, as the gate lets them through."""


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    started = FakeDiscord()
    started.judged = False  # other tests ask Discord’s own file about such cards: here it would hold calls up together
    yield await started.start()
    await started.stop()


def ready(tx: Tx, homes: Mapping[str, str], registry: Registry) -> None:
    """A team for each guild, as its lead would have set it up: Léa does everything."""
    for guild, channel in homes.items():
        _ready(tx, guild, channel, registry)


def _ready(tx: Tx, guild: str, channel: str, registry: Registry) -> None:
    team = Team(new_id(tx.now), "Atelier", "fr")
    tx.teams.add(team, Installation(team.id, "discord", guild))
    home = Channel(team.id, new_id(tx.now), channel, "equipe")
    tx.teams.add_channel(home)
    lea = Member(team.id, new_id(tx.now), "Léa", Permission.LEAD)
    tx.members.add(lea, Identity(team.id, lea.id, "discord", LEA))
    answers = Answers(("facebook",), dict.fromkeys(("veille", "community", "planner"), lea.id), home.id)
    SetUp(tx, registry, load(), lea.id, "cli").apply(team, answers)


async def test_mornings_of_many_teams_at_one_moment_all_arrive_without_a_refusal_as_fast_as_the_gate_lets_them(
    current_address: str, fake: FakeDiscord, request: pytest.FixtureRequest
) -> None:
    """At 45 a second before Discord's 50. In the short form what is done once weighs more, and others keep the machine
    busy (calls that left one by one may arrive together): `--long` is the measure.
    """
    count, most, refused = (400, 1.15, 0) if request.config.getoption("--long") else (60, 2.0, 2)
    homes = {fake.flakes.next(): fake.flakes.next() for _ in range(count)}
    for guild, channel in homes.items():
        fake.guilds[guild] = fake.made(guild, "Atelier", {channel: "equipe"})
    async with opened(current_address, discord=fake, manner=replace(HURRY, rate=1 / FLOOR, timeout=25.0)) as world:
        await world.app.store.write(lambda tx: ready(tx, homes, world.app.registry))
        await world.until("2026-11-23T08:59")
        heard: list[float] = []
        fake.on_call = lambda _: heard.append(time.monotonic())
        began = time.monotonic()
        await world.until("2026-11-23T09:00")
    assert sum(one.status == 429 for one in fake.calls) <= refused
    assert {len(fake.posted(channel)) for channel in homes.values()} == {1}
    assert all("Veille du jour" in shown(fake.posted(channel)[0]) for channel in homes.values())
    assert heard[-1] - began <= most * FLOOR * (len(heard) - 1), f"{len(heard)} calls"
