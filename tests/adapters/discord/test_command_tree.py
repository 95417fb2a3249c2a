"""The slash commands: within Discord's limits, in both languages, and each of them a line that the grammar knows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from adapters.discord.command_tree import ROOTS, commands, fingerprint, line, pattern
from adapters.discord.options import fill_pattern, name_of, takes
from bot.i18n import LANGUAGES, Language
from bot.registry import Command, load
from tests.fakes.discord import judge, limits

Json = dict[str, Any]
REGISTRY = load()
DECLARED = commands(REGISTRY)
TYPED = [one for one in DECLARED if one["type"] == 1]
ENTRIES, CHARACTERS = 25, 8000
GIVEN = {"person": (6, "1400000000000000002"), "channel": (7, "1300000000000000002")}


def names(one: Json) -> set[str]:
    return {one["name"], *one.get("name_localizations", {}).values()}


def every(one: Json) -> list[Json]:
    return [one, *(inner for option in one.get("options", []) for inner in every(option))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_discord_takes_every_command(language: Language) -> None:
    declared = commands(REGISTRY, language)
    assert limits.commands(declared) == []
    assert judge.complaints("PUT", "/applications/{application_id}/commands", declared) == []


@pytest.mark.parametrize("root", TYPED, ids=lambda root: str(root["name"]))
def test_each_root_has_at_most_25_entries_and_8000_characters(root: Json) -> None:
    assert 0 < len(root["options"]) <= ENTRIES
    assert limits.size(root) <= CHARACTERS


def test_names_are_short_lower_case_words_and_those_that_are_required_come_first() -> None:
    for one in [part for root in TYPED for part in every(root)]:
        for name in names(one):
            assert re.fullmatch(r"[-_'\w]{1,32}", name)
            assert name == name.lower()
        required = [option.get("required", False) for option in one.get("options", [])]
        assert required == sorted(required, reverse=True)


def test_the_three_roots_are_named_in_each_language() -> None:
    assert [root["name"] for root in TYPED] == ["cm", "cm-equipe", "cm-contenu"]
    assert [root["name"] for root in commands(REGISTRY, "en") if root["type"] == 1] == ["cm", "cm-team", "cm-content"]
    assert all({en, fr} == names(root) for (en, fr), root in zip(ROOTS.values(), TYPED, strict=True))


def test_every_command_of_the_grammar_is_there_under_its_own_root() -> None:
    there = {(root["name"], entry["name"]) for root in TYPED for entry in root["options"]}
    wanted = {
        (ROOTS[one.section][1], one.names.fr.lower().replace(" ", "-").replace("’", "-"))
        for one in REGISTRY.commands.values()
    }
    assert there == wanted


def test_the_readers_of_a_server_are_shown_no_command_and_none_stands_outside_of_servers() -> None:
    assert {one["default_member_permissions"] for one in DECLARED} == {8192}
    assert all(one["contexts"] == [0] for one in DECLARED)


def test_what_is_declared_has_one_fingerprint_until_it_changes() -> None:
    assert fingerprint(DECLARED) == fingerprint(commands(REGISTRY))
    assert fingerprint(DECLARED) != fingerprint(commands(REGISTRY, "en"))


VERBS = [(one, verb) for one in REGISTRY.commands.values() if one.id != "say" for verb in (one.verbs or (None,))]
CASES = [(one, verb, language) for one, verb in VERBS for language in LANGUAGES]


def payload(command: Command, verb: Any, language: Language, *, full: bool) -> Json:
    """As Discord sends it, named in that language, with every option or with those that are required."""
    asked = takes(verb.takes if verb else pattern(command))
    options: list[Json] = []
    for take in asked:
        if full or take.required:
            kind, value = GIVEN.get(take.kind, (3, take.choices[0][0] if take.choices else "mot"))
            options.append({"name": name_of(take, language), "type": kind, "value": value})
    path = [command.names.shown(language), *([verb.fr if language == "fr" else verb.en] if verb else [])]
    for depth, name in enumerate(reversed(path)):
        options = [{"type": 1 if depth == 0 else 2, "name": name, "options": options}]
    return {"name": "cm", "type": 1, "options": options}


@pytest.mark.parametrize("full", [True, False], ids=["all", "required"])
@pytest.mark.parametrize(("command", "verb", "language"), CASES)
def test_a_command_becomes_the_line_that_says_it(
    command: Command, verb: Any, language: Language, *, full: bool
) -> None:
    typed = line(REGISTRY, payload(command, verb, language, full=full))
    found, rest = REGISTRY.resolve(typed)
    assert found is command
    assert not verb or rest.startswith(verb.en)
    if full and (verb.takes if verb else pattern(command)):
        assert any(word in rest for word in ("mot", "<@14", "here", "team", "fr", "closed", "add"))


def test_say_is_the_line_itself() -> None:
    typed = payload(REGISTRY.commands["say"], None, "fr", full=True)
    assert line(REGISTRY, typed) == "mot"


def test_what_stands_in_brackets_is_left_out_with_its_hole() -> None:
    assert fill_pattern("[{task}] [to {person}]", {"person": "<@1>"}) == "to <@1>"
    assert fill_pattern("[{task}] [to {person}]", {"task": "veille"}) == "veille"


def test_any_spelling_and_any_shape_is_understood() -> None:
    assert line(REGISTRY, {"name": "cm", "options": [{"name": "today", "type": 1}]}) == "day"
    odd = {
        "name": "cm",
        "options": [{"name": "fait", "type": 1, "options": [{"name": "x", "type": 3, "value": "veille"}]}],
    }
    assert line(REGISTRY, odd) == "done veille"
    assert line(REGISTRY, {"name": "cm"}) == ""
    assert line(REGISTRY, {"name": "cm", "options": [{"name": "fiat", "type": 1}]}) == "fiat"


def test_a_command_that_does_not_say_what_it_takes_has_one_free_field() -> None:
    plain = next(iter(REGISTRY.commands.values()))
    made = Command(plain.names, "day", plain.fr, plain.en, plain.handler)
    assert pattern(made) in {"[{text=rest}]", ""}
