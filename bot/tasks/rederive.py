"""Derive anew, in the transaction that changes a team's settings, every moment that follows from them.

Open items keep their local start; their deadlines, the reminders before those, the rungs of urgent ladders and the
messages that wait for working time follow the new days, hours and zone. Moments that a person asked for stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.civil import instant
from bot.engine.grouping import deferred
from bot.engine.rhythm import Once
from bot.engine.scheduling import LADDER
from bot.tasks.ladder import climbs, first_rung, next_rung
from bot.tasks.opening import deadline_instant, open_day
from bot.tasks.reminding import URGENT, remind_before_deadline, routine_moment
from bot.tasks.urgent import owe_rung
from bot.teams.roster import roster
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.engine.posting import Delivery
    from bot.engine.schedule import Schedule
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.tasks.task import Template
    from bot.teams.roster import Roster
    from bot.teams.team import Team

AHEAD = timedelta(days=3660)
"""Horizon of open items: a reminder is at most ten years ahead."""
_SOURCES = ("zone", "country", "subdivision", "working_days", "opens", "closes", "whit_monday", "closures")
_ASKED = frozenset({"later", "reminder", URGENT})
"""Kinds of messages that do not wait for working time: a person's own moment, or one that is derived apart."""


def derive_again(tx: Tx, before: Team, after: Team) -> None:
    """Derive every moment anew that follows from the settings; change nothing when none of those has changed.

    The settings' own line in the record says what has changed.
    """
    if all(getattr(before, name) == getattr(after, name) for name in _SOURCES):
        return
    templates = {task.key: template for template in tx.templates.all(after.id) for task in template.tasks}
    former = [item for item in tx.items.between(after.id, tx.now, tx.now + AHEAD) if item.is_open]
    moved = [(old, _move_item(old, before, after, templates.get(old.task.key))) for old in former]
    items = [(old, new if new == old or tx.items.settle(new, old) else old) for old, new in moved]
    _move_reminders(tx, before, after, items)
    _move_waiting(tx, after)
    people = roster(tx, after)
    _move_rungs(tx, people, {new.id: new for _, new in items})
    tx.postings.show_again(after.id, [new.id for old, new in items if new != old])
    if after.today(tx.now) > before.today(tx.now):  # the new zone's day has begun already
        open_day(tx, people, after.today(tx.now))


def _move_item(item: Item, before: Team, after: Team, template: Template | None) -> Item:
    """Move an item to the same local start, and its deadline to where its task's rule has it now.

    Alerts and urgent items keep their instants: a person is waiting. A deadline that somebody moved keeps its time.
    """
    if item.task.alert or item.urgent_at is not None:
        return item
    nominal = before.local(item.start)
    start, deadline = instant(nominal, after.tz), item.deadline
    if deadline is not None:
        deadline = instant(before.local(deadline), after.tz)
        if template is not None and item.deadline == deadline_instant(template, before, nominal):
            deadline = deadline_instant(template, after, nominal)
    return item._replace(start=start, deadline=deadline)


def _move_reminders(tx: Tx, before: Team, after: Team, items: Sequence[tuple[Item, Item]]) -> None:
    """Void the reminders that wait, and enqueue those of the items as they are now."""
    defaults = tx.catalogue(after.id).defaults
    waiting = _list_waiting(tx, after)
    void = [(delivery, shown) for delivery, kinds, shown in waiting if kinds == {"reminder"}]
    reminded = {item for _, shown in void for item in shown}
    tx.outbox.gather([], tx.now, [delivery for delivery, _ in void])
    for old, new in items:
        former_at = routine_moment(old, before, defaults)
        is_ahead = former_at is None or former_at > tx.now or old.deadline != new.deadline
        if new.id in reminded or (is_ahead and routine_moment(new, after, defaults) != former_at):
            remind_before_deadline(tx, after, new)


def _move_waiting(tx: Tx, team: Team) -> None:
    """Let the messages that wait for working time leave at the first moment of it."""
    defaults, people = tx.catalogue(team.id).defaults, roster(tx, team)
    for delivery, kinds, _ in _list_waiting(tx, team):
        if kinds <= _ASKED:
            continue
        posting = tx.postings.get(team.id, delivery.posting)
        reader = people.member(posting.destination.member) if posting else None
        at = deferred(tx.now, team, defaults, zone(reader.zone) if reader and reader.zone else None)
        tx.outbox.gather([delivery], at, [])


def _list_waiting(tx: Tx, team: Team) -> list[tuple[Delivery, set[str], list[str]]]:
    """Return (delivery, kinds, item ids) of every post of the team that waits for a later moment."""
    deliveries = tx.outbox.ahead(team.id, tx.now)
    cards = {
        card.posting.id: card for card in tx.postings.cards([(team.id, delivery.posting) for delivery in deliveries])
    }
    return [
        (
            delivery,
            set(cards[delivery.posting].posting.kind.split("+")),
            [item.id for _, item in cards[delivery.posting].items],
        )
        for delivery in deliveries
    ]


def _move_rungs(tx: Tx, people: Roster, items: Mapping[str, Item]) -> None:
    """Move the next rung of each ladder: the first follows its item, a later one the rung that was told before it."""
    stored = {former.nudge: former for former in tx.schedules.all(people.team.id) if former.nudge.startswith(LADDER)}
    pending: dict[str, int] = {}
    for rung in stored.values():
        item_id, number = rung.nudge.removeprefix(LADDER).split(":")
        if rung.next_fire_at is not None:
            pending[item_id] = int(number)
    for item_id, step in pending.items():
        item, fires = items.get(item_id), stored[f"{LADDER}{item_id}:{step}"].next_fire_at
        if item is None or fires is None or fires <= tx.now or fires == item.later_at:
            continue  # over, due, or at the moment that its holder asked for
        since = fires if step > 1 else tx.now
        at = _derive_rung(tx, people, item, since, stored.get(f"{LADDER}{item_id}:{step - 1}"))
        if at is not None:
            owe_rung(tx, people.team, item, at, step)


def _derive_rung(tx: Tx, people: Roster, item: Item, since: datetime, former: Schedule | None) -> datetime | None:
    """Derive the instant of a rung from the one before it, else the first that is no earlier than `since`.

    None when its item is urgent no more.
    """
    defaults = tx.catalogue(item.team).defaults
    if former is None or not isinstance(former.rhythm.rule, Once) or not climbs(item, tx.now):
        return first_rung(item, since, people, defaults)
    told_at = instant(datetime.combine(former.rhythm.rule.on, former.rhythm.times[0]), zone(former.zone))
    return max(tx.now, next_rung(item, told_at, people, defaults))
