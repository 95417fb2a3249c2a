"""Draw a few tasks for one member, each with its buttons."""

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
    """Build the buttons [C’est fait] [Plus tard] [Confier] [Pas cette fois], the most wanted first."""
    return (
        Button(texts.text("button.done"), "done", item.id, "primary"),
        Button(texts.text("button.later"), "snooze", item.id),
        Button(texts.text("button.assign"), "assign", item.id),
        Button(texts.text("button.skip"), "skip", item.id),
    )


def message_links(texts: Texts, item: Item) -> tuple[Link, ...]:
    """Build the link [Voir le message] of a task about a message."""
    return (Link(texts.text("button.open"), item.task.link),) if item.task.link else ()


def draw_list(roster: Roster, texts: Texts, head: Line, items: Sequence[Item], now: datetime) -> Message:
    """Draw a heading, then a line and its buttons for each task."""
    lines = Lines(roster, texts, now, public=False)
    blocks: list[Block] = [Text(head)]
    for place, group in enumerate(by_task(in_order(items)), 1):
        blocks.append(lines.block(place, group, name=False, buttons=choices(texts, group[0])))
        blocks += message_links(texts, group[0])
    return Message(tuple(blocks), plain(head))


def draw_start(roster: Roster, texts: Texts, items: Sequence[Item], at: datetime) -> Message:
    """Draw « C’est l’heure : les réponses aux messages. »; list several tasks."""
    names = texts.listing(dict.fromkeys(item.task.short.say(texts.language) for item in items))
    head = texts.line("task.now", tasks=names)
    if len(by_task(items)) > 1:
        return draw_list(roster, texts, head, items, at)
    return Message((Text(head), *message_links(texts, items[0]), *choices(texts, items[0])), plain(head))


def draw_reminder(roster: Roster, texts: Texts, items: Sequence[Item], now: datetime) -> Message:
    """Draw « Toujours à faire : la veille (avant 12 h). »; list several tasks."""
    if len(items) > 1:
        return draw_list(roster, texts, texts.line("reminder.several"), items, now)
    item = items[0]
    short = item.task.short.say(texts.language)
    lines = Lines(roster, texts, now, public=False)
    head = (
        texts.line("reminder.one", task=short, before=lines.before(item.deadline))
        if item.deadline
        else texts.line("reminder.open", task=short)
    )
    return Message((Text(head), *message_links(texts, item), *choices(texts, item)), plain(head))


def draw_assigned(view: View, reader: Member, item: Item, giver: str) -> Message:
    """Draw « Léa te confie une tâche. » and the task with its buttons; name the holder if it was reassigned."""
    texts = view.roster.texts_for(reader)
    if item.is_open and item.holder != reader.id:
        holder_name = view.roster.name(item.holder) or texts.text("word.nobody")
        line = texts.line("given.gone", title=item.task.title, who=holder_name)
        return Message((Text(line),), plain(line))
    head = texts.line("given.said", who=giver or texts.text("word.somebody"))
    lines = Lines(view.roster, texts, view.now, public=False)
    block = lines.block(1, [item], name=False, buttons=choices(texts, item) if item.is_open else ())
    return Message(
        (Text(head), block, *message_links(texts, item)), f"{plain(head)} {item.task.title.say(texts.language)}"
    )
