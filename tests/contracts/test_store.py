"""The Store port on every database: teams apart, keys, the outbox's laws, one winner, errors of ours only."""

from __future__ import annotations

import asyncio
import inspect
import threading
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.clock import VirtualClock
from bot.engine.posting import Confirmation
from bot.errors import StoreError
from bot.ids import new_id
from bot.tasks.checklist import State
from storage import schema as s
from storage.repository import Repository
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.crossings import CASES, OVER_ALL_TEAMS
from tests.contracts.world import KEY, NOW, REF, Rows, dump, leased, posted, rows, store_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from sqlalchemy import ForeignKeyConstraint

    from bot.engine.posting import Delivery


@pytest.fixture
async def store(current_address: str) -> AsyncIterator[SqlStore]:
    opened = open_store(current_address, VirtualClock(NOW))
    yield opened
    await opened.close()


@pytest.fixture
async def two(store: SqlStore) -> tuple[Rows, Rows]:
    """Two teams with one row of every kind each; theirs is posted and owes one more, ours is not posted yet."""
    us, them = rows("ours"), rows("theirs", date(2026, 12, 31))

    def write(tx: UnitOfWork) -> None:
        store_rows(tx, replace(them, posting=them.posting._replace(kind="theirs")))
        posted(tx, them)
        leased(tx, them)
        store_rows(tx, us)

    await store.write(write)
    return us, them


# Teams apart


def _methods() -> Iterator[str]:
    """Every public method of every repository of a unit of work, as `repository.method`."""
    for name, value in vars(UnitOfWork).items():
        if not isinstance(value, cached_property | property):
            continue
        read = value.fget if isinstance(value, property) else value.func
        assert read is not None
        made = read(UnitOfWork(None, NOW, lambda _: None))  # type: ignore[arg-type, return-value]
        if isinstance(made, Repository):
            own = set(vars(Repository)) | {"connection"}
            found = inspect.getmembers(type(made), inspect.isfunction)
            yield from (f"{name}.{method}" for method, _ in found if not method.startswith("_") and method not in own)


def test_every_method_of_a_repository_has_its_crossing() -> None:
    """A new method needs a case in crossings.py, or a reason to look over all teams."""
    assert set(_methods()) == set(CASES) | set(OVER_ALL_TEAMS)


@pytest.mark.parametrize("method", CASES)
async def test_nothing_is_had_or_changed_with_another_teams_ids(
    store: SqlStore, two: tuple[Rows, Rows], method: str
) -> None:
    us, them = two
    case = CASES[method]
    before = await store.read(lambda tx: dump(tx, them.team.id))
    try:
        result: Any = await store.write(lambda tx: case.call(tx, us, them))
    except (StoreError, ValueError):
        result = None
    after = await store.read(lambda tx: dump(tx, them.team.id))

    assert after == before
    assert case.own or not result
    assert not [one for one in them.marks() if one in repr(result)]


def _crossing_keys() -> list[tuple[sa.Table, ForeignKeyConstraint]]:
    """In one order for every worker."""
    found = [(table, key) for table in s.metadata.tables.values() for key in table.foreign_key_constraints]
    return sorted(((table, key) for table, key in found if len(key.columns) > 1), key=lambda one: str(one[1].name))


@pytest.mark.parametrize(
    ("table", "key"), _crossing_keys(), ids=lambda one: one.name if isinstance(one, sa.Table) else str(one.column_keys)
)
async def test_a_row_cannot_point_to_another_team(
    store: SqlStore, two: tuple[Rows, Rows], table: sa.Table, key: ForeignKeyConstraint
) -> None:
    us, them = two
    pairs = [(one.parent, one.column) for one in key.elements if one.parent.name != "team_id"]

    def cross(tx: UnitOfWork) -> int:
        parent = sa.select(*(column for _, column in pairs)).where(key.referred_table.c.team_id == them.team.id)
        theirs = tx.connection.execute(parent.limit(1)).one()
        mine = sa.update(table).where(table.c.team_id == us.team.id)
        values = {column.name: value for (column, _), value in zip(pairs, theirs, strict=True)}
        return tx.connection.execute(mine.values(values)).rowcount

    with pytest.raises(StoreError):
        assert await store.write(cross) > 0, f"the world of these tests has no row of {table.name}"


@pytest.mark.parametrize("table", s.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_key_carries_the_team(table: sa.Table) -> None:
    if table in (s.teams, s.facts, s.grants):
        return
    assert "team_id" in table.primary_key.columns
    assert all("team_id" in key.column_keys for key in table.foreign_key_constraints)
    assert table.foreign_key_constraints


# Request keys


async def test_the_reply_of_a_key_is_kept(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    assert await store.write(lambda tx: tx.requests.find(us.team.id, "k")) is None
    await store.write(lambda tx: tx.requests.put(us.team.id, "k", NOW, '{"a": 1}'))
    assert await store.write(lambda tx: tx.requests.find(us.team.id, "k")) == '{"a": 1}'


async def test_a_key_whose_work_was_rolled_back_is_free_again(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two

    def fails(tx: UnitOfWork) -> None:
        tx.requests.put(us.team.id, "k", NOW, "{}")
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fails)

    assert await store.write(lambda tx: tx.requests.find(us.team.id, "k")) is None


async def test_one_key_of_two_teams_is_two_keys(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, them = two
    mine = await store.write(lambda tx: tx.requests.find(us.team.id, KEY))
    theirs = await store.write(lambda tx: tx.requests.find(them.team.id, KEY))
    assert (us.team.id in (mine or ""), them.team.id in (theirs or "")) == (True, True)


async def test_old_keys_are_forgotten(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    assert await store.write(lambda tx: tx.requests.forget(NOW)) == 0
    assert await store.write(lambda tx: tx.requests.forget(NOW.replace(hour=23))) == 2
    assert await store.write(lambda tx: tx.requests.find(us.team.id, KEY)) is None


# The outbox


async def _claim(store: SqlStore, owner: str, lease: float = 60) -> list[Delivery]:
    return list(await store.write(lambda tx: tx.outbox.claim(owner, lease, NOW, 10)))


async def _confirm(store: SqlStore, owner: str, taken: Delivery) -> Mapping[str, int]:
    return await store.write(lambda tx: tx.outbox.confirm_many(owner, [Confirmation(taken, REF, 1)]))


async def test_what_is_leased_is_nobody_elses(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    assert [one.id for one in await _claim(store, "a")] == [us.delivery.id]
    assert await _claim(store, "b") == []


async def test_an_expired_lease_is_taken_by_another_and_counts_as_an_attempt(
    store: SqlStore, two: tuple[Rows, Rows]
) -> None:
    await _claim(store, "a", lease=-1)
    (again,) = await _claim(store, "b")
    assert (again.attempt, again.first_attempt_at) == (2, NOW)


async def test_who_lost_the_lease_decides_nothing(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    (taken,) = await _claim(store, "a", lease=-1)
    await _claim(store, "b")
    before = await store.read(dump)

    assert not await _confirm(store, "a", taken)
    assert not await store.write(lambda tx: tx.outbox.release("a", taken))
    assert not await store.write(lambda tx: tx.outbox.postpone("a", taken, NOW, "late"))
    assert not await store.write(lambda tx: tx.outbox.give_up("a", taken, "failed", "late"))

    assert await store.read(dump) == before


async def test_a_delivery_is_confirmed_once(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    (taken,) = await _claim(store, "a")
    assert await _confirm(store, "a", taken) == {taken.id: 1}
    assert await _confirm(store, "a", taken) == {}


async def test_confirming_tells_what_changed_meanwhile(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    (taken,) = await _claim(store, "a")
    await store.write(lambda tx: tx.postings.show_again(us.team.id, [us.item.id]))

    assert await _confirm(store, "a", taken) == {taken.id: 2}

    found = await store.read(lambda tx: tx.postings.at(us.team.id, REF))
    assert found is not None
    assert (found.revision, found.posted_revision) == (2, 1)


async def test_a_posting_owes_one_edit_at_most(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    edits = [us.delivery._replace(id=new_id(NOW), operation="edit") for _ in range(3)]
    await store.write(lambda tx: tx.outbox.owe(edits[:2]))
    await store.write(lambda tx: tx.outbox.owe(edits[2:]))
    assert sum(one.operation == "edit" for one in await _claim(store, "a")) == 1


async def test_an_edit_under_way_does_not_stop_the_next_one(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    first, second = (us.delivery._replace(id=new_id(NOW), operation="edit") for _ in range(2))
    await store.write(lambda tx: tx.outbox.owe([first]))
    await _claim(store, "a")
    await store.write(lambda tx: tx.outbox.owe([second]))
    assert [one.id for one in await _claim(store, "b")] == [second.id]


@pytest.mark.parametrize("way", ["postpone", "release"])
async def test_an_edit_that_comes_back_gives_way_to_a_later_one(
    store: SqlStore, two: tuple[Rows, Rows], way: str
) -> None:
    """Two waiting edits of one posting cannot be: the later one shows everything that the earlier one would."""
    us, _ = two
    first, second = (us.delivery._replace(id=new_id(NOW), operation="edit") for _ in range(2))
    await store.write(lambda tx: tx.outbox.owe([first]))
    taken = next(one for one in await _claim(store, "a") if one.id == first.id)
    await store.write(lambda tx: tx.outbox.owe([second]))

    def back(tx: UnitOfWork) -> bool:
        return tx.outbox.release("a", taken) if way == "release" else tx.outbox.postpone("a", taken, NOW, "no")

    assert await store.write(back)
    assert [one.id for one in await _claim(store, "b")] == [second.id]


async def test_what_is_born_leased_is_the_tickers_alone(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    born = us.delivery._replace(id=new_id(NOW), attempt=1, first_attempt_at=NOW)
    await store.write(lambda tx: tx.outbox.owe_leased("a", 60, [born]))
    assert born.id not in {one.id for one in await _claim(store, "b")}
    assert await _confirm(store, "a", born) == {born.id: 1}


async def test_what_is_released_untried_is_as_if_never_taken(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    (taken,) = await _claim(store, "a")
    assert await store.write(lambda tx: tx.outbox.release("a", taken))
    assert await _claim(store, "b") == [taken]


async def test_what_was_given_up_or_is_not_due_is_not_taken(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    (taken,) = await _claim(store, "a")
    await store.write(lambda tx: tx.outbox.give_up("a", taken, "unknown", "nobody knows"))
    later = us.delivery._replace(id=new_id(NOW), operation="edit", send_after=NOW.replace(hour=23))
    await store.write(lambda tx: tx.outbox.owe([later]))

    assert await _claim(store, "b") == []
    assert await store.read(lambda tx: tx.outbox.next_at()) == later.send_after


# Once, and one winner


async def test_an_occurrence_exists_once(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    again = us.occurrence._replace(id=new_id(NOW))
    assert list(await store.write(lambda tx: tx.schedules.move_on([us.schedule], [again]))) == []


async def test_a_new_schedule_is_stored_once(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    again = us.schedule._replace(id=new_id(NOW))
    other = us.schedule._replace(id=new_id(NOW), nudge="other")
    assert list(await store.write(lambda tx: tx.schedules.add_new([again, other]))) == [other]


async def test_a_run_opens_once(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    run = replace(us.run, id=new_id(NOW))
    again = us.item._replace(id=new_id(NOW), run=run.id)
    assert not await store.write(lambda tx: tx.items.open_run(run, [again]))


async def test_an_item_is_settled_only_from_the_state_it_was_seen_in(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    done = us.item._replace(state=State.DONE, closed_by=us.member.id, closed_at=NOW, closed_via="command")
    assert await store.write(lambda tx: tx.items.settle(done, us.item))
    assert not await store.write(lambda tx: tx.items.settle(done._replace(state=State.SKIPPED), us.item))
    assert await store.read(lambda tx: tx.items.get(us.team.id, us.item.id)) == done


async def test_who_has_not_seen_a_change_does_not_write_over_it(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    later = us.item._replace(later_at=NOW + timedelta(hours=1), snoozes=1)
    assert await store.write(lambda tx: tx.items.settle(later, us.item))
    assert not await store.write(lambda tx: tx.items.settle(us.item._replace(holder=None), us.item))
    assert await store.read(lambda tx: tx.items.get(us.team.id, us.item.id)) == later
    assert await store.write(lambda tx: tx.items.settle(later._replace(holder=None), later))


async def test_of_two_who_settle_one_item_at_once_one_wins(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    """Both have read it open before either writes, where the database lets them."""
    us, _ = two
    both_read = threading.Barrier(store.engines.threads if store.engines.threads == 1 else 2)

    def settle(tx: UnitOfWork) -> bool:
        seen = tx.items.get(us.team.id, us.item.id)
        assert seen is not None
        both_read.wait(timeout=10)
        return tx.items.settle(seen._replace(state=State.DONE), us.item)

    here, there = store.write(settle), store.write(settle, batch=True)  # as two processes: in two transactions
    assert sorted(await asyncio.gather(here, there)) == [False, True]


async def test_two_units_that_lock_each_other_out_are_both_done(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    """PostgreSQL breaks the deadlock by failing one of them: that one is run again, nobody sees it."""
    us, them = two
    if store.engines.threads == 1:
        pytest.skip("one writer cannot lock itself out")
    first_held = threading.Barrier(2)
    tries: list[str] = []

    def rename(one: Rows, other: Rows) -> None:
        def work(tx: UnitOfWork) -> None:
            tries.append(one.team.id)
            tx.teams.save(one.team._replace(name="renamed"))
            if tries.count(one.team.id) == 1:
                first_held.wait(timeout=10)
            tx.teams.save(other.team._replace(name="renamed"))

        store.run_now(store.engines.write, work)

    await asyncio.gather(asyncio.to_thread(rename, us, them), asyncio.to_thread(rename, them, us))
    assert len(tries) >= 3  # a loaded machine may break both of them


# The walls of the port


async def test_the_read_engine_refuses_to_write(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    with pytest.raises(StoreError):
        await store.read(lambda tx: tx.teams.save(us.team._replace(name="another")))


async def test_a_unit_of_work_sees_what_it_wrote(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two

    def write_and_read(tx: UnitOfWork) -> str | None:
        tx.notes.put(us.team.id, "n2", "écrit")
        return tx.notes.get(us.team.id, "n2")

    assert await store.write(write_and_read) == "écrit"


async def test_nobody_sees_what_is_not_committed(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    us, _ = two
    written, looked = threading.Event(), threading.Event()

    def write(tx: UnitOfWork) -> None:
        tx.notes.put(us.team.id, "n2", "écrit")
        written.set()
        assert looked.wait(timeout=10)

    writing = asyncio.ensure_future(store.write(write))
    await asyncio.to_thread(written.wait, 10)
    seen = await store.read(lambda tx: tx.notes.get(us.team.id, "n2"))
    looked.set()
    await writing
    assert seen is None


async def test_what_the_database_refuses_is_our_error_and_leaves_nothing(
    store: SqlStore, two: tuple[Rows, Rows]
) -> None:
    us, _ = two
    before = await store.read(dump)

    def twice(tx: UnitOfWork) -> None:
        tx.notes.put(us.team.id, "n2", "une fois")
        tx.notes.put(us.team.id, "n2", "deux fois")

    with pytest.raises(StoreError) as caught:
        await store.write(twice)

    assert (caught.value.key, caught.value.permanent) == ("store.failed", True)
    assert await store.read(dump) == before


async def test_a_database_that_is_gone_is_our_error() -> None:
    gone = open_store("postgresql://nobody:nothing@127.0.0.1:9/none?connect_timeout=2", VirtualClock(NOW))
    with pytest.raises(StoreError):
        await gone.read(lambda tx: tx.facts.get("x"))
    await gone.close()


async def test_a_posting_that_speaks_of_more_has_one_more_revision(store: SqlStore, two: tuple[Rows, Rows]) -> None:
    """Whoever has drawn it a moment ago finds out when confirming, and edits it."""
    us, _ = two
    before = us.posting.revision
    await store.write(lambda tx: tx.postings.extend(us.posting, us.posting.kind, [], []))
    after = await store.read(lambda tx: tx.postings.get(us.team.id, us.posting.id))
    assert after is not None
    assert after.revision == before + 1


async def test_one_process_plans_at_a_time(store: SqlStore) -> None:
    """On SQLite there is one writer; on PostgreSQL the others do not wait for their turn, they send."""
    if store.engines.dialect == "sqlite":
        assert await store.write(lambda tx: tx.schedules.turn())
        return
    taken, done = threading.Event(), threading.Event()

    def hold(tx: UnitOfWork) -> None:
        assert tx.schedules.turn()
        taken.set()
        assert done.wait(30)

    holding = asyncio.ensure_future(store.write(hold, batch=True))
    await asyncio.to_thread(taken.wait, 30)
    assert not await store.write(lambda tx: tx.schedules.turn())
    done.set()
    await holding
    assert await store.write(lambda tx: tx.schedules.turn())
