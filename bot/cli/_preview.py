"""Preview: the real engine over a copy in memory, with a clock that is moved and a platform that only remembers.

1. Find the teams; with none, the built-in one is made.
2. Copy each one's lasting rows into a database in memory, and rewind its schedules.
3. Play the days before the span too, so that what is still open from then is spoken of; nobody ticks anything.
4. Move the clock from one due instant to the next, to the end of the span.
5. Read which message told which occurrence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from adapters.recorder import Recorder
from bot.catalogue.loader import load
from bot.civil import instant
from bot.cli import _demo_team as demo
from bot.cli._compose import Choices, compose
from bot.cli._preview_lines import Foretold, Posted, foretold
from bot.clock import VirtualClock
from bot.config import load as load_settings
from bot.engine.rhythm import next_nominal
from bot.engine.scheduling import ONE_OFF
from bot.errors import ConfigurationError, StoreError
from bot.zones import use_packaged_tzdata, zone
from storage.copy_team import copy_team
from storage.migrate import head
from storage.read_only import open_read_only, revision, unit_of_work_over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from bot.cli._compose import App
    from bot.ports import Tx

LONGEST = 400
"""Days of the longest preview."""
BEFORE = timedelta(days=8)
"""Days that are played before the span, at least; from the beginning of their month, so that its rituals are open."""
STEP = timedelta(seconds=1)
"""How far the clock moves on when what is due cannot be done."""
ONCE = "proposal"
"""The nudge that a team gets once in its life."""


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last, both included, on the team's own calendar."""

    first: date
    last: date

    @property
    def played_from(self) -> date:
        """Return the first day that is played."""
        return (self.first - BEFORE).replace(day=1)

    @property
    def beyond(self) -> date:
        """Return the first day after it."""
        return self.last + timedelta(days=1)


def span_of(first: str, last: str) -> Span:
    """Read two ISO dates. Raises ConfigurationError when they are none, or in the wrong order, or too far apart."""
    span = Span(_date("--from", first), _date("--to", last))
    if span.last < span.first:
        raise ConfigurationError("preview.backwards")
    if (span.last - span.first).days >= LONGEST:
        raise ConfigurationError("preview.too_long", most=LONGEST)
    return span


def _date(option: str, typed: str) -> date:
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise ConfigurationError("preview.bad_date", option=option, typed=typed[:40]) from error
    if not date(1980, 1, 1) <= day <= date(2099, 12, 31):
        raise ConfigurationError("preview.bad_date", option=option, typed=typed[:40])
    return day


@dataclass(frozen=True, slots=True)
class Cast:
    """A team whose days are played: its platform, and how its rows are filled in (returns the team's id)."""

    platform: str
    zone: ZoneInfo
    fill: Callable[[App], str]
    name: str | None = None
    had: frozenset[str] = frozenset()
    """Nudges that come once in a team's life and have come."""


async def foretell(span: Span, team_id: str | None) -> list[Foretold]:
    """Preview one team, or every team; the built-in one where there is none."""
    settings = load_settings()
    use_packaged_tzdata()
    with open_read_only(settings.database_url.get_secret_value()) as source:
        ids = _list_teams(source) if source is not None else []
        if team_id is not None and team_id not in ids:
            raise ConfigurationError("preview.no_team", team=team_id[:40], known=ids or ["—"])
        if source is None or not ids:
            return [await play(span, _make_built_in(), settings.catalogue_dir)]
        casts = [_copy_stored(source, team) for team in ids if team_id in (None, team)]
        return [await play(span, cast, settings.catalogue_dir) for cast in casts]


def _list_teams(source: Connection) -> Sequence[str]:
    current = revision(source)
    if current is None:
        return []
    if current != head():
        raise StoreError("preview.not_migrated")
    return unit_of_work_over(source).teams.ids()


def _make_built_in() -> Cast:
    def fill(app: App) -> str:
        def seed(tx: Tx) -> str:
            return demo.seed(tx, app.registry, load(), "fr", "console").team

        return app.store.run_now(app.store.engines.write, seed)

    return Cast("console", zone("Europe/Paris"), fill)


def _copy_stored(source: Connection, team: str) -> Cast:
    tx = unit_of_work_over(source)
    stored, place = tx.teams.get(team), tx.teams.installation(team)
    assert stored is not None, "its id has just been read"
    had = tx.postings.ever(team, ONCE)

    def fill(app: App) -> str:
        copy_team(source, app.store.engines.write, team)
        return team

    return Cast(place.platform if place else "console", stored.tz, fill, team, frozenset({ONCE} if had else ()))


async def play(span: Span, cast: Cast, folder: Path | None) -> Foretold:
    """Live through the span, and return the lines that were sent in it."""
    clock = VirtualClock(instant(datetime.combine(span.played_from, time.min), cast.zone))
    recorder = Recorder(cast.platform, clock)
    app = compose("sqlite://", clock, [recorder], Choices(folder))
    try:
        team = cast.fill(app)
        await app.store.write(lambda tx: _rewind_schedules(tx, team, span, cast.had))
        await _run_engine(app, clock, instant(datetime.combine(span.beyond, time.min), cast.zone))
        posted = Posted(instant(datetime.combine(span.first, time.min), cast.zone), recorder.posted, app.registry)
        return await app.store.read(lambda tx: foretold(tx, team, posted, cast.name))
    finally:
        await app.store.close()


def _rewind_schedules(tx: Tx, team_id: str, span: Span, had: frozenset[str]) -> None:
    """Rewind each schedule to the first day played; what comes once in a team's life, to the first of the span."""
    team = tx.teams.get(team_id)
    assert team is not None
    for schedule in tx.schedules.all(team_id):
        if schedule.nudge.startswith(ONE_OFF):  # of an item, which is not copied, or over by then
            tx.schedules.remove(team_id, schedule.nudge)
            continue
        day = span.first if schedule.nudge == ONCE else span.played_from
        nominal = next_nominal(schedule.rhythm, team.calendar, datetime.combine(day, time.min) - timedelta(minutes=1))
        fires = instant(nominal, team.tz) if nominal else None
        tx.schedules.put(schedule._replace(nominal_next=nominal, next_fire_at=fires))
    for nudge in had:
        tx.schedules.remove(team_id, nudge)


async def _run_engine(app: App, clock: VirtualClock, end: datetime) -> None:
    while True:
        await app.engine.settle()
        due = await app.engine.next_at()
        if due is None or due >= end:
            return
        clock.move_to(max(due, clock.now() + STEP))
