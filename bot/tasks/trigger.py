"""Route a typed command and a button to an act (reactions: bot.tasks.reactions). Both end in :func:`perform`."""

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

_WEEK_DAYS = 7
_TAKING_BACK = frozenset({"reopen", "undo"})


def by_command(call: Call, tx: Tx, act_id: str) -> Reply:
    """Run an act on the named task; without a name, on the asker's only task; in doubt, ask by buttons."""
    act = call.registry.acts[act_id]
    visible_items = visible(call, items_of(tx, call.team, call.today))
    if not call.rest:
        return _perform_on_own(call, tx, act, _filter_applicable(act, visible_items))
    matches = find(call.rest, visible_items, call.catalogue)
    if not matches:
        raise RefusalError(
            "task.unknown", query=call.rest[:40], open=_list_few_titles(_filter_applicable(act, visible_items))
        )
    if len(matches) == 1:
        candidates = [item for item in visible_items if item.task.key == matches[0]]
        return perform(call, tx, act, _sort_by_preference(call, act, candidates)[-1:])
    by_key = {item.task.key: item for item in _sort_by_preference(call, act, visible_items)}
    matches = find(call.rest, list(by_key.values()), call.catalogue)
    return Reply(ask.choose_item(call, act.id, [by_key[key] for key in matches], "ask.near"))


def _filter_applicable(act: Act, items: Sequence[Item]) -> list[Item]:
    """Keep the items that the act applies to: open ones, or settled ones for an act that takes back."""
    return [item for item in items if item.is_open != (act.id in _TAKING_BACK)]


def visible(call: Call, items: Sequence[Item]) -> list[Item]:
    """Leave out the private reminders of other members."""
    return [item for item in items if not item.task.private or item.holder == call.me.id]


def _list_few_titles(items: Sequence[Item]) -> Sequence[object]:
    return list({item.task.key: item.task.title for item in items}.values())[:3]


def _sort_by_preference(call: Call, act: Act, items: Sequence[Item]) -> list[Item]:
    """Order the items by start so that, of several of one task, the last is the likeliest to be meant."""
    takes_back, me = act.id in _TAKING_BACK, call.me.id
    ordered = list(items[::-1])
    ordered.sort(key=lambda item: (item.is_open is not takes_back, item.holder == me))
    return ordered


def _perform_on_own(call: Call, tx: Tx, act: Act, items: Sequence[Item]) -> Reply:
    """Run the act on the asker's only task; ask which of several; raise RefusalError when there is none."""
    own_items = [item for item in items if call.me.id in (item.holder, item.closed_by)]
    match len({item.task.key for item in own_items}):
        case 0:
            raise RefusalError("ask.nothing_open")
        case 1:
            return perform(call, tx, act, own_items[:1])
        case _:
            return Reply(ask.choose_item(call, act.id, own_items, "ask.which"))


def by_button(call: Call, tx: Tx, act_id: str) -> Reply:
    """Run an act on the items that a button names, settled ones included: the answer tells their state."""
    ids, _, argument = call.rest.partition("=")
    items = tx.items.many(call.team.id, ids.split(","))
    if not items:
        raise RefusalError("item.gone")
    return perform(call._replace(argument=argument), tx, call.registry.acts[act_id], items)


def perform(call: Call, tx: Tx, act: Act, items: Sequence[Item]) -> Reply:
    """Check the right, run the act on each item, and answer with the new state of each."""
    blocks: list[Block] = []
    summaries = []
    for item in items:
        check(call, act, item)
        result = act.handler(call, tx, item)
        answer = result if isinstance(result, Message) else Message((Text(result),), plain(result))
        summaries.append(answer.summary)
        after = tx.items.get(call.team.id, item.id)
        assert after is not None
        blocks += [*answer.blocks, *_undo_buttons(call, act, item, after)]
    return Reply(Message(tuple(blocks), " ".join(summaries)))


def _undo_buttons(call: Call, act: Act, before: Item, after: Item) -> Sequence[Button]:
    """Return the [Annuler] button after an act that can be taken back."""
    label = call.texts.text("button.undo")
    if after.state is not before.state and after.is_settled:
        return [Button(label, "undo", after.id)]
    has_moved = (after.holder, after.later_at, after.urgent_at) != (before.holder, before.later_at, before.urgent_at)
    return [Button(label, "undo", after.id)] if has_moved and after.is_open and act.id not in _TAKING_BACK else []


def check(call: Call, act: Act, item: Item) -> None:
    """Raise RefusalError when the asker may not run this act on this item."""
    is_own = item.holder in (None, call.me.id)
    right = Right.COMPLETE_OTHERS if act.right is Right.COMPLETE_OWN and not is_own else act.right
    call.permit(right)


def must_be_open(call: Call, item: Item) -> None:
    """Raise RefusalError when the item is settled or over: « Cette fiche est terminée depuis lundi. »."""
    if item.is_open:
        return
    title, closed = item.task.title, item.closed_at
    if closed is None:
        raise RefusalError("item.closed", title=title)
    day = call.team.today(closed)
    days = (call.today - day).days
    if days <= 0:
        raise RefusalError("item.closed_today", title=title, at=call.clock(closed))
    raise RefusalError("item.closed_day" if days < _WEEK_DAYS else "item.closed_date", title=title, day=day)
