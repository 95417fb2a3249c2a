"""`vigie preview`: what would be sent, by the engine itself, without writing anything."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.catalogue.loader import load
from bot.cli import _demo_team as demo
from bot.clock import VirtualClock
from bot.engine.rhythm import Closed, Rhythm, Weekly
from bot.engine.scheduling import schedule
from bot.registry import load as load_registry
from storage.migrate import upgrade
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import Tx
    from storage.store import SqlStore
    from tests.bot.cli.conftest import Ran

KEYS = {"at_utc", "at_local", "zone", "nudge", "channel", "mentions", "items", "message", "team"}
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)
CLOSED = {date(2026, 11, 11), date(2026, 12, 25)}
OURS = {"morning", "veille", "replies", "calendar", "influencer", "statistics", "strategy", "about", "friday",
        "proposal", "recap", "reminder"}  # fmt: skip


def working_days() -> list[date]:
    days = [FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1)]
    return [day for day in days if day.isoweekday() < 6 and day not in CLOSED]


def lines(ran: Ran) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def moments(found: list[dict[str, Any]], nudge: str) -> list[str]:
    return [line["at_local"][:16] for line in found if line["nudge"] == nudge]


@pytest.fixture(scope="module")
def winter() -> list[dict[str, Any]]:
    """The built-in team's November and December 2026 (read once: eight seconds)."""
    import asyncio
    from dataclasses import asdict

    from bot.cli._preview import _make_built_in as built_in
    from bot.cli._preview import play, span_of

    span = span_of(FIRST.isoformat(), LAST.isoformat())
    played = json.dumps([asdict(line) for line in asyncio.run(play(span, built_in(), None)).lines], ensure_ascii=False)
    found: list[dict[str, Any]] = json.loads(played.replace("\u00a0", " ").replace("\u202f", " "))
    return found


def test_the_veille_comes_at_nine_on_each_working_day(winter: list[dict[str, Any]]) -> None:
    assert moments(winter, "veille") == [f"{day}T09:00" for day in working_days()]


def test_the_veille_shares_its_message_with_the_morning_card(winter: list[dict[str, Any]]) -> None:
    morning = {line["at_utc"]: line["message"] for line in winter if line["nudge"] == "morning"}
    veille = {line["at_utc"]: line["message"] for line in winter if line["nudge"] == "veille"}

    assert veille == morning
    assert len(set(veille.values())) == len(working_days())


def test_the_influencer_comes_each_monday_at_ten(winter: list[dict[str, Any]]) -> None:
    mondays = [day for day in working_days() if day.isoweekday() == 1]

    assert moments(winter, "influencer") == [f"{day}T10:00" for day in mondays]


def test_the_statistics_come_on_the_first_working_day_at_ten(winter: list[dict[str, Any]]) -> None:
    assert moments(winter, "statistics") == ["2026-11-02T10:00", "2026-12-01T10:00"]


def test_every_nudge_of_the_product_is_there_and_no_other(winter: list[dict[str, Any]]) -> None:
    assert {line["nudge"] for line in winter} == OURS


def test_lines_come_in_order_of_time(winter: list[dict[str, Any]]) -> None:
    assert [line["at_utc"] for line in winter] == sorted(line["at_utc"] for line in winter)


def test_the_two_clocks_of_a_line_say_the_same_instant(winter: list[dict[str, Any]]) -> None:
    for line in winter:
        assert line["at_utc"].endswith("Z")
        assert datetime.fromisoformat(line["at_utc"]) == datetime.fromisoformat(line["at_local"])


def test_lines_that_share_a_message_go_to_one_place(winter: list[dict[str, Any]]) -> None:
    places: dict[str, set[str]] = {}
    for line in winter:
        places.setdefault(line["message"], set()).add(line["channel"] or line["mentions"][0])

    assert {len(place) for place in places.values()} == {1}


def test_what_is_private_is_addressed_to_one_person(winter: list[dict[str, Any]]) -> None:
    private = [line for line in winter if line["channel"] is None]

    assert {len(line["mentions"]) for line in private} == {1}
    assert {line["nudge"] for line in private} >= {"recap", "replies", "reminder"}


def test_nobody_gets_more_than_four_notifications_a_day(winter: list[dict[str, Any]]) -> None:
    heard: dict[tuple[str, str], set[str]] = {}
    for line in winter:
        if line["channel"] is None:
            heard.setdefault((line["at_local"][:10], line["mentions"][0]), set()).add(line["message"])

    assert max(map(len, heard.values())) <= 4


def test_nothing_comes_at_lunch_nor_on_a_closed_day(winter: list[dict[str, Any]]) -> None:
    there = [datetime.fromisoformat(line["at_local"]) for line in winter]

    assert not [at for at in there if 12 <= at.hour < 14]
    assert {at.date() for at in there} <= set(working_days())


def test_items_are_the_titles_of_what_the_nudge_is_about(winter: list[dict[str, Any]]) -> None:
    veille = next(line for line in winter if line["nudge"] == "veille")

    assert (veille["items"], veille["mentions"], veille["channel"]) == (["Veille du jour"], ["Léa"], "équipe")


def test_json_lines_have_the_promised_keys(vigie: Callable[..., Ran]) -> None:
    found = lines(vigie("preview", "--from", "2026-11-02", "--to", "2026-11-02", "--json"))

    assert found
    assert all(set(line) == KEYS for line in found)


def test_both_bounds_are_included(vigie: Callable[..., Ran]) -> None:
    found = lines(vigie("preview", "--from", "2026-11-02", "--to", "2026-11-03", "--json"))

    assert {line["at_local"][:10] for line in found} == {"2026-11-02", "2026-11-03"}


def test_a_part_of_a_span_tells_what_the_whole_tells_of_it(
    vigie: Callable[..., Ran], winter: list[dict[str, Any]]
) -> None:
    part = lines(vigie("preview", "--from", "2026-12-01", "--to", "2026-12-03", "--json"))
    same = [line for line in winter if "2026-12-01" <= line["at_local"][:10] <= "2026-12-03"]

    assert part == same


def test_without_a_database_none_is_made(vigie: Callable[..., Ran], folder: Path) -> None:
    vigie("preview", "--from", "2026-11-02", "--to", "2026-11-02")

    assert list(folder.iterdir()) == []


def test_people_read_an_agenda(vigie: Callable[..., Ran]) -> None:
    out = vigie("preview", "--from", "2026-11-02", "--to", "2026-11-02").out

    assert "Lundi 2 novembre 2026" in out
    assert "9 h · #équipe · Fiche du jour, Veille du jour" in out


def test_people_read_it_in_english(vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_LANGUAGE", "en")

    assert "Monday 2 November 2026" in vigie("preview", "--from", "2026-11-02", "--to", "2026-11-02").out


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-11-02", "2026-11-01", "--to vient avant --from"),
        ("hier", "2026-11-01", "--from attend une date comme 2026-11-01"),
        ("2026-11-01", "2026-13-45", "--to attend une date"),
        ("2026-11-01", "9999-12-31", "--to attend une date"),
        ("2026-01-01", "2027-12-31", "400 jours"),
    ],
)
def test_wrong_dates_are_refused_with_what_to_type(vigie: Callable[..., Ran], first: str, last: str, says: str) -> None:
    ran = vigie("preview", "--from", first, "--to", last)

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    """A stored English team, set up on Wednesday 18 November 2026 in Montréal."""
    store = open_store(f"sqlite:///{folder / 'vigie.db'}", VirtualClock(datetime(2026, 11, 18, 15, tzinfo=UTC)))
    upgrade(store.engines.write)
    do(store, lambda tx: demo.seed(tx, load_registry(), load(), "en", "console"))
    yield store
    store.engines.dispose()


def do(store: SqlStore, work: Callable[[Tx], Any]) -> Any:
    return store.run_now(store.engines.write, work)


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_a_stored_team_is_previewed_and_nothing_is_written(
    vigie: Callable[..., Ran], folder: Path, store: SqlStore
) -> None:
    store.engines.dispose()
    before, rows = (folder / "vigie.db").read_bytes(), dump(folder / "vigie.db")

    found = lines(vigie("preview", "--from", "2026-12-01", "--to", "2026-12-02", "--json"))

    assert moments(found, "veille") == ["2026-12-01T09:00", "2026-12-02T09:00"]
    assert {line["channel"] for line in found} == {"team", None}
    assert {line["team"] for line in found} == {do(store, lambda tx: tx.teams.ids())[0]}
    store.engines.dispose()
    assert (folder / "vigie.db").read_bytes() == before
    assert dump(folder / "vigie.db") == rows


def test_a_preview_works_beside_a_process_that_writes(vigie: Callable[..., Ran], folder: Path, store: SqlStore) -> None:
    with store.engines.write.begin() as connection:
        connection.exec_driver_sql("UPDATE teams SET name = 'Other'")

        found = lines(vigie("preview", "--from", "2026-12-01", "--to", "2026-12-01", "--json"))

    assert moments(found, "morning") == ["2026-12-01T09:00"]


def test_a_team_of_its_own_rhythm_is_followed(vigie: Callable[..., Ran], store: SqlStore) -> None:
    def move(tx: Tx) -> None:
        team = tx.teams.get(tx.teams.ids()[0])
        assert team is not None
        wednesdays = Rhythm(Weekly((3,)), (load().defaults.moments.morning,), Closed.SKIP)
        tx.schedules.put(schedule(team, "morning", wednesdays, tx.now))

    do(store, move)

    found = lines(vigie("preview", "--from", "2026-12-01", "--to", "2026-12-09", "--json"))
    assert moments(found, "morning") == ["2026-12-02T09:00", "2026-12-09T09:00"]


def test_what_came_once_in_a_life_does_not_come_again(vigie: Callable[..., Ran], store: SqlStore) -> None:
    span = ("preview", "--from", "2026-12-03", "--to", "2026-12-05", "--json")
    assert moments(lines(vigie(*span)), "proposal") == ["2026-12-04T16:30"]

    with store.engines.write.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO messages (team_id, id, member_id, kind, subject, created_at, revision, posted_revision)"
            " SELECT team_id, 'old', id, 'proposal', '2026-11-20', 0, 1, 1 FROM members LIMIT 1"
        )

    assert moments(lines(vigie(*span)), "proposal") == []


def test_an_unknown_team_is_refused_with_those_that_are_known(vigie: Callable[..., Ran], store: SqlStore) -> None:
    known = do(store, lambda tx: tx.teams.ids())[0]

    ran = vigie("preview", "--from", "2026-12-01", "--to", "2026-12-01", "--team", "nobody")

    assert ran.code == 2
    assert known in ran.err


def test_a_database_that_is_no_database_is_said_so(vigie: Callable[..., Ran], folder: Path) -> None:
    (folder / "vigie.db").write_bytes(b"not a database at all, only some text in a file" * 100)

    ran = vigie("preview", "--from", "2026-12-01", "--to", "2026-12-01")

    assert ran.code == 1
    assert "La base de données ne répond pas" in ran.err
