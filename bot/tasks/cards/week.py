"""A week or a month, by day: what is left of mine, or of everybody's, and how far the team is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import capital
from bot.message import Button, Message, Text, plain
from bot.tasks.agenda import by_day
from bot.tasks.cards.day import TEAM, progress
from bot.tasks.cards.item import Lines, by_task, in_order
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.call import Call
    from bot.message import Block
    from bot.tasks.checklist import Item

MOST_LINES = 12
"""Tasks shown before « … et 4 autres » (CARDS)."""


def mine(call: Call, items: Sequence[Item], name: str) -> Message:
    """My open things by day, and the team's progress. `name` is the command: `week` or `month`."""
    own = [item for item in items if item.holder == call.me.id and item.is_open]
    groups = _groups(call, own)
    count = sum(len(tasks) for _, tasks in groups)
    head = call.line(f"{name}.mine", name=call.me.name, count=count) if own else call.line(f"{name}.nothing")
    blocks: list[Block] = [Text(head, "title" if own else "plain"), *_days(call, groups, name=False)]
    shared = [item for item in items if not item.task.private]
    if shared:
        blocks.append(Text(progress(call.texts, TEAM, shared), "note"))
        said = call.registry.commands[name].names.shown(call.texts.language)
        team = f"{said} équipe" if call.texts.language == "fr" else f"{said} team"
        blocks.append(Button(call.texts.text("button.team"), "say", team))
    return Message(tuple(blocks), plain(head))


def team(call: Call, items: Sequence[Item], name: str) -> Message:
    """Everybody's open things by day, mine first of each day; private reminders are left out."""
    shared = [item for item in items if not item.task.private]
    left = sorted((item for item in shared if item.is_open), key=lambda item: item.holder != call.me.id)
    head = call.line(f"{name}.team_title")
    blocks: list[Block] = [Text(head, "title"), *_days(call, _groups(call, left), name=True)]
    blocks.append(Text(progress(call.texts, TEAM, shared), "note"))
    said = call.registry.commands[name].names.shown(call.texts.language)
    blocks.append(Button(call.texts.text("button.mine"), "say", said))
    return Message(tuple(blocks), plain(head))


def _groups(call: Call, items: Sequence[Item]) -> list[tuple[date, list[list[Item]]]]:
    """The days with their tasks, mine first: a task with several times a day is one line."""
    found = []
    for day, there in by_day(call.roster, items, call.now).items():
        ordered = sorted(in_order(there), key=lambda item: item.holder != call.me.id)
        found.append((day, by_task(ordered)))
    return found


def _days(call: Call, days: Sequence[tuple[date, list[list[Item]]]], *, name: bool) -> list[Block]:
    blocks: list[Block] = []
    shown, total = 0, sum(len(tasks) for _, tasks in days)
    for day, tasks in days:
        if shown == MOST_LINES:
            break
        seen_at = max(call.now, day_bounds(call.team, day)[0])
        lines = Lines(call.roster, call.texts, seen_at, public=False)
        blocks.append(Text((capital(call.texts.date(day)),), "note"))
        for group in tasks[: MOST_LINES - shown]:
            shown += 1
            blocks.append(lines.block(shown, group, name=name))
    if total > shown:
        blocks.append(Text(call.line("day.more", count=total - shown), "note"))
    return blocks
