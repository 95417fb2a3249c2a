"""The card of the record, newest lines first."""

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
    """Draw one line per actor, act and moment, under its date. Names are current: the record stores ids only."""
    if not entries:
        line = texts.line("history.empty")
        return Message((Text(line),), plain(line))
    title = texts.line("history.title")
    blocks: list[Block] = [Text(title, "title")]
    day = None
    for _, same in islice(groupby(entries, key=lambda entry: (entry.at, entry.actor, entry.act)), MOST_LINES):
        group = list(same)
        moment = local(group[0].at, roster.team.tz)
        if moment.date() != day:
            day = moment.date()
            blocks.append(Text((capital(texts.date(day)),), "note"))
        blocks.append(Text(_draw_line(roster, texts, group, items)))
    return Message(tuple(blocks), plain(title))


def _draw_line(roster: Roster, texts: Texts, group: Sequence[Entry], items: Mapping[str, Item]) -> Line:
    first = group[0]
    titles = [items[entry.subject_id].task.title.say(texts.language) for entry in group if entry.subject_id in items]
    return texts.line(
        f"history.{first.subject}.{first.act}",
        at=At(first.at, texts.time(local(first.at, roster.team.tz).time())),
        who=roster.name(first.actor) or texts.text("word.somebody" if first.actor else "word.vigie"),
        title=texts.listing(dict.fromkeys(titles)) if titles else "",
        behalf=roster.name(first.behalf),
        day=local(items[first.subject_id].start, roster.team.tz).date() if first.subject_id in items else None,
        subject=first.subject_id,
    )
