"""Column types: instants as milliseconds UTC, local moments as ISO text, the same on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from bot.tasks.task import Task

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

E = TypeVar("E", bound=StrEnum)

_TASK = TypeAdapter(Task)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime kept as whole milliseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class Local(TypeDecorator[datetime]):
    """A naive local date-time kept as ISO text to the minute."""

    impl = String(16)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else local_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else local(value)


class Day(TypeDecorator[date]):
    """A local date kept as ISO text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Hour(TypeDecorator[time]):
    """A local time of day kept as HH:MM."""

    impl = String(5)
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat(timespec="minutes")

    def process_result_value(self, value: Any, dialect: Dialect) -> time | None:
        return None if value is None else time.fromisoformat(value)


class Word(TypeDecorator[E]):
    """A member of a StrEnum kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[E], length: int) -> None:
        super().__init__(length)
        self.members = members
        self._by_value = {member.value: member for member in members}

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> E | None:
        return None if value is None else self._by_value[value]


class Weekdays(TypeDecorator[tuple[int, ...]]):
    """Days of the week, 1 for Monday, kept as digits."""

    impl = String(7)
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else "".join(str(day) for day in value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[int, ...] | None:
        return None if value is None else tuple(int(day) for day in value)


class JsonText(TypeDecorator[Mapping[str, Any]]):
    """A mapping kept as JSON with sorted keys."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(dict(value), sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Mapping[str, Any] | None:
        return None if value is None else json.loads(value)


class TaskText(TypeDecorator[Task]):
    """A task kept as JSON; many items share few definitions, so reading is cached."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Task | None, dialect: Dialect) -> str | None:
        return None if value is None else _TASK.dump_json(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Task | None:
        return None if value is None else _read_task(value)


@lru_cache(maxsize=4096)
def _read_task(definition: str) -> Task:
    return _TASK.validate_json(definition)


# Thousands of rows of a tick name the same few moments: each is converted once.


@lru_cache(maxsize=8192)
def milliseconds(value: datetime) -> int:
    """Convert an aware instant to milliseconds since the epoch, exactly (no float in between)."""
    elapsed = value - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * 1000 + elapsed.microseconds // 1000


@lru_cache(maxsize=8192)
def instant(value: int) -> datetime:
    """Convert milliseconds since the epoch to an aware instant."""
    seconds, rest = divmod(value, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


@lru_cache(maxsize=8192)
def local_text(value: datetime) -> str:
    """Convert a naive local moment to ISO text to the minute."""
    return value.isoformat(timespec="minutes")


@lru_cache(maxsize=8192)
def local(value: str) -> datetime:
    """Parse a naive local moment. Raises ValueError."""
    return datetime.fromisoformat(value)
