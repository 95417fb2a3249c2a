from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.spelling import exact, fold
from bot.grammar.task_names import find, names_of
from bot.message import Message, Reply
from bot.registry import Guide, Names, command
from bot.tasks.today import items_of
from bot.tasks.trigger import by_command, perform, visible
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.ports import Tx
    from bot.tasks.checklist import Item

_ALL = {"tout", "toutes", "tous", "all", "everything"}
_BOTH = {"les deux", "tous les deux", "toutes les deux", "both"}
_MOST = 12
"""Tasks that are named in one line."""
_AND = re.compile(r"\bet\b|\band\b|&", re.IGNORECASE)


@command(
    names=Names(
        "done",
        "fait",
        also_en=("finished", "finish", "tick", "complete", "check"),
        also_fr=("faite", "faits", "faites", "fini", "finie", "finis", "finies", "finir", "termine", "terminer",
                 "terminé", "terminée", "je termine", "ok", "cocher", "coche", "je coche", "faire", "j'ai fait"),
    ),
    section="day",
    takes="[{task}]",
    right=Right.COMPLETE_OWN,
    en=Guide("says that something is done", "done [task]", ("done", "done watch")),
    fr=Guide("dit qu’une chose est faite", "fait [tâche]", ("fait", "fait veille")),
)  # fmt: skip
def done(call: Call, tx: Tx) -> Reply:
    said = fold(call.rest)
    if said in _ALL or said in _BOTH:
        return _mine(call, tx, _today(call, tx), both=said in _BOTH)
    if not _AND.search(call.rest):
        return by_command(call, tx, "done")
    replies = [by_command(call._replace(rest=part), tx, "done") for part in _parts(call, _today(call, tx))]
    return replies[0] if len(replies) == 1 else _together(replies)


def _today(call: Call, tx: Tx) -> Sequence[Item]:
    return visible(call, items_of(tx, call.team, call.today))


def _mine(call: Call, tx: Tx, items: Sequence[Item], *, both: bool) -> Reply:
    """« tout » : each of my open things, and of one that comes twice today the first; `both` of them when it is two."""
    open_ = [item for item in items if item.is_open and item.holder == call.me.id]
    once = {item.task.key: item for item in reversed(open_)}
    if not once:
        raise RefusalError("ask.nothing_open")
    if both and len(once) != 2:  # noqa: PLR2004
        return by_command(call._replace(rest=""), tx, "done")
    return perform(call, tx, call.registry.acts["done"], [*reversed(once.values())])


def _parts(call: Call, items: Sequence[Item]) -> list[str]:
    """« veille et calendrier » : the tasks named, unless the whole is a title; a part that names none is refused."""
    parts = [part.strip() for part in _AND.sub(",", call.rest).split(",")]
    if len(parts) > _MOST or not all(parts) or exact(call.rest, names_of(items)):
        return [call.rest]
    found = [bool(find(part, items, call.catalogue)) for part in parts]
    if any(found) and not all(found):
        still = {item.task.key: item.task.title for item in items if item.is_open}
        raise RefusalError("task.unknown", query=parts[found.index(False)][:40], open=list(still.values())[:3])
    return parts if all(found) else [call.rest]


def _together(replies: Sequence[Reply]) -> Reply:
    messages = [one.message for one in replies if one.message is not None]
    blocks = tuple(block for one in messages for block in one.blocks)
    return Reply(Message(blocks, " ".join(one.summary for one in messages)))
