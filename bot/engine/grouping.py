"""Quiet by default (PRODUCT §3.3): one message per destination and window, so many a day, nothing at lunch.

1. What nobody asked for at that very moment waits for working time and for the end of lunch.
2. It joins a message that waits for the same destination in the same window.
3. Beyond the day's cap, a channel's goes into the last card there, as an edit, which notifies nobody; a person's is
   left to the evening's recap, which lists everything that is open.
4. Else it is a message of its own, and earlier ones of its kind there are no longer kept current.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.change import edit
from bot.domain.civil import instant, local
from bot.domain.hours import WorkingHours, defer
from bot.domain.ids import new_id
from bot.domain.posting import Delivery, Posting
from bot.engine.drawing import joined
from bot.today import bounds

if TYPE_CHECKING:
    from datetime import datetime

    from bot.catalogue.defaults import Defaults
    from bot.domain.team import Team
    from bot.engine.planner import Bundle
    from bot.ports import Tx
    from bot.registry import Registry


def place(tx: Tx, registry: Registry, bundle: Bundle) -> None:
    """Give what is to be said its place: a message of its own, part of another one, or none."""
    team, defaults = bundle.roster.team, tx.catalogue(bundle.roster.team.id).defaults
    asked = any(nudge.asked for nudge in bundle.nudges)
    at = bundle.due_at if asked else deferred(bundle.due_at, team, defaults)
    window = timedelta(minutes=defaults.limits.window_minutes)
    waiting = tx.postings.waiting(team.id, bundle.destination, at - window, at + window)
    if waiting is not None and not _promised(registry, waiting, at):
        _join(tx, registry, waiting, bundle)
        tx.outbox.bring_forward(team.id, waiting.id, at)
    elif asked or not _full(tx, bundle, at, defaults):
        _post(tx, registry, bundle, at)
    elif bundle.destination.channel is not None:
        _append(tx, registry, bundle, at)


def deferred(due_at: datetime, team: Team, defaults: Defaults) -> datetime:
    """The first instant from `due_at` on at which people may be spoken to: working days and hours, not at lunch."""
    lunch = defaults.moments.lunch
    hours = WorkingHours(team.opens, team.closes, lunch.start, lunch.end)
    return instant(defer(local(due_at, team.tz), hours, team.calendar), team.tz)


def _promised(registry: Registry, waiting: Posting, at: datetime) -> bool:
    """Whether a waiting message was asked for at its own moment, which a neighbour must not move."""
    nudges = [registry.nudge(kind) for kind in waiting.kind.split("+")]
    return any(nudge is not None and nudge.asked for nudge in nudges) and waiting.created_at < at


def _full(tx: Tx, bundle: Bundle, at: datetime, defaults: Defaults) -> bool:
    limits = defaults.limits
    cap = limits.channel_messages_a_day if bundle.destination.channel else limits.notifications_a_day
    team = bundle.roster.team
    return tx.postings.count(team.id, bundle.destination, *bounds(team, team.today(at))) >= cap


def _join(tx: Tx, registry: Registry, posting: Posting, bundle: Bundle) -> None:
    kind = joined(registry, bundle.kinds | set(posting.kind.split("+")))
    tx.postings.extend(posting, kind, bundle.items, bundle.occurrences)


def _append(tx: Tx, registry: Registry, bundle: Bundle, at: datetime) -> None:
    """Into the last card of the day there; without one (it failed), a message of its own after all."""
    team = bundle.roster.team
    begins, _ = bounds(team, team.today(at))
    last = tx.postings.newest(team.id, bundle.destination, begins)
    if last is None:
        _post(tx, registry, bundle, at)
        return
    _join(tx, registry, last, bundle)
    tx.postings.touch_one(team.id, last.id)
    tx.outbox.owe([edit(team.id, last.id, tx)])


def _post(tx: Tx, registry: Registry, bundle: Bundle, at: datetime) -> None:
    posting = Posting(
        team=bundle.roster.team.id,
        id=new_id(tx.now),
        destination=bundle.destination,
        kind=joined(registry, bundle.kinds),
        subject=bundle.subject,
        created_at=tx.now,
    )
    tx.postings.add(posting, bundle.items, bundle.occurrences)
    tx.postings.close_older(posting)
    tx.outbox.owe([Delivery(posting.team, new_id(tx.now), posting.id, "post", at)])
