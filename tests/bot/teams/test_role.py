"""One function says who holds a role."""

from __future__ import annotations

import pytest

from bot.catalogue.loader import load
from bot.teams.member import Member, Permission
from bot.teams.role import FALLBACK, Holding, holder, personal

LEA = Member("t", "lea", "Léa", Permission.LEAD)
KARIM = Member("t", "karim", "Karim")
INES = Member("t", "ines", "Inès")
EVERYBODY = (INES, KARIM, LEA)


def held(role: str, member: Member, kind: str = "holder", account: str | None = None) -> Holding:
    return Holding("t", f"{role}-{member.id}-{kind}-{account}", role, member.id, kind, account)  # type: ignore[arg-type]


def test_the_fallbacks_are_those_of_the_catalogue() -> None:
    assert {one.id: one.fallback for one in load().roles.values() if one.fallback} == FALLBACK


@pytest.mark.parametrize(
    ("holdings", "expected"),
    [
        ([held("veille", KARIM), held("community", INES)], KARIM),
        ([held("community", INES), held("veille", KARIM, "backup")], INES),
        ([held("veille", KARIM, "backup")], KARIM),
        ([], LEA),
        ([held("veille", Member("t", "gone", "Parti"))], LEA),
    ],
)
def test_holder_then_fallback_then_backup_then_lead(holdings: list[Holding], expected: Member) -> None:
    assert holder("veille", holdings, EVERYBODY) == expected


def test_whoever_holds_a_role_for_an_account_comes_first_there() -> None:
    holdings = [held("veille", KARIM), held("veille", INES, account="instagram")]

    assert holder("veille", holdings, EVERYBODY, "instagram") == INES


def test_elsewhere_the_holder_for_an_account_is_not_asked() -> None:
    holdings = [held("veille", INES, account="instagram")]

    assert holder("veille", holdings, EVERYBODY, "facebook") == LEA
    assert holder("veille", holdings, EVERYBODY) == LEA


def test_the_lead_is_the_lead_even_with_a_backup() -> None:
    assert holder("lead", [held("lead", KARIM, "backup")], EVERYBODY) == LEA


def test_a_task_of_one_s_own_is_that_person_s() -> None:
    assert holder(personal("ines"), [held("veille", KARIM)], EVERYBODY) == INES


def test_the_own_task_of_somebody_who_left_comes_to_the_lead() -> None:
    assert holder(personal("gone"), [], EVERYBODY) == LEA
