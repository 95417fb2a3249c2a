"""Quiet by default (PRODUCT §3.3): one message per destination and window, so many a day, nothing at lunch.

1. What nobody asked for at that very moment waits for working time and for the end of lunch.
2. It joins a message that waits for the same destination in the same window.
3. Beyond the day's cap, a channel's goes into the last card there, as an edit, which notifies nobody; a person's is
   left to the evening's recap, which lists everything that is open.
4. Else it is a message of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bot.change import edit
from bot.domain.civil import instant, local
from bot.domain.hours import WorkingHours, defer
from bot.domain.ids import new_id
from bot.domain.posting import Delivery, Destination, NewPosting, Posting
from bot.engine.drawing import joined
from bot.today import bounds
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.catalogue.defaults import Defaults
    from bot.domain.calendar import WorkCalendar
    from bot.domain.schedule import Occurrence
    from bot.domain.team import Team
    from bot.engine.planner import Lease
    from bot.engine.view import View, Views
    from bot.ports import Tx
    from bot.registry import Nudge, Parcel, Registry


@dataclass(slots=True)
class _Slot:
    """A message of a destination's day: stored already (`state` of its post), or made in this batch ("new")."""

    posting: Posting
    at: datetime
    state: str
    kinds: set[str]
    items: list[str] = field(default_factory=list)
    occurrences: list[str] = field(default_factory=list)
    grown: bool = False
    urgent: bool = False


class Mailbox:
    """Gives what a batch wants said its place, in memory, and stores all of it at the end."""

    def __init__(self, views: Views, registry: Registry) -> None:
        self._views = views
        self._registry = registry

    @cached_property
    def _slots(self) -> dict[tuple[str, Destination], list[_Slot]]:
        """What the teams of the batch have had today, or have waiting."""
        found: dict[tuple[str, Destination], list[_Slot]] = {}
        since = {key: bounds(team, team.today(self._tx.now))[0] for key, team in self._views.teams.items()}
        for one in self._tx.postings.mail(since):
            slot = _Slot(one.posting, one.send_after, one.state, set(one.posting.kind.split("+")))
            slot.urgent = self._urgent(slot.kinds)
            found.setdefault((one.posting.team, one.posting.destination), []).append(slot)
        return found

    @property
    def _tx(self) -> Tx:
        return self._views.tx

    def put(self, view: View, nudge: Nudge, parcel: Parcel, one: Occurrence, *, late: bool = False) -> None:
        """Place one parcel of one occurrence; `late`: after a stop, which the message then says."""
        slots = self._slots.setdefault((view.team.id, parcel.destination), [])
        due = max(one.due_at, self._tx.now)
        at = due if nudge.asked else deferred(due, view.team, view.defaults, _reader(view, parcel.destination))
        usual = [slot for slot in slots if not slot.urgent]  # what is urgent stands alone, and counts for no cap
        slot = None if nudge.urgent else self._joinable(usual, at, view.defaults)
        if slot is None and not nudge.asked and _full(usual, parcel.destination, at, view):
            slot = _last_out(usual) if parcel.destination.channel else None
            if slot is None and parcel.destination.member:
                return  # the recap lists everything that is open
        if slot is None:
            slot = self._new(view.team, parcel, at)
            slot.urgent = nudge.urgent
            slots.append(slot)
        slot.at = min(slot.at, at) if slot.state in ("new", "ready") else slot.at
        slot.grown = True
        slot.kinds |= {nudge.id, "catchup"} if late else {nudge.id}
        slot.items += [item for item in parcel.items if item not in slot.items]
        slot.occurrences.append(one.id)

    def _joinable(self, slots: Sequence[_Slot], at: datetime, defaults: Defaults) -> _Slot | None:
        window = timedelta(minutes=defaults.limits.window_minutes)
        for slot in slots:
            if slot.state in ("new", "ready") and abs(slot.at - at) < window and not self._promised(slot, at):
                return slot
        return None

    def _urgent(self, kinds: set[str]) -> bool:
        return any((nudge := self._registry.nudge(kind)) is not None and nudge.urgent for kind in kinds)

    def _promised(self, slot: _Slot, at: datetime) -> bool:
        """Whether a waiting message was asked for at its own moment, which a neighbour must not move."""
        nudges = [self._registry.nudge(kind) for kind in slot.kinds]
        return slot.at > at and any(nudge is not None and nudge.asked for nudge in nudges)

    def _new(self, team: Team, parcel: Parcel, at: datetime) -> _Slot:
        now = self._tx.now
        posting = Posting(team.id, new_id(now), parcel.destination, "", parcel.subject, now)
        return _Slot(posting, at, "new", set())

    def store(self, lease: Lease) -> list[Delivery]:
        """Write everything; returns the posts that are due now and born leased."""
        made = [slot for slots in self._slots.values() for slot in slots if slot.grown]
        fresh = [slot for slot in made if slot.state == "new"]
        self._tx.postings.add_many(
            [NewPosting(self._named(slot), tuple(slot.items), tuple(slot.occurrences)) for slot in fresh]
        )
        owed = [Delivery(one.posting.team, new_id(self._tx.now), one.posting.id, "post", one.at) for one in fresh]
        now = self._tx.now
        leased = [replace(one, attempt=1, first_attempt_at=now) for one in owed if one.send_after <= now][: lease.limit]
        born = {one.id for one in leased}
        self._tx.outbox.owe_leased(lease.owner, lease.seconds, leased)
        self._tx.outbox.owe([one for one in owed if one.id not in born])
        for slot in made:
            if slot.state != "new":
                self._grow(slot)
        return leased

    def _named(self, slot: _Slot) -> Posting:
        return replace(slot.posting, kind=joined(self._registry, slot.kinds))

    def _grow(self, slot: _Slot) -> None:
        """A stored message speaks of more: one that waits leaves at the earlier moment, one that is out is edited."""
        team, posting = slot.posting.team, slot.posting.id
        self._tx.postings.extend(slot.posting, joined(self._registry, slot.kinds), slot.items, slot.occurrences)
        if slot.state == "ready":
            self._tx.outbox.bring_forward(team, posting, slot.at)
        else:
            self._tx.postings.touch_one(team, posting)
            self._tx.outbox.owe([edit(team, posting, self._tx)])


def _reader(view: View, destination: Destination) -> ZoneInfo | None:
    """The zone of who reads it in private, where it is another than the team's."""
    member = view.roster.member(destination.member)
    return zone(member.zone) if member and member.zone else None


def deferred(due_at: datetime, team: Team, defaults: Defaults, tz: ZoneInfo | None = None) -> datetime:
    """The first instant from `due_at` on at which people may be spoken to: working days and hours, not at lunch.

    `tz` is the reader's own zone; the team's if there is none.
    """
    lunch = defaults.moments.lunch
    hours = WorkingHours(team.opens, team.closes, lunch.start, lunch.end)
    return _deferred(due_at, tz or team.tz, hours, team.calendar)


@lru_cache(maxsize=4096)
def _deferred(due_at: datetime, tz: ZoneInfo, hours: WorkingHours, calendar: WorkCalendar) -> datetime:
    return instant(defer(local(due_at, tz), hours, calendar), tz)


def _full(slots: Sequence[_Slot], destination: Destination, at: datetime, view: View) -> bool:
    limits = view.defaults.limits
    cap = limits.channel_messages_a_day if destination.channel else limits.notifications_a_day
    day = view.team.today(at)
    return sum(view.team.today(slot.at) == day for slot in slots) >= cap


def _last_out(slots: Sequence[_Slot]) -> _Slot | None:
    """The newest message of the destination that is out."""
    out = [slot for slot in slots if slot.state == "sent"]
    return max(out, key=lambda slot: slot.at, default=None)
