"""The card of the record: what people did, newest first, with the thing, before and after."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.civil import local
from bot.i18n import capital
from bot.message import At, Button, Message, Text, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.message import Block, Line
    from bot.ports import Tx
    from bot.record.audit import Entry

MOST_ACTS = 10
"""Acts on one page."""
NIGHTLY = frozenset({"drop", "renew"})
"""Acts of Vigie when a day begins: those of one day share a line."""


def history(call: Call, tx: Tx, lines: Sequence[Entry], number: int, again: str) -> Message:
    """Draw a page (from 1) of acts under their dates. Names are current: the record stores ids only.

    `lines` come newest first; `again` is the command line of the list.
    """
    acts = [list(group) for _, group in groupby(lines, key=lambda line: _identify_act(call, line))]
    if not acts:
        empty = call.line("history.empty")
        return Message((Text(empty),), plain(empty))
    title = call.line("history.title")
    blocks: list[Block] = [Text(title, "title")]
    day = None
    for act in acts[(number - 1) * MOST_ACTS : number * MOST_ACTS]:
        moment = local(act[0].at, call.team.tz)
        if moment.date() != day:
            day = moment.date()
            blocks.append(Text((capital(call.texts.date(day)),), "note"))
        blocks.append(Text(_draw_act(call, tx, act)))
    if len(acts) > number * MOST_ACTS:
        blocks.append(Button(call.texts.text("button.more"), "say", f"{again} {number + 1}"))
    return Message(tuple(blocks), plain(title))


def _identify_act(call: Call, line: Entry) -> tuple[object, ...]:
    """Return what the lines of one act share: their request, or the night on which Vigie closed a day."""
    if line.actor is None and line.act in NIGHTLY:
        return (call.team.today(line.at),)
    if line.request:
        return (line.request,)
    return line.at, line.actor, line.subject, line.act


def _draw_act(call: Call, tx: Tx, act: Sequence[Entry]) -> Line:
    """Draw an act by its first line; the changes that followed from it are part of it."""
    first = act[-1]
    at = At(first.at, call.texts.time(local(first.at, call.team.tz).time()))
    if first.actor is None and first.act in NIGHTLY and len(act) > 1:
        counts = {name: sum(line.act == name for line in act) for name in ("drop", "renew")}
        parts = [call.texts.text(f"history.night.{name}", count=count) for name, count in counts.items() if count]
        return call.line("history.night", at=at, title=call.texts.listing(parts))
    alike = [line for line in act[::-1] if (line.subject, line.act) == (first.subject, first.act)]
    actor_name = call.roster.name(first.actor) or call.texts.text("word.somebody" if first.actor else "word.vigie")
    common = {"at": at, "who": actor_name, "behalf": call.roster.name(first.behalf), "subject": first.subject_id}
    telling = call.registry.tellings.get(first.subject)
    values = telling.handler(call, tx, alike) if telling else {}
    return call.line(f"history.{first.subject}.{first.act}", **common, **{"title": "", **values})
