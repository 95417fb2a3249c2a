from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.people import colleague, refuse_several
from bot.grammar.task_names import before_person
from bot.registry import Guide, Names, command
from bot.tasks.other_day import join_replies, refuse_other_day, split_tasks
from bot.tasks.today import items_of
from bot.tasks.trigger import by_command, visible
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx

_TO = re.compile(r"\b(?:à|a|pour|to|for)\s+", re.IGNORECASE)


@command(
    names=Names(
        "assign",
        "confier",
        also_en=("give", "delegate", "hand", "hand over", "reassign"),
        also_fr=("confie", "je confie", "confié", "confiée", "assigner", "assigne", "j'assigne", "assigné", "assignée",
                 "donner", "donne", "je donne", "déléguer", "délègue", "je délègue", "attribuer", "attribue",
                 "j'attribue"),
    ),
    section="day",
    takes="[{task}] [to {person}]",
    right=Right.ASSIGN,
    en=Guide("gives something to somebody", "assign [task] to NAME", ("assign watch to Karim", "assign watch")),
    fr=Guide("donne une chose à quelqu’un", "confier [tâche] à NOM", ("confier veille à Karim", "confier veille")),
)  # fmt: skip
def assign(call: Call, tx: Tx) -> Reply:
    for match in _TO.finditer(call.rest):
        refuse_several(call, call.rest[match.end() :])
    task, name = before_person(call, call.rest, visible(call, items_of(tx, call.team, call.today)))
    refuse_several(call, name)
    member_id = colleague(call, tx, name).id if name else ""
    refuse_other_day(call, tx, task)
    call = call.with_fresh_roster(tx)
    parts = split_tasks(call, visible(call, items_of(tx, call.team, call.today)), task)
    return join_replies([by_command(call._replace(rest=part, argument=member_id), tx, "assign") for part in parts])
