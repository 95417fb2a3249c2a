"""Rules that hold after every step of any story, each a function from a passage to its violations."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.civil import instant
from bot.engine.rhythm import Daily, Once, WorkingDays, nominals
from bot.tasks.opening import moments_of
from bot.teams.hours import defer, hours_of
from tests.story import PARIS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.engine.schedule import Schedule
    from tests.simulation.look import Look, Passage, Row
    from tests.simulation.world import World
    from tests.story import Event

LOOK_BACK = timedelta(days=39)
"""Age up to which a missed day is opened with all its tasks."""
FACTS = ("state", "holder_id", "closed_by", "later_at", "urgent_at")
"""Columns of an item whose changes the record keeps (bot.tasks.change.facts)."""


def check(passage: Passage, world: World) -> list[str]:
    """List what is violated, each with the name of its rule."""
    return [f"{rule.__name__}: {violation}" for rule in RULES for violation in rule(passage, world)]


def no_fault(passage: Passage, _world: World) -> Iterator[str]:
    """Nothing is answered with a fault of ours, and no error is logged."""
    yield from passage.faults
    if passage.reply is not None and passage.reply.fault:
        yield f"fault after {passage.step}"
    if passage.step.kind == "say" and passage.reply is not None and passage.reply.message is None:
        yield f"no answer to {passage.step}"


def each_moment_once(passage: Passage, _world: World) -> Iterator[str]:
    """Each nominal moment of a schedule that stands is planned once, or on record as missed."""
    counts = Counter((row.schedule_id, row.nominal) for row in passage.added.occurrences)
    yield from (f"planned {times} times: {key}" for key, times in counts.items() if times > 1)
    if passage.moves_clock:
        for schedule in passage.before.schedules.values():
            after = passage.after.schedules.get(schedule.id)
            if after is not None and (after.rhythm, after.zone) == (schedule.rhythm, schedule.zone):
                missing = [at for at in _moments(schedule, passage) if not counts[schedule.id, at]]
                yield from (f"{schedule.nudge} at {at} is not on record" for at in missing)


def _moments(schedule: Schedule, passage: Passage) -> Iterator[datetime]:
    """Yield the nominal moments of a schedule that came within a passage."""
    if schedule.nominal_next is None or schedule.next_fire_at is None:
        return iter(())
    team, end = passage.before.team, passage.after.now
    all_moments = nominals(schedule.rhythm, team.calendar, schedule.nominal_next - timedelta(minutes=1))
    return takewhile(lambda at: instant(at, team.tz) <= end, all_moments)


def each_moment_shown_once(passage: Passage, _world: World) -> Iterator[str]:
    """No occurrence is in two messages of one destination."""
    places = {message.id: (message.channel_id, message.member_id) for message in passage.after.messages.values()}
    counts = Counter((link.occurrence_id, places.get(link.message_id)) for link in passage.added.links)
    yield from (f"{occurrence} told {times} times" for (occurrence, _), times in counts.items() if times > 1)


def each_day_opened_once(passage: Passage, _world: World) -> Iterator[str]:
    """Each moment of an active template has its run, once its day has come."""
    if not passage.moves_clock:
        return
    counts = Counter((run.template_id, run.nominal) for run in passage.added.runs)
    for template in passage.before.templates.values():
        after = passage.after.templates.get(template.id)
        if template.rhythm is None or template.state != "active" or after != template:
            continue
        for day in _days_begun(passage):
            is_old = passage.after.team.today(passage.after.now) - day > LOOK_BACK
            if is_old and not isinstance(template.rhythm.rule, Once):
                continue
            for nominal in moments_of(template, passage.before.team, day):
                if counts[template.id, nominal] != 1:
                    yield f"{template.key} of {nominal} opened {counts[template.id, nominal]} times"


def _days_begun(passage: Passage) -> Iterator[date]:
    team, day = passage.before.team, passage.before.team.today(passage.before.now)
    while (day := day + timedelta(days=1)) <= team.today(passage.after.now):
        yield day


def no_two_open_copies(passage: Passage, _world: World) -> Iterator[str]:
    """No daily task has two open items of the same time of day."""
    daily = {
        template.id
        for template in passage.after.templates.values()
        if template.rhythm and isinstance(template.rhythm.rule, Daily | WorkingDays)
    }
    copies = Counter(
        (item.template, item.position, item.nominal.time())
        for item in passage.after.open_items
        if item.template in daily
    )
    keys = {template.id: template.key for template in passage.after.templates.values()}
    yield from (f"{times} open items of {keys[template]}" for (template, _, _), times in copies.items() if times > 1)


def each_change_recorded(passage: Passage, _world: World) -> Iterator[str]:
    """Each change of an item by a person is one line of the record; of the engine's, the last line is the state."""
    if passage.step.kind in ("say", "click", "react", "unreact"):
        lines = Counter(
            entry.subject_id
            for entry in passage.acted_entries
            if entry.subject == "item" and not (entry.act == "reason" and entry.reason)
        )
        for item in _changed(passage.before, passage.acted):
            if lines[item] != 1:
                yield f"an item changed with {lines[item]} lines of the record"
    last = {entry.subject_id: entry for entry in passage.added.entries if entry.subject == "item" and entry.after}
    for item in _changed(passage.before, passage.after):
        row, entry = passage.after.items[item], last.get(item)
        if entry is None:
            yield f"an item changed without a line of the record: {row.state}"
        elif (entry.after.get("state"), entry.after.get("holder")) != (row.state.value, row.holder_id):
            yield f"the record says {entry.after}, the item is {row.state}, held by {row.holder_id}"


def _changed(before: Look, after: Look) -> list[str]:
    """List the items whose facts changed; moments that follow a setting are on record with that setting."""
    return [
        key
        for key, item in before.items.items()
        if key in after.items and any(getattr(item, name) != getattr(after.items[key], name) for name in FACTS)
    ]


def ticks_are_idempotent(passage: Passage, _world: World) -> Iterator[str]:
    """A second tick at the same moment changes nothing."""
    if passage.changes_of_second_tick:
        yield f"a second tick changed {', '.join(passage.changes_of_second_tick)}"


def everything_due_is_sent(passage: Passage, _world: World) -> Iterator[str]:
    """What is due has left, nothing failed, and each card of the day shows its newest revision."""
    for delivery in passage.after.waiting:
        if delivery.state in ("sending", "failed", "unknown") or delivery.send_after <= passage.after.now:
            yield f"a delivery is {delivery.state}: {delivery.error}"
    editing = {delivery.message_id for delivery in passage.after.waiting}
    for message in passage.after.messages.values():
        is_today = passage.after.team.today(message.created_at) == passage.after.team.today(passage.after.now)
        is_old = message.posted_revision != message.revision and message.id not in editing
        if message.channel_id and message.ref_message and is_today and is_old:
            yield f"a {message.kind} shows revision {message.posted_revision} of {message.revision}"


def quiet_outside_working_hours(passage: Passage, world: World) -> Iterator[str]:
    """Nothing leaves at lunch, in the evening or on closed days, unless urgent or asked for at that moment."""
    team, hours = (
        passage.before.team,
        hours_of(passage.before.team, world.story.app.catalogue(world.state.team.id).defaults),
    )
    for event, message in _notifying(passage, world):
        member = passage.after.members.get(message.member_id)
        if member is not None and member.zone:
            continue
        at = team.local(instant(event.at, PARIS) if event.at.tzinfo is None else event.at).replace(second=0)
        if defer(at, hours, team.calendar) != at:
            yield f"{message.kind} came to {event.place} on {at:%A %Y-%m-%d %H:%M}"


def _notifying(passage: Passage, world: World) -> Iterator[tuple[Event, Row]]:
    """Yield the posts of the passing clock that nobody asked for at that moment, with their rows."""
    if not passage.moves_clock:
        return
    registry = world.story.app.registry
    for event in passage.events:
        message = passage.after.messages.get(passage.visible.get(event.number, ("", ""))[0])
        if event.kind != "post" or message is None:
            continue
        nudges = [nudge for kind in message.kind.split("+") if (nudge := registry.nudge(kind))]
        if not any(nudge.on_request or nudge.urgent for nudge in nudges):
            yield event, message


def caps_of_the_day(passage: Passage, world: World) -> Iterator[str]:
    """Nobody gets more than the day's messages, nor does the channel."""
    limits = world.story.app.catalogue(passage.before.team.id).defaults.limits
    for event, message in _notifying(passage, world):
        key = (event.place, event.at.date())
        world.counts[key] = world.counts.get(key, 0) + 1
        cap = limits.channel_messages_a_day if message.channel_id else limits.notifications_a_day
        if world.counts[key] > cap:
            yield f"message {world.counts[key]} of the day to {event.place} on {event.at.date()}: {message.kind}"


def private_stays_private(passage: Passage, world: World) -> Iterator[str]:
    """What somebody noted for themselves is shown to them alone."""
    for event in passage.events:
        owners = {owner for owner in ("lea", "karim", "ines", "tom", "nora") if f"zq{owner}" in event.text}
        if owners - {event.place.removeprefix("@")}:
            yield f"{event.place} reads a private reminder of {', '.join(owners)}"


def holders_are_there(passage: Passage, _world: World) -> Iterator[str]:
    """Each open item is held by an active member, or by nobody."""
    members = passage.after.members
    for item in passage.after.open_items:
        if item.holder_id is not None and not members[item.holder_id].active:
            yield f"an open item is held by {members[item.holder_id].name}, who has left"


RULES: tuple[Callable[[Passage, World], Iterator[str]], ...] = (
    no_fault,
    each_moment_once,
    each_moment_shown_once,
    each_day_opened_once,
    no_two_open_copies,
    each_change_recorded,
    ticks_are_idempotent,
    everything_due_is_sent,
    quiet_outside_working_hours,
    caps_of_the_day,
    private_stays_private,
    holders_are_there,
)
