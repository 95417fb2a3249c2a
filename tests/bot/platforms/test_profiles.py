"""What a platform says of a member: name, zone, language, and whether the account is still open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli import _demo_team as demo
from bot.platforms.profiles import Profile, follow_profile

if TYPE_CHECKING:
    import pytest

    from bot.teams.member import Member
    from tests.story import Story

KARIM = Profile("karim", "Karim", "Europe/Paris", "fr-FR")


async def _meet(story: Story, profile: Profile, before: Profile | None = None) -> bool:
    known = await follow_profile(story.app.store, "console", demo.WORKSPACE, profile, before)
    await story.app.engine.settle()
    return known


async def _member(story: Story, account: str = "karim") -> Member:
    team = story.place.team
    found = await story.app.store.read(lambda tx: tx.members.find(team, "console", account))
    assert found is not None
    return found


async def test_what_is_the_teams_own_is_not_kept_twice(story: Story) -> None:
    assert await _meet(story, KARIM)
    member = await _member(story)
    assert (member.zone, member.language, member.name) == (None, None, "Karim")


async def test_a_stranger_is_nobody(story: Story) -> None:
    assert not await _meet(story, replace(KARIM, account="nobody"))


async def test_name_zone_and_language_are_the_platforms(story: Story) -> None:
    await _meet(story, Profile("karim", "Karim B.", "America/Montreal", "en-GB"))
    member = await _member(story)
    assert (member.name, member.zone, member.language) == ("Karim B.", "America/Montreal", "en")
    assert "English" in await story.says("Karim", "lang")


async def test_a_zone_that_is_none_is_not_kept(story: Story) -> None:
    await _meet(story, replace(KARIM, zone="Mars/Olympus", name=" "))
    member = await _member(story)
    assert (member.zone, member.name) == (None, "Karim")


async def test_a_language_that_was_asked_for_stays(story: Story) -> None:
    await story.says("Karim", "langue fr")
    await _meet(story, replace(KARIM, locale="en-US"))
    assert (await _member(story)).language == "fr"
    await _meet(story, replace(KARIM, locale="de-DE"), replace(KARIM, locale="en-US"))
    assert (await _member(story)).language == "fr"


async def test_a_language_that_was_the_platforms_follows_it(story: Story) -> None:
    english = replace(KARIM, locale="en-US")
    await _meet(story, english)
    await _meet(story, KARIM, english)
    assert (await _member(story)).language is None


async def test_nothing_is_written_where_nothing_is_new(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await _meet(story, KARIM)

    async def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(type(story.app.store), "write", never)
    assert await follow_profile(story.app.store, "console", demo.WORKSPACE, KARIM)


async def test_a_closed_account_leaves_and_its_tasks_go_to_whoever_holds_the_role(story: Story) -> None:
    await story.until("09:00")
    assert "Réponses aux messages · Karim" in story.channel[-1]

    await _meet(story, replace(KARIM, closed=True))

    assert "Réponses aux messages · Léa" in story.channel[-1]
    assert "Karim n’est plus là" in story.private("Léa")[-1]
    assert not (await _member(story)).active


async def test_a_closed_account_is_told_once_and_may_come_back(story: Story) -> None:
    for _ in range(2):
        await _meet(story, replace(KARIM, closed=True))
    assert len([one for one in story.private("Léa") if "Karim n’est plus" in one]) == 1

    await _meet(story, KARIM)
    assert (await _member(story)).active


async def test_the_lead_stays_the_lead(story: Story) -> None:
    await _meet(story, Profile("lea", "Léa", "Europe/Paris", "fr-FR", closed=True))
    assert (await _member(story, "lea")).active


async def test_a_private_reminder_waits_for_its_readers_own_morning(story: Story) -> None:
    await _meet(story, replace(KARIM, zone="America/Montreal"))
    await story.until("14:59")
    assert story.private("Karim") == []
    await story.until("15:00")
    assert any("Réponses" in one or "réponses" in one for one in story.private("Karim"))


async def test_a_task_that_is_given_waits_for_its_new_holders_own_morning(story: Story) -> None:
    await story.until("10:00")
    await _meet(story, replace(KARIM, zone="America/Montreal"))
    await story.says("Léa", "confier veille à Karim")
    await story.until("14:59")
    assert not any("confie" in one for one in story.private("Karim"))
    await story.until("15:01")
    assert any("confie" in one for one in story.private("Karim"))


async def test_what_a_closed_account_was_given_by_name_goes_to_whoever_holds_the_role(story: Story) -> None:
    await story.says("Léa", "confier calendrier à Karim")

    await _meet(story, replace(KARIM, closed=True))

    assert "Calendrier éditorial · Tom" in await story.says("Léa", "jour équipe")


async def test_the_private_reminders_of_a_closed_account_end_with_it(story: Story) -> None:
    await story.says("Karim", "rappel demain 10h appeler le médecin")

    await _meet(story, replace(KARIM, closed=True))

    shown = await story.until("2026-11-25T18:00")
    assert not [one for one in shown if "médecin" in one.text.lower()]


async def test_the_friday_line_names_nobody_whose_account_is_closed(story: Story) -> None:
    await story.says("Léa", "rôle astreinte Karim et Tom")
    await _meet(story, replace(KARIM, closed=True))

    await story.until("2026-11-27T17:00")

    [line] = [one for one in story.channel if "Astreinte" in one]
    assert "Tom" in line
    assert " et Tom" not in line
