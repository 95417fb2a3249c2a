"""The one way an item changes: the item, its line in the record, and the cards that show it, together."""

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
    """Who makes a change (None: Vigie itself), through what, and why (a reason's code, or the id of a note)."""

    member: str | None = None
    source: Source = "engine"
    reason: str | None = None


def change(tx: Tx, author: Author, before: Item, after: Item, act: str) -> None:
    """Store `after` in place of `before`, write the record, and owe an edit to every open card that shows the item.

    Raises RefusalError when somebody was faster: nothing is changed then.
    """
    change_quietly(tx, author, before, after, act)
    tx.postings.show_again(before.team, [before.id])


def change_quietly(tx: Tx, author: Author, before: Item, after: Item, act: str) -> None:
    """The same without the cards: nobody wants yesterday's card to move at midnight."""
    if not tx.items.settle(after, before):
        raise RefusalError("item.faster", title=before.task.title)
    record(tx, author, act, after, before)
    _tell_again(tx, before, after)


def record(tx: Tx, author: Author, act: str, after: Item, before: Item | None = None) -> None:
    """The record's line of an item that changed, or (no `before`) began."""
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


def _tell_again(tx: Tx, before: Item, after: Item) -> None:
    """A new holder has their own reminder; what is urgent, or may become so, its ladder."""
    moved = after.is_open and after.holder != before.holder
    if moved or (after.is_open and urgent_since(after) is not None):
        team = tx.teams.get(after.team)
        assert team is not None, "a foreign key keeps items within their team"
        if moved:
            remind_before_deadline(tx, team, after)
        follow(tx, team, before, after)


def facts(item: Item) -> dict[str, str | None]:
    """What the record keeps of an item's state: ids and moments only. An undo reads it back."""
    later = {"later_at": item.later_at.isoformat(), "snoozes": str(item.snoozes)} if item.later_at else {}
    urgent = {"urgent_at": item.urgent_at.isoformat()} if item.urgent_at else {}
    return {"state": item.state.value, "holder": item.holder, "closed_by": item.closed_by, **later, **urgent}


def reopened(item: Item, tx: Tx) -> Item:
    """The item as it is once reopened."""
    return item._replace(
        state=State.OPEN, closed_by=None, closed_at=None, closed_via=None, closed_on=None, reopened_at=tx.now
    )
