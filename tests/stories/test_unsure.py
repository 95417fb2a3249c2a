"""A post of which nobody knows whether it is there is never made again by itself: the lead looks, and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.engine import sender
from bot.errors import OutcomeUnknownError, TransportError
from bot.request import Clicked

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine.posting import Ref
    from bot.message import Message
    from bot.ports import Address
    from tests.story import Story

LOOK = "Un message est peut-être parti, peut-être pas"


@pytest.fixture
async def lost(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """The morning card's post was never answered, until it was given up: Tuesday's noon is not reached by then."""
    post = story.platform.post
    with monkeypatch.context() as broken:

        async def hang(to: Address, message: Message, *, key: str) -> Ref:
            if to.channel is not None:
                raise OutcomeUnknownError("transport.timeout")
            return await post(to, message, key=key)

        broken.setattr(story.platform, "post", hang)
        broken.setattr(sender, "ATTEMPTS", 3)
        await story.until("09:30")
    return story


def _asked(story: Story) -> int:
    return max(one.number for one in story.events if one.place == "@lea" and LOOK in one.text)


async def test_the_lead_is_told_apart_from_failures(lost: Story) -> None:
    [text] = [one for one in lost.private("Léa") if LOOK in one]

    assert "Veille du jour" in text
    assert "pour #équipe · 23 novembre, 9 h\n" in text
    assert not [one for one in lost.private("Léa") if "n’a pas pu partir" in one]


async def test_it_is_not_posted_again_by_itself(lost: Story) -> None:
    shown = await lost.until("2026-11-24T08:59")

    assert not [one for one in shown if one.place.startswith("#") and one.text.startswith("Lundi 23")]


async def test_it_is_posted_again_when_the_lead_says_so(lost: Story) -> None:
    answer = await lost.clicks("Léa", _asked(lost), "Poste-le à nouveau")

    assert "je le poste à nouveau" in answer
    assert [text.splitlines()[0] for text in lost.channel] == ["Lundi 23 novembre"]


async def test_once_it_is_there_that_is_the_end_of_it(lost: Story) -> None:
    answer = await lost.clicks("Léa", _asked(lost), "Il y est")

    assert "je ne le poste pas une seconde fois" in answer
    assert lost.channel == []
    assert lost.private("Léa")[-1].startswith("Les messages dont je n’étais pas sûre sont réglés.")


async def test_a_decision_is_taken_once(lost: Story) -> None:
    await lost.clicks("Léa", _asked(lost), "Il y est")
    decided = (await lost.record())[-1].subject_id

    assert "déjà réglé" in await lost.does("Léa", Clicked("post_again", decided))


async def test_only_who_may_change_the_team_decides(lost: Story) -> None:
    assert "Seule la personne responsable" in await lost.clicks("Karim", _asked(lost), "Poste-le à nouveau")


NO_LOOK = {
    "no right": lambda: TransportError("transport.forbidden", permanent=True),
    "too often": lambda: TransportError("transport.rate_limited", permanent=False, retry_after=30),
    "broken": lambda: TransportError("transport.unavailable", permanent=False),
}


@pytest.mark.parametrize("refusal", list(NO_LOOK))
async def test_a_refused_look_up_leaves_it_unknown(story: Story, monkeypatch: pytest.MonkeyPatch, refusal: str) -> None:
    post = story.platform.post

    async def answer_is_lost(to: Address, message: Message, *, key: str) -> Ref:
        ref = await post(to, message, key=key)
        if to.channel is not None:
            raise OutcomeUnknownError("transport.timeout")
        return ref

    async def refuse(to: Address, key: str, since: datetime) -> Ref | None:
        error = NO_LOOK[refusal]()
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(story.platform, "post", answer_is_lost)
        broken.setattr(story.platform, "find", refuse)
        broken.setattr(sender, "ATTEMPTS", 3)
        await story.until("09:30")

    assert [text for text in story.private("Léa") if LOOK in text]
    assert not [text for text in story.private("Léa") if "pu partir" in text]
