"""Giving, taking and taking back: who holds what is always said, and nobody loses a task unawares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.request import Clicked
from bot.teams.member import Permission

if TYPE_CHECKING:
    from tests.story import Story


async def lower(story: Story, name: str, permission: Permission) -> None:
    from dataclasses import replace

    def work(tx: object) -> None:
        members = tx.members  # type: ignore[attr-defined]
        member = next(one for one in members.all(story.place.team) if one.name == name)
        members.save(replace(member, permission=permission))

    await story.app.store.write(work)


@pytest.mark.parametrize(
    "line",
    ["confier veille à Karim", "assign watch to Karim", "confier à Karim la veille", "donner veille @Karim",
     "confier veille Karim", "je délègue ma veille à karim", "attribuer la veille à Karym"],
)  # fmt: skip
async def test_a_task_and_a_person_are_found_in_any_order(line: str, story: Story) -> None:
    assert "confié à Karim : Veille du jour" in await story.says("Léa", line)


async def test_the_new_holder_is_told_in_private_with_the_buttons(story: Story) -> None:
    await story.until("09:01")
    await story.says("Léa", "confier veille à Karim")

    assert story.private("Karim")[-1].startswith("Léa te confie une tâche.")
    assert "[1 C’est fait] [2 Plus tard] [3 Confier] [4 Pas cette fois]" in story.private("Karim")[-1]


async def test_the_channels_card_shows_the_new_holder(story: Story) -> None:
    await story.until("09:01")
    await story.says("Léa", "confier veille à Karim")

    assert "Veille du jour · Karim" in story.channel[-1]


async def test_before_working_hours_the_new_holder_is_left_in_peace(story: Story) -> None:
    await story.says("Léa", "confier veille à Karim")

    assert story.private("Karim") == []


async def test_nobody_named_is_asked_for(story: Story) -> None:
    assert "Veille du jour : à qui ?" in await story.says("Léa", "confier veille")

    assert "confié à Inès" in await story.clicks("Léa", story.last, "Inès")


async def test_somebody_unknown_is_refused_with_the_names(story: Story) -> None:
    assert "Je ne connais pas « Zoé »" in await story.says("Léa", "confier veille à Zoé")


async def test_an_unknown_task_is_refused(story: Story) -> None:
    assert "Je ne trouve pas « xyzzy »" in await story.says("Léa", "confier xyzzy à Karim")


async def test_given_to_its_holder_nothing_changes(story: Story) -> None:
    assert "C’est déjà à Léa" in await story.says("Léa", "confier veille à moi")


async def test_an_observer_is_given_nothing(story: Story) -> None:
    await lower(story, "Tom", Permission.OBSERVER)

    assert "Tom peut regarder, pas cocher" in await story.says("Léa", "confier veille à Tom")


async def test_a_contributor_gives_nothing_away(story: Story) -> None:
    await lower(story, "Tom", Permission.CONTRIBUTOR)

    assert "Tu ne peux pas confier" in await story.says("Tom", "confier calendrier à Léa")


async def test_the_record_says_on_whose_behalf(story: Story) -> None:
    await story.says("Léa", "confier calendrier à Karim")

    entry = (await story.record())[-1]

    assert (entry.act, entry.behalf, entry.after["holder"] != entry.before["holder"]) == (
        "assign",
        entry.before["holder"],
        True,
    )


async def test_undone_it_goes_back_and_the_private_message_says_so(story: Story) -> None:
    await story.until("09:01")
    await story.says("Léa", "confier veille à Karim")

    assert "Veille du jour revient à Léa" in await story.says("Léa", "annuler")
    assert story.private("Karim")[-1] == "Veille du jour : maintenant confié à Léa."


async def test_what_a_colleague_holds_is_taken_only_after_their_name_was_said(story: Story) -> None:
    assert "« Calendrier éditorial » est pour Tom" in await story.says("Léa", "prendre calendrier")

    assert "C’est à toi : Calendrier éditorial" in await story.clicks("Léa", story.last, "Je m’en charge")


async def test_taking_what_is_mine_changes_nothing(story: Story) -> None:
    assert "C’est déjà à toi" in await story.says("Léa", "je prends la veille")


async def test_take_alone_offers_what_others_hold(story: Story) -> None:
    assert "Calendrier éditorial (Tom)" in await story.says("Léa", "je m’en charge")


async def test_with_nothing_left_there_is_nothing_to_take(story: Story) -> None:
    for task in ("veille", "réponses", "réponses", "calendrier", "influenceur"):
        await story.says("Léa", f"fait {task}")

    assert "rien à prendre" in await story.says("Léa", "prendre")


async def test_naming_somebody_while_skipping_proposes_to_give(story: Story) -> None:
    assert "Confier « Veille du jour » à Karim, ou pas cette fois ?" in await story.says("Léa", "passer veille @Karim")

    assert "confié à Karim" in await story.clicks("Léa", story.last, "Confier")


async def test_a_button_of_a_card_closed_days_ago_says_since_when(story: Story) -> None:
    await story.says("Léa", "jour")
    old = story.last
    await story.says("Léa", "fait veille")
    await story.until("2026-11-25T10:00")

    for label in ("C’est fait", "Plus tard", "Confier", "Pas cette fois"):
        assert "Cette fiche est terminée depuis lundi : Veille du jour." in await story.clicks("Léa", old, label)


async def test_a_button_of_nothing_that_exists_is_answered(story: Story) -> None:
    assert "n’existe plus" in await story.does("Léa", Clicked("assign", "nothing=nobody"))
