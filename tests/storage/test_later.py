"""What units of work of one commit leave for its end: each of them sees it, and no other's fault takes it along."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa

from bot.clock import VirtualClock
from bot.errors import RefusalError
from bot.ids import new_id
from bot.tasks.checklist import State
from storage import schema, together
from storage.bulk import changed, insert
from storage.migrate import upgrade
from storage.prepared import in_one_go
from storage.store import SqlStore, UnitOfWork, open_store
from tests.contracts.world import NOW, REF, Rows, posted, rows, store_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from bot.tasks.checklist import Item

DAY = (NOW.replace(hour=0), NOW.replace(hour=23))


@pytest.fixture
async def store(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    monkeypatch.setattr(together, "LONGEST", 60)  # however slow the machine, what arrives at once is one commit
    opened = open_store(address, VirtualClock(NOW))
    upgrade(opened.engines.write)
    yield opened
    await opened.close()


@pytest.fixture
async def us(store: SqlStore) -> Rows:
    """A team whose one item stands on a card that is out."""
    one = rows("ours")
    await store.write(lambda tx: store_rows(tx, one))
    await store.write(lambda tx: posted(tx, one))
    return one


async def _at_once(store: SqlStore, *works: Callable[[UnitOfWork], object]) -> list[object]:
    """Done in one commit: they arrive at the same moment."""
    commits: list[object] = []
    note = commits.append
    sa.event.listen(store.engines.write, "commit", note)
    found = await asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)
    sa.event.remove(store.engines.write, "commit", note)
    assert len(commits) == 1
    return found


def _seen(tx: UnitOfWork, us: Rows) -> Sequence[Item]:
    """The item by itself and in its day's list, which must be the same."""
    one, day = tx.items.get(us.team.id, us.item.id), tx.items.between(us.team.id, *DAY)
    assert one is not None
    assert [item for item in day if item.id == one.id] == ([one] if one.state is not State.DROPPED else [])
    return day


def _to(us: Rows, state: State) -> Callable[[UnitOfWork], bool]:
    """Put the item into a state, from the one that it is seen in; show it on its cards."""

    def work(tx: UnitOfWork) -> bool:
        _seen(tx, us)
        item = tx.items.get(us.team.id, us.item.id)
        assert item is not None
        closed = None if state is State.OPEN else NOW
        if not tx.items.settle(item._replace(state=state, closed_at=closed), item):
            return False
        tx.postings.show_again(us.team.id, [item.id])
        return True

    return work


async def test_each_sees_what_the_one_before_made_of_an_item(store: SqlStore, us: Rows) -> None:
    found = await _at_once(
        store,
        _to(us, State.DONE),
        lambda tx: [item.state for item in _seen(tx, us)],
        _to(us, State.OPEN),
        _to(us, State.DROPPED),
        lambda tx: list(_seen(tx, us)),
        _to(us, State.SKIPPED),
    )
    assert found == [True, [State.DONE], True, True, [], True]
    (item,) = await store.read(lambda tx: _seen(tx, us))
    assert item.state is State.SKIPPED


async def test_who_has_not_seen_what_the_one_before_changed_does_not_write_over_it(store: SqlStore, us: Rows) -> None:
    done = us.item._replace(state=State.DONE, closed_at=NOW)
    skipped = us.item._replace(state=State.SKIPPED, closed_at=NOW)
    found = await _at_once(
        store, lambda tx: tx.items.settle(done, us.item), lambda tx: tx.items.settle(skipped, us.item)
    )
    assert found == [True, False]
    assert [item.state for item in await store.read(lambda tx: _seen(tx, us))] == [State.DONE]


async def test_an_item_that_moves_or_begins_is_in_the_list_that_is_read_next(store: SqlStore, us: Rows) -> None:
    run = replace(us.run, id=new_id(NOW), nominal=us.run.nominal + timedelta(hours=1))
    new = us.item._replace(id=new_id(NOW), run=run.id, start=NOW - timedelta(hours=2))
    moved = new._replace(start=NOW + timedelta(hours=2))
    day = lambda tx: [item.id for item in _seen(tx, us)]  # noqa: E731
    _, _, first, _, second = await _at_once(
        store,
        day,
        lambda tx: tx.items.open_run(run, [new]),
        day,
        lambda tx: tx.items.settle(moved, new),
        day,
    )
    assert first == [new.id, us.item.id]
    assert second == [us.item.id, new.id]


async def test_a_card_that_is_shown_again_by_several_owes_one_edit_and_is_due(store: SqlStore, us: Rows) -> None:
    told: list[datetime] = []
    store.expect = told.append
    before = await store.read(lambda tx: tx.postings.at(us.team.id, REF))
    await _at_once(store, _to(us, State.DONE), _to(us, State.OPEN), _to(us, State.DONE))
    after = await store.read(lambda tx: tx.postings.at(us.team.id, REF))
    assert before is not None
    assert after is not None
    assert after.revision > before.revision
    claimed = await store.write(lambda tx: tx.outbox.claim("a", 60, NOW, 10))
    assert [one.operation for one in claimed] == ["edit"]
    assert told == [NOW]


async def test_what_waits_is_written_before_it_is_read(store: SqlStore, us: Rows) -> None:
    def looks(tx: UnitOfWork) -> object:
        card = tx.postings.cards([(us.team.id, us.posting.id)])[0]
        edits = [one.operation for one in tx.outbox.claim("a", 60, NOW, 10)]
        return card.posting.revision > us.posting.revision, [item.state for _, item in card.items], edits

    _, found, _ = await _at_once(store, _to(us, State.DONE), looks, _to(us, State.OPEN))
    assert found == (True, [State.DONE], ["edit"])


async def test_a_refused_one_leaves_nothing_and_the_others_stay(store: SqlStore, us: Rows) -> None:
    def refused(tx: UnitOfWork) -> None:
        assert _to(us, State.SKIPPED)(tx)
        raise RefusalError("item.gone")

    done, refusal, seen = await _at_once(
        store, _to(us, State.DONE), refused, lambda tx: [item.state for item in _seen(tx, us)]
    )
    assert done is True
    assert isinstance(refusal, RefusalError)
    assert seen == [State.DONE]
    assert [item.state for item in await store.read(lambda tx: _seen(tx, us))] == [State.DONE]


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_who_was_overtaken_by_another_process_is_told_and_the_others_are_done(
    store: SqlStore, address: str, us: Rows
) -> None:
    other = open_store(address, VirtualClock(NOW))
    read, changed = threading.Event(), threading.Event()

    def slow(tx: UnitOfWork) -> bool:
        """Sees the item open, if nobody was faster; then somebody is."""
        seen = tx.items.get(us.team.id, us.item.id)
        assert seen is not None
        read.set()
        changed.wait(10)
        return tx.items.settle(us.item._replace(state=State.SKIPPED, closed_at=NOW), us.item)

    waiting = asyncio.gather(store.write(lambda tx: tx.facts.put("there", "yes")), store.write(slow))
    await asyncio.to_thread(read.wait, 10)
    assert await other.write(_to(us, State.DONE))
    changed.set()
    answers: list[object] = list(await waiting)
    assert answers == [None, False]
    assert await store.read(lambda tx: tx.facts.get("there")) == "yes"
    assert [item.state for item in await store.read(lambda tx: _seen(tx, us))] == [State.DONE]
    await other.close()


async def test_who_does_not_wait_any_more_still_has_their_card_edited(store: SqlStore, us: Rows) -> None:
    """The commit was on its way: the engine learns of what it owes."""
    told: list[datetime] = []
    store.expect = told.append
    begun, release = threading.Event(), threading.Event()

    def slow(tx: UnitOfWork) -> None:
        _to(us, State.DONE)(tx)
        begun.set()
        release.wait(10)

    asking = asyncio.ensure_future(store.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    asking.cancel()
    release.set()
    await store.write(lambda tx: tx.facts.put("next", "commit"))
    assert told == [NOW]


_NOTES = insert(schema.notes, ("team_id", "id", "text"), {})


async def test_what_is_sent_in_one_go_is_done_when_it_is_over(store: SqlStore, us: Rows) -> None:
    with store.engines.write.begin() as connection:
        with in_one_go(connection):
            sent = [_NOTES.sent(connection, [(us.team.id, new_id(NOW), word)]) for word in ("un", "deux")]
            known = [changed(one) == 1 for one in sent]
        assert known == [connection.dialect.name == "sqlite"] * 2  # PostgreSQL was not waited for until now
        assert [changed(one) for one in sent] == [1, 1]
        found = connection.execute(sa.select(schema.notes.c.text)).scalars().all()
    assert {"un", "deux"} <= set(found)


async def test_a_driver_without_pipelines_is_sent_one_after_the_other(
    store: SqlStore, us: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psycopg.Pipeline, "is_supported", lambda: False)
    with store.engines.write.begin() as connection, in_one_go(connection):
        assert changed(_NOTES.sent(connection, [(us.team.id, new_id(NOW), "un")])) == 1  # known at once
        assert changed(_NOTES.sent(connection, [(us.team.id, new_id(NOW), "deux")])) == 1


async def test_a_refusal_among_what_is_sent_in_one_go_is_told_and_leaves_nothing(store: SqlStore, us: Rows) -> None:
    def go(connection: sa.Connection) -> None:
        with in_one_go(connection):
            _NOTES.sent(connection, [(us.team.id, new_id(NOW), "ours")])
            _NOTES.sent(connection, [("nobody’s", new_id(NOW), "theirs")])
            _NOTES.sent(connection, [(us.team.id, new_id(NOW), "after")])

    with store.engines.write.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError), connection.begin():
            go(connection)
        with connection.begin():
            assert connection.execute(sa.select(schema.notes.c.id)).scalars().all() == [us.note]
