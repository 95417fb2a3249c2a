"""Draw the evening's recap of one member: one question, and the items that settle themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.message import Button, Message, Text, plain
from bot.registry import command_line
from bot.tasks.cards.item import Lines, by_task, in_order
from bot.tasks.cards.tasks import choices, draw_list
from bot.tasks.task import Closing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.i18n import Texts
    from bot.message import Block
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster


def recap(roster: Roster, texts: Texts, items: Sequence[Item], unanswered: Sequence[Item], now: datetime) -> Message:
    """Draw the items that need an answer with three buttons, then list those that carry or drop by themselves.

    `unanswered`: urgent items past the last rung of their ladder, in red, with their buttons.
    """
    questioned = [item for item in items if item.closing is Closing.ASK]
    blocks: list[Block] = []
    if questioned:
        line = texts.line("recap.ask", count=len(questioned), titles=_list_titles(texts, questioned))
        blocks += [Text(line), *_question_buttons(roster, texts, now)]
    for closing, key in ((Closing.DROP, "recap.dropped"), (Closing.CARRY, "recap.carried")):
        listed = [item for item in items if item.closing is closing]
        if listed:
            blocks.append(Text(texts.line(key, titles=_list_titles(texts, listed))))
    self_settling = [item for item in items if item.closing is not Closing.ASK]
    if self_settling and not questioned:
        blocks.append(Button(texts.text("button.mine"), "say", command_line(texts.language, "day")))
    blocks += _draw_unanswered(roster, texts, unanswered, now)
    first = next(block for block in blocks if isinstance(block, Text))
    return Message(tuple(blocks), plain(first.line))


def _draw_unanswered(roster: Roster, texts: Texts, items: Sequence[Item], now: datetime) -> list[Block]:
    if not items:
        return []
    lines = Lines(roster, texts, now, public=False)
    groups = enumerate(by_task(in_order(items)), 1)
    return [
        Text(texts.line("urgent.left")),
        *(lines.block(place, group, buttons=choices(texts, group[0])) for place, group in groups),
    ]


def _question_buttons(roster: Roster, texts: Texts, now: datetime) -> list[Button]:
    """Build [À demain] (on the eve of closed days: [À lundi]) [Laisser tomber] [Choisir]."""
    today = roster.team.today(now)
    next_day = roster.team.calendar.next_working(today)
    label = (
        texts.text("button.tomorrow")
        if next_day == today + timedelta(days=1)
        else texts.text("button.monday", day=next_day)
    )
    return [
        Button(label, "carry", style="primary"),
        Button(texts.text("button.let_go"), "let_go"),
        Button(texts.text("button.choose"), "choose"),
    ]


def _list_titles(texts: Texts, items: Sequence[Item]) -> str:
    return texts.listing(dict.fromkeys(item.task.title.say(texts.language) for item in items))


def one_by_one(roster: Roster, texts: Texts, items: Sequence[Item], now: datetime) -> Message:
    """Draw the answer to [Choisir]: each item with its own buttons."""
    return draw_list(roster, texts, texts.line("closing.choose"), items, now)
