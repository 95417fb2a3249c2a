"""Names that people type are kept as they are seen: nothing hidden, nothing endless, nothing lost in silence."""

from __future__ import annotations

import pytest

from bot.errors import RefusalError
from bot.grammar.names import LONGEST, check_name, cleaned, shortened


@pytest.mark.parametrize(
    "name",
    ["Léa", "Relire <b>la</b> charte & co", "'; DROP TABLE teams; --", "🎄 Noël 👩‍🎨",
     "مرحبا بالعالم", "שלום", "**gras** _non_"],
)  # fmt: skip
def test_markup_sql_emoji_and_other_scripts_are_kept_as_typed(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u200f", "\ud800"])
def test_characters_that_hide_or_turn_text_are_taken_out(hidden: str) -> None:
    assert check_name(f"Re{hidden}lire") == "Relire"


@pytest.mark.parametrize("control", ["\n", "\x00", "\t", "\x1b"])
def test_a_control_character_is_a_space(control: str) -> None:
    assert check_name(f"Relire{control}la charte") == "Relire la charte"


@pytest.mark.parametrize("typed", ["« Zoé B »", "«\u00a0Zoé B\u00a0»", '"Zoé B"', "“Zoé B”", "„Zoé B“"])
def test_quotation_marks_around_a_name_are_none_of_it(typed: str) -> None:
    assert check_name(typed) == "Zoé B"


@pytest.mark.parametrize("typed", ["Relire « Bonjour »", "« Bonjour » et « Bonsoir »", '12"', "« Bonjour"])
def test_quotation_marks_within_a_name_stay(typed: str) -> None:
    assert check_name(typed) == typed


@pytest.mark.parametrize("nothing", ["", "   ", "\u202e\u200b", "\x00", "« »"])
def test_a_name_of_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(RefusalError) as refused:
        check_name(nothing)

    assert refused.value.key == "name.empty"


def test_a_name_of_ten_thousand_characters_is_refused_with_its_length() -> None:
    with pytest.raises(RefusalError) as refused:
        check_name("a" * 10_000)

    assert (refused.value.key, refused.value.params["length"]) == ("name.too_long", 10_000)


def test_the_longest_name_is_kept_whole() -> None:
    assert check_name("é" * LONGEST) == "é" * LONGEST


def test_a_platform_s_name_is_cut_rather_than_refused() -> None:
    assert len(shortened("x" * 300)) == LONGEST


def test_a_platform_s_empty_name_gives_way_to_the_account() -> None:
    assert shortened("\u202e ", "U123") == "U123"


def test_cleaning_twice_changes_nothing() -> None:
    once = cleaned(" e\u0301te\u0301 \u202e\n 🎄 ")

    assert cleaned(once) == once == "été 🎄"
