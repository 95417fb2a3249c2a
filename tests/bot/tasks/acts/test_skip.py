"""Not this time: the reason is optional, a code or a note apart from the record, at once or afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.console.render import buttons
from bot.request import Clicked

if TYPE_CHECKING:
    from tests.story import Story


async def test_without_a_reason_four_buttons_offer_one(story: Story) -> None:
    answer = await story.says("Léa", "sauter veille")

    assert "[1 Pas le temps] [2 Pas utile cette fois] [3 En attente] [4 Autre raison] [5 Annuler]" in answer


async def test_a_reasons_button_adds_its_code_to_the_record(story: Story) -> None:
    await story.says("Léa", "sauter veille")
    await story.clicks("Léa", story.last, "En attente")

    assert [(one.act, one.reason) for one in await story.record()][-2:] == [("skip", None), ("reason", "waiting")]


async def test_a_typed_reason_is_kept_apart_and_the_record_holds_its_id(story: Story) -> None:
    await story.says("Léa", "sauter veille : client absent")

    reason = (await story.record())[-1].reason or ""
    kept = await story.app.store.read(lambda tx: tx.notes.get(story.place.team, reason))

    assert kept == "client absent"


async def test_a_buttons_words_typed_are_its_code(story: Story) -> None:
    await story.says("Léa", "sauter veille pas le temps")

    assert (await story.record())[-1].reason == "no_time"


async def test_a_reason_found_behind_a_mistyped_task(story: Story) -> None:
    await story.says("Léa", "sauter veile pas le temps")

    assert (await story.record())[-1].reason == "no_time"


async def test_said_again_nothing_changes(story: Story) -> None:
    await story.says("Léa", "sauter veille pas le temps")
    before = len(await story.record())

    assert "déjà noté" in await story.says("Léa", "sauter veille pas le temps")
    assert len(await story.record()) == before


async def test_a_made_up_reason_is_none(story: Story) -> None:
    await story.says("Léa", "jour")
    button = next(one for one in buttons(story._shown(story.last).message) if one.action == "skip")
    await story.does("Léa", Clicked("skip", f"{button.target}=my words"))

    assert (await story.record())[-1].reason is None


async def test_a_reason_that_is_too_long_is_refused(story: Story) -> None:
    assert "trop longue (200 signes au plus)" in await story.says("Léa", f"sauter veille {'a ' * 150}")


async def test_a_reason_days_later_is_no_reason_any_more(story: Story) -> None:
    await story.says("Léa", "sauter veille")
    asked = story.last
    await story.until("2026-11-25T10:00")

    assert "terminée depuis lundi" in await story.clicks("Léa", asked, "Pas le temps")
