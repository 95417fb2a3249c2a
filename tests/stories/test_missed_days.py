"""What begins on a day that no process opened is opened late, told once with its date, and closed by its own policy."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.civil import local
from tests.story import PARIS, tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.ports import Tx
    from tests.story import Story

FRIDAY = (
    ("Léa", "tâche ajouter Stand au salon samedi 28 novembre à 10h pour Karim"),
    ("Léa", "tâche ajouter Photo du marché chaque dimanche à 9h pour la veille"),
    ("Léa", "tâche ajouter Inventaire le 29 du mois à 10h"),
    ("Karim", "rappel samedi 11h appeler l’imprimeur"),
)


@asynccontextmanager
async def _after_stop(address: str, until: str, *, lines: Sequence[tuple[str, str]] = FRIDAY) -> AsyncIterator[Story]:
    """Start the product again after a stop that began on Friday at 20:00."""
    async with tell(address, start="2026-11-26T08:00") as before:
        await before.until("2026-11-27T15:00")
        for name, line in lines:
            await before.says(name, line)
        await before.until("2026-11-27T20:00")
    async with tell(address, start=until) as after:
        await after.app.engine.settle()
        yield after


async def test_every_item_of_a_missed_day_is_open_with_its_own_start(address: str) -> None:
    async with _after_stop(address, "2026-11-30T08:30") as story:
        items = [item for item in await story.items() if item.is_open]

    starts = {item.task.title.fr: f"{local(item.start, PARIS):%Y-%m-%dT%H:%M}" for item in items}
    assert starts["Stand au salon"] == "2026-11-28T10:00"
    assert starts["Photo du marché"] == "2026-11-29T09:00"


async def test_the_card_begins_with_what_began_on_the_missed_days(address: str) -> None:
    async with _after_stop(address, "2026-11-30T08:30") as story:
        await story.until("09:00")

    [card] = story.channel
    first, begun, title = card.splitlines()[:3]
    assert first == "Vigie était arrêtée de vendredi 27 novembre 20 h à lundi 30 novembre 8 h 30."
    assert (
        begun == "Commencé entre-temps : Stand au salon (samedi 28 novembre) et Photo du marché (dimanche 29 novembre)."
    )
    assert title == "Lundi 30 novembre"


async def test_the_holder_of_a_missed_moment_is_told_of_it_once_with_its_date(address: str) -> None:
    async with _after_stop(address, "2026-11-30T08:30") as story:
        await story.until("2026-12-01T18:00")

    told = [text for text in story.private("Karim") if "C’est l’heure : Stand au salon" in text]
    [text] = told
    assert "Stand au salon (samedi 28 novembre 10 h) et Appeler l’imprimeur (samedi 28 novembre 11 h)" in text


async def test_what_drops_is_on_record_as_not_done_and_told_so(address: str) -> None:
    async with _after_stop(address, "2026-12-01T08:30", lines=()) as story:
        await story.until("09:00")
        dropped = [entry for entry in await story.record() if entry.act == "drop" and entry.at.day == 1]

    [card] = story.channel
    assert (
        "Pas fait entre-temps : Veille du jour (lundi 30 novembre), Calendrier éditorial (lundi 30 novembre) et "
        "Réponses aux messages (lundi 30 novembre)." in card
    )
    assert len(dropped) == 3 + 3  # the veille and two replies, of Friday and of Monday


async def test_two_processes_that_start_again_open_each_missed_day_once(address: str) -> None:
    async with _after_stop(address, "2026-11-30T08:30") as one, tell(address, start="2026-11-30T08:30") as two:
        await two.until("09:00")
        await one.until("09:00")
        items = [item for item in await one.items() if item.is_open]

    titles = [item.task.title.fr for item in items]
    assert titles.count("Stand au salon") == titles.count("Photo du marché") == 1


async def test_after_a_long_stop_a_one_off_is_still_there(address: str) -> None:
    async with _after_stop(address, "2027-02-15T08:30") as story:
        await story.until("09:00")
        items = [item for item in await story.items() if item.is_open]

    titles = [item.task.title.fr for item in items]
    assert "Stand au salon" in titles
    assert titles.count("Photo du marché") == 1
    assert len(story.channel) == 1


def _leave_channel(tx: Tx, team_id: str) -> None:
    team = tx.teams.get(team_id)
    assert team is not None
    tx.teams.save(team._replace(home=None))


async def test_without_a_channel_the_holders_are_told_of_the_missed_days(address: str) -> None:
    async with tell(address, start="2026-11-26T08:00") as before:
        await before.until("2026-11-27T15:00")
        await before.says(*FRIDAY[0])
        await before.app.store.write(lambda tx: _leave_channel(tx, before.place.team))
        await before.until("2026-11-27T20:00")
    async with tell(address, start="2026-11-30T08:30") as story:
        await story.until("09:00")

    [text] = story.private("Karim")
    assert "Stand au salon (samedi 28 novembre" in text
