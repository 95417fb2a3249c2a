"""Which task a typed name means: slips are forgiven, words that name something else are not taken for slips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.story import Story


@pytest.mark.parametrize("typed", ["contenu", "contenus", "visuels"])
async def test_what_names_another_task_of_the_trade_is_no_slip_of_the_pen(typed: str, story: Story) -> None:
    assert f"« {typed} »" in await story.says("Tom", f"fait {typed}")


@pytest.mark.parametrize("typed", ["calendier", "le calendrié", "content calendar"])
async def test_a_slip_of_the_pen_is_forgiven(typed: str, story: Story) -> None:
    assert "Calendrier éditorial" in await story.says("Tom", f"fait {typed}")
