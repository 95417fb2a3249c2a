"""Write ahead what a person hears at a moment: a reminder before a deadline, or an item put off until later.

Both are postings written ahead and drawn when they leave: by then done, given away or put off again, they are void.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.civil import instant, local
from bot.engine.posting import Delivery, Destination, NewPosting, Posting
from bot.ids import new_id
from bot.teams.hours import defer, hours_of
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from bot.catalogue.defaults import Defaults
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.teams.team import Team


URGENT = "urgent"
"""The kind of what counts for no cap."""


def remind_before_deadline(tx: Tx, team: Team, item: Item) -> None:
    """Owe the holder of an open item one private reminder a while before its deadline (the routine ladder, §3.11)."""
    defaults = tx.catalogue(team.id).defaults
    at = routine_moment(item, team, defaults)
    if at is not None and at > tx.now and item.holder is not None and item.is_open:
        _join_or_owe(tx, item, at, team, defaults)


def routine_moment(item: Item, team: Team, defaults: Defaults) -> datetime | None:
    """Find the moment a quarter of an hour before the deadline, never within lunch, never outside working time.

    None when that is no later than the start, or past the deadline: then the recap has it.
    """
    if item.deadline is None:
        return None
    before = timedelta(minutes=defaults.ladder.remind_before)
    nominal = local(item.deadline, team.tz) - before
    lunch = defaults.moments.lunch
    if lunch.start <= nominal.time() < lunch.end:
        nominal = datetime.combine(nominal.date(), lunch.start) - before
    at = instant(defer(nominal, hours_of(team, defaults), team.calendar), team.tz)
    return at if item.start < at < item.deadline else None


def remind_later(tx: Tx, item: Item, asker: str) -> None:
    """Owe the holder of a snoozed item the message asked for, at `item.later_at`; while nobody holds it, the asker."""
    if item.later_at is None:
        return
    held = item if item.holder else item._replace(holder=asker)
    mail = tx.postings.mail_to(item.team, Destination(member=held.holder), item.later_at, item.later_at)
    waiting = {message.posting.subject for message in mail if message.state == "ready"}
    if later_subject(item) not in waiting:  # asked for again, it is still one message
        _owe_message(tx, held, "later", later_subject(item), item.later_at)


def later_subject(item: Item) -> str:
    """Build the subject of a `later` posting: the item at the moment asked for last (an earlier one is void)."""
    return f"{item.id}@{item.later_at.isoformat() if item.later_at else ''}"


def _owe_message(tx: Tx, item: Item, kind: str, subject: str, at: datetime) -> None:
    posting = Posting(item.team, new_id(tx.now), Destination(member=item.holder), kind, subject, tx.now)
    tx.postings.add_many([NewPosting(posting, (item.id,))])
    tx.outbox.owe([Delivery(item.team, new_id(tx.now), posting.id, "post", at)])


def _join_or_owe(tx: Tx, item: Item, at: datetime, team: Team, defaults: Defaults) -> None:
    """Join a reminder to the person's message in the same window, at the earlier moment, or owe a new one.

    Beyond what one person is told in a day there is none: the recap, whose place is kept, lists what is open.
    """
    window = timedelta(minutes=defaults.limits.window_minutes)
    day = tx.postings.mail_to(item.team, Destination(member=item.holder), *day_bounds(team, team.today(at)))
    for message in day:
        if message.state == "ready" and message.posting.kind == "reminder" and abs(message.send_after - at) <= window:
            if tx.postings.extend(message.posting, message.posting.kind, [item.id], []):
                # sent meanwhile by another process
                tx.outbox.owe([Delivery(item.team, new_id(tx.now), message.posting.id, "edit", tx.now)])
            tx.outbox.bring_forward(item.team, message.posting.id, at)
            return
    capped = [message for message in day if URGENT not in message.posting.kind.split("+")]
    if len(capped) < defaults.limits.notifications_a_day - 1:
        _owe_message(tx, item, "reminder", item.id, at)


def tell_holder(tx: Tx, item: Item, giver: str, at: datetime) -> None:
    """Owe the new holder of an item one private message that says who gave it to them (`giver`: a member's id)."""
    if item.holder is not None:
        _owe_message(tx, item, "given", giver, at)
