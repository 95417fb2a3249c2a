"""The questions that an act asks before or after it is done, each answered by one press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.snooze_time import AFTERNOON, AGAIN, TOMORROW, WORKING, day_and_time
from bot.grammar.when import say_moment
from bot.message import Button, Choice, Message, Option, Text, plain
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.grammar.when import Ask
    from bot.message import Block, Line
    from bot.tasks.checklist import Item

REASONS = ("no_time", "not_useful", "waiting", "other")
"""Why something is left out: codes of the record, each a button."""
YES = "yes"
FEW = 4
"""Buttons of one question; more choices are a select."""
LONGEST_TARGET = 80
"""Characters of a button's target (with its act and an adapter's own mark it stays under Discord's 100)."""


def target(items: Sequence[Item], given: str = "") -> str:
    """The items of a press and what their act is given: « id,id=given »."""
    ids = ",".join(item.id for item in items)
    return f"{ids}={given}" if given else ids


def _asked(line: Line, *blocks: Block) -> Message:
    return Message((Text(line), *blocks), plain(line))


def which(call: Call, act: str, items: Sequence[Item], key: str) -> Message:
    """« Laquelle ? » : a button an item, and one for all of them."""
    once = {item.task.key: item for item in reversed(items)}
    few = list(reversed(once.values()))[:FEW]
    titles = [item.task.title.say(call.texts.language) for item in few]
    buttons = [Button(title, act, target([item], call.given)) for title, item in zip(titles, few, strict=True)]
    every = target(few, call.given)
    if len(every) <= LONGEST_TARGET + len(act) and len(few) > 1 and key == "ask.which":
        buttons.append(Button(call.texts.text("button.all", count=len(few)), act, every))
    return _asked(call.line(key, count=len(few), titles=call.texts.listing(titles)), *buttons)


def when(call: Call, item: Item) -> Message:
    """15 min, 1 h, this afternoon, tomorrow, next working day: those that are still to come."""
    texts, now = call.texts, local(call.now, call.tz)
    minutes = call.catalogue.defaults.snooze_minutes
    options = [(texts.text("snooze.minutes", minutes=one) if one % 60 else texts.text("snooze.hours", hours=one // 60),
                str(one)) for one in minutes]  # fmt: skip
    if day_and_time(call, AFTERNOON) > now:
        options.append((texts.text("snooze.afternoon"), AFTERNOON))
    options.append((texts.text("snooze.tomorrow"), TOMORROW))
    working = day_and_time(call, WORKING)
    if working != day_and_time(call, TOMORROW):
        options.append((texts.text("snooze.working", day=working.date()), WORKING))
    buttons = [Button(label, "snooze", target([item], code)) for label, code in options]
    return _asked(call.line("snooze.ask", title=item.task.title), *buttons)


def which_moment(call: Call, item: Item, asked: Ask) -> Message:
    """Several moments fit what was typed: each in full."""
    now = local(call.now, call.tz)
    buttons = [
        Button(
            say_moment(one.local, call.texts.language, now_local=now),
            "snooze",
            target([item], f"{one.local:%Y-%m-%dT%H:%M}"),
        )
        for one in asked.choices
    ]
    return _asked(call.line(asked.question), *buttons)


def enough(call: Call, item: Item) -> Message:
    """« Déjà 3 reports. On confie la veille à quelqu’un, ou pas cette fois ? »"""
    return _asked(
        call.line("snooze.enough", count=item.snoozes, task=item.task.short),
        Button(call.texts.text("button.assign"), "assign", item.id),
        Button(call.texts.text("button.skip"), "skip", item.id),
        Button(call.texts.text("snooze.again"), "snooze", target([item], AGAIN)),
    )


def whom(call: Call, item: Item) -> Message:
    """The people of the team who could do it; a few as buttons, more as a select."""
    people = [one for one in call.roster.members if one.id != item.holder and one.may(Right.COMPLETE_OWN)]
    if not people:
        return _asked(call.line("assign.nobody", title=item.task.title))
    line = call.line("assign.ask", title=item.task.title)
    if len(people) <= FEW:
        return _asked(line, *(Button(one.name, "assign", target([item], one.id)) for one in people))
    options = tuple(Option(one.name, target([item], one.id)) for one in people)
    return _asked(line, Choice(call.texts.text("assign.choice"), "assign", options))


def from_whom(call: Call, items: Sequence[Item]) -> Message:
    """Held by colleagues: taking one is a press that says whose it is."""
    few = items[:FEW]
    if len(few) == 1:
        title, who = few[0].task.title, call.roster.name(few[0].holder)
        button = Button(call.texts.text("button.take"), "take", target(few, YES))
        return _asked(call.line("take.held", title=title, who=who), button)
    titled = [(item.task.title.say(call.texts.language), call.roster.name(item.holder), item) for item in few]
    return _asked(
        call.line("take.which"),
        *(
            Button(f"{title} ({who})" if who else title, "take", target([item], YES if who else ""))
            for title, who, item in titled
        ),
    )


def hand_over(call: Call, item: Item, member: str) -> Message:
    """Somebody was named where a task is left out: to them, or not this time?"""
    who = call.roster.name(member)
    return _asked(
        call.line("skip.to", title=item.task.title, who=who),
        Button(call.texts.text("button.assign_to", who=who), "assign", target([item], member)),
        Button(call.texts.text("button.skip"), "skip", item.id),
    )


def reasons(call: Call, item: Item) -> tuple[Button, ...]:
    """Why not this time: four buttons, none of which has to be pressed."""
    return tuple(Button(call.texts.text(f"skip.reason.{one}"), "skip", target([item], one)) for one in REASONS)


def meant(call: Call, item: Item) -> Message:
    """❌ may mean several things: what was meant?"""
    return _asked(
        call.line("reaction.asked", title=item.task.title),
        Button(call.texts.text("button.skip"), "skip", item.id),
        Button(call.texts.text("button.done"), "done", item.id),
        Button(call.texts.text("button.assign"), "assign", item.id),
    )
