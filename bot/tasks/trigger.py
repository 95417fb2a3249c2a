"""Bring a typed command and a button to an act (reactions: bot.tasks.reactions). All of them end in :func:`perform`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.task_names import find
from bot.message import Button, Message, Reply, Text, plain
from bot.tasks.cards import ask
from bot.tasks.today import items_of
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Block
    from bot.ports import Tx
    from bot.registry import Act
    from bot.tasks.checklist import Item

_A_WEEK = 7
_BACK = frozenset({"reopen", "undo"})


def by_command(call: Call, tx: Tx, act_id: str) -> Reply:
    """Do it to the task that was named; with no name, to my only one; when in doubt, ask with buttons."""
    act = call.registry.acts[act_id]
    there = visible(call, items_of(tx, call.team, call.today))
    if not call.rest:
        return _only_mine(call, tx, act, _fit(act, there))
    found = find(call.rest, there, call.catalogue)
    if not found:
        raise RefusalError("task.unknown", query=call.rest[:40], open=_few_titles(_fit(act, there)))
    if len(found) == 1:
        return perform(call, tx, act, _preferred(call, act, [item for item in there if item.task.key == found[0]])[-1:])
    by_key = {item.task.key: item for item in _preferred(call, act, there)}
    found = find(call.rest, list(by_key.values()), call.catalogue)
    return Reply(ask.which(call, act.id, [by_key[key] for key in found], "ask.near"))


def _fit(act: Act, items: Sequence[Item]) -> list[Item]:
    """Those that it can be done to: what is open, or, to take something back, what is not."""
    return [item for item in items if item.is_open != (act.id in _BACK)]


def visible(call: Call, items: Sequence[Item]) -> list[Item]:
    """Without the private reminders of others."""
    return [item for item in items if not item.task.private or item.holder == call.me.id]


def _few_titles(items: Sequence[Item]) -> Sequence[object]:
    return list({item.task.key: item.task.title for item in items}.values())[:3]


def _preferred(call: Call, act: Act, there: Sequence[Item]) -> list[Item]:
    """The items, by start, in such an order that, of several of one task, the last is the one that is meant."""
    back, me = act.id in _BACK, call.me.id
    ordered = list(there[::-1])
    ordered.sort(key=lambda item: (item.is_open is not back, item.holder == me))
    return ordered


def _only_mine(call: Call, tx: Tx, act: Act, fit: Sequence[Item]) -> Reply:
    mine = [item for item in fit if call.me.id in (item.holder, item.closed_by)]
    match len({item.task.key for item in mine}):
        case 0:
            raise RefusalError("ask.nothing_open")
        case 1:
            return perform(call, tx, act, mine[:1])
        case _:
            return Reply(ask.which(call, act.id, mine, "ask.which"))


def by_button(call: Call, tx: Tx, act_id: str) -> Reply:
    """Do it to the items that the button names (old buttons too: their items say what became of them)."""
    ids, _, given = call.rest.partition("=")
    found = tx.items.many(call.team.id, ids.split(","))
    if not found:
        raise RefusalError("item.gone")
    return perform(call._replace(given=given), tx, call.registry.acts[act_id], found)


def perform(call: Call, tx: Tx, act: Act, items: Sequence[Item]) -> Reply:
    """Check the right, do it to each item, and answer with how each of them stands now."""
    blocks: list[Block] = []
    said = []
    for item in items:
        check(call, act, item)
        result = act.handler(call, tx, item)
        answer = result if isinstance(result, Message) else Message((Text(result),), plain(result))
        said.append(answer.summary)
        now = tx.items.get(call.team.id, item.id)
        assert now is not None
        blocks += [*answer.blocks, *_undo(call, act, item, now)]
    return Reply(Message(tuple(blocks), " ".join(said)))


def _undo(call: Call, act: Act, before: Item, now: Item) -> Sequence[Button]:
    """[Annuler] after what can be taken back."""
    label = call.texts.text("button.undo")
    if now.state is not before.state and now.is_settled:
        return [Button(label, "reopen", now.id)]
    moved = (now.holder, now.later_at, now.urgent_at) != (before.holder, before.later_at, before.urgent_at)
    return [Button(label, "undo", now.id)] if moved and now.is_open and act.id not in _BACK else []


def check(call: Call, act: Act, item: Item) -> None:
    """Raise RefusalError when the asker may not do this to this item."""
    own = item.holder in (None, call.me.id)
    wanted = Right.COMPLETE_OTHERS if act.right is Right.COMPLETE_OWN and not own else act.right
    call.permit(wanted)


def must_be_open(call: Call, item: Item) -> None:
    """« Cette fiche est terminée depuis lundi. » : raise RefusalError when the item is settled or over."""
    if item.is_open:
        return
    title, closed = item.task.title, item.closed_at
    if closed is None:
        raise RefusalError("item.closed", title=title)
    day = call.team.today(closed)
    days = (call.today - day).days
    if days <= 0:
        raise RefusalError("item.closed_today", title=title, at=call.clock(closed))
    raise RefusalError("item.closed_day" if days < _A_WEEK else "item.closed_date", title=title, day=day)
