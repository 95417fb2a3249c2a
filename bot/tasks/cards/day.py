"""Draw the day: the team's card for the channel, and one member's own list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.i18n import Words, capital
from bot.message import Button, Line, Message, Text, plain
from bot.registry import command_line
from bot.tasks.cards.item import Lines, by_task, in_order, tally
from bot.tasks.cards.tasks import choices, message_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from bot.i18n import Texts
    from bot.message import Block
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster

MOST_LINES = 10
"""Lines of a card before « … et 4 autres » (with the others, 12 at the most)."""
MOST_CLOSURES = 3
"""Closed days that are named separately."""
WEEK_DAYS = 7
"""Days after which a weekday's name means another day."""
TEAM_WORD = Words("équipe", "team")
"""Added to `day`, `week` or `month`, it asks for everybody's items (bot.grammar.leftover_words)."""
PROGRESS, TEAM = "day.progress", "day.team"
"""Message keys of the progress, on a card of the team and on a member's own."""


def team_day(roster: Roster, texts: Texts, items: Sequence[tuple[int, Item]], day: date, now: datetime) -> Message:
    """Draw everybody's day: task, holder, deadline; names without mention. `items` are (position, item)."""
    lines = Lines(roster, texts, now)
    position = {item.id: place for place, item in items}
    groups = by_task([item for _, item in items])
    title = capital(texts.date(day))
    blocks: list[Block] = [Text((title,), "title")]
    if not groups:
        blocks.append(Text(texts.line("day.nothing_planned")))
    blocks += [lines.block(position[group[0].id], group) for group in groups[:MOST_LINES]]
    blocks += _note_others(texts, len(groups))
    blocks.append(Button(texts.text("button.mine"), "say", command_line(texts.language, "day")))
    return Message(tuple(blocks), f"{title} · {plain(progress(texts, PROGRESS, groups))}")


def progress(texts: Texts, key: str, lines: Iterable[Sequence[Item]]) -> Line:
    """Write the count of done lines out of all, and of the skipped ones: « 3 sur 6, 1 passée »."""
    count = tally(lines)
    line = texts.line(key, count=count.done, total=count.total)
    return (*line, *texts.line("day.skipped", count=count.skipped)) if count.skipped else line


def shared(items: Iterable[Item]) -> list[Item]:
    """Leave out private reminders: they are no part of what a team has to do."""
    return [item for item in items if not item.task.private]


def _note_others(texts: Texts, count: int) -> list[Block]:
    if count <= MOST_LINES:
        return []
    return [Text(texts.line("day.more", count=count - MOST_LINES), "note")]


def my_day(roster: Roster, texts: Texts, items: Sequence[Item], me: str, now: datetime) -> Message:
    """Draw the open items of member `me`, each with its buttons, and the team's progress."""
    lines = Lines(roster, texts, now, public=False)
    groups = by_task(in_order(item for item in items if item.holder == me and item.is_open))
    head = _write_heading(texts, roster.name(me), len(groups))
    blocks: list[Block] = [Text(head, "title" if groups else "plain")]
    for place, group in enumerate(groups[:MOST_LINES], 1):
        line = lines.block(place, group, name=False, buttons=choices(texts, group[0]))
        snooze_lines = _write_snooze(lines, texts, group, now)
        blocks.append(replace(line, under=snooze_lines) if snooze_lines else line)
        blocks += message_links(texts, group[0])
    blocks += _note_others(texts, len(groups))
    team_items = shared(items)
    if team_items:
        blocks.append(Text(progress(texts, TEAM, by_task(team_items)), "note"))
        team = command_line(texts.language, "day", TEAM_WORD.say(texts.language))
        blocks.append(Button(texts.text("button.team"), "say", team))
    return Message(tuple(blocks), plain(head))


def _write_snooze(lines: Lines, texts: Texts, group: Sequence[Item], now: datetime) -> tuple[Line, ...]:
    """Write « Plus tard : à 14 h » under snoozed items."""
    coming = [item.later_at for item in group if item.is_open and item.later_at and item.later_at > now]
    return (texts.line("day.later", when=lines.moment(min(coming))),) if coming else ()


def _write_heading(texts: Texts, name: str, count: int) -> Line:
    return texts.line("day.mine", name=name, count=count) if count else texts.line("day.nothing_left")


def waited(roster: Roster, texts: Texts, day: date) -> Text | None:
    """Write, after closed days, since when messages have waited, and the closed days outside week-ends."""
    calendar = roster.team.calendar
    last = calendar.previous_working(day)
    closed = [last + timedelta(days=gap) for gap in range(1, (day - last).days)]
    if not closed:
        return None
    after_a_week = len(closed) >= WEEK_DAYS - 1
    since = texts.line("day.since_date" if after_a_week else "day.since", day=last, at=roster.team.closes)
    closures = [day for day in closed if day.isoweekday() in calendar.days]
    return Text((*_write_closures(roster, texts, closures, a_week=after_a_week), *since) if closures else since, "note")


def _write_closures(roster: Roster, texts: Texts, days: Sequence[date], *, a_week: bool) -> Line:
    """Write « Lundi était férié. », for the team's closure « Fermé lundi et mardi. », for a long one its start."""
    if a_week or len(days) > MOST_CLOSURES:
        return (*texts.line("day.shut_since", day=days[0]), " ")
    names = texts.listing(texts.date(day, "day") for day in days)
    if roster.team.closures.isdisjoint(days):
        return (*texts.line("day.closed", count=len(days), days=capital(names)), " ")
    return (*texts.line("day.shut", days=names), " ")
