"""Schedule the rungs of the urgent ladder and the Friday line about who is on call."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.alerts.cards import alert, draw_private_alert
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
    """Draw the current alert in the channel, and unclaimed items in private; None in private when all are settled,
    unless the message is already posted.
    """
    items = [item for _, item in card.items]
    if card.posting.destination.channel is not None:
        return alert(view, items[0]) if items else None
    reader = view.roster.member(card.posting.destination.member)
    unclaimed = [item for item in items if climbs(item, view.now)]
    if reader is None or not (unclaimed or card.posting.ref):
        return None
    return draw_private_alert(view, reader, unclaimed or items)


@nudge("urgent", rank=3, render=render_urgent, on_request=True, urgent=True, catch_up=CatchUp.LATEST)
def urgent(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan one rung: notify the member whose turn it is, and schedule the next rung, up to the last."""
    _, item_id, step = occurrence.nudge.split(":")
    rung = int(step)
    item = next((candidate for candidate in view.items(view.team.today(view.now)) if candidate.id == item_id), None)
    if item is None or not climbs(item, view.now):
        return
    if item.later_at is not None and item.later_at > view.now:  # snoozed by its holder until then
        owe_rung(view.tx, view.team, item, item.later_at, rung)
        return
    yield from _plan_parcels(view, item, rung)
    _schedule_next_rung(view, item, rung)


def _plan_parcels(view: View, item: Item, rung: int) -> Iterable[Parcel]:
    """Plan the first rung of an alert in the channel, with a mention; other rungs, or without a channel, in private."""
    first = rung == 1 and item.task.alert and view.team.home and working(view.now, view.team, view.defaults)
    if first:
        yield Parcel(Destination(channel=view.team.home), item.id, (item.id,))
        return
    for member in told_by(item, rung, view.now, view.roster, view.defaults):
        yield Parcel(Destination(member=member.id), item.id, (item.id,))


def _schedule_next_rung(view: View, item: Item, rung: int) -> None:
    """Schedule the next rung, if any; after the people on call, the ladder goes on with the others at the opening."""
    at: datetime | None = None
    if told_by(item, rung + 1, view.now, view.roster, view.defaults):
        at = next_rung(item, view.now.replace(second=0, microsecond=0), view.roster, view.defaults)
    elif rung < view.defaults.ladder.reminders + view.defaults.ladder.escalations:
        at = after_last(view.now, view.team, view.defaults)
    if at is not None:
        owe_rung(view.tx, view.team, item, at, rung + 1)


DAYS_OF_A_WEEK = 7
"""Days from which a weekday's name is ambiguous."""


def friday_rhythm(team: Team, defaults: Defaults) -> Rhythm:
    """Return the rhythm of the Friday line: Friday afternoon, or the working day before when Friday is closed."""
    moment = defaults.moments.friday
    return Rhythm(
        Weekly((last_working_weekday(team, moment.weekday),)), (by_closing(team, defaults, moment.at),), Closed.BEFORE
    )


def render_friday(view: View, card: Card) -> Message:
    """Draw the line before the week-end: the members on call, or the time until which an alert waits."""
    roster, texts, team = view.roster, view.roster.texts, view.team
    held = [holding.member for holding in roster.holdings if holding.role == ON_CALL and holding.kind == "holder"]
    watching = [name for member_id in held if (name := roster.name(member_id))]  # an account may be closed by now
    day = date.fromisoformat(card.posting.subject)
    following = team.calendar.next_working(day)
    until = "friday.nobody" if (following - day).days < DAYS_OF_A_WEEK else "friday.nobody_date"
    line = (
        texts.line("friday.watch", who=texts.listing(watching))
        if watching
        else texts.line(until, day=following, at=team.opens)
    )
    return Message((Text(texts.line("friday.title"), "title"), Text(line)), plain(line))


@nudge("friday", rank=80, rhythm=friday_rhythm, render=render_friday)
def friday(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the Friday line in the channel."""
    if view.team.home:
        yield Parcel(Destination(channel=view.team.home), occurrence.nominal.date().isoformat())
