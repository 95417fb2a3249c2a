"""Schedule the rungs of the urgent ladder and the Friday line about who is on call."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.alerts.cards import alert, told
from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Rhythm, Weekly
from bot.engine.schedule import CatchUp
from bot.message import Message, Text, plain
from bot.registry import Parcel, nudge
from bot.tasks.ladder import ON_CALL, after_last, climbs, next_rung, told_by, working
from bot.tasks.urgent import owe_rung
from bot.teams.hours import by_closing, last_working_weekday

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.catalogue.defaults import Defaults
    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.tasks.checklist import Item
    from bot.teams.team import Team


def render_urgent(view: View, card: Card) -> Message | None:
    """In the channel the alert as it stands. In private what is still nobody's; nothing when that is settled by then,
    and how it stands once it is out.
    """
    items = [item for _, item in card.items]
    if card.posting.destination.channel is not None:
        return alert(view, items[0]) if items else None
    reader = view.roster.member(card.posting.destination.member)
    left = [item for item in items if climbs(item, view.now)]
    if reader is None or not (left or card.posting.ref):
        return None
    return told(view, reader, left or items)


@nudge("urgent", rank=3, render=render_urgent, on_request=True, urgent=True, catch_up=CatchUp.LATEST)
def urgent(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """One rung: the one person whose turn it is now. The next rung is left behind it, up to the ceiling."""
    _, item_id, step = occurrence.nudge.split(":")
    rung = int(step)
    item = next((one for one in view.items(view.team.today(view.now)) if one.id == item_id), None)
    if item is None or not climbs(item, view.now):
        return
    if item.later_at is not None and item.later_at > view.now:  # its holder asked to hear of it then
        owe_rung(view.tx, view.team, item, item.later_at, rung)
        return
    yield from _parcels(view, item, rung)
    _leave(view, item, rung)


def _parcels(view: View, item: Item, rung: int) -> Iterable[Parcel]:
    """An alert is first told to everybody, with a mention; without a channel, and from then on, to one person."""
    first = rung == 1 and item.task.alert and view.team.home and working(view.now, view.team, view.defaults)
    if first:
        yield Parcel(Destination(channel=view.team.home), item.id, (item.id,))
        return
    for member in told_by(item, rung, view.now, view.roster, view.defaults):
        yield Parcel(Destination(member=member.id), item.id, (item.id,))


def _leave(view: View, item: Item, rung: int) -> None:
    """The next rung, if there is one; a ladder climbed by who is on call goes on with the others at the opening."""
    at: datetime | None = None
    if told_by(item, rung + 1, view.now, view.roster, view.defaults):
        at = next_rung(item, view.now.replace(second=0, microsecond=0), view.roster, view.defaults)
    elif rung < view.defaults.ladder.reminders + view.defaults.ladder.escalations:
        at = after_last(view.now, view.team, view.defaults)
    if at is not None:
        owe_rung(view.tx, view.team, item, at, rung + 1)


A_WEEK = 7
"""Days after which a weekday's name means another day."""


def friday_rhythm(team: Team, defaults: Defaults) -> Rhythm:
    """On Friday afternoon; on the working day before when Friday is closed."""
    moment = defaults.moments.friday
    return Rhythm(
        Weekly((last_working_weekday(team, moment.weekday),)), (by_closing(team, defaults, moment.at),), Closed.BEFORE
    )


def render_friday(view: View, card: Card) -> Message:
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


@nudge("friday", rank=80, rhythm=friday_rhythm, render=render_friday)
def friday(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """In the channel, at the end of the week."""
    if view.team.home:
        yield Parcel(Destination(channel=view.team.home), occurrence.nominal.date().isoformat())
