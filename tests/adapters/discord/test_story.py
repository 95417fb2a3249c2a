"""A team's days in Discord, over real sockets, on each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord.inbound import Inbound
from tests.adapters.discord.world import SETUP, World, eventually, opened
from tests.fakes.discord import BOT, CHANNEL, GUILD, INES, LEA, OTHER, FakeDiscord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def world(current_address: str) -> AsyncIterator[World]:
    async with opened(current_address) as made:
        yield made


async def test_a_new_guild_is_set_up_by_its_first_speaker_in_a_modal(world: World) -> None:
    answer = await world.set_up()

    assert answer.private
    assert "J’ai compris" in world.told("Léa")
    team = await world.app.store.read(lambda tx: tx.teams.find("discord", GUILD))
    assert team is not None
    assert (team.name, team.zone, team.language, team.ready) == ("Atelier Mirabelle", "Europe/Paris", "fr", True)
    members = await world.app.store.read(lambda tx: [one.name for one in tx.members.all(team.id)])
    assert members == ["Karim", "Léa", "Tom"]
    assert world.discord.posted() == []


async def test_the_installer_is_welcomed_in_private_and_sets_up_from_there(world: World) -> None:
    guild = await world.discord.join("Studio Nord", community="en-US")
    world.people["Léa"].locale = "en-US"
    await eventually(lambda: world.direct("Léa"))

    welcome = world.discord.posted(world.discord.direct(LEA))[0]
    assert "Vigie is in Studio Nord" in world.read(welcome)
    assert all(not world.discord.posted(one) for one in world.discord.guilds[guild].channels)

    asked = await world.people["Léa"].clicks(welcome, "Set up")
    answer = await world.people["Léa"].submits(asked, networks=["facebook"], veille=LEA, place="Paris")
    assert answer.private
    team = await world.app.store.read(lambda tx: tx.teams.find("discord", guild))
    assert team is not None
    assert (team.name, team.ready, team.home) == ("Studio Nord", True, None)
    assert "no channel yet" in world.read(answer.message)


@pytest.mark.parametrize(("locale", "language"), [("fr", "fr"), ("en-GB", "en")])
async def test_a_team_of_an_ordinary_server_speaks_as_its_first_person(
    world: World, locale: str, language: str
) -> None:
    """An ordinary server, no Community, calls itself `en-US` whatever its people speak."""
    world.people["Léa"].locale = locale
    asked = await world.people["Léa"].types("/cm-equipe configurer")
    await world.people["Léa"].submits(asked, **SETUP)
    team = await world.app.store.read(lambda tx: tx.teams.find("discord", GUILD))
    assert team is not None
    assert (asked.modal or {})["title"] == {"fr": "Configurer Vigie", "en": "Set Vigie up"}[language]
    assert team.language == language


async def test_the_installer_of_an_ordinary_server_is_welcomed_in_the_language_of_new_teams(world: World) -> None:
    await world.discord.join("Studio Nord")
    await eventually(lambda: world.direct("Léa"))
    assert "Vigie est dans Studio Nord" in world.direct("Léa")[0]


async def test_each_member_is_answered_and_reminded_in_their_own_language(world: World) -> None:
    await world.set_up()
    world.people["Tom"].locale = "en-GB"
    answer = await world.people["Tom"].types("/cm jour")
    assert "Your day" in world.read(answer.message)
    await world.until("2026-11-23T16:46")
    assert "Still to do" in world.direct("Tom")[-1]
    assert "Calendrier éditorial · Tom · avant 17 h" in world.read(world.discord.posted()[0])


async def test_a_language_chosen_by_hand_prevails_over_the_client(world: World) -> None:
    await world.set_up()
    await world.people["Tom"].types("/cm-equipe langue", langue="fr")
    world.people["Tom"].locale = "en-GB"
    assert "Ta journée" in world.read((await world.people["Tom"].types("/cm jour")).message)


async def test_a_stranger_is_answered_in_the_language_of_their_client(world: World) -> None:
    await world.set_up()
    world.people["Inès"].locale = "en-US"
    answer = await world.people["Inès"].types("/cm jour")
    assert "Vigie is for the team here" in world.read(answer.message)


async def test_the_day_of_a_team(world: World) -> None:
    """Morning card, button, the card updates, a keycap by another, its removal, autocomplete, the private reminder."""
    await world.set_up()
    lea, karim = world.people["Léa"], world.people["Karim"]
    await world.until("2026-11-23T09:00")
    assert "Calendrier éditorial · Tom · avant 17 h" in world.read()

    mine = await lea.clicks(world.card(), "Ma part")
    assert mine.private
    assert mine.message is not None
    said = await lea.clicks(mine.message, "C’est fait")
    assert "Veille du jour · Léa" in world.read(said.message)
    await world.settle()
    assert "✓ Veille du jour · Léa, 9 h" in world.read()

    place = next(line[0] for line in world.read().splitlines() if "Réponses" in line)
    await karim.reacts(world.card(), f"{place}\ufe0f\u20e3")
    await world.settle()
    assert "11 h 30 ✓" in world.read()

    await karim.reacts(world.card(), f"{place}\ufe0f\u20e3", added=False)
    await world.settle()
    assert "11 h 30 ✓" not in world.read()

    proposed = await lea.suggests("/cm fait", tâche="cal")
    assert [one["name"] for one in proposed] == ["Calendrier éditorial"]

    await world.until("2026-11-23T16:46")
    assert "Toujours à faire" in world.direct("Tom")[-1]
    assert sum("Veille du jour" in world.read(one) for one in world.discord.posted()) == 1


async def test_the_veille_is_reminded_in_private_and_done_from_there(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T11:46")
    reminder = world.discord.posted(world.discord.direct(LEA))[-1]
    assert "veille" in world.read(reminder)

    said = await world.people["Léa"].clicks(reminder, "C’est fait")
    await world.settle()
    assert "Veille du jour · Léa, 11 h 46" in world.read(said.message)
    assert "✓ Veille du jour · Léa, 11 h 46" in world.read(world.discord.posted()[0])


async def test_what_happened_while_vigie_was_stopped_is_made_up_for(current_address: str) -> None:
    discord = await FakeDiscord().start()
    try:
        async with opened(current_address, discord=discord) as world:
            await world.set_up()
            await world.until("2026-11-23T09:00")
            card, lea = world.card(), world.people["Léa"]
            mine = await lea.clicks(card, "Ma part")
        lea.wait = False
        tom = world.people["Tom"]
        await tom.reacts(card, "✅")

        async with opened(current_address, discord=discord, start="2026-11-23T09:30") as world:
            await eventually(lambda: world.platform.catch_up.rounds)
            await world.settle()
            assert "✓ Calendrier éditorial · Tom, 9 h 30" in world.read(card)
            assert mine.message is not None
            said = await world.people["Léa"].clicks(mine.message, "C’est fait")
            assert "Veille du jour · Léa, 9 h 30" in world.read(said.message)
    finally:
        await discord.stop()


async def test_readers_who_are_no_members_react_and_get_nothing_not_even_after_a_restart(current_address: str) -> None:
    discord = await FakeDiscord().start()
    try:
        async with opened(current_address, discord=discord) as world:
            await world.set_up()
            await world.until("2026-11-23T09:00")
            card, reader = world.card(), world.people["Inès"]
            for emoji in ("👍", "✅", "👀"):
                await reader.reacts(card, emoji)
                await reader.reacts(card, emoji, added=False)
                await reader.reacts(card, emoji)
            await world.settle()
            before = world.read(card)
            assert world.direct("Inès") == []

        async with opened(current_address, discord=discord, start="2026-11-23T09:30") as world:
            await eventually(lambda: world.platform.catch_up.rounds)
            await world.settle()
            assert (world.direct("Inès"), world.read(card)) == ([], before)
    finally:
        await discord.stop()


async def test_the_old_reactions_of_a_new_member_act_on_nothing(current_address: str) -> None:
    discord = await FakeDiscord().start()
    try:
        async with opened(current_address, discord=discord) as world:
            await world.set_up()
            await world.until("2026-11-23T09:00")
            card = world.card()
            await world.people["Inès"].reacts(card, "👍")
            await world.until("2026-11-23T09:10")
            await world.people["Léa"].types("/cm dire", ligne=f"rôle veille <@{INES}>")
            await world.settle()
            before = world.read(card)

        async with opened(current_address, discord=discord, start="2026-11-23T09:30") as world:
            await eventually(lambda: world.platform.catch_up.rounds)
            await world.settle()
            assert (world.direct("Inès"), world.read(card)) == ([], before)
    finally:
        await discord.stop()


async def test_a_task_ticked_by_a_super_reaction_stays_done_over_a_restart(current_address: str) -> None:
    discord = await FakeDiscord().start()
    try:
        async with opened(current_address, discord=discord) as world:
            await world.set_up()
            await world.until("2026-11-23T09:00")
            card = world.card()
            await world.people["Tom"].reacts(card, "✅", burst=True)
            await world.settle()
            assert "✓ Calendrier éditorial · Tom, 9 h" in world.read(card)

        async with opened(current_address, discord=discord, start="2026-11-23T09:30") as world:
            await eventually(lambda: world.platform.catch_up.rounds)
            await world.settle()
            assert "✓ Calendrier éditorial · Tom, 9 h" in world.read(card)
    finally:
        await discord.stop()


async def test_somebody_with_two_open_tasks_is_asked_which_in_a_direct_message(world: World) -> None:
    await world.set_up()
    await world.people["Léa"].types("/cm-equipe tâche ajouter", titre="Relire la page", quand="aujourd’hui 16h")
    await world.until("2026-11-23T09:00")

    await world.people["Léa"].reacts(world.card(), "✅")
    await world.settle()
    question = world.discord.posted(world.discord.direct(LEA))[-1]
    assert "Laquelle" in world.read(question)

    await world.people["Léa"].clicks(question, "Veille du jour")
    await world.settle()
    assert "✓ Veille du jour · Léa, 9 h" in world.read()


async def test_lines_written_in_private_are_for_the_team_that_spoke_there(world: World) -> None:
    await world.set_up()
    lea, ines = world.people["Léa"], world.people["Inès"]
    await world.until("2026-11-23T11:46")
    assert "veille" in world.direct("Léa")[-1]

    await lea.writes("fait veille")
    await eventually(lambda: "Veille du jour · Léa, 11 h 46" in world.direct("Léa")[-1])
    await world.settle()
    assert "✓ Veille du jour · Léa, 11 h 46" in world.read(world.discord.posted()[0])

    await ines.writes("jour")
    await world.settle()
    assert world.direct("Inès") == ["jour"], "nobody spoke to her there"


async def test_a_form_that_is_asked_for_in_private_opens_from_a_button(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T11:46")
    lea = world.people["Léa"]
    await lea.writes("configurer")
    direct = world.discord.direct(LEA)
    await eventually(lambda: len(world.discord.posted(direct)) == 3)
    assert (await lea.clicks(world.discord.posted(direct)[-1])).modal


async def test_any_message_becomes_a_task_and_anybody_is_asked_about(world: World) -> None:
    await world.set_up()
    lea = world.people["Léa"]
    message = lea.posts("Relire la page *Accueil*\net la suite")

    asked = await lea.picks("Suivre avec Vigie", message)
    assert "Quand" in world.read(asked.message)
    assert asked.message is not None
    done = await lea.clicks(asked.message, "demain")
    assert "Relire la page *Accueil*" in world.read(done.message)

    about = await lea.picks("Qui est cette personne", world.people["Karim"].user)
    assert "Karim" in world.read(about.message)


async def test_an_alert_is_raised_by_an_emoji_on_any_message(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T10:00")
    message = world.people["Tom"].posts("Un commentaire furieux")

    await world.people["Léa"].reacts(message, "🚨")
    await world.settle()
    items = await world.app.store.read(lambda tx: [one for one in world.open_items(tx) if one.task.alert])
    assert [one.task.link for one in items] == [f"https://discord.com/channels/{GUILD}/{CHANNEL}/{message['id']}"]


async def test_a_refused_form_is_opened_again_as_it_was_filled_in(world: World) -> None:
    lea = world.people["Léa"]
    asked = await lea.types("/cm-equipe configurer")
    refused = await lea.submits(asked, **(SETUP | {"place": "Atlantide"}))
    assert refused.private
    assert refused.message is not None
    assert "Atlantide" in world.read(refused.message)

    again = await lea.clicks(refused.message)
    assert again.modal is not None
    answer = await lea.submits(again, place="Paris")
    await world.settle()
    assert "Facebook" in world.read(answer.message)


async def test_the_card_moves_to_the_channel_that_is_picked(world: World) -> None:
    await world.set_up()
    await world.people["Léa"].types("/cm-equipe réglages salon", salon={"channel": OTHER})
    await world.until("2026-11-23T09:00")
    assert world.discord.posted(CHANNEL) == []
    assert "Veille du jour" in world.read(world.discord.posted(OTHER)[0])


async def test_a_stranger_is_refused_in_private(world: World) -> None:
    await world.set_up()
    await world.until("2026-11-23T09:00")
    answer = await world.people["Inès"].clicks(world.card(), "Ma part")
    assert answer.private
    assert "Léa" in world.read(answer.message)


async def test_a_command_that_is_unknown_and_a_component_that_is_stale_are_answered(world: World) -> None:
    await world.set_up()
    lea = world.people["Léa"]
    answer = await lea.types("/cm dire", ligne="fiat veille")
    assert "fait" in world.read(answer.message)

    stale = {"type": 2, "style": 2, "label": "Vieux", "custom_id": "confirm-delete"}
    old = world.discord.put(CHANNEL, BOT, {"components": [{"type": 1, "components": [stale]}]})
    answer = await lea.clicks(old, "Vieux")
    assert answer.private
    assert answer.message is not None


async def test_an_answer_that_takes_long_is_announced_first(world: World) -> None:
    await world.set_up()
    inbound = world.platform.inbound
    assert isinstance(inbound, Inbound)
    inbound.patience = 0.0
    answer = await world.people["Léa"].types("/cm jour")
    assert (answer.kind, answer.private) == (5, True)
    assert "Léa" in world.read(answer.message)


async def test_an_answer_that_is_too_late_comes_as_a_direct_message(world: World) -> None:
    await world.set_up()
    world.discord.fail("error", "POST /interactions", status=404, code=10062)
    world.people["Léa"].wait = False
    await world.people["Léa"].types("/cm jour")
    await eventually(lambda: world.direct("Léa"))
    assert "Léa" in world.direct("Léa")[-1]


async def test_somebody_who_takes_no_direct_messages_is_not_exposed_in_the_channel(world: World) -> None:
    await world.set_up()
    await world.people["Léa"].types("/cm-equipe tâche ajouter", titre="Relire la page", quand="aujourd’hui 16h")
    await world.until("2026-11-23T09:00")
    world.discord.closed.add(LEA)

    await world.people["Léa"].reacts(world.card(), "✅")
    await world.settle()
    (_, said) = world.discord.posted()
    assert f"<@{LEA}>" in world.read(said)
    assert "Relire" not in world.read(said)
