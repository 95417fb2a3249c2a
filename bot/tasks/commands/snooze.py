from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.rhythm import Rhythm
from bot.errors import RefusalError
from bot.grammar.snooze_time import says_when
from bot.grammar.spelling import exact
from bot.grammar.task_names import LONGEST_WHEN, before_moment, names_of
from bot.grammar.when import beyond, left_over, rhythm, say_rhythm
from bot.registry import Guide, Names, command, command_line
from bot.tasks.other_day import join_replies, split_tasks
from bot.tasks.today import items_of
from bot.tasks.trigger import by_command
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx
    from bot.tasks.checklist import Item


@command(
    names=Names(
        "snooze",
        "décaler",
        also_en=("later", "postpone", "put off"),
        also_fr=("décale", "je décale", "décalé", "décalée", "reporter", "reporte", "je reporte", "reporté", "reportée",
                 "repousser", "repousse", "je repousse", "repoussé", "repoussée", "plus tard"),
    ),
    section="day",
    takes="[{task}] [{moment}]",
    right=Right.COMPLETE_OWN,
    en=Guide("brings something up again later", "snooze [task] [when]",
             ("snooze", "snooze watch 1h", "snooze watch tomorrow 9am")),
    fr=Guide("reparle d’une chose plus tard", "décaler [tâche] [quand]",
             ("décaler", "décaler veille 1h", "décaler veille à demain 9h")),
)  # fmt: skip
def snooze(call: Call, tx: Tx) -> Reply:
    items = items_of(tx, call.team, call.today)
    _refuse_recurring(call, items)
    task, when = _split_several(call, items) or before_moment(call, call.rest, items)
    if left_over(task) == "rhythm.several":
        raise RefusalError("when.one", text=call.rest[:60])
    parts = split_tasks(call, items, task)
    return join_replies([by_command(call._replace(rest=part, argument=when), tx, "snooze") for part in parts])


def _split_several(call: Call, items: Sequence[Item]) -> tuple[str, str] | None:
    """Split « calendrier et réponses 1h » into its tasks and its moment; None for a single task."""
    words = call.rest.split()
    for cut in range(max(1, len(words) - LONGEST_WHEN), len(words)):
        head, tail = " ".join(words[:cut]), " ".join(words[cut:])
        if len(split_tasks(call, items, head)) > 1 and says_when(call, tail):
            return head, tail
    return None


def _refuse_recurring(call: Call, items: Sequence[Item]) -> None:
    """Raise RefusalError for « veille chaque lundi »: a snooze moves an item once. A title may sound like a rule."""
    words = call.rest.split()
    places = range(max(0, len(words) - LONGEST_WHEN), len(words))
    start = next((place for place in places if beyond(" ".join(words[place:]))), None)
    if start is None or exact(call.rest, names_of(items)):
        return
    name, rule = " ".join(words[:start]) or "…", _write_rule(call, " ".join(words[start:]))
    raise RefusalError("snooze.every", line=command_line(call.texts.language, "task", name, rule, verb="edit"))


def _write_rule(call: Call, typed: str) -> str:
    """Write a typed rule as it is understood, with its hour; an example when the grammar does not read it."""
    language = call.texts.language
    try:
        parsed_rule = rhythm(typed, language=language, today=call.today)
    except RefusalError as error:
        return str(error.params.get("example", typed))
    return say_rhythm(parsed_rule, language) if isinstance(parsed_rule, Rhythm) else typed
