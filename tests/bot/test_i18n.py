"""Texts: both languages say the same things, plurals and politeness follow their rules, numbers and dates theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from string import Formatter

import pytest

from bot.i18n import LANGUAGES, Language, Texts, Words, capital, catalogue, texts
from bot.message import Strong, Who

FR, EN = texts("fr"), texts("en")
KEYS = sorted(catalogue("fr").keys() & catalogue("en").keys())  # that they are the same has its own test
FORMAL = sorted(key for key in catalogue("fr").keys() if key.endswith("|vous"))  # noqa: SIM118  # not a mapping


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_both_languages_have_the_same_texts() -> None:
    """French alone has formal variants: English has one “you”, and falls back to the base text."""
    assert catalogue("fr").keys() - set(FORMAL) == catalogue("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_written(language: Language) -> None:
    assert [key for key in KEYS if not all(form.strip() for form in catalogue(language).forms(key))] == []


def test_both_languages_use_the_same_values() -> None:
    """A plural form may leave its number out (« une chose »); the last form says everything."""
    differ = [key for key in KEYS if _names(catalogue("fr").forms(key)[-1]) != _names(catalogue("en").forms(key)[-1])]
    assert differ == []


@pytest.mark.parametrize(("language", "forms"), [("fr", 3), ("en", 2)])
def test_a_plural_has_all_its_forms(language: Language, forms: int) -> None:
    assert {len(catalogue(language).forms(key)) for key in KEYS} <= {1, forms}


def test_one_language_has_plurals_where_the_other_has() -> None:
    differ = [key for key in KEYS if (len(catalogue("fr").forms(key)) > 1) != (len(catalogue("en").forms(key)) > 1)]
    assert differ == []


def test_a_polite_text_stands_beside_the_familiar_one() -> None:
    assert [key for key in FORMAL if key.removesuffix("|vous") not in KEYS] == []


def test_a_polite_text_has_the_values_and_the_forms_of_the_familiar_one() -> None:
    french = catalogue("fr")
    pairs = [(french.forms(key), french.forms(key.removesuffix("|vous"))) for key in FORMAL]
    assert [formal for formal, base in pairs if _names(formal[-1]) != _names(base[-1])] == []
    assert [formal for formal, base in pairs if len(formal) != len(base)] == []


def test_a_polite_text_is_used_where_a_team_wants_it() -> None:
    polite = Texts("fr", formal=True)
    both = [key for key in KEYS if f"{key}|vous" in FORMAL and not _names(catalogue("fr").forms(key)[0])]
    assert both
    assert [key for key in both if polite.text(key) == FR.text(key)] == []


def test_an_unknown_text_is_a_fault() -> None:
    with pytest.raises(KeyError):
        FR.line("no.such.text")


@pytest.mark.parametrize(("language", "one"), [("fr", {0, 1}), ("en", {1})])
def test_zero_is_singular_in_french_and_plural_in_english(language: Language, one: set[int]) -> None:
    forms = catalogue(language)
    key = next(key for key in KEYS if len(forms.forms(key)) > 1)
    assert {count for count in range(5) if forms.template(key, count) == forms.forms(key)[0]} == one


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (9_999, "9999", "9,999"),
        (10_000, "10\u202f000", "10,000"),
        (-1_234_567, "-1\u202f234\u202f567", "-1,234,567"),
        (date(2026, 12, 1), "mardi 1er décembre", "Tuesday 1 December"),
        (time(9), "9\u202fh", "9:00"),
        (time(16, 5), "16\u202fh\u202f05", "16:05"),
        (Words("la veille", "the watch"), "la veille", "the watch"),
    ],
)  # fmt: skip
def test_values_are_said_as_each_language_does(value: object, french: str, english: str) -> None:
    assert (FR.spans(value), EN.spans(value)) == ((french,), (english,))


@pytest.mark.parametrize(
    ("spec", "said"),
    [("", "mardi 1er décembre"), ("day", "mardi"), ("short", "1er décembre"), ("month", "décembre")],
)
def test_a_date_is_said_in_parts(spec: str, said: str) -> None:
    assert FR.date(date(2026, 12, 1), spec) == said


def test_a_span_stays_what_it_is() -> None:
    assert FR.spans(Who("m1", "Léa")) == (Who("m1", "Léa"),)


@pytest.mark.parametrize("value", [True, datetime(2026, 11, 23, tzinfo=UTC)])
def test_what_has_no_words_of_its_own_is_a_fault(value: object) -> None:
    with pytest.raises(TypeError):
        FR.spans(value)


@pytest.mark.parametrize(
    ("parts", "french", "english"),
    [(["a"], "a", "a"), (["a", "b"], "a et b", "a and b"), (["a", "b", "c"], "a, b et c", "a, b, and c")],
)
def test_a_list_is_said_with_and_at_the_end(parts: list[str], french: str, english: str) -> None:
    assert (FR.listing(parts), EN.listing(parts)) == (french, english)


def test_what_people_typed_is_never_markup() -> None:
    """Emphasis and placeholders are the text's own: values that look like them stay words."""
    line = FR.line("command.unknown", word="**fort** {name}")
    assert any("**fort** {name}" in span for span in line if isinstance(span, str))
    assert Strong("fort") not in line


def test_a_capital_leaves_the_rest_alone() -> None:
    assert [capital(one) for one in ("", "école", "mardi 1er")] == ["", "École", "Mardi 1er"]
