"""Working hours: messages outside of them are deferred, never dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.civil import instant

if TYPE_CHECKING:
    from bot.catalogue.defaults import Defaults
    from bot.teams.calendar import WorkCalendar
    from bot.teams.team import Team


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The local hours [opens, closes), with the lunch [lunch_from, lunch_to); equal ends: no lunch."""

    opens: time = time(9)
    closes: time = time(18)
    lunch_from: time = time(12)
    lunch_to: time = time(14)

    def __post_init__(self) -> None:
        if self.opens >= self.closes or self.lunch_from > self.lunch_to:
            raise ValueError(f"hours end after they begin: {self}")
        if self.lunch_from <= self.opens and self.lunch_to >= self.closes:
            raise ValueError(f"lunch leaves no working time: {self}")

    def last(self, usual: time, minutes: int) -> time:
        """Return the usual time, at the latest `minutes` before the day ends (with lunch, if lunch ends the day)."""
        ends = self.lunch_from if self.lunch_from < self.closes <= self.lunch_to else self.closes
        closing = datetime.combine(date.min, ends)
        earlier = max(closing - timedelta(minutes=minutes), datetime.combine(date.min, self.opens)).time()
        return min(usual, earlier)

    def at_lunch(self, at: time) -> bool:
        """Return whether a time is within lunch."""
        return self.lunch_from <= at < self.lunch_to


def hours_of(team: Team, defaults: Defaults) -> WorkingHours:
    """Return a team's hours, with the default lunch."""
    lunch = defaults.moments.lunch
    return WorkingHours(team.opens, team.closes, lunch.start, lunch.end)


def by_closing(team: Team, defaults: Defaults, usual: time) -> time:
    """Return the time of the day's last messages (recap, Friday line), at the latest before closing."""
    return hours_of(team, defaults).last(usual, defaults.moments.before_closing)


def defer(nominal: datetime, hours: WorkingHours, calendar: WorkCalendar, *, urgent: bool = False) -> datetime:
    """Defer a naive local moment to the first one at which messages are allowed.

    Quiet hours and closed days defer to the next opening; lunch defers to its end, unless the message is urgent.
    """
    day, at = nominal.date(), nominal.time()
    if not calendar.is_working(day) or at >= hours.closes:
        day, at = calendar.next_working(day), hours.opens
    at = max(at, hours.opens)
    if hours.at_lunch(at) and not urgent:
        at = hours.lunch_to
    if at >= hours.closes:  # lunch ends the day there
        return defer(datetime.combine(day, at), hours, calendar, urgent=urgent)
    return datetime.combine(day, at)


def next_opening(team: Team, day: date) -> datetime:
    """Find the instant (UTC) at which the team's next working day after a local day opens."""
    return instant(datetime.combine(team.calendar.next_working(day), team.opens), team.tz)


def work_on(nominal: datetime, minutes: int, hours: WorkingHours, calendar: WorkCalendar) -> datetime:
    """Add minutes of working time to a naive local moment.

    For urgent work: lunch counts as working time, quiet hours and closed days do not.
    """
    at, remaining = defer(nominal, hours, calendar, urgent=True), timedelta(minutes=minutes)
    while at + remaining > (closing := datetime.combine(at.date(), hours.closes)):
        remaining -= closing - at
        at = defer(closing, hours, calendar, urgent=True)
    return at + remaining


def last_working_weekday(team: Team, usual: int) -> int:
    """Return the last weekday of a team's week: the usual one, else the last working one before it."""
    before = [day for day in team.working_days if day <= usual]
    return max(before or team.working_days)
