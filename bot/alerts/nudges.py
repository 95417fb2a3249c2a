"""Schedule the rungs of the urgent ladder and the Friday line about who is on call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.alerts import on_call
from bot.alerts.cards import alert, draw_private_alert
from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Rhythm, Weekly
from bot.engine.schedule import CatchUp
from bot.message import Button, Message, Text, plain
from bot.registry import Parcel, command_line, nudge
from bot.tasks.ladder import ON_CALL, after_last, climbs, next_rung, told_by, working
from bot.tasks.urgent import owe_rung
from bot.teams.hours import by_closing, last_working_weekday

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

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
WEEKEND = frozenset({6, 7})
"""ISO weekdays."""


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
    day = team.today(card.posting.created_at)
    following = team.calendar.next_working(day)
    key = f"friday.{'watch' if watching else 'nobody'}{_name_span(day, following)}"
    line = texts.line(key, who=texts.listing(watching) if watching else "", day=following, at=team.opens)
    role = view.catalogue.roles[ON_CALL].title.of(texts.language)
    buttons = () if watching else (
        Button(texts.text("button.watch"), "watch", day.isoformat()),
        Button(texts.text("button.name_somebody"), "say", command_line(texts.language, "role", role)),
    )  # fmt: skip
    return Message((Text(line), *buttons), plain(line))


def _name_span(day: date, following: date) -> str:
    """Name the closed days between two working days: a week-end (no suffix), up to a weekday, or up to a date."""
    closed_days = [day + timedelta(days=gap) for gap in range(1, (following - day).days)]
    if closed_days and all(closed.isoweekday() in WEEKEND for closed in closed_days):
        return ""
    return "_until" if (following - day).days < DAYS_OF_A_WEEK else "_date"


@nudge("friday", rank=80, rhythm=friday_rhythm, render=render_friday, reactions={"mine": ("watch", "unwatch")})
def friday(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan the Friday line in the channel."""
    if view.team.home:
        yield Parcel(Destination(channel=view.team.home), occurrence.nominal.date().isoformat())


@nudge("watch", rank=2, catch_up=CatchUp.LATEST)
def watch(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Relieve the volunteer of a week-end at the opening after it, in silence."""
    on_call.relieve(view.tx, view.roster, occurrence.nudge.partition(":")[2])
    return ()
