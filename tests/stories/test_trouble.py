"""Sending fails, and works again: the lead hears of each once, and nothing that was to be done is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import TransportError

if TYPE_CHECKING:
    import pytest

    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address
    from tests.story import Story


def _archive_the_channel(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the platform refuses the channel for good; private messages still arrive."""
    post = story.platform.post

    async def refuse(to: Address, message: Message, *, key: str) -> Ref:
        if to.channel is not None:
            raise TransportError("transport.no_destination", permanent=True)
        return await post(to, message, key=key)

    monkeypatch.setattr(story.platform, "post", refuse)


def _said_to_the_lead(story: Story, words: str) -> list[str]:
    return [text for text in story.private("Léa") if words in text]


async def test_the_lead_is_told_once_however_much_fails(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    _archive_the_channel(story, monkeypatch)

    await story.until("2026-11-25T18:00")

    assert story.channel == []
    assert len(_said_to_the_lead(story, "n’a pas pu partir")) == 1
    assert _said_to_the_lead(story, "de nouveau") == []


async def test_the_lead_is_told_when_it_works_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        _archive_the_channel(story, broken)
        await story.until("2026-11-23T18:00")

    await story.until("2026-11-24T18:00")

    assert len(story.channel) == 1
    assert len(_said_to_the_lead(story, "de nouveau")) == 1


async def test_what_could_not_be_said_is_still_listed(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    _archive_the_channel(story, monkeypatch)
    await story.until("2026-11-23T09:30")

    assert "Veille du jour" in await story.says("Léa", "jour")
