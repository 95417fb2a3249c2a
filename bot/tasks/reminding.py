"""Enqueue private reminders: one before a deadline, one at the end of a snooze, one to a new holder.

They are postings written ahead and drawn when they leave: by then done, reassigned or snoozed again, they are void.
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
"""Kind of the postings that count for no cap."""


def remind_before_deadline(tx: Tx, team: Team, item: Item) -> None:
    """Enqueue one private reminder to the holder of an open item before its deadline (routine ladder, §3.11)."""
    defaults = tx.catalogue(team.id).defaults
    at = routine_moment(item, team, defaults)
    if at is not None and at > tx.now and item.holder is not None and item.is_open:
        _enqueue_reminder(tx, item, at, team, defaults)


def routine_moment(item: Item, team: Team, defaults: Defaults) -> datetime | None:
    """Return the instant of the reminder: a quarter of an hour before the deadline, in working time, never at lunch.

    None when that is no later than the start, or past the deadline: then the recap has it.
    """
    if item.deadline is None:
        return None
    lead_time = timedelta(minutes=defaults.ladder.remind_before)
    local_time = local(item.deadline, team.tz) - lead_time
    lunch = defaults.moments.lunch
    if lunch.start <= local_time.time() < lunch.end:
        local_time = datetime.combine(local_time.date(), lunch.start) - lead_time
    at = instant(defer(local_time, hours_of(team, defaults), team.calendar), team.tz)
    return at if item.start < at < item.deadline else None


def remind_later(tx: Tx, item: Item, asker: str) -> None:
    """Enqueue the message of a snoozed item at `item.later_at`, to its holder or, without one, to the asker."""
    if item.later_at is None:
        return
    held_item = item if item.holder else item._replace(holder=asker)
    postings = tx.postings.mail_to(item.team, Destination(member=held_item.holder), item.later_at, item.later_at)
    waiting_subjects = {posted.posting.subject for posted in postings if posted.state in ("ready", "tried")}
    if later_subject(item) not in waiting_subjects:  # a repeated snooze is still one message
        _enqueue_message(tx, held_item, "later", later_subject(item), item.later_at)


def later_subject(item: Item) -> str:
    """Return the subject of a `later` posting: the item at its last snooze (an earlier one is void)."""
    return f"{item.id}@{item.later_at.isoformat() if item.later_at else ''}"


def _enqueue_message(tx: Tx, item: Item, kind: str, subject: str, at: datetime) -> None:
    posting = Posting(item.team, new_id(tx.now), Destination(member=item.holder), kind, subject, tx.now)
    tx.postings.add_many([NewPosting(posting, (item.id,))])
    tx.outbox.owe([Delivery(item.team, new_id(tx.now), posting.id, "post", at)])


def _enqueue_reminder(tx: Tx, item: Item, at: datetime, team: Team, defaults: Defaults) -> None:
    """Add an item to its holder's reminder of the same window, at the earlier moment, or enqueue a new one.

    Beyond the day's cap enqueue none: the recap, whose place is kept, lists the open items.
    """
    window = timedelta(minutes=defaults.limits.window_minutes)
    day_mail = tx.postings.mail_to(item.team, Destination(member=item.holder), *day_bounds(team, team.today(at)))
    for mail in day_mail:
        is_joinable = mail.state == "ready" and mail.posting.kind == "reminder"
        if is_joinable and abs(mail.send_after - at) <= window and tx.outbox.hold(item.team, mail.posting.id, at):
            tx.postings.extend(mail.posting, mail.posting.kind, [item.id], [])
            return
    capped_mail = [mail for mail in day_mail if URGENT not in mail.posting.kind.split("+")]
    if len(capped_mail) < defaults.limits.notifications_a_day - 1:
        _enqueue_message(tx, item, "reminder", item.id, at)


def tell_holder(tx: Tx, item: Item, giver: str, at: datetime) -> None:
    """Enqueue a private message to the new holder of an item that names who assigned it (`giver`: a member's id)."""
    if item.holder is not None:
        _enqueue_message(tx, item, "given", giver, at)
