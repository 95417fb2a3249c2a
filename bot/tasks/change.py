"""Change items: store the item, its line of the record and the edits of the cards that show it in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.ids import new_id
from bot.record.audit import Entry
from bot.tasks.checklist import Item, State
from bot.tasks.ladder import urgent_since
from bot.tasks.reminding import remind_before_deadline
from bot.tasks.urgent import follow

if TYPE_CHECKING:
    from bot.ports import Tx
    from bot.record.audit import Source


@dataclass(frozen=True, slots=True)
class Author:
    """Author of a change: the member (None: Vigie itself), the trigger, and a reason's code or the id of its note."""

    member: str | None = None
    source: Source = "engine"
    reason: str | None = None


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
            before=facts(before) if before else {},
            after=facts(after),
            source=author.source,
            reason=author.reason,
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


def facts(item: Item) -> dict[str, str | None]:
    """Return the part of an item's state that the record keeps (ids and instants only); an undo reads it back."""
    snooze_facts = {"later_at": item.later_at.isoformat(), "snoozes": str(item.snoozes)} if item.later_at else {}
    urgent_facts = {"urgent_at": item.urgent_at.isoformat()} if item.urgent_at else {}
    return {
        "state": item.state.value,
        "holder": item.holder,
        "closed_by": item.closed_by,
        **snooze_facts,
        **urgent_facts,
    }


def reopened(item: Item, tx: Tx) -> Item:
    """Return the item as it is once reopened."""
    return item._replace(
        state=State.OPEN, closed_by=None, closed_at=None, closed_via=None, closed_on=None, reopened_at=tx.now
    )
