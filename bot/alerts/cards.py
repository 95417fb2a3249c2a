"""Cards of an alert: in the channel, in private, and as the answer to the member who raises it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.when import say_moment
from bot.message import Button, Message, Text, Who, plain
from bot.tasks.cards.ask import YES
from bot.tasks.cards.item import Lines
from bot.tasks.cards.tasks import message_links
from bot.tasks.checklist import State
from bot.tasks.ladder import climbs, first_rung

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.call import Call
    from bot.engine.view import View
    from bot.i18n import Texts
    from bot.message import Block, Line
    from bot.tasks.checklist import Item
    from bot.teams.member import Member
    from bot.teams.roster import Roster


def alert(view: View, item: Item) -> Message:
    """Draw an alert for the channel: « Commentaire furieux. À répondre avant 13 h 40. Léa, tu t’en charges ? »."""
    texts, lines = view.roster.texts, Lines(view.roster, view.roster.texts, view.now)
    title = texts.line("alert.title", title=item.task.title)
    if not item.is_open:
        blocks: list[Block] = [lines.block(1, [item])]
        blocks += [Text(line, "note") for line in _draw_duration(texts, item)]
        return Message(tuple(blocks), plain(title))
    blocks = [Text(title, "title"), *message_links(texts, item)]
    if item.deadline is not None and item.deadline > view.now:
        blocks.append(Text(texts.line("alert.before", before=lines.before(item.deadline))))
    blocks.append(Text(_draw_holder(view, texts, item)))
    blocks += _draw_buttons(texts, item, taken=not climbs(item, view.now), lead=view.roster.lead)
    return Message(tuple(blocks), plain(title))


def draw_watch(call: Call, until: datetime, *, can_undo: bool) -> Message:
    """Draw the answer to « Je regarde »: the instant until which alerts reach the member at any time."""
    line = call.line("watch.said", until=_say_instant(call, until))
    undo = (Button(call.texts.text("button.undo"), "unwatch"),) if can_undo else ()
    return Message((Text(line), *undo), plain(line))


def _draw_holder(view: View, texts: Texts, item: Item) -> Line:
    member = view.roster.member(item.holder)
    if member is None:
        return texts.line("alert.nobody")
    if climbs(item, view.now):
        return texts.line("alert.ask", who=Who(member.id, member.name, notify=True))
    return texts.line("alert.taken", who=member.name)


def _draw_duration(texts: Texts, item: Item) -> Sequence[Line]:
    """Draw « Répondu en 25 min » for a done alert; empty for other states."""
    if item.state is not State.DONE or item.closed_at is None:
        return ()
    minutes = max(1, round((item.closed_at - item.start).total_seconds() / 60))
    return (texts.line("alert.took", duration=texts.duration(minutes)),)


def _draw_buttons(texts: Texts, item: Item, *, taken: bool, lead: Member | None) -> list[Block]:
    """Draw [Je m’en charge] [C’est fait] [Confier] [Prévenir Léa], the last unless the reader or holder is the lead."""
    done = Button(texts.text("button.done"), "done", item.id, "primary" if taken else "plain")
    give = Button(texts.text("button.assign"), "assign", item.id)
    if taken:
        return [done, give]
    has_lead = lead is not None and item.holder != lead.id
    warn = [Button(texts.text("button.warn", who=lead.name), "warn", item.id)] if lead and has_lead else []
    take = Button(texts.text("button.take"), "take", f"{item.id}={YES}", "primary")
    return [take, done, give, *warn]


def draw_private_alert(view: View, reader: Member, items: Sequence[Item]) -> Message:
    """Draw urgent items for one member: as their own for the holder, as a relay for a colleague."""
    texts = view.roster.texts_for(reader)
    lines = Lines(view.roster, texts, view.now, public=False)
    blocks: list[Block] = []
    for item in items:
        if not item.is_open or not climbs(item, view.now):
            blocks.append(lines.block(1, [item]) if item.is_settled else Text(_draw_taken(view.roster, texts, item)))
        elif _is_own_late(item, reader):
            blocks += _draw_own_late(lines, texts, item)
        else:
            blocks += [Text(_draw_question(view.roster, texts, reader, item)), *message_links(texts, item)]
            blocks += _draw_deadline(lines, texts, item, view.now)
            lead = view.roster.lead if reader != view.roster.lead else None
            blocks += _draw_buttons(texts, item, taken=False, lead=lead)
    first = next((block for block in blocks if isinstance(block, Text)), None)
    return Message(tuple(blocks), plain(first.line) if first else texts.text("preview.nudge.urgent"))


def _is_own_late(item: Item, reader: Member) -> bool:
    """Tell whether an item is urgent only because its reader, who holds it, has not done it by its deadline."""
    return item.holder == reader.id and item.urgent_at is None


def _draw_own_late(lines: Lines, texts: Texts, item: Item) -> list[Block]:
    """Draw « Statistiques du mois : l’échéance était hier à 18 h. » with what its holder can do about it."""
    assert item.deadline is not None, "without a mark, only a deadline makes an item urgent"
    return [
        Text(texts.line("urgent.yours_late", title=item.task.title, when=lines.moment(item.deadline))),
        *message_links(texts, item),
        Button(texts.text("button.done"), "done", item.id, "primary"),
        Button(texts.text("button.new_date"), "snooze", item.id),
        Button(texts.text("button.assign"), "assign", item.id),
    ]


def _draw_question(people: Roster, texts: Texts, reader: Member, item: Item) -> Line:
    short, holder_name = item.task.short, people.name(item.holder)
    if not holder_name:
        return texts.line("urgent.nobodys", task=short)
    if item.holder == reader.id:
        return texts.line("urgent.yours", task=short)
    return texts.line("urgent.theirs", task=short, who=holder_name)


def _draw_deadline(lines: Lines, texts: Texts, item: Item, now: datetime) -> list[Block]:
    """Draw « Reste 20 min. » for an alert, « Échéance : jeudi 18 h. » for another item."""
    if item.deadline is None:
        return []
    minutes = math.ceil((item.deadline - now).total_seconds() / 60)
    if item.task.alert and minutes > 0:
        return [Text(texts.line("alert.left", duration=texts.duration(minutes)))]
    return [Text(texts.line("urgent.due", at=lines.date_time(item.deadline)))]


def _draw_taken(people: Roster, texts: Texts, item: Item) -> Line:
    return texts.line("urgent.taken", task=item.task.short, who=people.name(item.holder) or texts.text("word.somebody"))


def draw_raised_alert(call: Call, item: Item, recipient: str, *, new: bool) -> Message:
    """Draw « À répondre avant 13 h 40. Je préviens Karim. », or that the alert is already open.

    With nobody on call outside working time, tell only when it leaves: « l’alerte partira lundi à 9 h ».
    """
    assert item.deadline is not None, "an alert has its time"
    if not new:
        line = call.line("alert.already", title=item.task.title, who=call.roster.name(item.holder) or recipient)
        return Message((Text(line),), plain(line))
    at = first_rung(item, call.now, call.roster, call.catalogue.defaults)
    if at is not None and at > call.now:
        line = call.line("alert.deferred", moment=_say_instant(call, at))
    else:
        line = (
            *call.line("alert.raised", at=call.clock(item.deadline)),
            " ",
            *draw_notification(call, item, recipient),
        )
    return Message((Text(line), Button(call.texts.text("button.undo"), "undo", item.id)), plain(line))


def draw_notification(call: Call, item: Item, recipient: str) -> Line:
    """Draw « Je préviens Karim. » or « Elle est pour toi. », with its time when the notification is deferred."""
    is_own = recipient == call.me.name
    at = first_rung(item, call.now, call.roster, call.catalogue.defaults)
    if at is None or at <= call.now:
        return call.line("urgent.telling_you" if is_own else "urgent.telling", who=recipient)
    moment = _say_instant(call, at)
    return call.line("urgent.telling_you_later" if is_own else "urgent.telling_later", who=recipient, moment=moment)


def _say_instant(call: Call, at: datetime) -> str:
    return say_moment(local(at, call.tz), call.texts.language, now_local=local(call.now, call.tz))
