from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import colleague, named
from bot.grammar.spelling import fold
from bot.grammar.task_names import before_person, before_reason
from bot.ids import new_id
from bot.registry import Guide, Names, command
from bot.tasks.cards.ask import REASONS
from bot.tasks.other_day import join_replies, refuse_other_day, split_tasks
from bot.tasks.today import items_of
from bot.tasks.trigger import by_command, visible
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx

LONGEST_REASON = 200
"""Characters of a typed reason."""


@command(
    names=Names(
        "skip",
        "sauter",
        also_en=("skipped", "pass", "ignore", "not this time"),
        also_fr=("saute", "je saute", "sauté", "sautée", "passer", "passe", "je passe", "passé", "passée", "ignorer",
                 "ignore", "j'ignore", "pas cette fois"),
    ),
    section="day",
    takes="[{task}] [{text=reason}]",
    right=Right.COMPLETE_OWN,
    en=Guide("leaves something out this time; why, if you like", "skip [task] [reason]",
             ("skip", "skip watch", "skip watch client away")),
    fr=Guide("laisse une chose pour cette fois ; la raison est facultative", "sauter [tâche] [raison]",
             ("sauter", "sauter veille", "sauter veille client absent")),
)  # fmt: skip
def skip(call: Call, tx: Tx) -> Reply:
    items = items_of(tx, call.team, call.today)
    task, name = before_person(call, call.rest, items)
    if task and named(call, name):
        member = colleague(call, tx, name)
        return by_command(call.with_fresh_roster(tx)._replace(rest=task, argument=f"@{member.id}"), tx, "skip")
    refuse_other_day(call, tx, call.rest)
    parts = split_tasks(call, visible(call, items), call.rest)
    if len(parts) > 1:
        return join_replies([by_command(call._replace(rest=part, argument=""), tx, "skip") for part in parts])
    task, reason = before_reason(call.rest, items)
    return by_command(call._replace(rest=task, argument=_store_reason(call, tx, reason)), tx, "skip")


def _store_reason(call: Call, tx: Tx, reason: str) -> str:
    """Return the code of the button with the same words, else the id of a new note with them; "" without a reason."""
    if not reason:
        return ""
    for code in REASONS:
        if fold(reason) == fold(call.texts.text(f"skip.reason.{code}")):
            return code
    if len(reason) > LONGEST_REASON:
        raise RefusalError("skip.too_long", limit=LONGEST_REASON)
    note = new_id(tx.now)
    tx.notes.put(call.team.id, note, reason)
    return note
