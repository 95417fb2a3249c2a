"""The HTTP door: nothing without Slack's signature, and nothing breaks on what comes through it; on each database."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock, Mock
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from adapters.slack.http import HttpEndpoint, is_signed, parse
from tests.adapters.slack.world import World, opened
from tests.fakes.slack import SECRET, TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.record.audit import Entry

COMMAND = (
    b"command=%2Fcm&text=fait+veille&team_id=T0ATELIER&user_id=U0LEA&user_name=lea&channel_id=C0EQUIPE&trigger_id=tr1"
    b"&response_url="
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def world(current_address: str) -> AsyncIterator[World]:
    async with opened(current_address, "http") as made:
        await made.set_up()
        yield made


async def _kept(world: World) -> tuple[Sequence[Entry], Sequence[str], int]:
    """The record of the team, the teams there are, and how much people were shown."""
    record, teams = await world.app.store.read(
        lambda tx: (list(tx.audit.latest(tx.teams.find("slack", TEAM).id, limit=200)), list(tx.teams.ids()))  # type: ignore[union-attr]
    )
    return record, teams, len(world.slack.private) + len(world.slack.posted())


async def test_a_signed_delivery_is_answered_and_done(world: World) -> None:
    before = await _kept(world)
    status, text = await world.slack.send(COMMAND, world.slack.signed(COMMAND) | FORM)
    assert status == 200
    assert json.loads(text)["response_type"] == "ephemeral"
    assert await _kept(world) != before


@pytest.mark.parametrize("case", ["missing", "bad", "old", "future", "other_secret", "odd_stamp", "odd_signature"])
async def test_an_unsigned_delivery_is_refused_and_changes_nothing(world: World, case: str) -> None:
    good = world.slack.signed(COMMAND)
    headers = {
        "missing": {},
        "bad": good | {"X-Slack-Signature": "v0=" + "0" * 64},
        "old": world.slack.signed(COMMAND, age=301),
        "future": world.slack.signed(COMMAND, age=-400),
        "other_secret": world.slack.signed(COMMAND, secret="another"),
        "odd_stamp": good | {"X-Slack-Request-Timestamp": "1e9"},
        "odd_signature": good | {"X-Slack-Signature": "v0=é"},
    }[case]
    before = await _kept(world)

    status, text = await world.slack.send(COMMAND, headers | FORM)

    assert (status, text) == (401, "")
    assert await _kept(world) == before


def test_an_empty_secret_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(ValueError, match="empty"):
        HttpEndpoint("", Mock())


FORM_TYPE = "application/x-www-form-urlencoded"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.dictionaries(WORDS.filter(lambda name: name != "payload"), WORDS, min_size=1, max_size=8))
def test_every_field_of_a_form_is_read_whatever_its_words(fields: dict[str, str]) -> None:
    for body in (urlencode(fields), "&".join(f"{quote(name)}={quote(value)}" for name, value in fields.items())):
        if not body.startswith("{"):
            assert parse(body, FORM_TYPE) == fields


@given(st.dictionaries(WORDS, WORDS | st.integers() | st.none(), max_size=4))
def test_json_is_read_in_a_form_or_by_itself(payload: dict[str, object]) -> None:
    text = json.dumps(payload)
    assert parse(text, "application/json") == parse(urlencode({"payload": text}), FORM_TYPE) == payload


async def test_a_line_with_the_word_payload_is_answered(world: World) -> None:
    """Bolt's parser of forms drops such a line: it takes the word for the name of a field."""
    answer = await world.people["Karim"].types("tâche ajouter relire le payload demain à 9h")
    assert "relire le payload" in json.dumps(answer, ensure_ascii=False).lower()


def test_a_signature_holds_for_these_bytes_alone() -> None:
    verifier, now = SignatureVerifier(SECRET), str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": now}
    headers["X-Slack-Signature"] = verifier.generate_signature(timestamp=now, body="a") or ""
    assert is_signed(verifier, headers, "a")
    assert not is_signed(verifier, headers, "b")


async def test_a_thousand_garbage_bodies_change_nothing(world: World) -> None:
    dice = random.Random(7)
    wild: list[object] = [None, 1, "x", [], {}, [[]], {"id": 1}, True, "é" * 3000]
    keys = ["type", "event", "team_id", "team", "user", "actions", "view", "container", "channel", "message",
            "payload", "trigger_id", "event_id", "callback_id", "command", "text", "item", "state"]  # fmt: skip
    kinds = ["event_callback", "block_actions", "view_submission", "message_action", "shortcut", "block_suggestion"]
    before = await _kept(world)
    for number in range(1000):
        body = {key: dice.choice(wild) for key in dice.sample(keys, dice.randint(0, 8))}
        if number % 2:
            body["type"] = dice.choice(kinds)
        raw = json.dumps(body).encode() if number % 5 else dice.randbytes(dice.randint(0, 60))
        status, _ = await world.slack.send(raw, world.slack.signed(raw) | {"Content-Type": "application/json"})
        assert status in {200, 400, 404, 500}, (status, raw)
    assert await _kept(world) == before
    status, _ = await world.slack.send(COMMAND, world.slack.signed(COMMAND) | FORM)
    assert status == 200


async def test_url_verification_is_answered(world: World) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    status, text = await world.slack.send(raw, world.slack.signed(raw) | {"Content-Type": "application/json"})
    assert (status, json.loads(text)) == (200, {"challenge": "abc"})


async def test_a_line_that_we_are_at_fault_with_is_not_acknowledged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.platform.inbound, "command", AsyncMock(side_effect=RuntimeError))
    before = await _kept(world)
    assert await world.slack.send(COMMAND, world.slack.signed(COMMAND) | FORM) == (500, "")
    assert await world.platform.envelope({"type": "slash_commands", "payload": {"command": "/cm"}}) is None
    assert await _kept(world) == before


async def test_a_closed_door_asks_to_come_again(world: World) -> None:
    await world.platform.stop()
    status, _ = await world.slack.send(COMMAND, world.slack.signed(COMMAND) | FORM)
    assert status == 503
