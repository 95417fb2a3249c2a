"""A reminder said back in full, or the question that its moment leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.places import on_clock
from bot.grammar.when import say_moment
from bot.message import Button, Message, Text, plain
from bot.tasks.cards.ask import LONGEST_TARGET
from bot.zones import zone

if TYPE_CHECKING:
    from bot.call import Call
    from bot.grammar.when import Ask
    from bot.message import Block
    from bot.tasks.checklist import Item
    from bot.tasks.reminders import Wanted


def written(call: Call, wanted: Wanted, item: Item) -> Message:
    """« Rappel pour Karim, mardi 24 novembre à 9 h : relancer l’imprimeur »."""
    language = call.texts.language
    moment = say_moment(local(item.start, call.tz), language, now_local=local(call.now, call.tz))
    theirs = call.roster.member(item.holder)
    clocks = [call.team.tz, zone(theirs.zone) if theirs and theirs.zone else call.team.tz]
    moment = on_clock(moment, call.tz, clocks, item.start, language)
    who = call.roster.name(item.holder)
    key = "remind.said_role" if wanted.role else "remind.said" if wanted.mine else "remind.said_to"
    role = call.catalogue.roles[wanted.role].title.of(language) if wanted.role else ""
    line = call.line(key, moment=moment, who=who, role=role, text=wanted.text)
    return Message((Text(line), Button(call.texts.text("button.undo"), "undo", item.id)), plain(line))


def which_moment(call: Call, wanted: Wanted, asked: Ask) -> Message:
    """The same line again with each moment in full; in words alone where a button could not hold it."""
    language, now = call.texts.language, local(call.now, call.tz)
    moments = [say_moment(one.local, language, now_local=now) for one in asked.choices]
    name = call.registry.commands["remind"].names.shown(language)
    lines = [" ".join(f"{name} {wanted.spoken_for} {one} {wanted.text}".split()) for one in moments]
    line = call.line("remind.ask", question=call.line(asked.question), moments=call.texts.listing(moments, "word.or"))
    blocks: list[Block] = [Text(line)]
    if max(map(len, lines)) <= LONGEST_TARGET:
        blocks += [Button(label, "say", target) for label, target in zip(moments, lines, strict=True)]
    return Message(tuple(blocks), plain(line))
