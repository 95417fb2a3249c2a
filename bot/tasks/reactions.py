"""An emoji on one of our cards: what it does to whom, and what its removal takes back.

A reaction is a fact of a set (posting, member, emoji): one that is already known changes nothing, so that a platform
may tell it again. What it does is an act like any other; what it may not do is said once, in private, and never done to
somebody else's task by chance.
"""

from __future__ import annotations

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

HOUR = "60"
_SETTLED_BY = {State.DONE: "done", State.SKIPPED: "skip"}


def reacted(call: Call, tx: Tx, what: Reacted) -> Reply:
    """Answer a reaction that was put on a posting of ours (`call.posting`), or taken off it.

    Anything that means nothing to us is ignored in silence. A refusal is an answer here, not a rollback: the reaction
    stays in the set, so that it is told once.
    """
    means = sense(call, what.emoji)
    if call.posting is None or means is None:
        return Reply()
    emoji = normalise(what.emoji)
    if not what.added:
        gone = tx.reactions.remove(call.team.id, call.posting.id, call.me.id, emoji)
        return _taken_off(call, tx, what.emoji) if gone else Reply()
    if not tx.reactions.add(call.team.id, call.posting.id, call.me.id, emoji):
        return Reply()
    try:
        return _put_on(call, tx, what.emoji, means)
    except RefusalError as error:
        return refusal(call, error)


def sense(call: Call, emoji: str) -> str | None:
    """The meaning of an emoji that we heed: an act's, `asked`, or `keycap`."""
    return heeded(call.catalogue.defaults.reactions, emoji)


def heeded(faces: Mapping[Meaning, Face], emoji: str) -> str | None:
    """The same, by the faces that a team knows."""
    if position(emoji) is not None:
        return "keycap"
    means = meaning(emoji, faces)
    return means if means in ACTS or means == "asked" else None


def _put_on(call: Call, tx: Tx, emoji: str, means: str) -> Reply:
    items = _shown(call, tx)
    match means:
        case "keycap":
            return _tick(call, tx, items, position(emoji) or 0)
        case "mine":
            return _mine(call, tx, [item for _, item in items])
        case "alert":
            return _urgent(call, tx, [item for _, item in items])
        case "seen":
            return _seen(call, tx, [item for _, item in items])
        case "later":
            return _my_only(call._replace(argument=HOUR), tx, items, "snooze")
        case "asked":
            return _what(call, [item for _, item in items])
        case _:
            return _my_only(call, tx, items, ACTS[means])


def _shown(call: Call, tx: Tx) -> list[tuple[int, Item]]:
    """The card's items by position."""
    assert call.posting is not None
    places = {item: place for place, item in tx.postings.items(call.team.id, call.posting.id)}
    found = tx.items.many(call.team.id, list(places))
    return sorted(((places[item.id], item) for item in found), key=lambda pair: pair[0])


def _my_only(call: Call, tx: Tx, items: Sequence[tuple[int, Item]], act_id: str) -> Reply:
    """Done to the reactor's only open task there, else asked which; never to anybody else's.

    Of a task with several times in the day, the earliest open one is meant.
    """
    act = call.registry.acts[act_id]
    mine = [item for _, item in items if item.holder == call.me.id]
    fit = _open(mine)
    keys = {item.task.key for item in fit}
    if len(keys) > 1:
        return Reply(ask.choose_item(call, act.id, fit, "ask.which"))
    if keys:
        reply = perform(call, tx, act, fit[:1])
        return reply if act_id == "snooze" else Reply()
    mine_done = [item for item in mine if item.closed_by == call.me.id and _SETTLED_BY.get(item.state) == act_id]
    if mine and not mine_done:
        must_be_open(call, mine[-1])
    if mine_done:
        return Reply()
    raise RefusalError("reaction.nothing_mine")


def _open(items: Sequence[Item]) -> list[Item]:
    return sorted((item for item in items if item.is_open), key=lambda item: item.start)


def _tick(call: Call, tx: Tx, items: Sequence[tuple[int, Item]], place: int) -> Reply:
    """The task at a position (its earliest open time), if it is mine or I may complete others'."""
    there = dict(items).get(place)
    if there is None:
        return Reply()
    line = [item for _, item in items if (item.task.key, item.holder) == (there.task.key, there.holder)]
    left = _open(line)
    if not left:
        if there.closed_by != call.me.id:
            must_be_open(call, there)
        return Reply()
    perform(call, tx, call.registry.acts["done"], left[:1])
    return Reply()


def _mine(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    """The card's only task with nobody is taken; with several it is asked which; a colleague's is asked about."""
    left = _open(items)
    if not left:
        must_be_open(call, items[-1])
    free = [item for item in left if call.roster.member(item.holder) is None]
    once = list({item.task.key: item for item in reversed(free)}.values())
    if len(once) == 1:
        perform(call, tx, call.registry.acts["take"], once)
        return Reply()
    theirs = list({item.task.key: item for item in reversed(left) if item.holder != call.me.id}.values())[::-1]
    offered = once[::-1] or theirs
    return Reply(ask.choose_held(call, offered)) if offered else Reply()


def _urgent(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    """🚨: the card's only open task cannot wait, whoever has it; of several it is asked which."""
    left = list({item.task.key: item for item in reversed(_open(items))}.values())[::-1]
    if not left:
        must_be_open(call, items[-1])
    if len(left) > 1:
        return Reply(ask.choose_item(call, "urgent", left, "reaction.urgent_which"))
    return perform(call, tx, call.registry.acts["urgent"], left)


def _seen(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    """Kept in the record for what is mine or nobody's, and for what is urgent; nothing is said."""
    for item in _open(items):
        if item.holder == call.me.id or call.roster.member(item.holder) is None or climbs(item, call.now):
            perform(call, tx, call.registry.acts["seen"], [item])
    return Reply()


def _what(call: Call, items: Sequence[Item]) -> Reply:
    """❌: asked about, in private."""
    mine = _open([item for item in items if item.holder == call.me.id])
    keys = {item.task.key for item in mine}
    if not mine:
        raise RefusalError("reaction.nothing_mine")
    return Reply(
        ask.choose_meaning(call, mine[0])
        if len(keys) == 1
        else ask.choose_item(call, "skip", mine, "reaction.asked_which")
    )


def _taken_off(call: Call, tx: Tx, emoji: str) -> Reply:
    """What this person's reaction on this card had done is as it was, unless another emoji of theirs still says it."""
    assert call.posting is not None
    means = sense(call, emoji)
    left = tx.reactions.of(call.team.id, call.posting.id, call.me.id)
    still = means != "keycap" and any(sense(call, other) == means for other in left)
    if still or means in (None, "asked", "seen", "later", "alert"):
        return Reply()
    items = _shown(call, tx)
    if means == "mine":
        return _given_back(call, tx, [item for _, item in items])
    state = "skip" if means == "skip" else "done"
    there = dict(items).get(position(emoji) or 0)
    for _, item in items:
        if means == "keycap" and (there is None or item.task.key != there.task.key):
            continue
        own = (item.closed_by, item.closed_via, item.closed_on) == (call.me.id, "reaction", call.posting.id)
        if own and _SETTLED_BY.get(item.state) == state:
            perform(call, tx, call.registry.acts["reopen"], [item])
    return Reply()


def _given_back(call: Call, tx: Tx, items: Sequence[Item]) -> Reply:
    for item in items:
        last = undoable(call, tx, item) if item.is_open else None
        if last is not None and last.act == "take" and last.source == "reaction":
            perform(call, tx, call.registry.acts["undo"], [item])
    return Reply()
