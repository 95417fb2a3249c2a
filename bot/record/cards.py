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
        blocks += [Text(line) for line in _draw_act(call, tx, act)]
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


def _draw_act(call: Call, tx: Tx, act: Sequence[Entry]) -> Sequence[Line]:
    """Draw an act by what it changed; the items that only followed from that are part of it."""
    first = act[-1]
    at = At(first.at, call.texts.time(local(first.at, call.team.tz).time()))
    if first.actor is None and first.act in NIGHTLY and len(act) > 1:
        counts = {name: sum(line.act == name for line in act) for name in ("drop", "renew")}
        parts = [call.texts.text(f"history.night.{name}", count=count) for name, count in counts.items() if count]
        return [call.line("history.night", at=at, title=call.texts.listing(parts))]
    own = [line for line in act[::-1] if line.subject != "item"] if first.subject != "item" else act[::-1]
    alike: dict[tuple[str, ...], list[Entry]] = {}
    for line in own:
        key = (line.subject, line.act) if line.subject == "item" else (line.subject, line.act, line.subject_id)
        alike.setdefault(key, []).append(line)
    return [_draw_changes(call, tx, at, lines) for lines in alike.values()]


def _draw_changes(call: Call, tx: Tx, at: At, lines: Sequence[Entry]) -> Line:
    """Draw the changes of one kind in an act, oldest first."""
    first = lines[0]
    actor_name = call.roster.name(first.actor) or call.texts.text("word.somebody" if first.actor else "word.vigie")
    common = {"at": at, "who": actor_name, "behalf": call.roster.name(first.behalf), "subject": first.subject_id}
    telling = call.registry.tellings.get(first.subject)
    values = telling.handler(call, tx, lines) if telling else {}
    return call.line(f"history.{first.subject}.{first.act}", **common, **{"title": "", **values})
