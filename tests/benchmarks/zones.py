"""Every IANA zone, day by day: is each nominal moment there once, at the first instant that exists? At what cost?

`python -m tests.benchmarks.zones --json [--full]`: one JSON object a line, exit 1 when a target is missed. The oracle
never asks the product nor `fold`: it walks the zone's changes of offset from the UTC side.
"""

from __future__ import annotations

import argparse
import json
import sys
import time as clock
import zoneinfo
from bisect import bisect_right
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from dateutil import parser, rrule

from bot.engine.rhythm import Closed, Daily, MonthlyWeekday, MonthlyWorkingDay, Rhythm, WorkingDays, instant, nominals
from bot.grammar.when import moment
from bot.teams.calendar import WorkCalendar
from bot.zones import tzdata_version, use_packaged_tzdata, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

TIMES = (time(0), time(0, 30), time(2, 30), time(9), time(23, 30))
FIRST, LAST = date(2024, 1, 1), date(2035, 12, 31)
SHORT_LAST = date(2025, 12, 31)
NOTABLE = (
    "Africa/Casablanca",
    "America/Nuuk",
    "America/Scoresbysund",
    "America/St_Johns",
    "America/Vancouver",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Australia/Lord_Howe",
    "Europe/Paris",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with its target."""

    name: str
    value: float
    target: str
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Faults:
    """What went wrong over some occurrences."""

    occurrences: int = 0
    missed: int = 0
    doubled: int = 0
    misplaced: int = 0

    def plus(self, other: Faults) -> Faults:
        return Faults(
            self.occurrences + other.occurrences,
            self.missed + other.missed,
            self.doubled + other.doubled,
            self.misplaced + other.misplaced,
        )


class Oracle:
    """The wall clock of a zone as stretches of constant offset, all in whole seconds since 1970."""

    def __init__(self, rules: ZoneInfo, first: date, last: date) -> None:
        self.starts: list[int] = []
        self.offsets: list[int] = []
        for second, offset in _stretches(rules, first, last):
            self.starts.append(second)
            self.offsets.append(offset)
        self._local_ends = [
            end + offset for end, offset in zip([*self.starts[1:], sys.maxsize], self.offsets, strict=True)
        ]

    def first_instant(self, wall: int) -> int:
        """The first second at which the wall clock shows `wall`, or, in a gap, the first second after the gap."""
        # The first stretch whose wall clock ends after `wall` either shows it or begins beyond it.
        for index in range(max(0, bisect_right(self.starts, wall) - 3), len(self.starts)):
            if wall < self._local_ends[index]:
                return max(self.starts[index], wall - self.offsets[index])
        raise AssertionError(wall)


def _stretches(rules: ZoneInfo, first: date, last: date) -> Iterator[tuple[int, int]]:
    start = _seconds(datetime.combine(first, time(), UTC)) - 48 * HOUR
    end = _seconds(datetime.combine(last, time(), UTC)) + 72 * HOUR
    offset = _offset(rules, start)
    yield start, offset
    for hour in range(start, end, 6 * HOUR):
        while (after := _offset(rules, hour + 6 * HOUR)) != offset:
            change = _change(rules, hour, hour + 6 * HOUR, offset)
            offset = _offset(rules, change)
            yield change, offset
            if offset == after:
                break


def _change(rules: ZoneInfo, low: int, high: int, offset: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(rules, middle) == offset else (low, middle)
    return high


def _offset(rules: ZoneInfo, second: int) -> int:
    found = (EPOCH + timedelta(seconds=second)).astimezone(rules).utcoffset()
    assert found is not None
    return int(found.total_seconds())


def _seconds(at: datetime) -> int:
    return int((at - EPOCH).total_seconds())


def check_zone(name: str, first: date, last: date) -> Faults:
    """Compare a daily rhythm at each of TIMES with the calendar and with the oracle."""
    rules = zone(name)
    oracle = Oracle(rules, first, last)
    total = Faults()
    for at in TIMES:
        total = total.plus(_check_time(rules, oracle, at, (first, last)))
    return total


def _check_time(rules: ZoneInfo, oracle: Oracle, at: time, dates: tuple[date, date]) -> Faults:
    first, last = dates
    rhythm = Rhythm(Daily(), (at,), Closed.KEEP)
    after, end = datetime.combine(first, at) - timedelta(minutes=1), datetime.combine(last, at)
    seen: dict[date, int] = {}
    misplaced = 0
    for nominal in takewhile(lambda one: one <= end, nominals(rhythm, WorkCalendar(), after)):
        seen[nominal.date()] = seen.get(nominal.date(), 0) + 1
        wall = (nominal.toordinal() - 719163) * 86400 + nominal.hour * HOUR + nominal.minute * 60
        misplaced += _seconds(instant(nominal, rules)) != oracle.first_instant(wall)
    days = (last - first).days + 1
    return Faults(sum(seen.values()), days - len(seen), sum(count - 1 for count in seen.values()), misplaced)


def zones(*, full: bool) -> tuple[Sequence[str], date]:
    """The zones to check and the last day: all of them to 2035, or the hard ones and some to 2025."""
    names = sorted(zoneinfo.available_timezones())
    if full:
        return names, LAST
    return sorted({*NOTABLE, *names[::40]}), SHORT_LAST


def civil_lines(*, full: bool) -> Iterator[Line]:
    """Missed, doubled and misplaced occurrences over the zones."""
    names, last = zones(full=full)
    begun, total = clock.perf_counter(), Faults()
    for name in names:
        total = total.plus(check_zone(name, FIRST, last))
    took = clock.perf_counter() - begun
    scope = f"{len(names)} zones, {FIRST} to {last}, tzdata {tzdata_version()}, {took:.0f} s with the oracle"
    yield Line("zones.occurrences", total.occurrences, "> 0", total.occurrences > 0, scope)
    yield Line("zones.missed", total.missed, "= 0", total.missed == 0)
    yield Line("zones.doubled", total.doubled, "= 0", total.doubled == 0)
    yield Line("zones.not_the_first_instant", total.misplaced, "= 0", total.misplaced == 0)


def _best(work: Callable[[], object], rounds: int = 7) -> float:
    """The least of some rounds, in seconds: noise only ever adds."""
    return min(_timed(work) for _ in range(rounds))


def _timed(work: Callable[[], object]) -> float:
    begun = clock.perf_counter()
    work()
    return clock.perf_counter() - begun


def _ours(rhythm: Rhythm, rules: ZoneInfo, start: datetime, count: int) -> list[datetime]:
    return [instant(one, rules) for one in islice(nominals(rhythm, WorkCalendar(), start), count)]


def _theirs(rule: Iterable[datetime], rules: ZoneInfo, count: int) -> list[datetime]:
    return [one.replace(tzinfo=rules).astimezone(UTC) for one in islice(iter(rule), count)]


def cost_lines(*, full: bool) -> Iterator[Line]:
    """The cost of an occurrence (its nominal moment and its instant) as a ratio to dateutil's, in the same run."""
    rules, start, count = zone("Europe/Paris"), datetime(2026, 1, 1), 2000 if full else 500  # noqa: DTZ001
    weekdays = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR)
    hour = {"byhour": 9, "byminute": 0, "bysecond": 0, "dtstart": start, "cache": False}
    pairs = (
        ("daily", Daily(), rrule.rrule(rrule.DAILY, **hour)),  # type: ignore[arg-type]
        ("working_days", WorkingDays(), rrule.rrule(rrule.DAILY, byweekday=weekdays, **hour)),  # type: ignore[arg-type]
        ("last_friday", MonthlyWeekday(-1, 5), rrule.rrule(rrule.MONTHLY, byweekday=rrule.FR(-1), **hour)),  # type: ignore[arg-type]
        (
            "last_working_day",
            MonthlyWorkingDay(-1),
            rrule.rrule(rrule.MONTHLY, byweekday=weekdays, bysetpos=-1, **hour),  # type: ignore[arg-type]
        ),
    )
    for name, rule, theirs in pairs:
        rhythm, some = Rhythm(rule, (time(9),)), min(count, 600 if "last" in name else count)
        _ours(rhythm, rules, start, some)  # the years' holidays are computed once a process
        ours_took = _best(lambda rhythm=rhythm, some=some: _ours(rhythm, rules, start, some))  # type: ignore[misc]
        theirs_took = _best(lambda theirs=theirs, some=some: _theirs(theirs, rules, some))  # type: ignore[misc]
        ratio = round(ours_took / theirs_took, 2)
        note = f"{ours_took / some * 1e6:.2f} µs against {theirs_took / some * 1e6:.2f} µs an occurrence"
        yield Line(f"cost.{name}", ratio, "<= 2 x dateutil.rrule", ratio <= 2, note)


SAID = ("demain 9h", "lundi en huit 14h", "dans un quart d’heure", "le 1er avril à 10h", "tomorrow at 8:15am", "12/3")


def when_lines() -> Iterator[Line]:
    """The cost of one call of `moment`, beside dateutil's parser on one plain date."""
    rules, calendar, now = zone("Europe/Paris"), WorkCalendar(), datetime(2026, 11, 18, 9, tzinfo=UTC)

    def ours() -> None:
        for text in SAID:
            moment(text, now=now, zone=rules, calendar=calendar, language="fr")

    def theirs() -> None:
        for _ in SAID:
            parser.parse("Thursday 19 November 2026 at 9:00")

    ours()
    ours_took, theirs_took = _best(ours, 50) / len(SAID), _best(theirs, 50) / len(SAID)
    ratio = round(ours_took / theirs_took, 2)
    note = f"{ours_took * 1e6:.0f} µs against {theirs_took * 1e6:.0f} µs a call"
    yield Line("cost.when", ratio, "<= 3 x dateutil.parser", ratio <= 3, note)


def lines(*, full: bool) -> Iterator[Line]:
    """Every figure of this benchmark."""
    use_packaged_tzdata()
    yield from civil_lines(full=full)
    yield from cost_lines(full=full)
    yield from when_lines()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a target is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--full", action="store_true", help="all zones, 2024-2035 (a few minutes)")
    options.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = options.parse_args(arguments)
    fine = True
    for line in lines(full=chosen.full):
        print(json.dumps(asdict(line)) if chosen.json else f"{line.name}: {line.value} ({line.target}) {line.note}")
        sys.stdout.flush()
        fine &= line.ok
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
