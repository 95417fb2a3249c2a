"""A message that was tried may be there already: a reminder that joined it would be an edit, which rings for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import OutcomeUnknownError
from tests.story import tell

if TYPE_CHECKING:
    import pytest

    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address
    from tests.story import Story


async def _lose_the_answer(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Tom's reminder of 10:00 be posted, without an answer."""
    await story.says("Tom", "rappel 10h arroser les plantes")
    await story.says("Tom", "rappel 10h01 nourrir le chat")
    post = story.platform.post

    async def done_without_an_answer(to: Address, message: Message, *, key: str) -> Ref:
        await post(to, message, key=key)
        raise OutcomeUnknownError("transport.timeout")

    with monkeypatch.context() as broken:
        broken.setattr(story.platform, "post", done_without_an_answer)
        story.clock.move_to(story.clock.now().replace(hour=9, minute=0))  # 10:00 in Paris
        await story.app.engine.settle()


async def test_what_comes_next_is_a_message_of_its_own(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await _lose_the_answer(story, monkeypatch)
    shown = await story.until("10:25")

    assert [event.kind for event in shown if event.place == "@tom" and "chat" in event.text] == ["post"]


async def test_so_it_is_after_a_restart(current_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tell(current_address) as before:
        await _lose_the_answer(before, monkeypatch)
    async with tell(current_address, start="2026-11-23T10:01", chat=before.platform) as after:
        await after.until("10:25")

    assert [event.kind for event in after.events if event.place == "@tom" and "chat" in event.text] == ["post"]
