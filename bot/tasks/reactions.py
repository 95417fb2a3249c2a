"""Run the act of an emoji put on a card, and take it back when the emoji is removed.

Reactions form a set of (posting, member, emoji): one stored already changes nothing, so that a platform may report it
twice. A reaction's act is the same as a button's; a refusal is answered once, in private, and no reaction ever changes
another member's task by chance.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.help.refusal import refusal
from bot.message import Reply
from bot.platforms.emoji import ACTS, meaning, normalise, position
from bot.tasks.acts.undo import undoable
from bot.tasks.cards import ask
from bot.tasks.checklist import State
from bot.tasks.ladder import climbs
from bot.tasks.trigger import must_be_open, perform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.catalogue.defaults import Face, Meaning
    from bot.ports import Tx
    from bot.request import Reacted
    from bot.tasks.checklist import Item

HOUR_MINUTES = "60"
_SETTLED_BY = {State.DONE: "done", State.SKIPPED: "skip"}


def reacted(call: Call, tx: Tx, reaction: Reacted) -> Reply:
    """Answer a reaction put on a posting of Vigie (`call.posting`), or taken off it.

    Emoji without a meaning are ignored in silence. A refusal is an answer here, not a rollback: the reaction stays in
    the set, so that it is answered once.
    """
    means = sense(call, reaction.emoji)
    if call.posting is None or means is None:
        return Reply()
    emoji = normalise(reaction.emoji)
    if not reaction.added:
        removed = tx.reactions.remove(call.team.id, call.posting.id, call.me.id, emoji)
        return _take_back(call, tx, reaction.emoji) if removed else Reply()
    if not tx.reactions.add(call.team.id, call.posting.id, call.me.id, emoji):
        return Reply()
    try:
        return _run_meaning(call, tx, reaction.emoji, means)
    except RefusalError as error:
        return refusal(call, error)


def sense(call: Call, emoji: str) -> str | None:
    """Return the meaning of an emoji: an act's, `asked` or `keycap`; None when it has none."""
    return heeded(call.catalogue.defaults.reactions, emoji)


def heeded(faces: Mapping[Meaning, Face], emoji: str) -> str | None:
    """Return the meaning of an emoji among a team's faces, as :func:`sense` does."""
    if position(emoji) is not None:
        return "keycap"
    means = meaning(emoji, faces)
    return means if means in ACTS or means == "asked" else None


def _run_meaning(call: Call, tx: Tx, emoji: str, means: str) -> Reply:
    items = _load_items(call, tx)
    if not items:
        return _react_to_line(call, tx, means, 0)
    match means:
        case "keycap":
            return _tick_position(call, tx, items, position(emoji) or 0)
        case "mine":
            return _take_unheld(call, tx, [item for _, item in items])
        case "alert":
            return _mark_urgent(call, tx, [item for _, item in items])
        case "seen":
            return _acknowledge(call, tx, [item for _, item in items])
        case "later":
            return _act_on_own(call._replace(argument=HOUR_MINUTES), tx, items, "snooze")
        case "asked":
            return _ask_meaning(call, [item for _, item in items])
        case _:
            return _act_on_own(call, tx, items, ACTS[means])


def _react_to_line(call: Call, tx: Tx, means: str, place: int) -> Reply:
    """Run the press that an emoji means on a message without items; `place` 1: the one that takes it back.

    A message that has none for it is no card: what would act on a task is refused, the rest ignored.
    """
    assert call.posting is not None
    for kind in call.posting.kind.split("+"):
        nudge = call.registry.nudge(kind)
        presses = nudge.reactions.get(means) if nudge else None
        if presses is not None:
            press = call.registry.presses[presses[place]]
            call.permit(press.right)
            day = call.team.today(call.posting.created_at)
            return press.handler(call._replace(rest=day.isoformat()), tx)
    if place or means not in ACTS or means == "seen":
        return Reply()
    raise RefusalError("reaction.no_items")


def _load_items(call: Call, tx: Tx) -> list[tuple[int, Item]]:
    """Return the card's items with their positions, in order."""
    assert call.posting is not None
    positions = {item: place for place, item in tx.postings.items(call.team.id, call.posting.id)}
    items = tx.items.many(call.team.id, list(positions))
    return sorted(((positions[item.id], item) for item in items), key=lambda pair: pair[0])


def _act_on_own(call: Call, tx: Tx, items: Sequence[tuple[int, Item]], act_id: str) -> Reply:
    """Run the act on the reactor's only open task of the card; ask which of several; never touch another member's.

    Of a task with several times in the day, take the earliest open one.
    """
    act = call.registry.acts[act_id]
    own_items = [item for _, item in items if item.holder == call.me.id]
    open_items = _sort_open(own_items)
    keys = {item.task.key for item in open_items}
    if len(keys) > 1:
        return Reply(ask.choose_item(call, act.id, open_items, "ask.which"))
    if keys:
        reply = perform(call, tx, act, open_items[:1])
        return reply if act_id == "snooze" else Reply()
    settled_items = [
        item for item in own_items if item.closed_by == call.me.id and _SETTLED_BY.get(item.state) == act_id
    ]
    if own_items and not settled_items:
        must_be_open(call, own_items[-1])
    if settled_items:
        return Reply()
    raise RefusalError("reaction.nothing_mine")


def _sort_open(items: Sequence[Item]) -> list[Item]:
    return sorted((item for item in items if item.is_open), key=lambda item: item.start)


def _tick_position(call: Call, tx: Tx, items: Sequence[tuple[int, Item]], place: int) -> Reply:
    """Tick the task at a position (its earliest open time), if the reactor may."""
    target = dict(items).get(place)
    if target is None:
        return Reply()
    same_task = [item for _, item in items if (item.task.key, item.holder) == (target.task.key, target.holder)]
    open_items = _sort_open(same_task)
    if not open_items:
        if target.closed_by != call.me.id:
            must_be_open(call, target)
        return Reply()
    perform(call, tx, call.registry.acts["done"], open_items[:1])
    return Reply()


def _take_unheld(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    """Take the card's only task without a holder; ask which of several, and before taking a colleague's."""
    open_items = _sort_open(items)
    if not open_items:
        must_be_open(call, items[-1])
    unheld = [item for item in open_items if call.roster.member(item.holder) is None]
    unheld_tasks = list({item.task.key: item for item in reversed(unheld)}.values())
    if len(unheld_tasks) == 1:
        perform(call, tx, call.registry.acts["take"], unheld_tasks)
        return Reply()
    held_tasks = {item.task.key: item for item in reversed(open_items) if item.holder != call.me.id}
    offered = unheld_tasks[::-1] or list(held_tasks.values())[::-1]
    return Reply(ask.choose_held(call, offered)) if offered else Reply()


def _mark_urgent(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    """Mark the card's only open task as urgent (🚨), whoever holds it; ask which of several."""
    tasks = list({item.task.key: item for item in reversed(_sort_open(items))}.values())[::-1]
    if not tasks:
        must_be_open(call, items[-1])
    if len(tasks) > 1:
        return Reply(ask.choose_item(call, "urgent", tasks, "reaction.urgent_which"))
    return perform(call, tx, call.registry.acts["urgent"], tasks)


def _acknowledge(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    """Acknowledge the reactor's own, unheld and urgent items in the record, without an answer."""
    for item in _sort_open(items):
        if item.holder == call.me.id or call.roster.member(item.holder) is None or climbs(item, call.now):
            perform(call, tx, call.registry.acts["seen"], [item])
    return Reply()


def _ask_meaning(call: Call, items: Sequence[Item]) -> Reply:
    """Ask in private for the meaning of ❌."""
    own_items = _sort_open([item for item in items if item.holder == call.me.id])
    keys = {item.task.key for item in own_items}
    if not own_items:
        raise RefusalError("reaction.nothing_mine")
    return Reply(
        ask.choose_meaning(call, own_items[0])
        if len(keys) == 1
        else ask.choose_item(call, "skip", own_items, "reaction.asked_which")
    )


def _take_back(call: Call, tx: Tx, emoji: str) -> Reply:
    """Take back the act of a removed reaction, unless another emoji of this member on the card still means it."""
    assert call.posting is not None
    means = sense(call, emoji)
    remaining = tx.reactions.of(call.team.id, call.posting.id, call.me.id)
    is_still_meant = means != "keycap" and any(sense(call, other) == means for other in remaining)
    if is_still_meant or means in (None, "asked", "seen", "later", "alert"):
        return Reply()
    items = _load_items(call, tx)
    if not items:
        with suppress(RefusalError):  # taken back already, by a button
            return _react_to_line(call, tx, means or "", 1)
        return Reply()
    if means == "mine":
        return _undo_take(call, tx, [item for _, item in items])
    state = "skip" if means == "skip" else "done"
    target = dict(items).get(position(emoji) or 0)
    for _, item in items:
        if means == "keycap" and (target is None or item.task.key != target.task.key):
            continue
        is_own = (item.closed_by, item.closed_via, item.closed_on) == (call.me.id, "reaction", call.posting.id)
        if is_own and _SETTLED_BY.get(item.state) == state:
            perform(call, tx, call.registry.acts["reopen"], [item])
    return Reply()


def _undo_take(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    for item in items:
        last = undoable(call, tx, item) if item.is_open else None
        if last is not None and last.act == "take" and last.source == "reaction":
            perform(call, tx, call.registry.acts["undo"], [item])
    return Reply()
