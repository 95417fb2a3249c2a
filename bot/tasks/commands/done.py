from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.spelling import exact, fold
from bot.grammar.task_names import find, names_of
from bot.registry import Guide, Names, command
from bot.tasks.other_day import backdate, join_replies, refuse_other_day, split_day
from bot.tasks.today import items_of
from bot.tasks.trigger import by_command, perform, visible
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx
    from bot.tasks.checklist import Item

_ALL = {"tout", "toutes", "tous", "all", "everything"}
_BOTH = {"les deux", "tous les deux", "toutes les deux", "both"}
_MOST = 12
"""Tasks named in one line."""
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
    words = fold(call.rest)
    if words in _ALL or words in _BOTH:
        return _complete_own(call, tx, _load_today(call, tx), both=words in _BOTH)
    head, day = split_day(call, call.rest)
    if day is not None and day < call.today and not exact(call.rest, names_of(_load_today(call, tx))):
        return backdate(call, tx, head, day)
    refuse_other_day(call, tx, call.rest)
    if not _AND.search(call.rest):
        return by_command(call, tx, "done")
    replies = [by_command(call._replace(rest=part), tx, "done") for part in _split_tasks(call, _load_today(call, tx))]
    return replies[0] if len(replies) == 1 else join_replies(replies)


def _load_today(call: Call, tx: Tx) -> Sequence[Item]:
    return visible(call, items_of(tx, call.team, call.today))


def _complete_own(call: Call, tx: Tx, items: Sequence[Item], *, both: bool) -> Reply:
    """Complete each open item of the asker (« tout »), the first of one task; `both` only if they are two."""
    own_items = [item for item in items if item.is_open and item.holder == call.me.id]
    items_by_key = {item.task.key: item for item in reversed(own_items)}
    if not items_by_key:
        raise RefusalError("ask.nothing_open")
    if both and len(items_by_key) != 2:  # noqa: PLR2004
        return by_command(call._replace(rest=""), tx, "done")
    return perform(call, tx, call.registry.acts["done"], [*reversed(items_by_key.values())])


def _split_tasks(call: Call, items: Sequence[Item]) -> list[str]:
    """Split « veille et calendrier » into tasks, unless the whole is a title; refuse a part that names none."""
    parts = [part.strip() for part in _AND.sub(",", call.rest).split(",")]
    if len(parts) > _MOST or not all(parts) or exact(call.rest, names_of(items)):
        return [call.rest]
    are_tasks = [bool(find(part, items, call.catalogue)) for part in parts]
    if any(are_tasks) and not all(are_tasks):
        open_titles = {item.task.key: item.task.title for item in items if item.is_open}
        raise RefusalError(
            "task.unknown", query=parts[are_tasks.index(False)][:40], open=list(open_titles.values())[:3]
        )
    return parts if all(are_tasks) else [call.rest]
