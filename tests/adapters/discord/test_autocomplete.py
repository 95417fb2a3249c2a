"""Suggestions while somebody types: of what their team has, within the time in which they are of use."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord.autocomplete import Suggestions, drawn
from bot.errors import StoreError
from bot.grammar.suggestions import Entry
from bot.registry import load
from tests.adapters.discord.world import World, opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.discord.autocomplete import Lists

GUILD = "1200000000000000001"


def typing(command: str, option: str, value: str) -> dict[str, Any]:
    focused = {"name": option, "type": 3, "value": value, "focused": True}
    data = {"name": "cm", "type": 1, "options": [{"type": 1, "name": command, "options": [focused]}]}
    return {"type": 4, "guild_id": GUILD, "member": {"user": {"id": "1"}}, "data": data}


class Shelf:
    """Lists that take a while to be read."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.reads = 0
        self.away = False

    async def look(self, team: str, user: str) -> Lists | None:
        self.reads += 1
        await asyncio.sleep(self.seconds)
        if self.away:
            raise StoreError("store.away")

        def lists(kind: str, typed: str, /) -> Sequence[Entry]:
            return [Entry(f"{kind} {typed}", "v")]

        return lists


async def test_the_option_that_is_typed_decides_what_is_proposed() -> None:
    suggestions = Suggestions(load(), Shelf().look)
    assert await suggestions.choices(typing("fait", "tâche", "ve")) == [{"name": "task ve", "value": "v"}]
    assert await suggestions.choices(typing("snooze", "when", "de")) == [{"name": "moment de", "value": "v"}]


@pytest.mark.parametrize(
    "odd",
    [{}, {"data": None}, {"data": {"options": [3]}}, typing("fait", "inconnu", "x"), typing("fiat", "tâche", "x"),
     typing("fait", "tâche", "x") | {"guild_id": None}],
)  # fmt: skip
async def test_nothing_is_proposed_for_what_is_odd(odd: dict[str, Any]) -> None:
    assert await Suggestions(load(), Shelf().look).choices(odd) == []


async def test_lists_are_read_once_for_some_seconds() -> None:
    shelf = Shelf()
    suggestions = Suggestions(load(), shelf.look)
    for typed in ("v", "ve", "vei"):
        await suggestions.choices(typing("fait", "tâche", typed))
    assert shelf.reads == 1


async def test_a_slow_database_costs_the_first_list_not_the_time_of_who_types() -> None:
    shelf = Shelf(seconds=0.05)
    suggestions = Suggestions(load(), shelf.look, budget=0.01)
    assert await suggestions.choices(typing("fait", "tâche", "v")) == []
    await asyncio.sleep(0.1)
    assert await suggestions.choices(typing("fait", "tâche", "v")) != []


async def test_a_database_that_is_away_proposes_nothing() -> None:
    shelf = Shelf()
    shelf.away = True
    assert await Suggestions(load(), shelf.look).choices(typing("fait", "tâche", "v")) == []


def test_at_most_25_choices_are_drawn_each_value_once() -> None:
    made = drawn([Entry("x" * 200, f"v{number % 40}") for number in range(60)])
    assert len(made) == 25
    assert len({one["value"] for one in made}) == 25
    assert all(len(one["name"]) <= 100 for one in made)


@pytest.fixture
async def world(sqlite_address: str) -> AsyncIterator[World]:
    async with opened(sqlite_address) as made:
        await made.set_up()
        yield made


@pytest.mark.parametrize(
    ("line", "options", "first"),
    [
        ("/cm fait", {"tâche": "veil"}, "Veille du jour"),
        ("/cm décaler", {"quand": "demain 9h"}, "mardi 24 novembre à 9 h"),
        ("/cm-equipe réglages fuseau", {"ville": "par"}, "Paris (Europe/Paris)"),
        ("/cm-equipe checklist activer", {"tâche": "article"}, "Article de blog"),
        ("/cm-equipe rôle", {"rôle": "veil"}, "Veille"),
        ("/cm-equipe aide", {"commande": "fai"}, "fait"),
        ("/cm-contenu influenceur ajouter", {"réseau": "insta"}, "Instagram"),
    ],
)
async def test_each_kind_is_proposed_as_it_is_typed(
    world: World, line: str, options: dict[str, str], first: str
) -> None:
    found = [one["name"].replace("\u202f", " ") for one in await world.people["Léa"].suggests(line, **options)]
    assert found[:1] == [first], found


async def test_a_stranger_is_proposed_nothing_of_the_team(world: World) -> None:
    assert await world.people["Inès"].suggests("/cm fait", tâche="v") == []
