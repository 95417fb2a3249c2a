"""The evening's recap to one person: one question, and what settles itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.message import Button, Message, Text, plain
from bot.tasks.cards.item import Lines, by_task, in_order
from bot.tasks.cards.tasks import choices, tasks
from bot.tasks.task import Closing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.i18n import Texts
    from bot.message import Block
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster


def recap(roster: Roster, texts: Texts, items: Sequence[Item], unanswered: Sequence[Item], now: datetime) -> Message:
    """What asks to be settled comes first with its three buttons; what carries or drops by itself is only listed.

    `unanswered`: what is urgent and has come to the top of its ladder, in red, with what can be done about it.
    """
    asked = [item for item in items if item.closing is Closing.ASK]
    blocks: list[Block] = []
    if asked:
        line = texts.line("recap.ask", count=len(asked), titles=_titles(texts, asked))
        blocks += [Text(line), *_question(roster, texts, now)]
    for closing, key in ((Closing.DROP, "recap.dropped"), (Closing.CARRY, "recap.carried")):
        some = [item for item in items if item.closing is closing]
        if some:
            blocks.append(Text(texts.line(key, titles=_titles(texts, some))))
    mine = [item for item in items if item.closing is not Closing.ASK]
    if mine and not asked:
        blocks.append(Button(texts.text("button.mine"), "say", "jour" if texts.language == "fr" else "day"))
    blocks += _red(roster, texts, unanswered, now)
    first = next(block for block in blocks if isinstance(block, Text))
    return Message(tuple(blocks), plain(first.line))


def _red(roster: Roster, texts: Texts, items: Sequence[Item], now: datetime) -> list[Block]:
    if not items:
        return []
    lines = Lines(roster, texts, now, public=False)
    groups = enumerate(by_task(in_order(items)), 1)
    return [
        Text(texts.line("urgent.left")),
        *(lines.block(place, group, buttons=choices(texts, group[0])) for place, group in groups),
    ]


def _question(roster: Roster, texts: Texts, now: datetime) -> list[Button]:
    """[À demain] (on the eve of closed days: [À lundi]) [Laisser tomber] [Choisir], about what this card asks."""
    today = roster.team.today(now)
    following = roster.team.calendar.next_working(today)
    label = (
        texts.text("button.tomorrow")
        if following == today + timedelta(days=1)
        else texts.text("button.monday", day=following)
    )
    return [
        Button(label, "carry", style="primary"),
        Button(texts.text("button.let_go"), "let_go"),
        Button(texts.text("button.choose"), "choose"),
    ]


def _titles(texts: Texts, items: Sequence[Item]) -> str:
    return texts.listing(dict.fromkeys(item.task.title.say(texts.language) for item in items))


def one_by_one(roster: Roster, texts: Texts, items: Sequence[Item], now: datetime) -> Message:
    """« Choisir » : each with its own buttons."""
    return tasks(roster, texts, texts.line("closing.choose"), items, now)
