"""Quiet by default (PRODUCT §3.3): one message per destination and window, so many a day, nothing at lunch.

1. What nobody asked for at that very moment waits for working time and for the end of lunch.
2. It joins a message that waits for the same destination in the same window, and that nobody has tried to send yet:
   one that was tried may be there already, and an edit of it notifies nobody.
3. Beyond the day's cap, a channel's goes into the last card there, as an edit, which notifies nobody; a person's is
   left to the evening's recap, which lists everything that is open.
4. Else it is a message of its own.

What was asked for and is late after a stop waits for working time too, unless its moment was outside of it today.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from bot.civil import instant, local
from bot.engine.posting import Delivery, NewPosting, Posting, edit_of
from bot.engine.render import CATCHUP, joined
from bot.ids import new_ids
from bot.teams.hours import defer, hours_of
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from bot.catalogue.defaults import Defaults
    from bot.engine.planner import Lease
    from bot.engine.posting import Destination
    from bot.engine.schedule import Occurrence
    from bot.engine.view import Place, View, Views
    from bot.registry import Nudge, Parcel, Registry
    from bot.teams.team import Team

HEAVY_WAIT = timedelta(minutes=1)
"""Wait of what a heavy batch says: what the next batch says to the same people joins it."""
_Key = tuple[str, str | None, str | None]
"""A team, and its channel or its member."""


@dataclass(slots=True)
class _Slot:
    """A message of a destination's day: stored already (`state` as in Mail), or made in this batch ("new")."""

    id: str
    """Empty while the slot is new."""
    team: str
    destination: Destination
    subject: str
    at: datetime
    state: str
    kinds: set[str]
    items: list[str]
    occurrences: list[str]
    grown: bool = False
    added: set[str] = field(default_factory=set)
    """The kinds that this batch adds."""
    urgent: bool = False
    posting: Posting | None = None
    """The stored posting; None while the slot is new."""


class Mailbox:
    """Gives what a batch wants said its place, in memory, and stores all of it at the end."""

    def __init__(self, views: Views, registry: Registry) -> None:
        self._views = views
        self._tx = views.tx
        self._now = views.tx.now
        self._registry = registry
        self._names: dict[frozenset[str], str] = {}

    @cached_property
    def _slots(self) -> dict[_Key, list[_Slot]]:
        """Read what the teams of the batch have had today, or have waiting."""
        slots: dict[_Key, list[_Slot]] = {}
        now = self._now
        since = {key: _find_midnight(place, now) for key, place in self._views.places.items()}
        for mail in self._tx.postings.mail(since):
            posting, kinds = mail.posting, set(mail.posting.kind.split("+"))
            slot = _Slot(
                posting.id, posting.team, posting.destination, posting.subject, mail.send_after, mail.state, kinds, [],
                [], urgent=self._is_urgent(kinds), posting=posting,
            )  # fmt: skip
            slots.setdefault(_build_key(posting.team, posting.destination), []).append(slot)
        return slots

    def put(self, view: View, nudge: Nudge, parcel: Parcel, occurrence: Occurrence, *, late: bool = False) -> None:
        """Place one parcel of one occurrence; `late`: after a stop, which the message then says."""
        destination, key = parcel.destination, _build_key(occurrence.team, parcel.destination)
        slots = self._slots.get(key)
        at = max(self._now, occurrence.due_at)
        if not nudge.on_request or (late and not _is_asked_outside(occurrence.due_at, view, destination)):
            at = _defer_once(at, view, destination)
        if nudge.heavy:
            at += HEAVY_WAIT
        slot = None
        if slots:
            usual = [slot for slot in slots if not slot.urgent]  # what is urgent stands alone, and counts for no cap
            slot = None if nudge.urgent else self._find_joinable(usual, at, view.defaults)
            if slot is None and destination.channel and not nudge.urgent:
                slot = _find_just_sent(usual, at, view.defaults)
            free = nudge.digest or (nudge.on_request and not parcel.capped)
            if slot is None and not free and _is_full(usual, destination, at, view):
                slot = _find_last_sent(usual) if destination.channel else None
                if slot is None and destination.member:
                    return  # the recap lists everything that is open
        if slot is None:
            slot = _Slot(
                "", occurrence.team, destination, parcel.subject, at, "new", set(), [], [], urgent=nudge.urgent
            )
            if slots is None:
                self._slots[key] = [slot]
            else:
                slots.append(slot)
        elif at < slot.at and slot.state in ("new", "ready"):
            slot.at = at
        if not slot.grown:
            slot.subject, slot.grown = parcel.subject, True
        slot.added |= {nudge.id, CATCHUP} if late else {nudge.id}
        slot.kinds |= slot.added
        if parcel.items:
            slot.items += [item for item in parcel.items if item not in slot.items]
        slot.occurrences.append(occurrence.id)

    def _find_joinable(self, slots: Sequence[_Slot], at: datetime, defaults: Defaults) -> _Slot | None:
        window = timedelta(minutes=defaults.limits.window_minutes)
        for slot in slots:
            if slot.state in ("new", "ready") and abs(slot.at - at) < window and not self._is_promised(slot, at):
                return slot
        return None

    def _is_urgent(self, kinds: set[str]) -> bool:
        return any((nudge := self._registry.nudge(kind)) is not None and nudge.urgent for kind in kinds)

    def _is_promised(self, slot: _Slot, at: datetime) -> bool:
        """Return True if somebody asked for the waiting message at its own moment: a neighbour must not move it.

        After a stop that moment is over.
        """
        if CATCHUP in slot.kinds:
            return False
        nudges = [self._registry.nudge(kind) for kind in slot.kinds]
        return slot.at > at and any(nudge is not None and nudge.on_request for nudge in nudges)

    def store(self, lease: Lease) -> list[Delivery]:
        """Write everything; return the posts that are due now and born leased."""
        grown = [slot for slots in self._slots.values() for slot in slots if slot.grown]
        for slot in grown:
            if slot.state == "ready" and not self._tx.outbox.hold(slot.team, slot.id, slot.at):
                _start_afresh(slot)
        fresh = [slot for slot in grown if slot.posting is None]
        now = self._now
        ids = iter(new_ids(now, 2 * len(fresh)))
        for slot in fresh:
            slot.id = next(ids)
        self._tx.postings.add_many([self._build_posting(slot, now) for slot in fresh])
        due = [slot for slot in fresh if slot.at <= now]
        leased = [Delivery(slot.team, next(ids), slot.id, "post", slot.at, 1, now) for slot in due[: lease.limit]]
        later = due[lease.limit :] + [slot for slot in fresh if slot.at > now]
        self._tx.outbox.owe_leased(lease.owner, lease.seconds, leased)
        self._tx.outbox.owe([Delivery(slot.team, next(ids), slot.id, "post", slot.at) for slot in later])
        for slot in grown:
            if slot.posting is not None:
                self._extend_posting(slot, slot.posting)
        return leased

    def _build_posting(self, slot: _Slot, now: datetime) -> NewPosting:
        kinds = frozenset(slot.kinds)
        kind = self._names.get(kinds)
        if kind is None:
            kind = self._names[kinds] = joined(self._registry, slot.kinds)
        posting = Posting(slot.team, slot.id, slot.destination, kind, slot.subject, now)
        return NewPosting(posting, tuple(slot.items), tuple(slot.occurrences))

    def _extend_posting(self, slot: _Slot, posting: Posting) -> None:
        """Extend a stored message; a posted one is edited."""
        if self._tx.postings.extend(posting, joined(self._registry, slot.kinds), slot.items, slot.occurrences):
            self._tx.outbox.owe([edit_of(slot.team, slot.id, self._tx.now)])


def _start_afresh(slot: _Slot) -> None:
    """Make a slot a message of its own: another process has begun to send the one that it was to join."""
    slot.id, slot.posting, slot.state, slot.kinds = "", None, "new", slot.added


def _build_key(team: str, destination: Destination) -> _Key:
    return team, destination.channel, destination.member


def _find_midnight(place: Place, now: datetime) -> datetime:
    """Find the instant at which the local day began."""
    return place.once("midnight", lambda: instant(datetime.combine(local(now, place.tz).date(), time.min), place.tz))


def _defer_once(at: datetime, view: View, destination: Destination) -> datetime:
    """Defer an instant as :func:`deferred` does, computed once for all destinations that share the answer."""
    defaults, place = view.defaults, view.place
    reader = None if destination.member is None else _get_reader_zone(view, destination.member)
    key = (at, id(defaults), reader)
    cached: datetime | None = place.cache.get(key)
    return cached or place.once(key, lambda: deferred(at, view.team, defaults, reader))


def _is_asked_outside(due_at: datetime, view: View, destination: Destination) -> bool:
    """Return True if a moment of today was asked for outside working time: late, it still leaves on its day."""
    is_today = view.team.today(due_at) == view.team.today(view.now)
    return is_today and _defer_once(due_at, view, destination) != due_at


def _get_reader_zone(view: View, reader: str) -> ZoneInfo | None:
    """Return the zone of the member who reads it in private, if it is another than the team's."""
    member = view.roster.member(reader)
    return zone(member.zone) if member and member.zone else None


def deferred(due_at: datetime, team: Team, defaults: Defaults, tz: ZoneInfo | None = None) -> datetime:
    """Find the first instant from `due_at` on at which people may be spoken to: working hours, not lunch.

    `tz` is the reader's own zone; the team's if there is none.
    """
    where = tz or team.tz
    return instant(defer(local(due_at, where), hours_of(team, defaults), team.calendar), where)


def _is_full(slots: Sequence[_Slot], destination: Destination, at: datetime, view: View) -> bool:
    limits = view.defaults.limits
    cap = limits.channel_messages_a_day if destination.channel else limits.notifications_a_day - 1  # and the recap
    day = view.team.today(at)
    return sum(view.team.today(slot.at) == day for slot in slots) >= cap


def _find_just_sent(slots: Sequence[_Slot], at: datetime, defaults: Defaults) -> _Slot | None:
    """Find what the channel was sent within the window: what follows edits it, which notifies nobody."""
    window = timedelta(minutes=defaults.limits.window_minutes)
    out = _find_last_sent([slot for slot in slots if slot.at <= at])
    return out if out is not None and at - out.at < window else None


def _find_last_sent(slots: Sequence[_Slot]) -> _Slot | None:
    """Find the newest message of the destination that is out."""
    out = [slot for slot in slots if slot.state == "sent"]
    return max(out, key=lambda slot: slot.at, default=None)
