"""Working hours: when a team may be spoken to. What falls outside is deferred, never dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.catalogue.defaults import Defaults
    from bot.teams.calendar import WorkCalendar
    from bot.teams.team import Team


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Local opening times, [opens, closes), and the lunch within, [lunch_from, lunch_to); equal ends: no lunch."""

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
        """The usual time, or so many minutes before people leave if they are gone by then; a lunch that ends the day is
        no working time.
        """
        ends = self.lunch_from if self.lunch_from < self.closes <= self.lunch_to else self.closes
        there = datetime.combine(date.min, ends)
        earlier = max(there - timedelta(minutes=minutes), datetime.combine(date.min, self.opens)).time()
        return min(usual, earlier)

    def at_lunch(self, at: time) -> bool:
        """True from the start of lunch on, until its end."""
        return self.lunch_from <= at < self.lunch_to


def hours_of(team: Team, defaults: Defaults) -> WorkingHours:
    """A team's hours, around everybody's lunch."""
    lunch = defaults.moments.lunch
    return WorkingHours(team.opens, team.closes, lunch.start, lunch.end)


def by_closing(team: Team, defaults: Defaults, usual: time) -> time:
    """When the day's last words come (the recap, the Friday line): later, nobody would read them that day."""
    return hours_of(team, defaults).last(usual, defaults.moments.before_closing)


def defer(nominal: datetime, hours: WorkingHours, calendar: WorkCalendar, *, urgent: bool = False) -> datetime:
    """The first moment from `nominal` on (both naive local) at which people may be spoken to.

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


def work_on(nominal: datetime, minutes: int, hours: WorkingHours, calendar: WorkCalendar) -> datetime:
    """The moment (naive local) at which so many minutes of working time have passed since `nominal`.

    For what is urgent: lunch counts as working time, quiet hours and closed days do not.
    """
    at, left = defer(nominal, hours, calendar, urgent=True), timedelta(minutes=minutes)
    while at + left > (closing := datetime.combine(at.date(), hours.closes)):
        left -= closing - at
        at = defer(closing, hours, calendar, urgent=True)
    return at + left


def last_working_weekday(team: Team, usual: int) -> int:
    """The weekday on which a team ends its week: the usual one, else the last one before it that it works."""
    before = [day for day in team.working_days if day <= usual]
    return max(before or team.working_days)
