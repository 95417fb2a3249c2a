"""Draw an item as one line by its state: « Veille du jour · Léa · avant 12 h »."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from bot.civil import local
from bot.message import At, Line, Span, TaskLine
from bot.tasks.checklist import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from bot.i18n import Texts
    from bot.message import Button
    from bot.tasks import checklist
    from bot.teams.roster import Roster

DOT = " · "
DAYS_A_WEEK = 7


def in_order(items: Iterable[checklist.Item]) -> list[checklist.Item]:
    """Sort the items of a card: the veille, which brings the news, then by deadline."""
    return sorted(items, key=lambda item: (item.task.key != "veille", item.deadline or item.start, item.id))


def by_task(items: Sequence[checklist.Item]) -> list[list[checklist.Item]]:
    """Group the items of one task and one holder, in order: a task with several times a day is one line."""
    groups: dict[tuple[str, str | None], list[checklist.Item]] = {}
    for item in items:
        groups.setdefault((item.task.key, item.holder), []).append(item)
    return list(groups.values())


def state_of(group: Sequence[checklist.Item]) -> Literal["open", "done", "skipped"]:
    """Return the state of a line: open with any open slot, done when at least one slot was done, skipped otherwise."""
    if any(item.is_open for item in group):
        return "open"
    return "done" if any(item.state is State.DONE for item in group) else "skipped"


class Tally(NamedTuple):
    """Numbers of lines: all of them, and those done or skipped."""

    total: int
    done: int
    skipped: int


def tally(lines: Iterable[Sequence[checklist.Item]]) -> Tally:
    """Count lines by state, as they are drawn: several slots of one line count once, and a skip is not done."""
    states = [state_of(line) for line in lines]
    return Tally(len(states), states.count("done"), states.count("skipped"))


class Lines:
    """Drawing of items for one reader: their language, the team's wall clock."""

    def __init__(self, roster: Roster, texts: Texts, now: datetime, *, public: bool = True) -> None:
        """Draw for a card of the channel (`public`), which never says who is late (PRODUCT §3.4), or for one member."""
        self._public = public
        self._roster = roster
        self._texts = texts
        self._now = now
        self._today = roster.team.today(now)

    def block(
        self, position: int, group: Sequence[checklist.Item], *, name: bool = True, buttons: tuple[Button, ...] = ()
    ) -> TaskLine:
        """Draw the line of a group of items of one task; `name` adds the holder."""
        return TaskLine(position, self._choose_mark(group), self._draw_line(group, name=name), (), buttons)

    def _choose_mark(self, group: Sequence[checklist.Item]) -> Literal["open", "done", "skipped", "late"]:
        is_late = not self._public and any(item.late(self._now) for item in group)
        return "late" if is_late else state_of(group)

    def _draw_line(self, group: Sequence[checklist.Item], *, name: bool) -> Line:
        first = group[0]
        title = first.task.title.say(self._texts.language)
        settled_items = [item for item in group if item.is_settled]
        if settled_items and len({item.state for item in group}) == 1:
            return self._draw_settled(title, max(settled_items, key=lambda item: item.closed_at or self._now))
        holder_name = self._roster.name(first.holder) if name else ""
        parts: list[Line] = [(title,), *([(holder_name,)] if holder_name else []), *self._draw_times(group)]
        return (*_join_parts(parts), *self._note_reopening(group))

    def _draw_settled(self, title: str, item: checklist.Item) -> Line:
        assert item.closed_at is not None
        key = "item.done" if item.state is State.DONE else "item.skipped"
        return self._texts.line(
            key, title=title, who=self._roster.name(item.closed_by), at=self.date_time(item.closed_at)
        )

    def _draw_times(self, group: Sequence[checklist.Item]) -> list[Line]:
        """Draw the deadline of the first open item, else the slots of the day, each with its mark once it is closed."""
        current = next((item for item in group if item.is_open), group[0])
        if current.deadline is not None:
            return [self.before(current.deadline)] if current.is_open else []
        if current.is_open and self._day_of(current.start) < self._today:
            return [self._draw_past(current.start)]
        spans: list[Span] = []
        for index, item in enumerate(group):
            if index:
                spans.append(self._texts.text("word.and") if index == len(group) - 1 else ", ")
            spans.extend(self.date_time(item.start))
            if not item.is_open:
                spans.append(" ✓" if item.state is State.DONE else " –")
        return [tuple(spans)]

    def before(self, deadline: datetime) -> Line:
        """Write « avant 12 h » on the day itself, « pour vendredi » within the week, a date beyond.

        A past deadline is « en cours » for the channel, and « prévue vendredi 17 h » in private.
        """
        if deadline < self._now:
            return self._draw_past(deadline)
        day = self._day_of(deadline)
        if day == self._today:
            return self._texts.line("item.before", at=self.at(deadline))
        return self._texts.line("item.before_day" if self._is_near(day) else "item.before_date", day=day)

    def _draw_past(self, instant: datetime) -> Line:
        """Draw a moment that is over: the channel never says it."""
        if self._public:
            return self._texts.line("item.ongoing")
        day = self._day_of(instant)
        if day == self._today:
            return self._texts.line("item.due", at=self.at(instant))
        return self._texts.line("item.due_day" if self._is_near(day) else "item.due_date", day=day, at=self.at(instant))

    def _day_of(self, instant: datetime) -> date:
        return self._roster.team.today(instant)

    def _is_near(self, day: date) -> bool:
        """Return whether the name of a weekday is enough to tell a day."""
        return abs((day - self._today).days) < DAYS_A_WEEK

    def date_time(self, instant: datetime) -> Line:
        """Write a time of day, with its day when it is not today: « 10 h 12 », « vendredi 10 h 12 »."""
        day = self._day_of(instant)
        if day == self._today:
            return (self.at(instant),)
        return self._texts.line(
            "item.time_day" if self._is_near(day) else "item.time_date", day=day, at=self.at(instant)
        )

    def _note_reopening(self, group: Sequence[checklist.Item]) -> Line:
        reopenings = [item.reopened_at for item in group if item.is_open and item.reopened_at]
        if not reopenings or self._roster.team.today(max(reopenings)) != self._today:
            return ()
        return (" ", *self._texts.line("item.reopened", at=self.at(max(reopenings))))

    def moment(self, instant: datetime) -> Line:
        """Write a time of day, with its day when it is not today."""
        local_time = local(instant, self._roster.team.tz)
        if local_time.date() == self._today:
            return self._texts.line("item.at", at=self.at(instant))
        return self._texts.line("item.at_day", day=local_time.date(), at=self.at(instant))

    def at(self, instant: datetime) -> At:
        """Write a time of day on the team's wall clock."""
        return At(instant, self._texts.time(local(instant, self._roster.team.tz).time()))


def _join_parts(parts: Sequence[Line]) -> Line:
    spans: list[Span] = []
    for part in parts:
        if spans:
            spans.append(DOT)
        spans.extend(part)
    return tuple(spans)
