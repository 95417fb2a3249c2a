"""The words of the grammar, once read: both languages give the same tokens, so that one grammar serves both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

    from bot.engine.rhythm import Closed
    from bot.i18n import Language

UnitName = Literal["minute", "hour", "day", "working", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Number:
    """A figure, or a number in words ("quinze", "an")."""

    value: int


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A rank, -1 for the last."""

    value: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in figures; not checked yet. `letter`: written with an h, which in French also counts hours."""

    hour: int
    minute: int
    letter: bool = False


@dataclass(frozen=True, slots=True)
class Slashed:
    """A date in figures: its first two numbers in the order written."""

    first: int
    second: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Iso:
    """A date written year-month-day."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """An ISO weekday."""

    day: int
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its name."""

    value: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day counted from today."""

    offset: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: when it is `at`, when it is over (`by`), the hours [low, high) that may be said with it.

    `alone`: it names today by itself ("en fin de journée").
    """

    at: time
    by: time
    low: int
    high: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of time; `working` is a working day."""

    name: UnitName


@dataclass(frozen=True, slots=True)
class Shift:
    """Days to add to a day that was named ("lundi en huit")."""

    days: int


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Token of the policy for closed days."""

    policy: Closed


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the grammar itself."""

    name: str


Token = Number | Ordinal | Clock | Slashed | Iso | Weekday | Month | Day | Part | Unit | Shift | ClosedDays | Word
Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Echo:
    """How a language says moments and rhythms back; every template reads again as what it says."""

    moment: str
    by: str
    tomorrow: str
    hour: str
    minutes: str
    first: str
    """The first of a month."""
    suffixes: Mapping[int, str]
    """What follows the figure of a rank; 0 holds the usual one."""
    daily: str
    working: str
    weekly: str
    plural: str
    one_in_two: str
    one_in: str
    one_week_in: str
    month_day: str
    month_end: str
    month_weekday: str
    month_working: str
    yearly: str
    once: str
    times: str
    season: str
    """From one month to another; `season_vowel` where the first one's name begins with a vowel."""
    season_vowel: str
    season_month: str
    since: str
    between: str
    until: str
    count: str
    coming: str
    coming_joint: str
    joint: str
    joint_many: str
    closed: Mapping[Closed, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language: what its phrases mean (accents and apostrophes as one writes them), and how it says things.

    Keys of `phrases` hold the ways to say one thing, separated by " | ". Weekdays, months, ranks and numbers are read
    from their lists, in the singular and in the plural.
    """

    language: Language
    phrases: Mapping[str, Tokens]
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    ranks: tuple[str, ...]
    """First, second… in words."""
    last: str
    numbers: tuple[str, ...]
    """One, two… in words."""
    month_first: bool
    """Whether 12/3 may also be read with the month first, so that one has to ask."""
    echo: Echo
