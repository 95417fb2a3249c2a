"""Forms as modals: whatever the form, one that Discord takes, and read back by field name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.custom_id import Mark, read
from adapters.discord.forms import LIFE, Kept, complaint, filled, modal
from adapters.discord.render import every
from bot.message import Field, Form, Option, Text, plain
from tests.adapters.messages import FIELDS, MANY, ODD
from tests.fakes.discord import judge, limits

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
GUILD = "1200000000000000001"
MARK = Mark("setup", "setup", GUILD)
NETWORKS = Field(
    "networks", "Quels réseaux ?", "options", (Option("Facebook", "fb"), Option("LinkedIn", "li")), many=True
)
WHO = Field("veille", "Qui ?", "member", (Option("Karim", "m2"),), value=("m2",))


def drawn(*fields: Field, **about: Any) -> dict[str, Any]:
    return modal(Form("Trois questions", fields, "setup", "Enregistrer"), MARK, **about)


def inputs(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in every(made["components"]) if "custom_id" in one]


@given(st.builds(Form, ODD, FIELDS.map(tuple), st.just("setup"), ODD, ODD), ODD)
@MANY
def test_any_form_is_one_that_discord_takes(form: Form, line: str) -> None:
    made = modal(form, Mark(form.action, line, GUILD), {"m1": "1400000000000000001"})
    assert limits.modal(made) == []
    assert judge.complaints("POST", CALLBACK, {"type": 9, "data": made}) == []


def test_the_form_says_what_it_does_and_for_whom_across_restarts() -> None:
    assert read(drawn(NETWORKS)["custom_id"]) == MARK


def test_a_line_too_long_to_be_carried_is_left_out() -> None:
    form = Form("x", (NETWORKS,), "setup", "x")
    assert read(modal(form, Mark("setup", "x" * 200))["custom_id"]) == Mark("setup")


def test_a_person_is_picked_among_everybody_and_stands_where_the_account_is_known() -> None:
    (picked,) = inputs(drawn(WHO, accounts={"m2": "1400000000000000002"}))
    assert picked["type"] == 5
    assert picked["default_values"] == [{"id": "1400000000000000002", "type": "user"}]


def test_in_a_direct_conversation_a_person_is_chosen_by_name() -> None:
    (chosen,) = inputs(drawn(WHO, alone=Option("Léa", "1400000000000000001")))
    assert [one["label"] for one in chosen["options"]] == ["Léa", "Karim"]
    assert [one.get("default", False) for one in chosen["options"]] == [False, True]


def test_what_was_given_stands_in_the_form_and_an_error_beside_its_field() -> None:
    made = drawn(Field("place", "Où ?", value=("Atlantide",), hint="une ville", error="Inconnue."))
    assert inputs(made)[0]["value"] == "Atlantide"
    assert made["components"][0]["description"] == "Inconnue."


def test_a_submission_is_read_by_field_and_empty_fields_have_no_value() -> None:
    answer = {
        "components": [
            {"type": 18, "component": {"type": 3, "custom_id": "networks", "values": ["fb", "li"]}},
            {"type": 18, "component": {"type": 5, "custom_id": "veille", "values": []}},
            {"type": 1, "components": [{"type": 4, "custom_id": "place", "value": ""}]},
        ]
    }
    assert filled(answer) == {"networks": ("fb", "li"), "veille": (), "place": ()}


@pytest.mark.parametrize("odd", [{}, {"components": None}, {"components": [1, "x", {"type": 18}]}])
def test_an_odd_submission_holds_nothing(odd: dict[str, Any]) -> None:
    assert filled(odd) == {}


def test_what_is_wrong_is_said_field_by_field() -> None:
    said = complaint(Form("Trois questions", (Field("a", "Où", error="Inconnue."), NETWORKS), "setup", "OK"))
    assert [plain(one.line) for one in said.blocks if isinstance(one, Text)] == [
        "Trois questions",
        "Où\u00a0: Inconnue.",
    ]


def test_what_is_kept_is_for_one_person_and_for_a_while() -> None:
    now = [0.0]
    kept, form = Kept(most=2, clock=lambda: now[0]), Form("x", (NETWORKS,), "setup", "x")
    kept.put("k1", "lea", form, "setup")
    assert kept.get("k1", "karim") is None
    assert (found := kept.get("k1", "lea"))
    assert (found.form, found.line) == (form, "setup")

    now[0] = LIFE + 1
    assert kept.get("k1", "lea") is None


def test_no_more_is_kept_than_fits() -> None:
    kept = Kept(most=2)
    for number in range(3):
        kept.put(f"k{number}", "lea", Form("x", (), "setup", "x"), "")
    assert [kept.get(f"k{number}", "lea") is None for number in range(3)] == [True, False, False]
