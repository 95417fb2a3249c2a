"""Cards in a terminal: within 80 columns, whole words and hours, no meaning that only a colour carries."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from rich.cells import cell_len

from adapters.console.drawn import Look, card, changed, note
from adapters.console.render import render
from bot.message import Button, Message, TaskLine, Text
from tests.adapters.messages import EVERYTHING, MANY, MESSAGES

ANSI = re.compile(r"\x1b\[([0-9;]*)m")


def drawn(columns: int, *, colour: bool = True) -> str:
    return card(EVERYTHING, ["[3] #équipe · lundi 23 novembre, 9 h", "[3] #équipe"], Look(columns, colour), "channel")


def bare(text: str) -> str:
    return ANSI.sub("", text)


@pytest.mark.parametrize("columns", [20, 27, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal_nor_than_eighty_columns(columns: int) -> None:
    widths = {cell_len(line) for line in bare(drawn(columns)).splitlines()}
    assert widths == {min(80, columns)}


@MANY
@given(MESSAGES)
def test_whatever_is_said_stays_within_the_terminal(message: Message) -> None:
    lines = bare(card(message, ["[1]"], Look(40), "channel")).rstrip("\n").split("\n")
    assert {cell_len(line) for line in lines} == {40}


@pytest.mark.parametrize("columns", [30, 33, 40, 47, 80])
def test_an_hour_is_never_cut_at_its_no_break_space(columns: int) -> None:
    assert len(re.findall("[0-9]+\u202fh", bare(drawn(columns)))) == 5


@pytest.mark.parametrize("columns", [24, 40, 80])
def test_every_word_of_the_plain_form_is_on_the_card(columns: int) -> None:
    shown = re.sub(r"[│\s]", "", bare(drawn(columns)))
    words = {word for line in render(EVERYTHING) for word in re.split(r"[ \u202f]+", line) if len(word) > 1}
    assert [word for word in words if word not in shown] == []


def test_without_colour_there_is_none() -> None:
    codes = {code for found in ANSI.findall(drawn(80, colour=False)) for code in found.split(";")}
    assert codes <= {"0", "1", "2", ""}


def test_colours_are_those_of_sixteen() -> None:
    codes = {code for found in ANSI.findall(drawn(80)) for code in found.split(";")}
    assert codes <= {"0", "1", "2", "", *(str(base + place) for base in (30, 90) for place in range(8))}


def test_a_button_stays_in_one_piece() -> None:
    assert "[2 Pas cette fois]" in bare(drawn(30))


def test_an_update_shows_only_what_is_new() -> None:
    old = Message((Text(("Titre",)), TaskLine(1, "open", ("Veille",)), Button("Ma part", "say", "jour")))
    new = Message((Text(("Titre",)), TaskLine(1, "done", ("Veille",)), Button("Ma part", "say", "jour")))
    shown = bare(card(new, ["[1]"], Look(40), "channel", changed(old, new)))
    assert "✓ Veille" in shown
    assert "Titre" not in shown


def test_a_message_that_only_lost_something_is_shown_whole() -> None:
    old = Message((Text(("Titre",)), Text(("Fin",))))
    assert changed(old, Message((Text(("Titre",)),))) is None


def test_what_people_typed_does_not_steer_the_terminal() -> None:
    evil = Message(
        (Text(("\x1b]0;titre\x07\x1b[2J",)), TaskLine(1, "open", ("\x1b[31mrouge",)), Button("\x1bc", "say", ""))
    )
    shown = card(evil, ["\x1b[2J"], Look(40), "channel") + note("\x1b[2J", Look(40))
    assert "\x1b[2J" not in shown
    assert "\x1b]" not in shown
    assert "\x1bc" not in shown


def test_a_note_keeps_under_its_indent() -> None:
    assert bare(note("  /cm jour  ce qui attend aujourd’hui", Look(24))).splitlines() == [
        "    /cm jour  ce qui",
        "      attend aujourd’hui",
    ]
