# ruff: noqa: DTZ001 (nominal local moments are naive)
from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.rhythm import instant, local
from tests.benchmarks import zones

PARIS = ZoneInfo("Europe/Paris")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "nominal", "expected"),
    [
        pytest.param("Europe/Paris", "2026-11-20 09:00", "2026-11-20 08:00", id="winter"),
        pytest.param("Europe/Paris", "2026-07-20 09:00", "2026-07-20 07:00", id="summer"),
        pytest.param("Europe/Paris", "2026-03-29 02:30", "2026-03-29 01:00", id="gap: the first instant after it"),
        pytest.param("Europe/Paris", "2026-03-29 02:00", "2026-03-29 01:00", id="gap: its first minute"),
        pytest.param("Europe/Paris", "2026-03-29 03:00", "2026-03-29 01:00", id="just after the gap"),
        pytest.param("Europe/Paris", "2026-10-25 02:30", "2026-10-25 00:30", id="overlap: the first time only"),
        pytest.param("America/Nuuk", "2024-03-30 23:30", "2024-03-31 01:00", id="a gap that crosses midnight"),
        pytest.param("America/Nuuk", "2024-03-31 00:00", "2024-03-31 01:00", id="just after that gap"),
        pytest.param("Asia/Beirut", "2026-03-29 00:00", "2026-03-28 22:00", id="a gap at midnight"),
        pytest.param("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30", id="a gap of half an hour"),
        pytest.param("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 10:00", id="a day that does not exist"),
        pytest.param("Antarctica/Troll", "2026-03-29 02:00", "2026-03-29 01:00", id="a gap of two hours"),
    ],
)
def test_an_instant_is_the_first_that_exists(name: str, nominal: str, expected: str) -> None:
    assert utc(expected) == instant(datetime.fromisoformat(nominal), ZoneInfo(name))


@settings(deadline=None)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), st.sampled_from(zones.NOTABLE))
def test_a_local_moment_comes_back_unless_the_clocks_jumped_over_it(nominal: datetime, name: str) -> None:
    rules = ZoneInfo(name)
    back = local(instant(nominal, rules), rules)

    assert back == nominal or timedelta() < back - nominal <= timedelta(hours=24)


@settings(deadline=None)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), st.sampled_from(zones.NOTABLE))
def test_nothing_comes_before_an_earlier_moment_s_instant(nominal: datetime, name: str) -> None:
    rules = ZoneInfo(name)

    assert instant(nominal, rules) <= instant(nominal + timedelta(minutes=30), rules) + timedelta(hours=1)
    assert instant(nominal, rules).utcoffset() == timedelta()


def test_the_hard_zones_miss_nothing_and_double_nothing() -> None:
    """The short form of the benchmark: two years, the hard zones and some others."""
    faults = [line for line in zones.civil_lines(full=False) if not line.ok]

    assert faults == []


@pytest.mark.parametrize(("fine", "code"), [(True, 0), (False, 1)])
def test_the_benchmark_says_each_figure_in_json_and_fails_when_one_misses(
    fine: bool, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = [zones.Line("zones.missed", 0, "= 0", ok=True), zones.Line("zones.doubled", 1, "= 0", ok=fine)]
    monkeypatch.setattr(zones, "lines", lambda *, full: figures if full else [])

    assert code == zones.main(["--json", "--full"])
    assert [True, fine] == [json.loads(line)["ok"] for line in capsys.readouterr().out.splitlines()]


def test_the_benchmark_s_oracle_sees_a_wrong_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that cannot fail proves nothing: the second of two instants, and the usual reading of a gap, are seen."""

    def last_one(nominal: datetime, rules: ZoneInfo) -> datetime:
        return nominal.replace(tzinfo=rules, fold=1).astimezone(UTC)

    monkeypatch.setattr(zones, "instant", last_one)
    monkeypatch.setattr(zones, "TIMES", (time(2, 30),))

    assert zones.check_zone("Europe/Paris", date(2026, 1, 1), date(2026, 12, 31)).misplaced == 2
