"""A time limit that many share: each has its own time, and what others cancel stays cancelled."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.time_limit import TimeLimit


async def test_what_is_in_time_is_given_back_and_raised_as_it_is() -> None:
    limit = TimeLimit(5)

    async def broken() -> None:
        raise LookupError("ours")

    assert await limit.wait(asyncio.sleep(0, "here")) == "here"
    with pytest.raises(LookupError, match="ours"):
        await limit.wait(broken())


async def test_each_has_its_own_time_and_the_task_lives_on() -> None:
    limit = TimeLimit(0.1)
    ended: list[tuple[str, float]] = []
    loop = asyncio.get_running_loop()

    async def line(name: str, after: float) -> None:
        await asyncio.sleep(after)
        began = loop.time()
        with pytest.raises(TimeoutError):
            await limit.wait(asyncio.sleep(60))
        ended.append((name, loop.time() - began))
        await asyncio.sleep(0)  # not cancelled any more
        assert await limit.wait(asyncio.sleep(0, name)) == name

    await asyncio.gather(line("first", 0), line("second", 0.05))
    assert [name for name, _ in ended] == ["first", "second"]
    assert all(took >= 0.1 for _, took in ended)


async def test_who_is_cancelled_by_others_is_cancelled() -> None:
    limit = TimeLimit(60)
    task = asyncio.create_task(limit.wait(asyncio.sleep(60)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancel_of_others_at_the_same_moment_wins() -> None:
    limit = TimeLimit(0.02)

    async def both() -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            await limit.wait(asyncio.sleep(60))
        except asyncio.CancelledError:
            assert task.cancelling() == 1
            raise

    task = asyncio.create_task(both())
    await asyncio.sleep(0)
    limit._look(_Later(asyncio.get_running_loop()))  # type: ignore[arg-type]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


class _Later:
    """A loop an hour later."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.call_at = loop.call_at
        self._loop = loop

    def time(self) -> float:
        return self._loop.time() + 3600


async def test_a_task_lives_on_whatever_its_work_made_of_being_cancelled() -> None:
    limit = TimeLimit(0.01)

    async def stubborn() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "all the same"
        raise AssertionError

    async def broken() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise LookupError("ours")

    assert await limit.wait(stubborn()) == "all the same"
    with pytest.raises(LookupError, match="ours"):
        await limit.wait(broken())
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    with pytest.raises(TimeoutError):
        await limit.wait(asyncio.sleep(60))


async def test_who_comes_later_may_have_less_time() -> None:
    limit = TimeLimit(60)
    long = asyncio.create_task(limit.wait(asyncio.sleep(30)))
    await asyncio.sleep(0)
    limit.seconds = 0.01
    with pytest.raises(TimeoutError):
        await limit.wait(asyncio.sleep(30))
    assert not long.done()
    long.cancel()


async def test_no_timer_is_left_once_nobody_waits() -> None:
    limit = TimeLimit(0.01)
    await limit.wait(asyncio.sleep(0))
    await asyncio.sleep(0.05)
    assert limit._timer is None
    with pytest.raises(TimeoutError):  # armed anew
        await limit.wait(asyncio.sleep(60))
