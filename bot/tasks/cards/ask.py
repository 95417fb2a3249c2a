"""Draw the questions that an act asks before or after it runs, each answered by one press."""

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

_UNLISTED = {"ask.which": "ask.which.many", "ask.near": "ask.near.many"}
"""Questions that list the tasks, with their wording when there are too many to list."""
REASONS = ("no_time", "not_useful", "waiting", "other")
"""Reasons for leaving out an item: codes of the record, each a button."""
YES = "yes"
FEW = 4
"""Buttons of one question; more choices are a select."""
MOST_OPTIONS = 25
"""Options of one select, as the strictest platform takes them."""
LONGEST_TARGET = 80
"""Characters of a button's target (with its act and an adapter's own mark it stays under Discord's 100)."""


def target(items: Sequence[Item], argument: str = "") -> str:
    """Write the target of a button: the items' ids and the act's argument, « id,id=argument »."""
    ids = ",".join(item.id for item in items)
    return f"{ids}={argument}" if argument else ids


def _draw_question(line: Line, *blocks: Block) -> Message:
    return Message((Text(line), *blocks), plain(line))


def choose_item(call: Call, act: str, items: Sequence[Item], key: str) -> Message:
    """Draw « Tu as 6 tâches ouvertes. Laquelle ? »: buttons for a few tasks, a select for the others.

    A few tasks of the asker's own have a button for all of them.
    """
    once = {item.task.key: item for item in reversed(items)}
    tasks = list(reversed(once.values()))
    few, rest = tasks[:FEW], tasks[FEW:]
    titles = [item.task.title.say(call.texts.language) for item in tasks]
    blocks: list[Block] = [
        Button(title, act, target([item], call.argument)) for title, item in zip(titles, few, strict=False)
    ]
    all_target = target(few, call.argument)
    if len(all_target) <= LONGEST_TARGET + len(act) and len(few) > 1 and not rest and key == "ask.which":
        blocks.append(Button(call.texts.text("button.all", count=len(few)), act, all_target))
    if rest:
        pairs = zip(titles[FEW:], rest, strict=True)
        options = tuple(Option(title, target([item], call.argument)) for title, item in pairs)
        blocks.append(Choice(call.texts.text("ask.others", count=len(rest)), act, options[:MOST_OPTIONS]))
    line = call.line(_UNLISTED.get(key, key) if rest else key, count=len(tasks), titles=call.texts.listing(titles))
    return _draw_question(line, *blocks)


def choose_snooze(call: Call, item: Item) -> Message:
    """Draw the snoozes still to come: minutes, this afternoon, tomorrow, next working day."""
    texts, now = call.texts, local(call.now, call.tz)
    options = [
        (texts.text("snooze.minutes", minutes=delay) if delay % 60 else texts.text("snooze.hours", hours=delay // 60),
         str(delay)) for delay in call.catalogue.defaults.snooze_minutes
    ]  # fmt: skip
    if day_and_time(call, AFTERNOON) > now:
        options.append((texts.text("snooze.afternoon"), AFTERNOON))
    options.append((texts.text("snooze.tomorrow"), TOMORROW))
    working = day_and_time(call, WORKING)
    if working != day_and_time(call, TOMORROW):
        options.append((texts.text("snooze.working", day=working.date()), WORKING))
    buttons = [Button(label, "snooze", target([item], code)) for label, code in options]
    return _draw_question(call.line("snooze.ask", title=item.task.title), *buttons)


def choose_moment(call: Call, item: Item, question: Ask) -> Message:
    """Draw a button for each moment that fits a typed one, in full."""
    now = local(call.now, call.tz)
    buttons = [
        Button(
            say_moment(moment.local, call.texts.language, now_local=now),
            "snooze",
            target([item], f"{moment.local:%Y-%m-%dT%H:%M}"),
        )
        for moment in question.choices
    ]
    return _draw_question(call.line(question.question), *buttons)


def propose_alternatives(call: Call, item: Item) -> Message:
    """Draw « Déjà 3 reports. On confie la veille à quelqu’un, ou pas cette fois ? »."""
    return _draw_question(
        call.line("snooze.enough", count=item.snoozes, task=item.task.short),
        Button(call.texts.text("button.assign"), "assign", item.id),
        Button(call.texts.text("button.skip"), "skip", item.id),
        Button(call.texts.text("snooze.again"), "snooze", target([item], AGAIN)),
    )


def choose_member(call: Call, item: Item) -> Message:
    """Draw the members who may do the item: a few as buttons, more as a select."""
    people = [member for member in call.roster.members if member.id != item.holder and member.may(Right.COMPLETE_OWN)]
    if not people:
        return _draw_question(call.line("assign.nobody", title=item.task.title))
    line = call.line("assign.ask", title=item.task.title)
    if len(people) <= FEW:
        return _draw_question(line, *(Button(member.name, "assign", target([item], member.id)) for member in people))
    options = tuple(Option(member.name, target([item], member.id)) for member in people)
    return _draw_question(line, Choice(call.texts.text("assign.choice"), "assign", options))


def choose_held(call: Call, items: Sequence[Item]) -> Message:
    """Draw the items that colleagues hold; each button names the holder before the item is taken."""
    few = items[:FEW]
    if len(few) == 1:
        title, holder_name = few[0].task.title, call.roster.name(few[0].holder)
        button = Button(call.texts.text("button.take"), "take", target(few, YES))
        return _draw_question(call.line("take.held", title=title, who=holder_name), button)
    titled = [(item.task.title.say(call.texts.language), call.roster.name(item.holder), item) for item in few]
    return _draw_question(
        call.line("take.which"),
        *(
            Button(
                f"{title} ({holder_name})" if holder_name else title, "take", target([item], YES if holder_name else "")
            )
            for title, holder_name, item in titled
        ),
    )


def hand_over(call: Call, item: Item, member: str) -> Message:
    """Draw the choice between assigning an item to the named member and skipping it."""
    name = call.roster.name(member)
    return _draw_question(
        call.line("skip.to", title=item.task.title, who=name),
        Button(call.texts.text("button.assign_to", who=name), "assign", target([item], member)),
        Button(call.texts.text("button.skip"), "skip", item.id),
    )


def reasons(call: Call, item: Item) -> tuple[Button, ...]:
    """Build the optional buttons of the reasons for skipping an item."""
    return tuple(Button(call.texts.text(f"skip.reason.{reason}"), "skip", target([item], reason)) for reason in REASONS)


def choose_meaning(call: Call, item: Item) -> Message:
    """Draw the possible meanings of ❌ on an item."""
    return _draw_question(
        call.line("reaction.asked", title=item.task.title),
        Button(call.texts.text("button.skip"), "skip", item.id),
        Button(call.texts.text("button.done"), "done", item.id),
        Button(call.texts.text("button.assign"), "assign", item.id),
    )
