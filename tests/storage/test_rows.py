"""A repository that declares its table and its class has the four statements of every noun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.clock import VirtualClock
from bot.ids import new_id
from bot.teams.team import Brand
from storage import batch
from storage import schema as s
from storage.repository import Rows
from storage.store import open_store
from storage.teams import Brands, Channels
from tests.contracts.world import NOW, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

US, THEM = rows("ours"), rows("theirs")


@pytest.fixture
def connection(current_address: str) -> Iterator[Connection]:
    store = open_store(current_address, VirtualClock(NOW))
    store.run_now(store.engines.write, lambda tx: tx.teams.add(US.team, US.installation))
    store.run_now(store.engines.write, lambda tx: tx.teams.add(THEM.team, THEM.installation))
    with store.engines.write.begin() as opened:
        yield opened
    store.engines.dispose()


def test_what_is_added_is_read_back_equal(connection: Connection) -> None:
    brands = Brands(connection)
    brands.add(US.brand)
    assert brands.get(US.team.id, US.brand.id) == US.brand
    assert list(brands.all(US.team.id)) == [US.brand]


def test_save_replaces_the_row_with_the_same_key_and_no_other(connection: Connection) -> None:
    brands, other = Brands(connection), Brand(US.team.id, new_id(NOW), "Autre")
    brands.add(US.brand)
    brands.add(other)
    assert brands.save(replace(US.brand, name="Renommée"))
    assert {brand.name for brand in brands.all(US.team.id)} == {"Renommée", "Autre"}


def test_a_team_neither_reads_nor_saves_what_another_team_has(connection: Connection) -> None:
    brands = Brands(connection)
    brands.add(US.brand)
    assert brands.get(THEM.team.id, US.brand.id) is None
    assert list(brands.all(THEM.team.id)) == []
    assert not brands.save(replace(US.brand, team=THEM.team.id))


def test_a_field_without_a_column_is_refused_when_the_class_is_declared() -> None:
    @dataclass(frozen=True, slots=True)
    class Colour:
        team: str
        id: str
        shade: str

    with pytest.raises(KeyError, match="shade"):

        class Colours(Rows[Colour]):
            table = s.brands
            noun = Colour


@pytest.mark.parametrize("count", [1, 3, 3000])
def test_many_rows_are_inserted_with_their_types(connection: Connection, count: int) -> None:
    made = [{"team_id": US.team.id, "key": f'{{"{n}\\', "at": NOW, "reply": None} for n in range(count)]
    assert batch.insert(connection, s.requests, made) == count
    assert batch.insert(connection, s.requests, [*made, {**made[0], "key": "new"}], new=True) == 1
    stored = connection.execute(sa.select(s.requests.c.key, s.requests.c.at, s.requests.c.reply)).all()
    assert {(row.key, row.at, row.reply) for row in stored} >= {(row["key"], NOW, None) for row in made}


def test_thousands_of_keys_are_one_parameter(connection: Connection) -> None:
    channels = Channels(connection)
    channels.add(US.channel)
    keys = [(US.team.id, US.channel.id), *((THEM.team.id, f'"{n}') for n in range(20_000))]
    table, where = channels.key_table(keys), s.channels.c
    query = sa.select(where.id).join(table, sa.and_(table.c.team == where.team_id, table.c.id == where.id))
    assert connection.execute(query).scalars().all() == [US.channel.id]
    teams = [US.team.id, *(f"'{n}\\" for n in range(20_000))]
    assert connection.execute(sa.select(where.id).where(channels.among(where.team_id, teams))).scalars().all() == [
        US.channel.id
    ]
