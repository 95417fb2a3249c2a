"""Slack's names of the usual faces, and the faces that stand for them."""

from __future__ import annotations

import pytest

from adapters.slack.emoji import name_of, unicode_of


@pytest.mark.parametrize(
    "name", ["raising_hand", "woman-raising-hand", "man-raising-hand", "raising_hand::skin-tone-3"]
)
def test_every_raised_hand_is_one_face(name: str) -> None:
    assert unicode_of(name) == "🙋"


def test_a_face_is_shown_by_its_first_name() -> None:
    assert name_of("🙋") == "raising_hand"
