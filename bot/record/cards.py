"""The record, read back: who did what and when, newest first."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING

from bot.civil import local
from bot.i18n import capital
from bot.message import At, Message, Text, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Texts
    from bot.message import Block, Line
    from bot.record.audit import Entry
    from bot.tasks.checklist import Item
    from bot.teams.roster import Roster

MOST_LINES = 20


def history(roster: Roster, texts: Texts, entries: Sequence[Entry], items: Mapping[str, Item]) -> Message:
    """One line for what somebody did at one moment, under its date. Names are looked up now: the record holds ids."""
    if not entries:
        line = texts.line("history.empty")
        return Message((Text(line),), plain(line))
    title = texts.line("history.title")
    blocks: list[Block] = [Text(title, "title")]
    day = None
    for _, same in islice(groupby(entries, key=lambda one: (one.at, one.actor, one.act)), MOST_LINES):
        group = list(same)
        there = local(group[0].at, roster.team.tz)
        if there.date() != day:
            day = there.date()
            blocks.append(Text((capital(texts.date(day)),), "note"))
        blocks.append(Text(_line(roster, texts, group, items)))
    return Message(tuple(blocks), plain(title))


def _line(roster: Roster, texts: Texts, group: Sequence[Entry], items: Mapping[str, Item]) -> Line:
    first = group[0]
    titles = [items[one.subject_id].task.title.say(texts.language) for one in group if one.subject_id in items]
    return texts.line(
        f"history.{first.subject}.{first.act}",
        at=At(first.at, texts.time(local(first.at, roster.team.tz).time())),
        who=roster.name(first.actor) or texts.text("word.somebody" if first.actor else "word.vigie"),
        title=texts.listing(dict.fromkeys(titles)) if titles else "",
        behalf=roster.name(first.behalf),
        subject=first.subject_id,
    )
