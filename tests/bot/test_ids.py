"""Identifiers: ordered as they were made, valid UUIDv7, and the same whether made one by one or by the thousand."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot import ids
from bot.ids import ALPHABET, aside, new_id, new_ids

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def _uuid(identifier: str) -> UUID:
    value = 0
    for character in identifier:
        value = value * 62 + ALPHABET.index(character)
    return UUID(int=value)


def test_ids_made_together_follow_those_made_before_and_each_other() -> None:
    made = [new_id(NOW), *new_ids(NOW, 5000), new_id(NOW)]
    assert made == sorted(set(made))


def test_every_id_is_a_uuid_of_its_millisecond() -> None:
    found = [_uuid(one) for one in new_ids(NOW, 500)]
    assert {(one.version, one.variant, one.int >> 80) for one in found} == {
        (7, "specified in RFC 4122", int(NOW.timestamp() * 1000))
    }


@pytest.mark.parametrize("bits", [48, 62])
def test_the_order_holds_where_a_counter_carries_over(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    monkeypatch.setattr(ids, "_last", (int(NOW.timestamp() * 1000), (1 << bits) - 5))
    made = new_ids(NOW, 3)
    assert made == sorted(set(made))
    assert [one.version for one in map(_uuid, made)] == [7] * 3


def test_ids_made_aside_leave_no_trace() -> None:
    first = new_id(NOW)
    with aside():
        gone = new_ids(NOW, 3)
    assert first < new_id(NOW)
    assert first < gone[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_a_forked_process_does_not_draw_what_its_parent_draws() -> None:
    program = (
        "import os; from datetime import UTC, datetime; from bot.ids import new_id;"
        " child = os.fork(); child and os.wait(); print(new_id(datetime(2026, 11, 23, tzinfo=UTC)))"
    )
    drawn = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert len(set(drawn)) == 2
