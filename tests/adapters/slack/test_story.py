"""A team's days in Slack, over real sockets: in Socket Mode and over signed HTTP, on each database."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.platforms.missed_reactions import find_recent_messages
from bot.tasks.today import items_of
from tests.adapters.slack.world import MODES, World, eventually, opened
from tests.fakes.slack import BOT, TEAM, FakeSlack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.ports import Tx
    from bot.teams.team import Team

_MONDAY = date(2026, 11, 23)


@pytest.fixture(params=MODES)
async def world(request: pytest.FixtureRequest, current_address: str) -> AsyncIterator[World]:
    async with opened(current_address, request.param) as made:
        yield made


async def test_a_new_workspace_is_set_up_by_its_first_speaker_in_a_modal(world: World) -> None:
    await world.set_up()

    assert "J’ai compris" in world.told("Léa")
    team = await world.app.store.read(lambda tx: tx.teams.find("slack", TEAM))
    assert team is not None
    assert (team.name, team.zone, team.language, team.ready) == ("Atelier Mirabelle", "Europe/Paris", "fr", True)
    members = await world.app.store.read(lambda tx: [one.name for one in tx.members.all(team.id)])
    assert members == ["Karim", "Léa", "Tom"]


async def test_two_days_from_the_first_word_on(world: World) -> None:
    """In one go: what a team does in its first two days, each thing over what the ones before it left."""
    lea, tom = world.people["Léa"], world.people["Tom"]
    await world.set_up()
    assert "J’ai compris" in world.told("Léa")

    await world.until("2026-11-23T09:00")
    card = world.card()
    await tom.reacts(card)
    await world.settle()
    assert "✓ Calendrier éditorial · Tom, 9 h" in world.read(card)
    await tom.reacts(card, added=False)
    await world.settle()
    assert "○ Calendrier éditorial · Tom · avant 17 h" in world.read(card)

    await lea.reacts(card)
    await world.settle()
    await lea.clicks(world.slack.shown_to("U0LEA")[-1], "Veille du jour")
    await world.settle()
    assert "✓ Veille du jour · Léa, 9 h" in world.read(card)

    await tom.types("jour")
    await tom.clicks(world.slack.shown_to("U0TOM")[-1], "Plus tard")
    await world.settle()
    await tom.clicks(world.slack.shown_to("U0TOM")[-1], "1 h")
    await world.settle()
    assert "10 h" in world.told("Tom")
    await world.until("2026-11-23T10:05")
    assert "le calendrier (avant 17 h)" in world.read(world.slack.posted(world.slack.direct("U0TOM"))[-1])

    await lea.tracks({"type": "message", "channel": "C0EQUIPE", "ts": "1.000001", "text": "Relire la page"})
    await eventually(lambda: "Quand" in world.told("Léa"))
    await lea.clicks(world.slack.shown_to("U0LEA")[-1], "demain")
    await world.settle()

    await world.until("2026-11-24T09:00")
    next_day = world.card()
    assert next_day["ts"] != card["ts"]
    assert "○ Veille du jour" in world.read(next_day)
    assert "Relire la page" in world.read(world.slack.posted(world.slack.direct("U0LEA"))[-1])

    await lea.opens_home()
    assert "Veille du jour" in world.read(world.slack.homes["U0LEA"])
    await lea.types("fait veille")
    await eventually(lambda: "✓ Veille du jour · Léa" in world.read(world.slack.homes["U0LEA"]))


async def test_the_morning_card_is_ticked_by_a_reaction_and_opened_again_by_its_removal(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T09:00")
    assert "○ Calendrier éditorial · Tom · avant 17 h" in world.read()

    await world.people["Tom"].reacts(world.card(), "white_check_mark::skin-tone-3")
    await world.settle()
    assert "✓ Calendrier éditorial · Tom, 9 h" in world.read()

    await world.people["Tom"].reacts(world.card(), "white_check_mark::skin-tone-3", added=False)
    await world.settle()
    assert "○ Calendrier éditorial · Tom · avant 17 h" in world.read()
    assert len(world.slack.posted()) == 1


async def test_somebody_with_two_open_tasks_is_asked_which_in_private(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T09:00")
    lea = world.people["Léa"]

    await lea.reacts(world.card())
    await world.settle()
    question = world.slack.shown_to("U0LEA")[-1]
    assert "Laquelle" in world.read(question)

    await lea.clicks(question, "Veille du jour")
    await world.settle()
    assert "✓ Veille du jour · Léa, 9 h" in world.read()


async def test_a_button_of_a_private_answer_acts_and_says_so(world: World) -> None:
    await world.set_up()
    lea = world.people["Léa"]
    await lea.types("jour")
    mine = world.slack.shown_to("U0LEA")[-1]

    await lea.clicks(mine, "C’est fait")
    await eventually(lambda: "Veille du jour · Léa" in world.told("Léa"))
    await world.until("2026-11-23T09:00")
    assert "✓ Veille du jour" in world.read()


async def test_the_next_working_day_has_its_own_card(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-24T09:00")

    morning = [one for one in world.slack.posted() if "Veille du jour" in world.read(one)]
    assert len(morning) == 2


async def test_any_message_becomes_a_task_by_the_shortcut(world: World) -> None:
    await world.set_up()
    message = {"type": "message", "channel": "C0EQUIPE", "ts": "1.000001", "text": "Relire la page <@U0TOM> &amp; co"}

    await world.people["Léa"].tracks(message)
    await eventually(lambda: "Quand" in world.told("Léa"))
    question = world.slack.shown_to("U0LEA")[-1]
    await world.people["Léa"].clicks(question, "demain")
    await eventually(lambda: "Relire la page" in world.told("Léa") and "Quand ?" not in world.told("Léa"))
    assert "https://atelier.slack.com/archives/C0EQUIPE/p1000001" in world.told("Léa")

    await world.until("2026-11-24T09:00")
    told = world.read(world.slack.posted(world.slack.direct("U0LEA"))[-1])
    assert "C’est l’heure" in told
    assert "https://atelier.slack.com/archives/C0EQUIPE/p1000001" in told


async def test_a_call_for_help_on_any_message_of_the_channel_is_an_alert_about_it(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T09:05")
    message = {"channel": "C0EQUIPE", "ts": "1764000000.000001"}

    await world.people["Karim"].reacts(message, "rotating_light")
    await world.settle()

    assert "https://atelier.slack.com/archives/C0EQUIPE/p1764000000000001" in world.read()
    cards = len(world.slack.posted())
    await world.people["Léa"].reacts(message, "sos")
    await world.settle()
    assert len(world.slack.posted()) == cards


async def test_an_answer_about_the_team_is_shown_to_the_channel_by_a_button(world: World) -> None:
    await world.set_up()
    karim = world.people["Karim"]
    await karim.types("jour équipe")
    assert world.slack.posted() == []

    await karim.clicks(world.slack.shown_to("U0KARIM")[-1], "Montrer au canal")
    await eventually(lambda: "Montré par Karim" in "".join(map(world.read, world.slack.posted())))
    assert "Veille du jour · Léa" in world.read()


async def test_the_home_shows_my_day_and_follows_what_changes(world: World) -> None:
    await world.set_up()
    lea = world.people["Léa"]
    await lea.opens_home()
    assert "Veille du jour" in world.read(world.slack.homes["U0LEA"])

    await lea.types("fait veille")
    await eventually(lambda: "✓ Veille du jour · Léa" in world.read(world.slack.homes["U0LEA"]))


async def test_the_home_has_the_settings_and_follows_them(world: World) -> None:
    await world.set_up()
    lea = world.people["Léa"]
    await lea.opens_home()
    assert "9 h" in world.read(world.slack.homes["U0LEA"])
    assert "Paris" in world.read(world.slack.homes["U0LEA"])

    await lea.types("réglages horaires 8h-16h")
    await eventually(lambda: "16 h" in world.read(world.slack.homes["U0LEA"]))


async def test_a_button_of_the_home_acts(world: World) -> None:
    await world.set_up()
    lea = world.people["Léa"]
    await lea.opens_home()
    await lea.clicks_view(world.slack.homes["U0LEA"], "C’est fait")
    await world.settle()
    assert "Veille du jour · Léa" in world.read(next(reversed(world.slack.views.values())))
    await eventually(lambda: "✓ Veille du jour · Léa" in world.read(world.slack.homes["U0LEA"]))


async def test_a_line_written_to_the_bot_is_answered_there(world: World) -> None:
    await world.set_up()
    await world.people["Karim"].writes("jour")

    there = world.slack.posted(world.slack.direct("U0KARIM"))
    assert "Karim" in world.read(there[-1])


async def test_a_form_asked_for_in_a_direct_conversation_opens_by_a_button(world: World) -> None:
    await world.people["Léa"].writes("configurer")
    door = world.slack.posted(world.slack.direct("U0LEA"))[-1]
    assert not world.slack.views

    await world.people["Léa"].clicks(door, "")
    assert len(world.slack.views) == 1


async def test_a_refused_form_stays_open_with_the_reason_beside_a_field(world: World) -> None:
    await world.set_up()
    await world.people["Léa"].types("configurer")
    view = next(reversed(world.slack.views.values()))

    answer = await world.people["Karim"].submits(view, {})
    assert answer is not None
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == ["networks"]


async def test_what_was_ticked_while_vigie_was_stopped_is_made_up_for(current_address: str) -> None:
    slack = await FakeSlack().start()
    try:
        async with opened(current_address, "socket", slack=slack) as world:
            await world.set_up()
            await world.until("2026-11-23T09:00")
            await world.people["Karim"].reacts(world.card())
            await world.settle()
            card = world.card()
            assert "11 h 30 ✓" in world.read()
        there = slack.reactions[card["channel"], card["ts"]]
        there["white_check_mark"] = ["U0TOM"]
        there["tada"] = ["U0LEA"]

        async with opened(current_address, "socket", slack=slack, start="2026-11-23T09:30") as world:
            cards = await find_recent_messages(world.app.store, "slack", TEAM)
            assert await world.platform.reconcile(TEAM, cards) == 3
            await world.settle()
            assert "✓ Calendrier éditorial · Tom, 9 h 30" in world.read(card)
            assert "11 h 30 ✓" not in world.read(card)
            left = await find_recent_messages(world.app.store, "slack", TEAM)
            assert await world.platform.reconcile(TEAM, left) == 1
    finally:
        await slack.stop()


async def test_later_is_asked_and_answered_with_two_presses(world: World) -> None:
    await world.set_up()
    lea = world.people["Léa"]
    await lea.types("jour")
    await lea.clicks(world.slack.shown_to("U0LEA")[-1], "Plus tard")
    await world.settle()
    question = world.slack.shown_to("U0LEA")[-1]

    await lea.clicks(question, "1 h")
    await world.settle()

    assert "9 h 55" in world.told("Léa")


@pytest.mark.parametrize("trouble", ["removed", "archived", "deleted"])
async def test_a_channel_where_nothing_can_be_said_is_told_to_the_lead_once_and_nothing_is_lost(
    world: World, trouble: str
) -> None:
    await world.set_up()
    match trouble:
        case "removed":
            world.slack.members["C0EQUIPE"].discard(BOT)
        case "archived":
            world.slack.channels["C0EQUIPE"] = "archived-equipe"
        case _:
            del world.slack.channels["C0EQUIPE"]

    await world.until("2026-11-23T18:30")

    told = [world.read(one) for one in world.slack.posted(world.slack.direct("U0LEA"))]
    assert len([one for one in told if "n’a pas pu partir" in one]) == 1
    world.slack.channels["C0EQUIPE"] = "equipe"
    await world.people["Léa"].types("jour équipe")
    assert "Veille du jour" in world.told("Léa")


async def test_a_revoked_token_ends_the_platform_in_words_and_the_work_is_kept(world: World) -> None:
    await world.set_up()
    world.slack.installs.revoked(TEAM)

    await world.until("2026-11-23T09:30")

    assert world.platform.ended.is_set()
    assert world.platform.why is not None
    assert (world.platform.why.key, world.platform.why.params["code"]) == ("slack.bot_token", "token_revoked")
    left = await world.app.store.read(lambda tx: [one.is_open for one in items_of(tx, _team(tx), _MONDAY)])
    assert left
    assert all(left)


def _team(tx: Tx) -> Team:
    found = tx.teams.find("slack", TEAM)
    assert found is not None
    return found
