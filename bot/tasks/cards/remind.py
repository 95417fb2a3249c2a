"""Draw the confirmation of a reminder, or the question about its moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.places import on_clock
from bot.grammar.when import say_moment
from bot.message import Button, Message, Text, plain
from bot.registry import command_line
from bot.tasks.cards.ask import LONGEST_TARGET
from bot.tasks.reminders import EDIT_WORD
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.grammar.when import Ask
    from bot.message import Block
    from bot.tasks.checklist import Item
    from bot.tasks.reminders import Reminder

MOST_SHOWN = 5
"""Reminders of a list, each with two buttons."""


def draw_confirmation(call: Call, reminder: Reminder, item: Item) -> Message:
    """Draw « Rappel pour Karim, mardi 24 novembre à 9 h : relancer l’imprimeur »."""
    language = call.texts.language
    moment = say_moment(local(item.start, call.tz), language, now_local=local(call.now, call.tz))
    holder = call.roster.member(item.holder)
    clocks = [call.team.tz, zone(holder.zone) if holder and holder.zone else call.team.tz]
    moment = on_clock(moment, call.tz, clocks, item.start, language)
    holder_name = call.roster.name(item.holder)
    key = "remind.said_role" if reminder.role else "remind.said" if reminder.for_self else "remind.said_to"
    role = call.catalogue.roles[reminder.role].title.of(language) if reminder.role else ""
    line = call.line(key, moment=moment, who=holder_name, role=role, text=reminder.text)
    return Message((Text(line), Button(call.texts.text("button.undo"), "undo", item.id)), plain(line))


def choose_moment(call: Call, reminder: Reminder, question: Ask) -> Message:
    """Draw the line again with each moment in full; in words alone where a button cannot hold it."""
    language, now = call.texts.language, local(call.now, call.tz)
    moments = [say_moment(moment.local, language, now_local=now) for moment in question.choices]
    lines = [
        " ".join(command_line(language, "remind", reminder.spoken_for, moment, reminder.text).split())
        for moment in moments
    ]
    line = call.line(
        "remind.ask", question=call.line(question.question), moments=call.texts.listing(moments, "word.or")
    )
    blocks: list[Block] = [Text(line)]
    if max(map(len, lines)) <= LONGEST_TARGET:
        blocks += [Button(label, "say", target) for label, target in zip(moments, lines, strict=True)]
    return Message(tuple(blocks), plain(line))


def draw_list(call: Call, reminders: Sequence[Item]) -> Message:
    """Draw the asker's reminders, each with its moment, [Modifier] and [Supprimer]."""
    head = call.line("remind.own", count=len(reminders)) if reminders else call.line("remind.none")
    blocks: list[Block] = [Text(head, "title" if reminders else "plain")]
    now = local(call.now, call.tz)
    edit = command_line(call.texts.language, "remind", EDIT_WORD.say(call.texts.language))
    for item in reminders[:MOST_SHOWN]:
        moment = say_moment(local(item.later_at or item.start, call.tz), call.texts.language, now_local=now)
        buttons = (
            Button(call.texts.text("button.edit"), "say", f"{edit} {item.id}"),
            Button(call.texts.text("button.remove"), "forget", item.id),
        )
        blocks += [Text(call.line("remind.line", moment=moment, title=item.task.title)), *buttons]
    if len(reminders) > MOST_SHOWN:
        blocks.append(Text(call.line("day.more", count=len(reminders) - MOST_SHOWN), "note"))
    return Message(tuple(blocks), plain(head))
