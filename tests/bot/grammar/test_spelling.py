"""Which task a typed name means: typos, accents, parts of a name; near ones are asked about, strange ones refused."""

from __future__ import annotations

import pytest

from bot.catalogue.loader import load
from bot.grammar.spelling import lookup

FIRST_WEEK = {
    key: (key, task.title.fr, task.title.en, task.short.fr, task.short.en, *task.names.all())
    for key, task in load().tasks.items()
    if task.default == "on"
}
TWO_WATCHES = {"image": ("Veille d’image",), "concurrence": ("Veille concurrentielle",), "calendar": ("Calendrier",)}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("veille", "veille"), ("VEILLE", "veille"), ("la veille", "veille"), ("veile", "veille"), ("vielle", "veille"),
        ("veillle", "veille"), ("veille du jour", "veille"), ("veille jour", "veille"), ("watch", "veille"),
        ("todays watch", "veille"), ("today’s watch", "veille"), ("e-reputation", "veille"), ("réponses", "replies"),
        ("reponse", "replies"), ("réponce", "replies"), ("repnses", "replies"), ("replys", "replies"),
        ("messages", "replies"), ("calendrier", "calendar"), ("calandrier", "calendar"), ("calendar", "calendar"),
        ("calendrier editorial", "calendar"), ("planing", "calendar"), ("influenceuse", "influencer"),
        ("influanceur", "influencer"), ("contact influ", "influencer"), ("stats", "statistics"),
        ("stat", "statistics"), ("chiffres", "statistics"), ("statistique", "statistics"), ("strategie", "strategy"),
    ],
)  # fmt: skip
def test_a_task_is_found_however_it_is_spelled(typed: str, meant: str) -> None:
    assert lookup(typed, FIRST_WEEK) == [meant]


@pytest.mark.parametrize(
    "typed", ["fiat", "xyz", "xyzzy à karim", "le", "l’", "a", "de la", "the", "zut", "client", "mail", "🙂", "", "  "]
)
def test_what_names_nothing_is_not_guessed(typed: str) -> None:
    assert lookup(typed, FIRST_WEEK) == []


@pytest.mark.parametrize("typed", ["veille", "veile", "Veille ", "vielle"])
def test_two_near_ones_are_both_given_to_choose_from(typed: str) -> None:
    assert lookup(typed, TWO_WATCHES) == ["image", "concurrence"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("veille image", "image"), ("image", "image"), ("veille concurentielle", "concurrence"),
     ("concurrentielle", "concurrence"), ("veille d'image", "image")],
)  # fmt: skip
def test_the_word_that_tells_them_apart_is_enough(typed: str, meant: str) -> None:
    assert lookup(typed, TWO_WATCHES) == [meant]
