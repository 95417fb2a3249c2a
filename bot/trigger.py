"""One act, three triggers: a typed command, a button, a reaction. All of them end in :func:`perform`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.item import settled
from bot.domain.checklist import State
from bot.domain.member import Right
from bot.errors import RefusalError
from bot.message import Button, Message, Reply, Text, plain
from bot.spelling import lookup
from bot.today import items_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.domain.checklist import Item
    from bot.message import Block
    from bot.ports import Tx
    from bot.registry import Act


def by_command(call: Call, tx: Tx, act_id: str) -> Reply:
    """Do it to the task that was named; with no name, to my only one; when in doubt, ask with buttons."""
    act = call.registry.acts[act_id]
    there = items_of(tx, call.team, call.today)
    fit = [item for item in there if item.is_open != (act_id == "reopen")]
    if not call.rest:
        return _only_mine(call, tx, act, fit)
    by_key = {item.task.key: item for item in _preferred(call, act, there)}
    found = lookup(call.rest, {key: (key, *_names(item)) for key, item in by_key.items()})
    if not found:
        raise RefusalError("task.unknown", query=call.rest[:40], open=[item.task.title for item in fit[:3]])
    if len(found) > 1:
        return ask(call, act, [by_key[key] for key in found], "ask.near")
    return perform(call, tx, act, [by_key[found[0]]])


def _names(item: Item) -> tuple[str, ...]:
    task = item.task
    return (task.title.fr, task.title.en, task.short.fr, task.short.en, *task.names)


def _preferred(call: Call, act: Act, there: Sequence[Item]) -> list[Item]:
    """The items in such an order that, of several of one task, the last is the one that is meant."""

    def weight(item: Item) -> tuple[bool, bool, float]:
        wanted = item.is_open != (act.id == "reopen")
        return wanted, item.holder == call.me.id, -item.start.timestamp()

    return sorted(there, key=weight)


def _only_mine(call: Call, tx: Tx, act: Act, fit: Sequence[Item]) -> Reply:
    mine = [item for item in fit if call.me.id in (item.holder, item.closed_by)]
    match len({item.task.key for item in mine}):
        case 0:
            raise RefusalError("ask.nothing_open")
        case 1:
            return perform(call, tx, act, mine[:1])
        case _:
            return ask(call, act, mine, "ask.which")


def ask(call: Call, act: Act, items: Sequence[Item], key: str) -> Reply:
    """« Laquelle ? »: a button an item, and one for all of them."""
    once = {item.task.key: item for item in reversed(items)}
    few = list(reversed(once.values()))[:4]
    language = call.texts.language
    buttons = [Button(item.task.title.say(language), act.id, item.id) for item in few]
    every = Button(call.texts.text("button.all", count=len(few)), act.id, ",".join(item.id for item in few))
    line = call.line(key, count=len(few), titles=call.texts.listing([item.task.title.say(language) for item in few]))
    return Reply(Message((Text(line), *buttons, every), plain(line)))


def by_button(call: Call, tx: Tx, act_id: str) -> Reply:
    """Do it to the items that the button names (old buttons too: their items say what became of them)."""
    found = tx.items.many(call.team.id, call.rest.split(","))
    if not found:
        raise RefusalError("item.gone")
    return perform(call, tx, call.registry.acts[act_id], found)


def perform(call: Call, tx: Tx, act: Act, items: Sequence[Item]) -> Reply:
    """Check the right, do it to each item, and answer with how each of them stands now."""
    blocks: list[Block] = []
    said = []
    for item in items:
        check(call, act, item)
        line = act.handler(call, tx, item)
        said.append(plain(line))
        now = tx.items.get(call.team.id, item.id)
        assert now is not None
        blocks.append(Text(line))
        if now.state is not item.state and settled(now):
            blocks.append(Button(call.texts.text("button.undo"), "reopen", item.id))
    return Reply(Message(tuple(blocks), " ".join(said)))


def check(call: Call, act: Act, item: Item) -> None:
    """Raise RefusalError when the asker may not do this to this item."""
    own = item.holder in (None, call.me.id)
    wanted = Right.COMPLETE_OTHERS if act.right is Right.COMPLETE_OWN and not own else act.right
    call.permit(wanted)


def by_reaction(call: Call, tx: Tx, act_id: str) -> Reply:
    """Put on a card: done to the reactor's only open task there, else asked which; never to anybody else's.

    Of a task with several times in the day, the earliest open one is meant.
    """
    act = call.registry.acts[act_id]
    assert call.posting is not None
    shown = [item for _, item in tx.postings.items(call.team.id, call.posting.id)]
    mine = [item for item in tx.items.many(call.team.id, shown) if item.holder == call.me.id]
    fit = sorted((item for item in mine if item.is_open), key=lambda item: item.start)
    keys = {item.task.key for item in fit}
    if len(keys) == 1:
        perform(call, tx, act, fit[:1])
        return Reply()
    if keys:
        return ask(call, act, fit, "ask.which")
    if any(item.state is State.DONE for item in mine):
        return Reply()
    raise RefusalError("reaction.nothing_mine")


def by_removal(call: Call, tx: Tx) -> Reply:
    """Taken off a card: what this person's reaction on this card had done is open again, nothing else."""
    assert call.posting is not None
    shown = [item for _, item in tx.postings.items(call.team.id, call.posting.id)]
    for item in tx.items.many(call.team.id, shown):
        if (item.closed_by, item.closed_via, item.closed_on) == (call.me.id, "reaction", call.posting.id):
            perform(call, tx, call.registry.acts["reopen"], [item])
    return Reply()
