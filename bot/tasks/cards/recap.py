"""Draw the evening's recap of one member: one question, and the items that settle themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.message import Button, Message, TaskLine, Text, plain
from bot.tasks.cards.ask import target
from bot.tasks.cards.day import MOST_LINES
from bot.tasks.cards.item import DAYS_A_WEEK, DOT, Lines, by_task, in_order
from bot.tasks.cards.tasks import choices, draw_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.i18n import Texts
    from bot.message import Block, Line
    from bot.tasks.checklist import Item
    from bot.teams.member import Member
    from bot.teams.roster import Roster

MOST_IDS = 2
"""Items that one button can name."""


class Evening(NamedTuple):
    """The open items of one member at the end of a day, by what becomes of them.

    `unanswered`: urgent items past the last rung of their ladder, for the lead. `positions` are those of the card.
    """

    dropped: Sequence[Item]
    carried: Sequence[Item]
    questioned: Sequence[Item]
    unanswered: Sequence[Item]
    positions: Mapping[str, int]


def recap(roster: Roster, reader: Member, evening: Evening, now: datetime) -> Message:
    """Draw the items that settle themselves, each with [C’était fait], then those that need an answer."""
    texts = roster.texts_for(reader)
    blocks: list[Block] = []
    lines = [(group, texts.line("recap.dropped")) for group in by_task(in_order(evening.dropped))]
    carried = _write_carried(roster, texts, now)
    lines += [(group, carried) for group in by_task(in_order(evening.carried))]
    if lines:
        blocks.append(Text(texts.line("recap.title", name=reader.name)))
        blocks += [_draw_unticked(texts, evening.positions, group, end) for group, end in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        blocks.append(Text(texts.line("day.more", count=len(lines) - MOST_LINES), "note"))
    if evening.questioned:
        count = len(by_task(evening.questioned))
        line = texts.line("recap.ask", count=count, titles=_list_titles(texts, evening.questioned))
        blocks += [Text(line), *_question_buttons(roster, texts, now)]
    blocks += _draw_unanswered(roster, texts, evening.unanswered, now)
    first = next(block for block in blocks if isinstance(block, Text))
    return Message(tuple(blocks), plain(first.line))


def _draw_unticked(texts: Texts, positions: Mapping[str, int], group: Sequence[Item], end: Line) -> TaskLine:
    """Draw « Veille du jour · pas de report [C’était fait] »."""
    line: Line = (group[0].task.title.say(texts.language), DOT, *end)
    button = Button(texts.text("button.was_done"), "done", target(group[:MOST_IDS]))
    return TaskLine(positions[group[0].id], "open", line, (), (button,))


def _write_carried(roster: Roster, texts: Texts, now: datetime) -> Line:
    """Write « report à demain », « report à lundi » or « report au 5 janvier »."""
    today = roster.team.today(now)
    day = roster.team.calendar.next_working(today)
    days = (day - today).days
    if days == 1:
        return texts.line("recap.carried")
    return texts.line("recap.carried_day" if days < DAYS_A_WEEK else "recap.carried_date", day=day)


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
