"""New rules of a zone move what was stored under the old ones, and say so in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.civil import instant
from bot.engine.tzdata_change import TZDATA, refresh
from bot.errors import ConfigurationError
from bot.zones import fingerprint_of, tzdata_version, zone
from tests.bot.test_zones import OLD_RULES, VANCOUVER, old_vancouver

if TYPE_CHECKING:
    from bot.engine.schedule import Schedule
    from bot.ports import Tx
    from tests.story import Story


def _as_in_2025(tx: Tx, team: str) -> list[Schedule]:
    """Store the team's schedules as a process with tzdata 2025.2 had computed them for Vancouver."""
    found = tx.teams.get(team)
    assert found is not None
    tx.teams.save(found._replace(zone=VANCOUVER))
    mark = fingerprint_of(OLD_RULES)
    for one in tx.schedules.all(team):
        assert one.nominal_next is not None
        at = instant(one.nominal_next, old_vancouver())
        tx.schedules.put(one._replace(zone=VANCOUVER, fingerprint=mark, next_fire_at=at))
    tx.facts.put(TZDATA, "2025.2")
    return list(tx.schedules.all(team))


async def test_stored_instants_are_derived_anew_and_audited(story: Story) -> None:
    team = story.place.team
    before = await story.app.store.write(lambda tx: _as_in_2025(tx, team))
    lines = len(await story.record())

    moved = await story.app.store.write(refresh)

    after = await story.app.store.read(lambda tx: list(tx.schedules.all(team)))
    expected = [instant(one.nominal_next, zone(VANCOUVER)) for one in after if one.nominal_next]
    assert [one.next_fire_at for one in after] == expected
    assert [one.nominal_next for one in after] == [one.nominal_next for one in before]
    changed = sum(old.next_fire_at != new.next_fire_at for old, new in zip(before, after, strict=True))
    assert moved == changed > 0
    assert [one.act for one in (await story.record())[lines:]] == ["rezone"] * moved


async def test_the_same_tzdata_is_looked_at_once(story: Story) -> None:
    await story.app.store.write(lambda tx: _as_in_2025(tx, story.place.team))

    assert await story.app.store.write(refresh) > 0
    assert await story.app.store.write(refresh) == 0
    assert await story.app.store.read(lambda tx: tx.facts.get(TZDATA)) == tzdata_version()


async def test_an_older_tzdata_than_the_database_has_seen_refuses_to_tick(story: Story) -> None:
    await story.app.store.write(lambda tx: tx.facts.put(TZDATA, "2099.1"))

    with pytest.raises(ConfigurationError, match=r"zones\.older"):
        await story.until("2026-11-23T09:00")

    assert story.channel == []
