"""Change items: store the item, its line of the record and the edits of the cards that show it in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.errors import RefusalError
from bot.ids import new_id
from bot.record.audit import Author, Entry
from bot.tasks.checklist import Item, State
from bot.tasks.ladder import urgent_since
from bot.tasks.reminding import remind_before_deadline
from bot.tasks.task import Closing
from bot.tasks.urgent import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.ports import Tx

Facts = dict[str, str | None]


class _Field(NamedTuple):
    """A field of an item as the record writes and reads it; None stays None."""

    write: Callable[[Any], str]
    read: Callable[[str], object]


_TEXT = _Field(str, str)
_INSTANT = _Field(datetime.isoformat, datetime.fromisoformat)
_FIELDS: dict[str, _Field] = {
    "state": _Field(str, State),
    "holder": _TEXT,
    "closed_by": _TEXT,
    "closed_at": _INSTANT,
    "closed_via": _TEXT,
    "closed_on": _TEXT,
    "reopened_at": _INSTANT,
    "later_at": _INSTANT,
    "snoozes": _Field(str, int),
    "urgent_at": _INSTANT,
    "heeded_at": _INSTANT,
    "start": _INSTANT,
    "deadline": _INSTANT,
    "closing": _Field(str, Closing),
}
"""Everything of an item that an act can change."""
_ALWAYS = ("state", "holder", "closed_by")


def change(tx: Tx, author: Author, before: Item, after: Item, act: str) -> None:
    """Store `after` in place of `before`, write the record, and enqueue an edit of each open card that shows the item.

    Raise RefusalError when another process changed the item first: nothing is stored then.
    """
    change_quietly(tx, author, before, after, act)
    tx.postings.show_again(before.team, [before.id])


def change_quietly(tx: Tx, author: Author, before: Item, after: Item, act: str) -> None:
    """Change an item without editing its cards: yesterday's card stays as it is at midnight."""
    if not tx.items.settle(after, before):
        raise RefusalError("item.faster", title=before.task.title)
    record(tx, author, act, after, before)
    _reschedule_reminders(tx, before, after)


def record(tx: Tx, author: Author, act: str, after: Item, before: Item | None = None) -> None:
    """Write the record's line of an item that changed, or that began (no `before`)."""
    holder = (before or after).holder
    facts = differences(before, after)
    tx.audit.write(
        Entry(
            team=after.team,
            id=new_id(tx.now),
            at=tx.now,
            act=act,
            subject="item",
            subject_id=after.id,
            actor=author.member,
            behalf=holder if holder != author.member else None,
            before=facts[0],
            after=facts[1],
            source=author.source,
            reason=author.reason,
            request=author.request,
            undoes=author.undoes,
        )
    )


def _reschedule_reminders(tx: Tx, before: Item, after: Item) -> None:
    """Schedule the reminder of a new holder, and move the urgent ladder of an item that has or may get one."""
    has_new_holder = after.is_open and after.holder != before.holder
    if has_new_holder or (after.is_open and urgent_since(after) is not None):
        team = tx.teams.get(after.team)
        assert team is not None, "a foreign key keeps items within their team"
        if has_new_holder:
            remind_before_deadline(tx, team, after)
        follow(tx, team, before, after)


def differences(before: Item | None, after: Item) -> tuple[Facts, Facts]:
    """Return the facts of an item for the record, before and after a change: state, holder, and each changed field.

    Ids, codes and instants only. An item that begins has no facts before.
    """
    if before is None:
        return {}, _write_facts(after, _ALWAYS if after.urgent_at is None else (*_ALWAYS, "urgent_at"))
    names = [name for name in _FIELDS if name in _ALWAYS or getattr(before, name) != getattr(after, name)]
    return _write_facts(before, names), _write_facts(after, names)


def _write_facts(item: Item, names: Sequence[str]) -> Facts:
    values = {name: getattr(item, name) for name in names}
    return {name: None if value is None else _FIELDS[name].write(value) for name, value in values.items()}


def is_as_recorded(item: Item, facts: Mapping[str, str | None]) -> bool:
    """Tell whether an item still has the values of the facts."""
    return with_facts(item, facts) == item


def with_facts(item: Item, facts: Mapping[str, str | None]) -> Item:
    """Return an item with the values of the facts (the inverse of :func:`differences`)."""
    own = {name: value for name, value in facts.items() if name in _FIELDS}
    values: dict[str, Any] = {name: None if text is None else _FIELDS[name].read(text) for name, text in own.items()}
    return item._replace(**values)


def reopened(item: Item, tx: Tx) -> Item:
    """Return the item as it is once reopened."""
    return item._replace(
        state=State.OPEN, closed_by=None, closed_at=None, closed_via=None, closed_on=None, reopened_at=tx.now
    )
