"""Draw a week or a month by day: a member's open items, or everybody's, and the team's progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import capital
from bot.message import Button, Message, Text, plain
from bot.registry import command_line
from bot.tasks.agenda import by_day
from bot.tasks.cards.day import TEAM, TEAM_WORD, progress, shared
from bot.tasks.cards.item import Lines, by_task, in_order
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.call import Call
    from bot.message import Block
    from bot.tasks.checklist import Item

MOST_LINES = 12
"""Tasks shown before « … et 4 autres »."""


def draw_own(call: Call, items: Sequence[Item], name: str) -> Message:
    """Draw the asker's open items by day, and the team's progress. `name` is the command: `week` or `month`."""
    own_items = [item for item in items if item.holder == call.me.id and item.is_open]
    groups = _group_by_day(call, own_items)
    count = sum(len(tasks) for _, tasks in groups)
    head = call.line(f"{name}.mine", name=call.me.name, count=count) if own_items else call.line(f"{name}.nothing")
    blocks: list[Block] = [Text(head, "title" if own_items else "plain"), *_draw_days(call, groups, public=False)]
    team_items = shared(items)
    if team_items:
        blocks.append(Text(progress(call.texts, TEAM, _list_lines(call, team_items)), "note"))
        draw_team = command_line(call.texts.language, name, TEAM_WORD.say(call.texts.language))
        blocks.append(Button(call.texts.text("button.team"), "say", draw_team))
    return Message(tuple(blocks), plain(head))


def draw_team(call: Call, items: Sequence[Item], name: str) -> Message:
    """Draw everybody's open items by day, the asker's first; private reminders are left out."""
    team_items = shared(items)
    open_items = sorted((item for item in team_items if item.is_open), key=lambda item: item.holder != call.me.id)
    head = call.line(f"{name}.team_title")
    blocks: list[Block] = [Text(head, "title"), *_draw_days(call, _group_by_day(call, open_items), public=True)]
    blocks.append(Text(progress(call.texts, TEAM, _list_lines(call, team_items)), "note"))
    blocks.append(Button(call.texts.text("button.mine"), "say", command_line(call.texts.language, name)))
    return Message(tuple(blocks), plain(head))


def draw_day(call: Call, items: Sequence[Item], day: date) -> Message:
    """Draw everybody's open items of one coming day, the asker's first."""
    open_items = [item for item in items if item.is_open]
    head = (capital(call.texts.date(day)),) if open_items else call.line("day.other_nothing", day=day)
    ordered = sorted(in_order(open_items), key=lambda item: item.holder != call.me.id)
    lines = Lines(call.roster, call.texts, day_bounds(call.team, day)[0], public=False)
    groups = by_task(ordered)
    blocks: list[Block] = [Text(head, "title" if open_items else "plain")]
    blocks += [lines.block(place, group, name=True) for place, group in enumerate(groups[:MOST_LINES], 1)]
    if len(groups) > MOST_LINES:
        blocks.append(Text(call.line("day.more", count=len(groups) - MOST_LINES), "note"))
    return Message(tuple(blocks), plain(head))


def _list_lines(call: Call, items: Sequence[Item]) -> list[list[Item]]:
    """List the lines of a span: the open ones as they are drawn, then the closed ones, each on its own day."""
    lines = [
        line for _, day_lines in _group_by_day(call, [item for item in items if item.is_open]) for line in day_lines
    ]
    drawn = {(item.task.key, item.holder, _day_drawn(call, item)) for line in lines for item in line}
    closed: dict[tuple[str, str | None, date], list[Item]] = {}
    for item in items:
        slot = (item.task.key, item.holder, call.team.today(item.start))
        if not item.is_open and slot not in drawn:
            closed.setdefault(slot, []).append(item)
    return [*lines, *closed.values()]


def _day_drawn(call: Call, item: Item) -> date:
    """Return the day under which an open item is drawn: its own, or today once that is over."""
    return max(call.team.today(item.start), call.today)


def _group_by_day(call: Call, items: Sequence[Item]) -> list[tuple[date, list[list[Item]]]]:
    """Group the items by day, then by task, the asker's first: a task with several times a day is one line."""
    groups = []
    for day, day_items in by_day(call.roster, items, call.now).items():
        ordered = sorted(in_order(day_items), key=lambda item: item.holder != call.me.id)
        groups.append((day, by_task(ordered)))
    return groups


def _draw_days(call: Call, days: Sequence[tuple[date, list[list[Item]]]], *, public: bool) -> list[Block]:
    blocks: list[Block] = []
    shown, total = 0, sum(len(tasks) for _, tasks in days)
    for day, tasks in days:
        if shown == MOST_LINES:
            break
        drawn_at = max(call.now, day_bounds(call.team, day)[0])
        lines = Lines(call.roster, call.texts, drawn_at, public=public)
        blocks.append(Text((capital(call.texts.date(day)),), "note"))
        for group in tasks[: MOST_LINES - shown]:
            shown += 1
            blocks.append(lines.block(shown, group, name=public))
    if total > shown:
        blocks.append(Text(call.line("day.more", count=total - shown), "note"))
    return blocks
