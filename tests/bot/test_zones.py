# ruff: noqa: DTZ001 (nominal local moments are naive)
from __future__ import annotations

import io
import struct
import zoneinfo
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.engine.rhythm import Daily, Rhythm, instant
from bot.engine.schedule import Schedule
from bot.errors import RefusalError
from bot.zones import (
    fingerprint,
    fingerprint_of,
    rederive,
    refuses,
    tzdata_version,
    use_packaged_tzdata,
    zone,
)

VANCOUVER = "America/Vancouver"


def tzif(footer: str, changes: tuple[tuple[int, int], ...] = (), standard: int = -8 * 3600) -> bytes:
    """A TZif file (RFC 9636, version 2): a standard offset, changes of (second, offset), and the rule after them."""
    offsets = sorted({standard, *(offset for _, offset in changes)}, key=lambda one: one != standard)
    names = b"XXX\0"
    empty = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, len(names)) + struct.pack(">lBB", 0, 0, 0) + names
    header = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, len(changes), len(offsets), len(names))
    times = struct.pack(f">{len(changes)}q", *(at for at, _ in changes))
    kinds = bytes(offsets.index(offset) for _, offset in changes)
    types = b"".join(struct.pack(">lBB", offset, 0, 0) for offset in offsets)
    return empty + header + times + kinds + types + names + f"\n{footer}\n".encode()


# Vancouver as tzdata 2025.2 had it: an hour forward every spring, back every autumn.
OLD_RULES = tzif("PST8PDT,M3.2.0,M11.1.0")


def old_vancouver() -> ZoneInfo:
    return ZoneInfo.from_file(io.BytesIO(OLD_RULES), VANCOUVER)


def stored(nominal: datetime | None, rules: ZoneInfo, mark: str, name: str = VANCOUVER) -> Schedule:
    at = nominal and instant(nominal, rules)
    return Schedule("team", f"{name} {nominal}", "morning", Rhythm(Daily(), (time(9),)), name, mark, nominal, at)


def test_the_wheel_is_read_and_nothing_else() -> None:
    use_packaged_tzdata()

    assert zoneinfo.TZPATH == ()
    assert zone("Europe/Paris").key == "Europe/Paris"
    assert tzdata_version()[:2] == "20"


def test_new_rules_move_the_instants_that_they_change_and_only_those() -> None:
    """British Columbia stays on UTC-7 for good: from November 2026 on 9:00 is 16:00 UTC and no longer 17:00."""
    winter, summer = datetime(2026, 12, 1, 9), datetime(2027, 7, 1, 9)
    old = old_vancouver()
    schedules = [stored(at, old, fingerprint_of(OLD_RULES)) for at in (winter, summer, None)]
    paris = stored(winter, zone("Europe/Paris"), fingerprint("Europe/Paris"), "Europe/Paris")

    found = rederive([*schedules, paris])

    assert [datetime(2026, 12, 1, 17, tzinfo=UTC)] == [before.next_fire_at for before, _ in found.moved]
    assert [datetime(2026, 12, 1, 16, tzinfo=UTC)] == [after.next_fire_at for _, after in found.moved]
    assert [winter, summer, None] == [one.nominal_next for one in found.written]
    assert {fingerprint(VANCOUVER)} == {one.fingerprint for one in found.written}


def test_rederiving_twice_changes_nothing_more() -> None:
    found = rederive([stored(datetime(2026, 12, 1, 9), old_vancouver(), fingerprint_of(OLD_RULES))])

    again = rederive(found.written)

    assert (again.written, again.moved) == ((), ())


def test_a_fingerprint_says_offsets_and_not_names() -> None:
    change = ((1_000_000, -7 * 3600),)

    assert fingerprint_of(tzif("", change)) == fingerprint_of(tzif("", (*change, (2_000_000, -7 * 3600))))
    assert fingerprint_of(tzif("", change)) != fingerprint_of(tzif("", ((1_000_001, -7 * 3600),)))
    assert fingerprint_of(tzif("PST8")) != fingerprint_of(tzif("MST7"))


def test_aliases_of_one_place_have_one_fingerprint() -> None:
    assert fingerprint("America/Vancouver") == fingerprint("Canada/Pacific")
    assert fingerprint("Europe/Paris") != fingerprint("Europe/London")


def test_every_zone_has_a_fingerprint() -> None:
    assert all(len(fingerprint(name)) == 16 for name in zoneinfo.available_timezones())


def test_what_is_not_tzif_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="TZif"):
        fingerprint_of(b"x" * 200)


@pytest.mark.parametrize(
    ("stored_version", "own", "refused"),
    [
        (None, "2026.6", False),
        ("2026.6", "2026.6", False),
        ("2026.6", "2025.2", True),
        ("2026.6", "2026.10", False),
        ("2026.10", "2026.6", True),
        ("2025.2", "2026.6", False),
    ],
)
def test_a_process_with_an_older_tzdata_refuses_to_tick(stored_version: str | None, own: str, refused: bool) -> None:
    assert refused is refuses(stored_version, own)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Europe/Pari", "Europe/Paris"),
        ("", "Europe/Paris"),
        ("Mars/Phobos", "Europe/Paris"),
        ("Europe/Bruxelle", "Europe/Brussels"),
        ("Asia/Tokio", "Asia/Tokyo"),
        ("Europe", None),
        ("../etc/passwd", None),
        ("/etc/localtime", None),
        ("Paris\0", "Europe/Paris"),
        ("x" * 5000, "Europe/Paris"),
    ],
)
def test_an_unknown_zone_is_refused_with_a_name_that_exists(name: str, near: str | None) -> None:
    with pytest.raises(RefusalError) as refusal:
        zone(name)

    assert refusal.value.key == "zone.unknown"
    assert refusal.value.params["near"] in zoneinfo.available_timezones()
    assert near in {None, refusal.value.params["near"]}
