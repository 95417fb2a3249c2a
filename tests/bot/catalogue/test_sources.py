"""Every line of the trade's texts (PRODUCT §5) is an entry or a rule with its place; nothing else is invented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from bot.catalogue.loader import load
from bot.catalogue.schema import SECTIONS, Maxim
from tests.bot.catalogue.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUE = load()

LINES = {
    "000": "T1-T3 C1-C5 R1-R12",
    "001": "A1-A6 B1-B7 M1-M2 D1-D6 W1-W3 K1-K3 O1-O5 Q1-Q5 R1-R4",
    "002": "R1-R6 S1-S6 P1-P3",
    "003": "R1-R10 P1-P2",
    "004": "T1-T7 S1-S25 R1-R10 E1-E1 H1-H10",
}

COMMANDS = (
    "setup day week month done reopen skip snooze take assign task checklist remind role rotation absent present swap "
    "handover who influencer stats watch alert plan quotas mix priorities idea approve crisis focus time welcome docs "
    "history export settings lang help say"
)
NUDGES = "morning veille replies calendar influencer statistics strategy about friday proposal recap"
BEHAVIOURS = {"cards", "discretion", "phone-first"}
"""Not one command's business: the four questions of a card, watching without intruding, everything by button."""


def spelled_out() -> Iterator[str]:
    for text, ranges in LINES.items():
        for letter, first, last in re.findall(r"([A-Z])(\d+)-[A-Z](\d+)", ranges):
            yield from (f"{text}-{letter}{number}" for number in range(int(first), int(last) + 1))


EVERY_LINE = set(spelled_out())
ENTRIES = {source for part in parts(CATALOGUE) for source in getattr(part, "sources", ())}
RULES = set(CATALOGUE.rules)


def test_the_list_of_lines_is_whole() -> None:
    assert len(EVERY_LINE) == 20 + 41 + 15 + 12 + 53


def test_every_line_is_an_entry_or_a_rule() -> None:
    assert set() == EVERY_LINE - ENTRIES - RULES


def test_no_entry_and_no_rule_names_a_line_that_does_not_exist() -> None:
    assert set() == (ENTRIES | RULES) - EVERY_LINE


def test_a_line_is_not_both_an_entry_and_a_rule() -> None:
    assert set() == ENTRIES & RULES


@pytest.mark.parametrize("rule", CATALOGUE.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_says_where_the_product_honours_it(rule: Maxim) -> None:
    known: dict[str, Any] = {
        "command": COMMANDS.split(),
        "nudge": NUDGES.split(),
        "task": CATALOGUE.tasks,
        "role": CATALOGUE.roles,
        "playbook": CATALOGUE.playbooks,
        "section": SECTIONS,
        "behaviour": BEHAVIOURS,
    }

    assert rule.places or rule.id == "003-R10", "only the closing question to readers has no place"
    assert all(name in known[kind] for kind, name in (place.split(":") for place in rule.places))


@pytest.mark.parametrize(
    ("subject", "lines"),
    [
        ("veille", "000-T2 001-D3 002-S2 004-H6"),
        ("replies", "001-M2 002-R2 002-S6 004-H8"),
        ("learning", "001-D4 004-R2 004-H9"),
        ("statistics", "001-K1 002-S6 004-S4 004-H7"),
        ("calendar", "001-D6 001-R1 002-R4"),
        ("ads", "001-D1 002-R3 002-S3"),
        ("creation", "001-D5 002-S5 004-H3"),
    ],
)
def test_one_subject_in_several_texts_is_one_entry(subject: str, lines: str) -> None:
    assert set(lines.split()) <= set(CATALOGUE.tasks[subject].sources)
