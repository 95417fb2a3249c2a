"""What goes wrong on the way, with the whole product: in Socket Mode and over HTTP, on each database."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from tests.adapters.slack.world import MODES, World, eventually, opened
from tests.fakes.slack import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.record.audit import Entry

NINE, LATER = "2026-11-23T09:00", "2026-11-23T10:30"


@pytest.fixture(params=MODES)
async def world(request: pytest.FixtureRequest, current_address: str) -> AsyncIterator[World]:
    async with opened(current_address, request.param) as made:
        await made.set_up()
        yield made


async def _record(world: World) -> Sequence[Entry]:
    return await world.app.store.read(lambda tx: list(tx.audit.latest(tx.teams.find("slack", TEAM).id, limit=200)))  # type: ignore[union-attr]


def _cards(world: World) -> list[dict[str, Any]]:
    return [one for one in world.slack.posted() if "Veille du jour" in world.read(one)]


@pytest.mark.parametrize(
    ("kind", "times"), [("reset_after", 1), ("reset_before", 3), ("limited", 12), ("server", 6), ("garbage", 2)]
)
async def test_the_morning_card_gets_through_once(world: World, kind: str, times: int) -> None:
    """Reset after acceptance, an outage, a storm of 429: it is there, and only once."""
    world.slack.fail(kind, "chat.postMessage", times=times, seconds=20)
    await world.until(LATER)
    assert len(_cards(world)) == 1


async def test_a_history_that_fails_as_well_is_asked_again_before_anything_is_repeated(world: World) -> None:
    world.slack.fail("reset_after", "chat.postMessage")
    world.slack.fail("server", "conversations.history", times=3)
    await world.until(LATER)
    assert len(_cards(world)) == 1


async def test_the_same_event_delivered_again_is_done_once(world: World) -> None:
    await world.until(NINE)
    tom = world.people["Tom"]
    tom.event_id = "Ev-same"
    for attempt in range(3):
        item = {"type": "message", "channel": world.card()["channel"], "ts": world.card()["ts"]}
        event = {"type": "reaction_added", "reaction": "white_check_mark", "item": item, "user": "U0TOM"}
        body = {"type": "event_callback", "event_id": "Ev-same", "team_id": TEAM, "event": event}
        assert await world.slack.deliver("events_api", body, attempt=attempt) is not None
    await world.settle()
    assert len([one for one in await _record(world) if one.act == "done"]) == 1


async def test_the_same_command_delivered_again_is_done_once_and_answered_alike(world: World) -> None:
    lea = world.people["Léa"]
    for _ in range(2):
        await lea.types("tâche ajouter Relire la page demain à 9h", trigger="same")
    first, second = (one["text"] for one in world.slack.shown_to("U0LEA")[-2:])
    assert first == second
    added = [one for one in await _record(world) if one.subject == "template" and one.act == "add"]
    assert len(added) == 1


async def test_the_same_press_delivered_again_is_done_once(world: World) -> None:
    lea = world.people["Léa"]
    await lea.types("jour")
    mine = world.slack.shown_to("U0LEA")[-1]
    for _ in range(2):
        await lea.clicks(mine, "C’est fait", trigger="same")
        await world.settle()
    assert len([one for one in await _record(world) if one.act == "done"]) == 1


async def test_the_same_form_delivered_again_is_done_once(world: World) -> None:
    before = len(await _record(world))
    lea = world.people["Léa"]
    await lea.types("configurer")
    view = next(reversed(world.slack.views.values()))
    values = {"networks": {"type": "multi_static_select", "selected_options": [{"value": "facebook"}]}}
    payload = {"view": view | {"state": {"values": {block: {"value": one} for block, one in values.items()}}}}
    body = {"type": "view_submission", "trigger_id": "same", **payload, **lea._me}
    answers = [await world.slack.deliver("interactive", body) for _ in range(2)]
    await world.settle()
    assert answers[0] == answers[1] == {}
    once = len(await _record(world)) - before
    assert once > 0
    assert await world.slack.deliver("interactive", body) == {}
    assert len(await _record(world)) - before == once


async def test_another_workspaces_people_change_nothing(world: World) -> None:
    await world.until(NINE)
    before = await _record(world)
    answers = len(world.slack.private)
    lea = world.people["Léa"]
    lea.team = "T0OTHER"
    await lea.types("fait veille")
    await lea.writes("fait veille")
    await lea.reacts(world.card())
    await lea.clicks(world.card(), "Ma part")
    await lea.opens_home()
    await world.settle()
    assert await _record(world) == before
    assert (len(world.slack.private), world.slack.homes) == (answers, {})
    assert len(await world.app.store.read(lambda tx: tx.teams.ids())) == 1


async def test_a_reaction_by_a_bot_changes_nothing(world: World) -> None:
    await world.until(NINE)
    before = await _record(world)
    await world.people["Robot"].reacts(world.card())
    await world.settle()
    assert await _record(world) == before
    assert world.slack.shown_to("U0BOT") == []


async def test_a_thousand_garbage_payloads_change_nothing(world: World) -> None:
    before = await _record(world)
    dice = random.Random(11)
    wild: list[object] = [None, 1, "x", [], {}, [[]], {"id": 1}, True, "é" * 300, {"id": "U0LEA", "team_id": TEAM}]
    keys = ["type", "event", "team_id", "team", "user", "actions", "view", "container", "channel", "message",
            "payload", "trigger_id", "event_id", "callback_id", "command", "text", "item", "state"]  # fmt: skip
    types = ["event_callback", "block_actions", "view_submission", "message_action", "shortcut", "block_suggestion"]
    for _ in range(1000):
        body: Any = {key: dice.choice(wild) for key in dice.sample(keys, dice.randint(0, 8))}
        body = body | {"type": dice.choice(types)} if dice.random() < 0.6 else body
        if world.slack.target:
            raw = json.dumps(body).encode()
            status, _ = await world.slack.send(raw, world.slack.signed(raw) | {"Content-Type": "application/json"})
            assert status in {200, 400, 404, 500}
        else:
            kind = dice.choice(["events_api", "slash_commands", "interactive", "hello", "x"])
            await world.platform.envelope(
                {"envelope_id": "e", "type": kind, "payload": dice.choice([body, body, [], 1])}
            )
    await world.settle()
    assert await _record(world) == before
    await world.people["Léa"].types("jour")
    assert "Ta journée, Léa" in world.told("Léa")


async def test_a_refresh_under_load_loses_no_line(current_address: str) -> None:
    async with opened(current_address, "socket") as world:
        await world.set_up()
        karim = world.people["Karim"]
        await eventually(lambda: len(world.slack.sockets) == 2)

        async def refresh() -> None:
            for _ in range(4):
                await asyncio.sleep(0.05)
                old = list(world.slack.sockets)
                await world.slack.disconnect()
                await eventually(lambda old=old: len(world.slack.sockets) >= len(old) + 2)  # type: ignore[misc]
                for one in old:
                    await one.close()

        refreshing = asyncio.create_task(refresh())
        lines = [f"tâche ajouter Point {number} demain à 9h" for number in range(40)]
        answers = await asyncio.gather(*(karim.writes(line) for line in lines))
        await refreshing
        await world.settle()

        assert None not in answers
        added = [one for one in await _record(world) if one.subject == "template" and one.act == "add"]
        assert len(added) == 40


async def test_what_is_not_json_on_a_socket_is_passed_over(sqlite_address: str) -> None:
    async with opened(sqlite_address, "socket") as world:
        await world.set_up()
        for text in ("", "{", "[]", "null", '{"envelope_id": 3}', '{"type": "disconnect?"}', "\x00"):
            for link in world.slack.sockets:
                await link.send_str(text)
        await world.people["Léa"].types("jour")
        assert "Ta journée, Léa" in world.told("Léa")
