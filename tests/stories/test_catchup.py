"""After a stop, people get one message that says so: nothing is lost, nothing is replayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.story import tell

if TYPE_CHECKING:
    from tests.story import Story


async def _stopped(current_address: str, since: str, until: str) -> Story:
    """A story in which the product was alive at `since`, then stopped, and starts again at `until`."""
    async with tell(current_address, start="2026-11-26T08:00") as before:
        await before.until(since)
        await before.app.store.write(lambda tx: tx.facts.put("alive", tx.now.isoformat()))
    async with tell(current_address, start=until) as after:
        await after.app.engine.settle()
        return after


async def test_a_morning_stop_is_one_message_in_the_channel(current_address: str) -> None:
    after = await _stopped(current_address, "2026-11-27T07:50", "2026-11-27T11:05")

    assert len(after.channel) == 1
    first, *rest = after.channel[0].splitlines()
    assert first.startswith("Vigie était arrêtée de 7 h 50 à 11 h 05.")
    assert first.endswith("Voici la fiche de 9 h.")
    assert rest[0] == "Vendredi 27 novembre"


async def test_from_friday_to_tuesday_only_what_still_matters_is_said(current_address: str) -> None:
    after = await _stopped(current_address, "2026-11-27T10:00", "2026-12-01T11:05")

    assert len(after.channel) == 1
    text = after.channel[0]
    assert text.startswith("Vigie était arrêtée de vendredi 27 novembre 10 h à mardi 1er décembre 11 h 05.")
    assert "Contact influenceur · Inès · pour vendredi" in text
    assert "d’astreinte" not in text
    assert after.private("Karim") == []


async def test_what_was_missed_is_on_record_as_missed(current_address: str) -> None:
    await _stopped(current_address, "2026-11-27T10:00", "2026-12-01T11:05")

    async with tell(current_address, start="2026-12-01T11:06") as story:
        missed = await story.app.store.read(
            lambda tx: [one.nudge for one in tx.schedules.history(story.place.team, "missed")]
        )

    assert missed.count("morning") == 1
    assert missed.count("friday") == 1


async def test_without_a_stop_nothing_is_said_of_one(story: Story) -> None:
    await story.until("2026-12-04T18:00")

    assert not [text for text in story.channel if "arrêtée" in text]


async def test_what_one_person_should_have_heard_of_is_one_message(current_address: str) -> None:
    async with tell(current_address, start="2026-11-26T08:00") as before:
        await before.until("2026-11-27T09:05")
        await before.says("Tom", "décaler calendrier à 10h")
        await before.says("Tom", "rappel 10h30 appeler l’imprimeur")
        await before.says("Tom", "rappel 10h35 relire l’affiche")
        await before.app.store.write(lambda tx: tx.facts.put("alive", tx.now.isoformat()))
    async with tell(current_address, start="2026-11-27T11:05") as after:
        await after.app.engine.settle()

        [text] = after.private("Tom")

    assert text.startswith("Vigie était arrêtée de 9 h 05 à 11 h 05. 3 rappels")
    assert "Calendrier éditorial (10 h), Appeler l’imprimeur (10 h 30) et Relire l’affiche (10 h 35)" in text


async def test_a_reminder_before_a_deadline_that_is_over_is_left_to_the_recap(current_address: str) -> None:
    after = await _stopped(current_address, "2026-11-27T09:05", "2026-11-27T12:30")

    assert after.private("Léa") == []


async def test_what_is_late_still_waits_for_the_end_of_lunch(current_address: str) -> None:
    async with tell(current_address, start="2026-11-26T08:00") as before:
        await before.until("2026-11-27T09:05")
        await before.says("Tom", "décaler calendrier à 10h")
        await before.app.store.write(lambda tx: tx.facts.put("alive", tx.now.isoformat()))
    async with tell(current_address, start="2026-11-27T12:30") as after:
        shown = await after.until("14:05")

    assert [f"{one.at:%H:%M}" for one in shown if one.place == "@tom"] == ["14:00"]
