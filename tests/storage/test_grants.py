"""The vault: tokens encrypted where they are kept, keys that turn, one exchange however many processes ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from bot.clock import VirtualClock
from bot.errors import ConfigurationError, TransportError
from bot.platforms.grants import Grant
from storage import schema as s
from storage.grants import HOLD, open_vault
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.grants import SqlVault
    from storage.store import SqlStore

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()
GRANT = Grant("slack", "T1", "xoxb-one", "xoxe-1-one", NOW + timedelta(hours=12), "U0BOT", "B0BOT", "Atelier")


@pytest.fixture
async def store(current_address: str) -> AsyncIterator[SqlStore]:
    opened = open_store(current_address, VirtualClock(NOW))
    yield opened
    await opened.close()


@pytest.fixture
def vault(store: SqlStore) -> SqlVault:
    return open_vault(lambda: store, [KEY])


def _rows(store: SqlStore) -> str:
    with store.engines.read.connect() as connection:
        return repr(connection.execute(sa.select(s.grants)).all()) + repr(connection.execute(sa.select(s.facts)).all())


def _later(store: SqlStore, **by: float) -> None:
    clock = store._clock
    assert isinstance(clock, VirtualClock)
    clock.move_to(clock.now() + timedelta(**by))


async def test_what_is_put_is_given_back(vault: SqlVault) -> None:
    await vault.put(GRANT)

    assert await vault.get("slack", "T1") == GRANT
    assert await vault.get("slack", "T2") is None
    assert await vault.get("discord", "T1") is None


async def test_no_token_stands_in_the_database_or_in_what_is_printed(vault: SqlVault, store: SqlStore) -> None:
    await vault.put(GRANT)

    assert "xox" not in _rows(store)
    assert "xox" not in repr(GRANT)


async def test_a_new_first_key_reads_the_old_and_takes_over(vault: SqlVault, store: SqlStore) -> None:
    await vault.put(GRANT)
    both = open_vault(lambda: store, [OTHER, KEY])
    assert await both.get("slack", "T1") == GRANT

    assert await both.turn_keys() == 1

    assert await open_vault(lambda: store, [OTHER]).get("slack", "T1") == GRANT
    with pytest.raises(ConfigurationError):
        await vault.get("slack", "T1")


async def test_keys_that_read_nothing_are_refused_at_the_start(vault: SqlVault, store: SqlStore) -> None:
    await vault.put(GRANT)

    with pytest.raises(ConfigurationError, match="other_keys"):
        await open_vault(lambda: store, [OTHER]).turn_keys()


@pytest.mark.parametrize(("keys", "why"), [([], "no_key"), (["short"], "bad_key")])
def test_keys_that_are_none_are_refused(store: SqlStore, keys: list[str], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        open_vault(lambda: store, keys)


async def test_an_organisations_grant_holds_in_its_workspaces(vault: SqlVault) -> None:
    await vault.put(replace(GRANT, place="E1", owner="E1"))

    found = await vault.get("slack", "T7", "E1")
    again = await vault.get("slack", "T7")  # a nudge knows the workspace only

    assert found == again == replace(GRANT, place="T7", owner="E1")
    assert await vault.places("slack") == ["T7"]


async def test_a_workspaces_own_grant_goes_before_its_organisations(vault: SqlVault) -> None:
    await vault.put(replace(GRANT, place="E1", owner="E1"))
    await vault.put(GRANT)

    assert await vault.get("slack", "T1", "E1") == GRANT


async def test_an_end_is_the_end_of_the_tokens(vault: SqlVault, store: SqlStore) -> None:
    await vault.put(replace(GRANT, place="E1", owner="E1"))
    await vault.get("slack", "T7", "E1")
    await vault.put(GRANT)

    assert await vault.end("slack", "E1") == ["E1", "T7"]
    assert await vault.end("slack", "E1") == []

    assert await vault.get("slack", "T7") is None
    assert await vault.get("slack", "T7", "E1") is None
    assert await vault.places("slack") == ["T1"]
    assert _rows(store).count("gAAAA") == 1


async def test_an_installation_can_come_back(vault: SqlVault) -> None:
    await vault.put(GRANT)
    await vault.end("slack", "T1")
    await vault.put(replace(GRANT, token="xoxb-two"))

    found = await vault.get("slack", "T1")
    assert found is not None
    assert found.token == "xoxb-two"


async def test_a_fresh_token_is_not_exchanged(vault: SqlVault) -> None:
    async def never(_: Grant) -> Grant:
        raise AssertionError

    await vault.put(GRANT)

    assert await vault.renew("slack", "T1", never) == GRANT
    assert await vault.renew("slack", "T2", never) is None


async def test_of_many_that_ask_at_once_one_exchanges(vault: SqlVault, store: SqlStore) -> None:
    await vault.put(GRANT)
    _later(store, hours=11)
    exchanged = []

    async def exchange(grant: Grant) -> Grant:
        exchanged.append(grant.refresh)
        await asyncio.sleep(0.1)
        return replace(grant, token="xoxb-two", refresh="xoxe-2", expires_at=store._clock.now() + timedelta(hours=12))

    beside = open_vault(lambda: store, [KEY])
    found = await asyncio.gather(*(one.renew("slack", "T1", exchange) for one in [vault, beside] * 5))

    assert exchanged == ["xoxe-1-one"]
    assert {one.token for one in found if one} == {"xoxb-two"}


async def test_an_exchange_that_fails_leaves_the_next_one_free(vault: SqlVault, store: SqlStore) -> None:
    await vault.put(GRANT)
    _later(store, hours=11)

    async def fail(_: Grant) -> Grant:
        raise TransportError("transport.busy", permanent=False)

    async def exchange(grant: Grant) -> Grant:
        return replace(grant, token="xoxb-two", expires_at=store._clock.now() + timedelta(hours=12))

    with pytest.raises(TransportError):
        await vault.renew("slack", "T1", fail)
    async with asyncio.timeout(HOLD / 10):
        found = await vault.renew("slack", "T1", exchange)

    assert found is not None
    assert found.token == "xoxb-two"


async def test_a_word_is_good_once(vault: SqlVault, store: SqlStore) -> None:
    word = await vault.issue()

    assert word not in _rows(store)
    assert await vault.consume(word) is True
    assert await vault.consume(word) is False
    assert await vault.consume("made up") is False


async def test_a_word_is_good_for_ten_minutes(vault: SqlVault, store: SqlStore) -> None:
    word = await vault.issue()
    _later(store, minutes=11)

    assert await vault.consume(word) is False


async def test_words_that_nobody_used_do_not_pile_up(vault: SqlVault, store: SqlStore) -> None:
    await vault.issue()
    _later(store, minutes=11)
    await vault.issue()

    assert _rows(store).count("word:") == 1
