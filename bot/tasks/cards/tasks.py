"""A few tasks said to one person, each with what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Link, Message, Text, plain
from bot.tasks.cards.item import Lines, by_task, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.engine.view import View
    from bot.i18n import Texts
    from bot.message import Block, Line
    from bot.tasks.checklist import Item
    from bot.teams.member import Member
    from bot.teams.roster import Roster


def choices(texts: Texts, item: Item) -> tuple[Button, ...]:
    """[C’est fait] [Plus tard] [Confier] [Pas cette fois], the first being what most people want."""
    return (
        Button(texts.text("button.done"), "done", item.id, "primary"),
        Button(texts.text("button.later"), "snooze", item.id),
        Button(texts.text("button.assign"), "assign", item.id),
        Button(texts.text("button.skip"), "skip", item.id),
    )


def links(texts: Texts, item: Item) -> tuple[Link, ...]:
    """[Voir le message], where the task is about one."""
    return (Link(texts.text("button.open"), item.task.link),) if item.task.link else ()


def tasks(roster: Roster, texts: Texts, head: Line, items: Sequence[Item], now: datetime) -> Message:
    """A heading, then a line and its buttons for each task."""
    lines = Lines(roster, texts, now, public=False)
    blocks: list[Block] = [Text(head)]
    for place, group in enumerate(by_task(in_order(items)), 1):
        blocks.append(lines.block(place, group, name=False, buttons=choices(texts, group[0])))
        blocks += links(texts, group[0])
    return Message(tuple(blocks), plain(head))


def now(roster: Roster, texts: Texts, items: Sequence[Item], at: datetime) -> Message:
    """« C’est l’heure : les réponses aux messages. » ; several are listed."""
    names = texts.listing(dict.fromkeys(item.task.short.say(texts.language) for item in items))
    head = texts.line("task.now", tasks=names)
    if len(by_task(items)) > 1:
        return tasks(roster, texts, head, items, at)
    return Message((Text(head), *links(texts, items[0]), *choices(texts, items[0])), plain(head))


def reminder(roster: Roster, texts: Texts, items: Sequence[Item], now: datetime) -> Message:
    """« Toujours à faire : la veille (avant 12 h). » ; several are listed."""
    if len(items) > 1:
        return tasks(roster, texts, texts.line("reminder.several"), items, now)
    item = items[0]
    short = item.task.short.say(texts.language)
    lines = Lines(roster, texts, now, public=False)
    head = (
        texts.line("reminder.one", task=short, before=lines.before(item.deadline))
        if item.deadline
        else texts.line("reminder.open", task=short)
    )
    return Message((Text(head), *links(texts, item), *choices(texts, item)), plain(head))


def given(view: View, reader: Member, item: Item, giver: str) -> Message:
    """« Léa te confie une tâche. » and the task with its buttons; given on since: to whom."""
    texts = view.roster.texts_for(reader)
    if item.is_open and item.holder != reader.id:
        who = view.roster.name(item.holder) or texts.text("word.nobody")
        gone = texts.line("given.gone", title=item.task.title, who=who)
        return Message((Text(gone),), plain(gone))
    head = texts.line("given.said", who=giver or texts.text("word.somebody"))
    lines = Lines(view.roster, texts, view.now, public=False)
    block = lines.block(1, [item], name=False, buttons=choices(texts, item) if item.is_open else ())
    return Message((Text(head), block, *links(texts, item)), f"{plain(head)} {item.task.title.say(texts.language)}")
