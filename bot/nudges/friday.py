from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain.hours import by_closing
from bot.domain.ladder import ON_CALL
from bot.domain.posting import Destination
from bot.domain.rhythm import Closed, Rhythm, Weekly
from bot.message import Message, Text, plain
from bot.registry import Parcel, nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.catalogue.defaults import Defaults
    from bot.domain.posting import Card
    from bot.domain.schedule import Occurrence
    from bot.domain.team import Team
    from bot.engine.view import View

A_WEEK = 7
"""Days after which a weekday's name means another day."""


def rhythm(team: Team, defaults: Defaults) -> Rhythm:
    """On Friday afternoon; on the working day before when Friday is closed."""
    moment = defaults.moments.friday
    return Rhythm(Weekly((last_day(team, moment.weekday),)), (by_closing(team, defaults, moment.at),), Closed.BEFORE)


def last_day(team: Team, usual: int) -> int:
    """The weekday on which a team ends its week: the usual one, else the last one before it that it works."""
    before = [day for day in team.working_days if day <= usual]
    return max(before or team.working_days)


def render(view: View, card: Card) -> Message:
    """One line before the week-end: who watches, or until when an alert will wait."""
    roster, texts, team = view.roster, view.roster.texts, view.team
    held = [one.member for one in roster.holdings if one.role == ON_CALL and one.kind == "holder"]
    watching = [name for one in held if (name := roster.name(one))]  # an account may be closed by now
    day = date.fromisoformat(card.posting.subject)
    following = team.calendar.next_working(day)
    until = "friday.nobody" if (following - day).days < A_WEEK else "friday.nobody_date"
    line = (
        texts.line("friday.watch", who=texts.listing(watching))
        if watching
        else texts.line(until, day=following, at=team.opens)
    )
    return Message((Text(texts.line("friday.title"), "title"), Text(line)), plain(line))


@nudge("friday", rank=80, rhythm=rhythm, render=render)
def friday(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """In the channel, at the end of the week."""
    if view.team.home:
        yield Parcel(Destination(channel=view.team.home), occurrence.nominal.date().isoformat())
