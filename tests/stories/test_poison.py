"""Something stored, or something of ours, is broken for one nudge: it is skipped and reported, the others leave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from storage import schema as s

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.registry import Registry
    from storage.store import UnitOfWork
    from tests.story import Story

SKIPPED = "n’a pas pu être préparé"


def _spoil(story: Story, nudge: str, **values: object) -> None:
    """Write nonsense into a stored schedule."""
    with story.app.store.engines.write.begin() as connection:
        changed = connection.execute(sa.update(s.schedules).where(s.schedules.c.nudge == nudge).values(**values))
        assert changed.rowcount == 1


def _broken(registry: Registry, nudge: str, part: str) -> Registry:
    """A registry in which one part of a nudge raises."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError(part)

    nudges = {**registry.nudges, nudge: replace(registry.nudges[nudge], **{part: fail})}  # type: ignore[arg-type]
    return replace(registry, nudges=nudges)


def _told(story: Story) -> list[str]:
    return [text for text in story.private("Léa") if SKIPPED in text]


def _spoil_rhythm(story: Story) -> None:
    _spoil(story, "replies", rhythm="every blue moon")


def _break_plan(story: Story) -> None:
    story.app.engine._registry = _broken(story.app.registry, "replies", "plan")


def _write_nonsense(story: Story) -> None:
    """A plan whose own write is refused by the database: a StoreError, and not the database's fault."""

    def write(view: View, _occurrence: Occurrence) -> tuple[()]:
        cast("UnitOfWork", view.tx).connection.execute(sa.insert(s.notes).values(team_id="nobody", id="x", text="x"))
        return ()

    registry = story.app.registry
    nudges = {**registry.nudges, "replies": replace(registry.nudges["replies"], plan=write)}
    story.app.engine._registry = replace(registry, nudges=nudges)


BREAK: list[Callable[[Story], None]] = [_spoil_rhythm, _break_plan, _write_nonsense]


@pytest.mark.parametrize("spoil", BREAK)
async def test_a_broken_schedule_does_not_keep_the_others_from_leaving(
    story: Story, spoil: Callable[[Story], None]
) -> None:
    spoil(story)
    with capture_logs() as logs:
        await story.until("2026-11-23T18:00")
    assert "Veille du jour" in story.channel[0]
    assert [one for one in logs if one["event"] == "schedule skipped"]


@pytest.mark.parametrize("spoil", BREAK)
async def test_the_lead_is_told_that_something_was_skipped(story: Story, spoil: Callable[[Story], None]) -> None:
    spoil(story)
    await story.until("2026-11-23T18:00")
    assert _told(story)


async def test_what_cannot_be_read_is_parked_and_reported_once(story: Story) -> None:
    _spoil_rhythm(story)
    await story.until("2026-11-25T18:00")
    assert len(_told(story)) == 1


async def test_a_parked_schedule_is_written_anew_by_the_settings(story: Story) -> None:
    _spoil_rhythm(story)
    await story.until("2026-11-23T18:00")
    await story.says("Léa", "réglage fuseau Europe/Lisbon")
    found = await story.app.store.read(lambda tx: {one.nudge: one for one in tx.schedules.all(story.place.team)})
    assert found["replies"].next_fire_at is not None


async def test_a_moment_that_could_not_be_planned_is_on_record_and_the_next_one_comes(story: Story) -> None:
    _break_plan(story)
    await story.until("2026-11-23T18:00")
    story.app.engine._registry = story.app.registry
    before = len(story.private("Karim"))
    await story.until("2026-11-24T18:00")
    missed = await story.app.store.read(lambda tx: tx.schedules.history(story.place.team, "missed"))
    assert "replies" in {one.nudge for one in missed}
    assert len(story.private("Karim")) > before


async def test_a_card_that_cannot_be_drawn_does_not_keep_the_others_from_leaving(story: Story) -> None:
    story.app.engine._sender._registry = _broken(story.app.registry, "replies", "render")
    await story.until("2026-11-23T18:00")
    assert "Veille du jour" in story.channel[0]
    assert [text for text in story.private("Karim") if "réponses" in text] == []


async def test_a_card_that_could_not_be_drawn_is_sent_once_it_can_be(story: Story) -> None:
    story.app.engine._sender._registry = _broken(story.app.registry, "morning", "render")
    await story.until("09:01")
    assert story.channel == []
    story.app.engine._sender._registry = story.app.registry
    await story.until("09:10")
    assert "Veille du jour" in story.channel[0]
