"""The neutral message: what is stored of a reply is the reply."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from bot.message import At, Message, Reply, Strong, Text, Where, Who, plain, reply_from_json, reply_to_json
from tests.contracts.test_platform import BLOCKS

AT = At(datetime(2026, 11, 23, 8, 0, 0, 123000, tzinfo=UTC), "9 h", "day")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.kind}")
def test_every_block_survives_storing(block: object) -> None:
    reply = Reply(Message((block,), "résumé"), "channel")  # type: ignore[arg-type]
    assert reply_from_json(reply_to_json(reply)) == reply


@pytest.mark.parametrize(
    "span", ["mot", Strong("fort"), AT, Who("m1", "Léa", notify=True), Where("C123", "#équipe")], ids=str
)
def test_every_span_survives_storing(span: object) -> None:
    reply = Reply(Message((Text((span,)),)))  # type: ignore[arg-type]
    assert reply_from_json(reply_to_json(reply)) == reply


def test_no_message_survives_storing() -> None:
    assert reply_from_json(reply_to_json(Reply())) == Reply()


def test_an_empty_object_is_a_silent_reply() -> None:
    """What a key holds between being taken and being answered."""
    assert reply_from_json("{}") == Reply()


def test_the_words_of_a_line_are_without_markup() -> None:
    assert plain(("à ", Who("m1", "Léa"), " ", Strong("vite"), " ", AT)) == "à Léa vite 9 h"


def test_a_block_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Text(("a",)).style = "note"  # type: ignore[misc]
