"""The nudges that no ordinary fortnight has, and every act done, before every judge that is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.registry import load
from tests.adapters.slack.world import World, opened
from tests.fakes.slack import BOT, FakeSlack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def world(sqlite_address: str) -> AsyncIterator[World]:
    """It ends with an assertion: nothing that was sent was refused by a judge."""
    async with opened(sqlite_address, "http") as made:
        await made.set_up()
        yield made


async def _kinds(world: World) -> set[str]:
    out = await world.app.store.read(lambda tx: tx.postings.out(tx.teams.ids()[0], 500))
    return {one for posting in out for one in posting.kind.split("+")}


async def test_what_is_told_when_something_happens(world: World) -> None:
    lea, karim = world.people["Léa"], world.people["Karim"]
    await lea.types("tâche ajouter Relire la page aujourd’hui à 10h")
    await lea.types("confier réponses à Tom")
    await karim.types("plus tard réponses 10h30")
    await lea.types("plus tard veille 10h30")
    await world.until("2026-11-23T11:00")
    assert {"task", "given", "later"} <= await _kinds(world)

    world.slack.members["C0EQUIPE"].discard(BOT)
    await world.until("2026-11-24T09:30")
    world.slack.members["C0EQUIPE"].add(BOT)
    await karim.changes(deleted=True)
    await world.until("2026-11-25T09:30")
    assert {"trouble", "recovered", "left"} <= await _kinds(world)


async def test_what_is_told_when_nobody_knows(world: World) -> None:
    world.slack.fail("error", "chat.postMessage", times=12, code="internal_error")
    await world.until("2026-11-24T08:30")
    assert "unsure" in await _kinds(world)


async def test_what_is_told_after_a_stop(sqlite_address: str) -> None:
    slack = await FakeSlack().start()
    try:
        async with opened(sqlite_address, "http", slack=slack) as world:
            await world.set_up()
            await world.until("2026-11-23T10:00")
            await world.app.store.write(lambda tx: tx.facts.put("alive", tx.now.isoformat()))
        async with opened(sqlite_address, "http", slack=slack, start="2026-11-24T11:05") as world:
            await world.settle()
            assert "catchup" in await _kinds(world)
            assert "Vigie était arrêtée" in world.read()
    finally:
        await slack.stop()


async def test_every_act_is_done(world: World) -> None:
    """Pressed, reacted for or typed: what is said about it is the same."""
    lea, karim = world.people["Léa"], world.people["Karim"]
    await world.until("2026-11-23T09:00")
    card = world.card()
    for face in ("eyes", "rotating_light"):
        await karim.reacts(card, face)
        await world.settle()
    assert "Qu’est-ce qui est urgent" in world.told("Karim")
    await lea.reacts(card, "rotating_light")
    await world.settle()
    await _presses(world, "Veille du jour")
    await _says(world, "jour")
    for label in ("C’est fait", "Annuler"):
        await _presses(world, label)
    for line in ("fait veille", "rouvrir veille", "décaler veille 1h", "confier veille à Tom", "prendre veille"):
        await _says(world, line)
    for line in ("rappel demain 10h appeler l’imprimeur", "rappel supprimer appeler l’imprimeur"):
        await _says(world, line)
    await _says(world, "sauter veille client absent")
    await _presses(world, "Annuler")
    await _says(world, "décaler veille 1h")
    await _presses(world, "Annuler")
    await _says(world, "alerte https://example.org/1 commentaire négatif")
    await world.people["Tom"].clicks(world.card(), "Prévenir")
    await world.settle()
    assert "Je préviens Léa" in world.told("Tom"), "which is no change, hence not on record"
    record = await world.app.store.read(lambda tx: list(tx.audit.latest(tx.teams.ids()[0], limit=500)))
    assert {one.act for one in record} >= set(load().acts) - {"warn"}


async def _says(world: World, line: str) -> None:
    await world.people["Léa"].types(line)
    await world.settle()


async def _presses(world: World, label: str) -> None:
    await world.people["Léa"].clicks(world.slack.shown_to("U0LEA")[-1], label)
    await world.settle()
