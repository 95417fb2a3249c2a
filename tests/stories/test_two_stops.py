"""A second stop over the moment for which something waited: it waits again, and what has grown old joins the digest."""

from __future__ import annotations

from tests.story import tell


async def _wait_over_friday_night(address: str) -> None:
    """Stop from Friday 20:00 to Sunday 10:00: what began on Saturday waits for Monday 9:00; then stop again."""
    async with tell(address, start="2026-11-26T08:00") as first:
        await first.until("2026-11-27T15:00")
        await first.says("Léa", "tâche ajouter Stand au salon samedi 28 novembre à 10h pour Karim")
        await first.until("2026-11-27T20:00")
    async with tell(address, start="2026-11-29T10:00") as second:
        await second.app.engine.settle()
        await second.until("2026-11-29T18:00")
        assert second.events == []


async def test_at_night_nothing_leaves(address: str) -> None:
    await _wait_over_friday_night(address)

    async with tell(address, start="2026-12-01T00:45") as story:
        events = await story.until("08:59")

    assert events == []


async def test_at_lunch_nothing_leaves(address: str) -> None:
    await _wait_over_friday_night(address)

    async with tell(address, start="2026-11-30T12:30") as story:
        events = await story.until("14:00")

    assert {f"{event.at:%H:%M}" for event in events if event.kind == "post"} == {"14:00"}


async def test_the_next_opening_has_one_card_that_tells_of_both_stops(address: str) -> None:
    await _wait_over_friday_night(address)

    async with tell(address, start="2026-12-01T00:45") as story:
        await story.until("09:00")

    [card] = story.channel
    stops, *rest = card.splitlines()
    assert stops.startswith(
        "Vigie a été arrêtée plusieurs fois entre vendredi 27 novembre 20 h et mardi 1er décembre 0 h 45."
    )
    assert "Mardi 1er décembre" in rest
    assert "Stand au salon (samedi 28 novembre)" in card


async def test_each_holder_is_told_once(address: str) -> None:
    await _wait_over_friday_night(address)

    async with tell(address, start="2026-12-01T00:45") as story:
        await story.until("18:00")

    assert len([text for text in story.private("Karim") if "C’est l’heure : Stand au salon" in text]) == 1


async def test_a_card_that_waited_over_its_day_joins_the_next_one(address: str) -> None:
    async with tell(address, start="2026-11-26T08:00") as first:
        await first.says("Léa", "réglages horaires 10h-18h")
        await first.until("2026-11-27T09:30")
    async with tell(address, start="2026-11-28T00:45") as story:
        await story.until("2026-11-30T11:00")

    [card] = story.channel[:1]
    assert "Lundi 30 novembre" in card.splitlines()
    assert card.count("Veille du jour · ") == 1
    assert len([event for event in story.events if event.place.startswith("#") and event.at.day == 28]) == 0
