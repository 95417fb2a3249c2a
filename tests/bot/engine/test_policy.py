"""What becomes of the moments of a stop, by the policy of their schedule."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from bot.catalogue.loader import load as load_catalogue
from bot.engine.planner import advance
from bot.engine.rhythm import Closed, Daily, Rhythm
from bot.engine.schedule import CatchUp
from bot.engine.scheduling import policy, schedule
from bot.engine.view import Place
from bot.registry import load
from bot.teams.team import Team

if TYPE_CHECKING:
    from pathlib import Path

TEAM = Team("team", "Atelier")
RHYTHM = Rhythm(Daily(), (time(9),), Closed.KEEP)
SINCE = datetime(2026, 11, 23, 6, tzinfo=UTC)
SAME_DAY = datetime(2026, 11, 25, 10, tzinfo=UTC)
NIGHT = datetime(2026, 11, 26, 2, tzinfo=UTC)
"""After three mornings, before the fourth."""


@pytest.mark.parametrize(
    ("catch_up", "now", "told"),
    [
        (CatchUp.SKIP, SAME_DAY, [25]),
        (CatchUp.SKIP, NIGHT, []),
        (CatchUp.LATEST, NIGHT, [25]),
        (CatchUp.ALL, NIGHT, [23, 24, 25]),
    ],
)
def test_the_policy_says_which_moments_are_still_spoken_of(catch_up: CatchUp, now: datetime, told: list[int]) -> None:
    due = schedule(TEAM, "veille", RHYTHM, SINCE, catch_up)
    (onward,), found = advance([due], {TEAM.id: Place(TEAM)}, now)

    assert [one.nominal.day for one in found] == [23, 24, 25]
    assert [one.nominal.day for one in found if one.state == "planned"] == told
    assert onward.nominal_next == datetime.combine(datetime(2026, 11, 26), time(9))  # noqa: DTZ001  # on the wall clock


def test_a_nudge_has_its_policy() -> None:
    catalogue = load_catalogue()

    assert policy("morning", load(), catalogue) is CatchUp.SKIP
    assert policy("influencer", load(), catalogue) is CatchUp.LATEST


OWN = """
tasks:
  inbox:
    title: {fr: Boîte commune, en: Shared inbox}
    short: {fr: la boîte commune, en: the shared inbox}
    text: {fr: "Vide la boîte.", en: "Empty the inbox."}
    cadence: daily
    role: community
    rhythm: {rule: working_days, at: ["09:00"], closed: skip}
    minutes: 10
    closing: drop
    catch_up: all
"""


def test_an_entry_of_the_catalogue_may_have_its_own(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")

    assert policy("inbox", load(), load_catalogue(tmp_path)) is CatchUp.ALL
