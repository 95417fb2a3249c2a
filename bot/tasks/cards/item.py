"""Draw an item as one line by its state: « Veille du jour · Léa · avant 12 h »."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.civil import local
from bot.message import At, Line, Span, TaskLine
from bot.tasks.checklist import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.i18n import Texts
    from bot.message import Button
    from bot.tasks import checklist
    from bot.teams.roster import Roster

DOT = " · "


def settled(item: checklist.Item) -> bool:
    """Tell whether a member has done or skipped the item, so that an undo can reopen it."""
    return item.state in (State.DONE, State.SKIPPED)


def in_order(items: Iterable[checklist.Item]) -> list[checklist.Item]:
    """Sort the items of a card: the veille, which brings the news, then by deadline."""
    return sorted(items, key=lambda item: (item.task.key != "veille", item.deadline or item.start, item.id))


def by_task(items: Sequence[checklist.Item]) -> list[list[checklist.Item]]:
    """Group the items of one task and one holder, in order: a task with several times a day is one line."""
    groups: dict[tuple[str, str | None], list[checklist.Item]] = {}
    for item in items:
        groups.setdefault((item.task.key, item.holder), []).append(item)
    return list(groups.values())


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
        open_items = [item for item in group if item.is_open]
        if not open_items:
            return "done" if any(item.state is State.DONE for item in group) else "skipped"
        return "late" if not self._public and any(item.late(self._now) for item in open_items) else "open"

    def _draw_line(self, group: Sequence[checklist.Item], *, name: bool) -> Line:
        first = group[0]
        title = first.task.title.say(self._texts.language)
        last = max(
            (item for item in group if item.is_settled), key=lambda item: item.closed_at or self._now, default=None
        )
        if last is not None and not any(item.is_open for item in group):
            return self._draw_settled(title, last)
        holder_name = self._roster.name(first.holder) if name else ""
        parts: list[Line] = [(title,), *([(holder_name,)] if holder_name else []), *self._draw_times(group)]
        return (*_join_parts(parts), *self._note_reopening(group))

    def _draw_settled(self, title: str, item: checklist.Item) -> Line:
        assert item.closed_at is not None
        key = "item.done" if item.state is State.DONE else "item.skipped"
        return self._texts.line(key, title=title, who=self._roster.name(item.closed_by), at=self.at(item.closed_at))

    def _draw_times(self, group: Sequence[checklist.Item]) -> list[Line]:
        first = group[0]
        if first.deadline is not None:
            return [self.before(first.deadline)]
        spans: list[Span] = []
        for index, item in enumerate(group):
            if index:
                spans.append(self._texts.text("word.and") if index == len(group) - 1 else ", ")
            spans.append(self.at(item.start))
            if not item.is_open:
                spans.append(" ✓")
        return [tuple(spans)]

    def before(self, deadline: datetime) -> Line:
        """Write « avant 12 h » on the day itself, « avant vendredi » within the week, a date beyond."""
        local_deadline = local(deadline, self._roster.team.tz)
        days = (local_deadline.date() - self._today).days
        if days == 0:
            return self._texts.line("item.before", at=self.at(deadline))
        key = "item.before_day" if 0 < days < 7 else "item.before_date"  # noqa: PLR2004  # days in a week
        return self._texts.line(key, day=local_deadline.date())

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
