"""Every moment that follows from the settings is derived anew when they change."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.civil import local
from bot.engine.scheduling import LADDER
from bot.tasks.ladder import first_rung
from bot.tasks.opening import deadline_instant
from bot.tasks.reminding import routine_moment
from bot.teams.roster import roster
from tests.story import PARIS, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from bot.engine.posting import Delivery
    from bot.ports import Tx
    from tests.story import Story

LINES = (
    "réglages fermeture 24 novembre", "réglages fermeture retirer 24 novembre", "réglages fermeture 27 novembre",
    "réglages fermeture du 25 novembre au 2 décembre", "réglages fermeture retirer du 25 novembre au 2 décembre",
    "réglages jours lundi-jeudi", "réglages jours lundi-vendredi", "réglages jours mardi, samedi",
    "réglages horaires 8h-17h", "réglages horaires 10h-19h", "réglages horaires 9h-18h",
    "réglages fuseau Montréal", "réglages fuseau Paris", "réglages fuseau Europe/Athens",
    "réglages pays Belgique", "réglages pays États-Unis", "réglages pays France",
)  # fmt: skip

ALWAYS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def _compare(tx: Tx, team_id: str) -> tuple[list[object], list[object]]:
    """Return the stored moments of a team's open items, and those that its settings give."""
    team = tx.teams.get(team_id)
    assert team is not None
    people, defaults = roster(tx, team), tx.catalogue(team_id).defaults
    templates = {task.key: template for template in tx.templates.all(team_id) for task in template.tasks}
    cards = {
        item.id: delivery.send_after
        for delivery in tx.outbox.ahead(team_id, tx.now)
        for card in tx.postings.cards([(team_id, delivery.posting)])
        if card.posting.kind == "reminder"
        for _, item in card.items
    }
    rungs = {schedule.nudge: schedule.next_fire_at for schedule in tx.schedules.all(team_id)}
    stored: list[object] = []
    derived: list[object] = []
    for item in tx.items.started_within(team_id, *ALWAYS):
        template = templates.get(item.task.key)
        if not item.is_open or template is None:
            continue
        nominal = team.local(item.start)
        stored.append((item.task.key, nominal, item.deadline))
        derived.append((item.task.key, nominal, deadline_instant(template, team, nominal)))
        at = routine_moment(item, team, defaults)
        if at is not None and at > tx.now and item.holder:
            stored.append((item.task.key, cards.get(item.id)))
            derived.append((item.task.key, at))
        if item.task.urgent_when_late:
            stored.append((item.task.key, rungs.get(f"{LADDER}{item.id}:1")))
            derived.append((item.task.key, first_rung(item, tx.now, people, defaults)))
    return stored, derived


@settings(max_examples=12, deadline=None)
@given(changes=st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 400)), min_size=1, max_size=5))
def test_settings_changed_at_random_give_what_a_fresh_derivation_gives(
    changes: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def run() -> None:
        path = tmp_path_factory.mktemp("settings") / "vigie.db"
        async with tell(f"sqlite:///{path}", start="2026-11-23T08:00") as story:
            await story.until("2026-11-23T10:10")
            for line, minutes in changes:
                await story.says("Léa", line)
                stored, derived = await story.app.store.read(lambda tx: _compare(tx, story.place.team))
                assert stored == derived, line
                await story.forward(minutes=minutes)

    asyncio.run(run())


async def _moments(story: Story, kind: str) -> list[str]:
    """Return when the team's waiting posts of a kind leave, on the clock of Paris."""
    deliveries = await story.app.store.read(lambda tx: _list_waiting(tx, story.place.team, kind))
    return [f"{local(delivery.send_after, PARIS):%a %H:%M}" for delivery in deliveries]


def _list_waiting(tx: Tx, team: str, kind: str) -> Sequence[Delivery]:
    return [
        delivery
        for delivery in tx.outbox.ahead(team, tx.now)
        for card in tx.postings.cards([(team, delivery.posting)])
        if kind in card.posting.kind.split("+")
    ]


async def test_a_closure_moves_the_deadline_of_what_is_open(story: Story) -> None:
    await story.until("10:10")

    await story.says("Léa", "réglages fermeture 27 novembre")

    [contact] = [item for item in await story.items() if item.task.key == "influencer"]
    assert contact.deadline is not None
    assert f"{local(contact.deadline, PARIS):%a %H:%M}" == "Thu 17:00"


async def test_a_closure_moves_the_waiting_reminder_with_its_deadline(story: Story) -> None:
    await story.until("10:10")

    await story.says("Léa", "réglages fermeture 27 novembre")

    assert await _moments(story, "reminder") == ["Mon 11:45", "Mon 16:45", "Thu 16:45"]


async def test_a_first_rung_moves_with_the_hours(story: Story) -> None:
    await story.until("18:30")
    await story.says("Léa", "alerte https://www.facebook.com/posts/1")

    await story.says("Léa", "réglages horaires 9h-20h")

    assert any("Facebook" in text for text in story.channel)


async def test_a_later_rung_moves_to_the_new_opening(story: Story) -> None:
    await story.until("17:50")
    await story.says("Léa", "alerte https://www.facebook.com/posts/1")
    await story.until("17:55")

    await story.says("Léa", "réglages horaires 10h-18h")
    events = await story.until("2026-11-24T10:30")

    urgent = [event for event in events if event.place == "@karim" and event.text.startswith("Urgent")]
    assert [f"{event.at:%a %H:%M}" for event in urgent] == ["Tue 10:10"]


async def test_a_zone_whose_day_has_begun_opens_it_at_once(story: Story) -> None:
    await story.until("20:00")

    await story.says("Léa", "réglages fuseau Pacific/Auckland")

    team = await story.app.store.read(lambda tx: tx.teams.get(story.place.team))
    assert team is not None
    [veille] = [item for item in await story.items() if item.task.key == "veille" and item.is_open]
    assert f"{team.local(veille.start):%a %H:%M}" == "Tue 09:00"
