"""The schema of rhythms and deadlines in YAML, with their conversion to the domain."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, model_validator

from bot.engine.rhythm import (
    Closed,
    Daily,
    MonthlyDate,
    MonthlyWeekday,
    MonthlyWorkingDay,
    Once,
    Rhythm,
    Rule,
    Weekly,
    WorkingDays,
    Yearly,
)
from bot.tasks.deadline import Deadline, OnWeekday, OnWorkingDay, SameDay, Within

_TIME = r"^([01]?\d|2[0-3]):([0-5]\d)$"


class FaultError(ValueError):
    """A well-formed value with an invalid meaning; `key` is the message key of the error."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(why)
        self.key = key


class Frozen(BaseModel):
    """The base of all entries: immutable, and closed to unknown fields (a typing error is reported)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _parse_time(value: object) -> time:
    if isinstance(value, time):
        return value
    match = re.fullmatch(_TIME, value) if isinstance(value, str) else None
    if not match:
        raise FaultError("catalogue.bad_time", "a time of day such as 9:00 or 17:30 is expected")
    return time(int(match[1]), int(match[2]))


At = Annotated[time, BeforeValidator(_parse_time), WithJsonSchema({"type": "string", "pattern": _TIME})]
"""A local time of day, to the minute: `9:00`, `17:30`."""

Weekday = Annotated[int, Field(ge=1, le=7)]
"""ISO: 1 is Monday, 7 is Sunday."""

Nth = Annotated[int, Field(ge=-1, le=23)]


class _Recurring(Frozen):
    at: Annotated[tuple[At, ...], Field(min_length=1)]
    closed: Closed = Closed.SKIP
    """What a closed day does to the occurrence: skip, before, after, keep."""

    def domain_rule(self) -> Rule:
        """Convert the rule alone to the domain."""
        raise NotImplementedError

    def to_rhythm(self) -> Rhythm:
        """Convert the entry to the domain's rhythm: rule, local times, closed-day policy."""
        return Rhythm(self.domain_rule(), self.at, self.closed)

    @model_validator(mode="after")
    def _check_conversion(self) -> Self:
        self.to_rhythm()  # the domain's own checks (order of times, nth, dates that exist) become errors of the file
        return self


class EveryDay(_Recurring):
    """Every day of the week."""

    rule: Literal["daily"]

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return Daily()


class EveryWorkingDay(_Recurring):
    """Every working day of the team."""

    rule: Literal["working_days"]

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return WorkingDays()


class EveryWeek(_Recurring):
    """On these weekdays, every `every` weeks counted from the week of `anchor`."""

    rule: Literal["weekly"]
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    every: Annotated[int, Field(ge=1, le=52)] = 1
    anchor: date | None = None

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return Weekly(self.days, self.every, self.anchor)


class EveryMonthOnDate(_Recurring):
    """On a day of the month; the last one where the month is shorter."""

    rule: Literal["monthly_date"]
    day: Annotated[int, Field(ge=1, le=31)]

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return MonthlyDate(self.day)


class EveryMonthOnWeekday(_Recurring):
    """On the nth weekday of the month, -1 for the last."""

    rule: Literal["monthly_weekday"]
    nth: Annotated[int, Field(ge=-1, le=5)]
    day: Weekday

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return MonthlyWeekday(self.nth, self.day)


class EveryMonthOnWorkingDay(_Recurring):
    """On the nth working day of the month, -1 for the last."""

    rule: Literal["monthly_working_day"]
    nth: Nth

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return MonthlyWorkingDay(self.nth)


class EveryYear(_Recurring):
    """Once a year."""

    rule: Literal["yearly"]
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return Yearly(self.month, self.day)


class OnOneDate(_Recurring):
    """On one date only."""

    rule: Literal["once"]
    day: date

    def domain_rule(self) -> Rule:
        """Convert the entry (see the base class)."""
        return Once(self.day)


class Unscheduled(Frozen):
    """No rhythm: somebody starts it, or the person's arrival does."""

    rule: Literal["none"]

    def to_rhythm(self) -> None:
        """Return None: nothing recurs."""


RhythmEntry = Annotated[
    EveryDay
    | EveryWorkingDay
    | EveryWeek
    | EveryMonthOnDate
    | EveryMonthOnWeekday
    | EveryMonthOnWorkingDay
    | EveryYear
    | OnOneDate
    | Unscheduled,
    Field(discriminator="rule"),
]


class _Deadline(Frozen):
    def to_deadline(self) -> Deadline:
        """Convert the entry to the domain's deadline."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _check_conversion(self) -> Self:
        self.to_deadline()
        return self


class DueSameDay(_Deadline):
    """Before a time of the day on which it started."""

    same_day: At

    def to_deadline(self) -> Deadline:
        """Convert the entry (see the base class)."""
        return SameDay(self.same_day)


class DueOnWeekday(_Deadline):
    """Before a time on the next such weekday."""

    weekday: Weekday
    at: At

    def to_deadline(self) -> Deadline:
        """Convert the entry (see the base class)."""
        return OnWeekday(self.weekday, self.at)


class DueOnWorkingDay(_Deadline):
    """Before a time on the nth working day of the month."""

    working_day: Nth
    at: At

    def to_deadline(self) -> Deadline:
        """Convert the entry (see the base class)."""
        return OnWorkingDay(self.working_day, self.at)


class DueWithin(_Deadline):
    """So many minutes after its start."""

    minutes: Annotated[int, Field(ge=1, le=60 * 24 * 31)]

    def to_deadline(self) -> Deadline:
        """Convert the entry (see the base class)."""
        return Within(self.minutes)


_DEADLINES = ("same_day", "weekday", "working_day", "minutes")


def _find_deadline_kind(value: Any) -> str | None:
    present = [name for name in _DEADLINES if (name in value if isinstance(value, dict) else hasattr(value, name))]
    return present[0] if len(present) == 1 else None


DeadlineEntry = Annotated[
    Annotated[DueSameDay, Tag("same_day")]
    | Annotated[DueOnWeekday, Tag("weekday")]
    | Annotated[DueOnWorkingDay, Tag("working_day")]
    | Annotated[DueWithin, Tag("minutes")],
    Discriminator(
        _find_deadline_kind,
        custom_error_type="catalogue.bad_deadline",
        custom_error_message="exactly one of same_day, weekday with at, working_day with at, minutes",
    ),
]
