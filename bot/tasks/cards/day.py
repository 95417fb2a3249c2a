"""The day: everybody's card in the channel, and one's own list in private."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.i18n import capital
from bot.message import Button, Line, Message, Text, plain
from bot.tasks.cards.item import Lines, by_task, in_order
from bot.tasks.cards.tasks import choices, links

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.i18n import Texts
    from bot.message import Block
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster

MOST_LINES = 10
"""Lines of a card before « … et 4 autres » (CARDS: never more than 12 in all)."""
MOST_SHUT = 3
"""Closed days that are named one by one."""
A_WEEK = 7
"""Days after which a weekday's name means another day."""
PROGRESS, TEAM = ("day.progress", "day.progress_none"), ("day.team", "day.team_none")
"""How far it is, and how that is said when nothing is done yet."""


def team_day(roster: Roster, texts: Texts, items: Sequence[tuple[int, Item]], day: date, now: datetime) -> Message:
    """Everybody's day: who, what, when; names without mention. `items` are (position, item)."""
    lines = Lines(roster, texts, now)
    position = {item.id: place for place, item in items}
    groups = by_task([item for _, item in items])
    title = capital(texts.date(day))
    blocks: list[Block] = [Text((title,), "title")]
    if not groups:
        blocks.append(Text(texts.line("day.nothing_planned")))
    blocks += [lines.block(position[group[0].id], group) for group in groups[:MOST_LINES]]
    blocks += _more(texts, len(groups))
    blocks.append(Button(texts.text("button.mine"), "say", "jour" if texts.language == "fr" else "day"))
    return Message(tuple(blocks), f"{title} · {plain(progress(texts, PROGRESS, [item for _, item in items]))}")


def progress(texts: Texts, keys: tuple[str, str], items: Sequence[Item]) -> Line:
    """How many are done, of how many; « aucune » where that is none."""
    if items and all(item.is_open for item in items):
        return texts.line(keys[1], count=len(items))
    return texts.line(keys[0], count=sum(not item.is_open for item in items), total=len(items))


def _more(texts: Texts, count: int) -> list[Block]:
    if count <= MOST_LINES:
        return []
    return [Text(texts.line("day.more", count=count - MOST_LINES), "note")]


def my_day(roster: Roster, texts: Texts, items: Sequence[Item], me: str, now: datetime) -> Message:
    """My open things, each with its buttons, and how far the team is."""
    lines = Lines(roster, texts, now, public=False)
    mine = by_task(in_order(item for item in items if item.holder == me and item.is_open))
    head = _heading(texts, roster.name(me), len(mine))
    blocks: list[Block] = [Text(head, "title" if mine else "plain")]
    for place, group in enumerate(mine[:MOST_LINES], 1):
        line = lines.block(place, group, name=False, buttons=choices(texts, group[0]))
        later = _put_off(lines, texts, group, now)
        blocks.append(replace(line, under=later) if later else line)
        blocks += links(texts, group[0])
    blocks += _more(texts, len(mine))
    if items:
        blocks.append(Text(progress(texts, TEAM, items), "note"))
        team = "jour équipe" if texts.language == "fr" else "day team"
        blocks.append(Button(texts.text("button.team"), "say", team))
    return Message(tuple(blocks), plain(head))


def _put_off(lines: Lines, texts: Texts, group: Sequence[Item], now: datetime) -> tuple[Line, ...]:
    """« Plus tard : à 14 h » under what was put off."""
    coming = [item.later_at for item in group if item.is_open and item.later_at and item.later_at > now]
    return (texts.line("day.later", when=lines.moment(min(coming))),) if coming else ()


def _heading(texts: Texts, name: str, count: int) -> Line:
    return texts.line("day.mine", name=name, count=count) if count else texts.line("day.nothing_left")


def waited(roster: Roster, texts: Texts, day: date) -> Text | None:
    """After closed days: since when messages have waited, and which days were no week-end."""
    calendar = roster.team.calendar
    last = calendar.previous_working(day)
    closed = [last + timedelta(days=gap) for gap in range(1, (day - last).days)]
    if not closed:
        return None
    after_a_week = len(closed) >= A_WEEK - 1
    since = texts.line("day.since_date" if after_a_week else "day.since", day=last, at=roster.team.closes)
    shut = [one for one in closed if one.isoweekday() in calendar.days]
    return Text((*_shut(roster, texts, shut, a_week=after_a_week), *since) if shut else since, "note")


def _shut(roster: Roster, texts: Texts, days: Sequence[date], *, a_week: bool) -> Line:
    """« Lundi était férié. », of a closure of the team's own « Fermé lundi et mardi. », of a long one since when."""
    if a_week or len(days) > MOST_SHUT:
        return (*texts.line("day.shut_since", day=days[0]), " ")
    said = texts.listing(texts.date(one, "day") for one in days)
    if roster.team.closures.isdisjoint(days):
        return (*texts.line("day.closed", count=len(days), days=capital(said)), " ")
    return (*texts.line("day.shut", days=said), " ")
