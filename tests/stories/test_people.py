"""Members join, change permission, are taken out and erased: what moves is told first, and the record stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.cli import _demo_team as demo
from bot.errors import PrivateClosedError, RecipientGoneError
from bot.request import Request, Typed
from tests.story import easy

if TYPE_CHECKING:
    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address
    from bot.teams.member import Member
    from tests.story import Story


async def mention(story: Story, line: str, *, speaker: str = "lea", name: str = "Nora") -> str:
    """Type a line in which <@U9> mentions a person of the workspace called `name`."""
    key = f"people-{next(story.keys)}"
    request = Request(
        key, "console", demo.WORKSPACE, speaker, Typed(line), story.place.channel, people={"U9": name}
    )  # fmt: skip
    reply = await story.app.pipeline.receive(request)
    await story.app.engine.settle()
    assert reply.message is not None
    return easy(reply.message)


async def members(story: Story) -> dict[str, Member]:
    return {one.name: one for one in await story.app.store.read(lambda tx: tx.members.all(story.place.team))}


async def acts(story: Story) -> list[str]:
    return [f"{entry.subject}.{entry.act}" for entry in await story.record()]


# Adding


async def test_a_person_is_invited_by_a_mention(story: Story) -> None:
    answer = await mention(story, "inviter <@U9>")

    assert "Nora est dans l’équipe · membre" in answer
    assert "rôle veille ajouter Nora" in answer
    assert (await acts(story))[-1] == "member.join"
    assert "Nora" in await story.says("U9", "membre")


async def test_a_member_is_not_added_twice(story: Story) -> None:
    await mention(story, "inviter <@U9>")

    assert "Nora est déjà dans l’équipe" in await mention(story, "inviter <@U9>")


async def test_only_the_lead_adds_a_person(story: Story) -> None:
    assert "Seule la personne responsable" in await mention(story, "inviter <@U9>", speaker="tom")
    assert "Nora" not in await members(story)


async def test_a_name_alone_names_no_account(story: Story) -> None:
    assert "mentionne « Nora » avec @" in await story.says("Léa", "inviter Nora")


@pytest.mark.parametrize(
    ("speaker", "way"),
    [("Léa", "Pour ajouter quelqu’un : « inviter @nom »."), ("Tom", "Léa peut ajouter quelqu’un : « inviter @nom ».")],
)
async def test_an_unknown_name_says_how_to_add_a_person(speaker: str, way: str, story: Story) -> None:
    assert way in await story.says(speaker, "confier veille à Paul")
    assert way in await story.says(speaker, "qui Paul")


async def test_a_stranger_reads_who_can_add_them(story: Story) -> None:
    assert "Léa peut t’y ajouter : « inviter »" in await story.says("inconnue", "jour")


# Two of one name


async def test_the_second_of_one_name_gets_a_number(story: Story) -> None:
    await mention(story, "inviter <@U9>", name="Tom")

    assert {"Tom", "Tom 2"} <= (await members(story)).keys()
    assert "Tom 1 et Tom 2" in await story.says("Léa", "confier veille à Tom")
    assert "confié à Tom 2" in await story.says("Léa", "confier veille à Tom 2")
    assert "confié à Tom :" in await story.says("Léa", "confier veille à Tom 1")


# Rights


async def test_a_contributor_ticks_their_own_tasks_only(story: Story) -> None:
    assert "Karim : membre → contribution" in await story.says("Léa", "membre droits Karim contribution")

    assert "Tu ne peux cocher que tes propres tâches" in await story.says("Karim", "fait veille")
    assert (await acts(story))[-1] == "member.permission"


async def test_the_change_of_a_right_can_be_undone(story: Story) -> None:
    await story.says("Léa", "membre droits Karim contribution")
    await story.clicks("Léa", story.last, "Annuler")

    assert (await members(story))["Karim"].permission == "member"


async def test_an_observer_keeps_no_role_and_no_open_task(story: Story) -> None:
    await story.says("Léa", "membre droits Karim observation")

    assert "Karim" not in await story.says("Léa", "rôle animation")
    assert "Messages" in await story.says("Léa", "jour") or "Réponses" in await story.says("Léa", "jour")


async def test_an_observer_is_given_no_role(story: Story) -> None:
    await story.says("Léa", "rôle observation Karim")

    assert "Karim observe sans pouvoir agir" in await story.says("Léa", "rôle veille Karim")


async def test_the_lead_s_rights_cannot_be_lowered(story: Story) -> None:
    assert "Il faut toujours une personne responsable" in await story.says("Léa", "membre droits moi observation")


# Taking out


async def test_what_moves_and_to_whom_is_told_before_a_member_is_taken_out(story: Story) -> None:
    question = await story.says("Léa", "membre retirer Karim")

    assert "Retirer Karim de l’équipe ?" in question
    assert "Animation de la communauté : à Léa" in question
    assert "Karim" in await members(story)


async def test_a_member_taken_out_has_no_right_and_their_work_moves(story: Story) -> None:
    await story.says("Léa", "membre retirer Karim")
    await story.clicks("Léa", story.last, "Confirmer")

    assert "Karim" not in await members(story)
    assert "Karim" not in await story.says("Léa", "rôle animation")
    assert "Seuls les membres de l’équipe" in await story.says("Karim", "jour")
    await story.until("09:00")
    assert "Karim" not in story.channel[-1]


async def test_refusing_changes_nothing(story: Story) -> None:
    await story.says("Léa", "membre retirer Karim")
    before = await acts(story)
    await story.clicks("Léa", story.last, "Non")

    assert "Karim" in await members(story)
    assert await acts(story) == before


async def test_the_private_reminders_of_a_member_taken_out_stop(story: Story) -> None:
    await story.says("Karim", "rappel demain 10h appeler le client")
    await story.says("Léa", "membre retirer Karim")
    await story.clicks("Léa", story.last, "Confirmer")

    shown = await story.until("2026-11-25T18:00")

    assert not any("appeler le client" in event.text for event in shown)


async def test_a_member_taken_out_comes_back_by_an_invitation(story: Story) -> None:
    await mention(story, "inviter <@U9>")
    await story.says("Léa", "membre retirer Nora")
    await story.clicks("Léa", story.last, "Confirmer")

    assert "Nora est dans l’équipe" in await mention(story, "inviter <@U9>")


async def test_the_lead_cannot_be_taken_out(story: Story) -> None:
    assert "Il faut toujours une personne responsable" in await story.says("Léa", "membre retirer Léa")


# Erasing


async def test_erasing_leaves_no_name_and_adds_a_line_to_the_record(story: Story) -> None:
    await story.says("Karim", "fait réponses")
    before = await story.record()
    karim = (await members(story))["Karim"]
    question = await story.says("Léa", "membre effacer Karim")
    await story.clicks("Léa", story.last, "Confirmer")

    stored = await story.app.store.read(lambda tx: tx.members.get(story.place.team, karim.id))
    assert "effacés pour de bon" in question
    assert stored is not None
    assert stored.name == ""
    assert (await story.record())[: len(before)] == before
    assert (await acts(story))[-1] == "member.erase"
    assert "Karim" not in await story.says("Léa", "historique")


async def test_an_erased_person_is_a_stranger(story: Story) -> None:
    await story.says("Léa", "membre effacer Karim")
    await story.clicks("Léa", story.last, "Confirmer")

    assert "Vigie est réservée à l’équipe" in await story.says("Karim", "jour")


async def test_nothing_more_is_sent_to_an_erased_person(story: Story) -> None:
    await story.says("Léa", "membre effacer Karim")
    await story.clicks("Léa", story.last, "Confirmer")

    shown = await story.until("2026-11-24T18:00")

    assert [event for event in shown if event.place == "@karim"] == []
    assert not any("n’a pas pu partir" in text for text in story.private("Léa"))


# Leaving the platform, and closed messages


def refuse(
    story: Story, monkeypatch: pytest.MonkeyPatch, account: str, error: type[RecipientGoneError | PrivateClosedError]
) -> None:
    """From now on the platform refuses the private messages of one account."""
    post = story.platform.post

    async def send(to: Address, message: Message, *, key: str) -> Ref:
        if to.member == account:
            raise error
        return await post(to, message, key=key)

    monkeypatch.setattr(story.platform, "post", send)


async def test_who_left_the_platform_leaves_the_team_and_the_lead_is_told_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(story, monkeypatch, "karim", RecipientGoneError)

    await story.until("2026-11-25T18:00")

    assert "Karim" not in await members(story)
    assert len([text for text in story.private("Léa") if "Karim n’est plus là" in text]) == 1
    assert not any("n’a pas pu partir" in text for text in story.private("Léa"))
    assert "Karim" not in story.channel[-1]


async def test_closed_direct_messages_are_one_line_a_day_in_the_channel_and_the_lead_is_told_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(story, monkeypatch, "karim", PrivateClosedError)

    shown = await story.until("2026-11-24T23:00")

    calls = [
        event for event in shown if event.place.startswith("#") and "messages privés sont désactivés" in event.text
    ]
    assert [event.at.day for event in calls if event.kind == "post"] == [23, 24]
    assert len([text for text in story.private("Léa") if "Karim ne reçoit pas mes messages privés" in text]) == 1


async def test_a_recap_that_cannot_be_delivered_is_not_called_in_the_channel(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(story, monkeypatch, "tom", PrivateClosedError)
    await story.until("17:00")
    cards = len(story.channel)

    await story.until("18:30")

    assert len(story.channel) == cards
