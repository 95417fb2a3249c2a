"""How values of the domain are kept: instants as milliseconds UTC, local moments as ISO text, both databases alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

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


# Thousands of rows of a tick name the same few moments: each is converted once.


@lru_cache(maxsize=8192)
def milliseconds(value: datetime) -> int:
    """An aware instant as milliseconds since the epoch, exactly (no float in between)."""
    since = value - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


@lru_cache(maxsize=8192)
def instant(value: int) -> datetime:
    """The inverse of :func:`milliseconds`."""
    seconds, rest = divmod(value, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


@lru_cache(maxsize=8192)
def local_text(value: datetime) -> str:
    """A naive local moment as ISO text to the minute."""
    return value.isoformat(timespec="minutes")


@lru_cache(maxsize=8192)
def local(value: str) -> datetime:
    """The inverse of :func:`local_text`. Raises ValueError."""
    return datetime.fromisoformat(value)
