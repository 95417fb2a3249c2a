"""The people of the workspace: what Slack says of them is kept for the members, and followed when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.slack.world import MODES, World, opened
from tests.fakes.slack import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.teams.member import Member


@pytest.fixture(params=MODES)
async def world(request: pytest.FixtureRequest, sqlite_address: str) -> AsyncIterator[World]:
    async with opened(sqlite_address, request.param) as made:
        yield made


async def _member(world: World, account: str) -> Member | None:
    team = await world.app.store.read(lambda tx: tx.teams.find("slack", TEAM))
    assert team is not None
    return await world.app.store.read(lambda tx: tx.members.find(team.id, "slack", account))


async def test_whoever_joins_is_spoken_to_in_their_own_language(world: World) -> None:
    world.slack.people["U0TOM"] |= {"tz": "America/New_York", "locale": "en-US"}
    await world.set_up()

    tom = await _member(world, "U0TOM")
    assert tom is not None
    assert (tom.name, tom.zone, tom.language) == ("Tom", "America/New_York", "en")
    await world.people["Tom"].types("jour")
    assert "Your day, Tom" in world.told("Tom")


async def test_a_changed_profile_is_followed_without_asking_again(world: World) -> None:
    await world.set_up()
    asked = len([name for name, _ in world.slack.calls if name == "users.info"])

    await world.people["Karim"].changes(display_name="Karim B.", tz="Europe/Brussels", locale="en-GB")

    karim = await _member(world, "U0KARIM")
    assert karim is not None
    assert (karim.name, karim.zone, karim.language) == ("Karim B.", "Europe/Brussels", "en")
    assert len([name for name, _ in world.slack.calls if name == "users.info"]) == asked


async def test_a_change_without_a_locale_leaves_the_language(world: World) -> None:
    world.slack.people["U0TOM"]["locale"] = "en-US"
    await world.set_up()
    await world.people["Tom"].changes(display_name="Thomas")
    tom = await _member(world, "U0TOM")
    assert tom is not None
    assert (tom.name, tom.language) == ("Thomas", "en")


async def test_a_deactivated_account_leaves_and_the_lead_is_told(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T09:00")

    await world.people["Tom"].changes(deleted=True)
    await world.settle()

    tom = await _member(world, "U0TOM")
    assert tom is not None
    assert not tom.active
    assert "Calendrier éditorial · Léa" in world.read()
    assert "Tom n’est plus" in world.read(world.slack.posted(world.slack.direct("U0LEA"))[-1])


async def test_a_strangers_profile_changes_nothing(world: World) -> None:
    await world.set_up()
    assert await world.people["Zoé"].changes(display_name="Autre") is not None
    assert await _member(world, "U0INVITE") is None


async def test_a_guest_does_not_become_the_lead_of_a_new_team(world: World) -> None:
    await world.people["Zoé"].types("configurer")
    assert "invitées" in world.told("Zoé")
    assert not world.slack.views

    await world.set_up()
    assert (await _member(world, "U0INVITE")) is None


async def test_a_profile_of_another_workspace_is_not_heard(world: World) -> None:
    await world.set_up()
    karim = world.people["Karim"]
    karim.team = "T0OTHER"
    await karim.changes(display_name="Quelqu’un")
    karim_here = await _member(world, "U0KARIM")
    assert karim_here is not None
    assert karim_here.name == "Karim"
