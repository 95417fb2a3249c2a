"""`vigie demo` through a pipe: one line a command, plain text, exit code 0 whatever was typed."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot import ids
from bot.catalogue.loader import load
from bot.cli import _demo_team as demo
from bot.cli._compose import compose
from bot.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from tests.bot.cli.conftest import Ran

MONDAY = ("--now", "2026-11-23T08:55")
FRENCH = """/cm jour
/cm fait veille
/avance 10 minutes
/cm jour
/comme Karim
/reagir ✅
/avance 1 semaine
/cm historique
"""
ENGLISH = """/cm day
/cm done watch
/forward 10 minutes
/cm day
/as Karim
/react ✅
/forward 1 week
/cm history
"""


@pytest.fixture
def piped(vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run `vigie demo` with these lines on standard input."""

    def run(lines: str, *arguments: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        return vigie("demo", *arguments)

    return run


def test_a_french_week_reads_well(piped: Callable[..., Ran], snapshot: SnapshotAssertion) -> None:
    assert piped(FRENCH, "--lang", "fr", *MONDAY).out == snapshot


def test_an_english_week_reads_well(piped: Callable[..., Ran], snapshot: SnapshotAssertion) -> None:
    assert piped(ENGLISH, "--lang", "en", *MONDAY).out == snapshot


def test_each_working_day_has_its_card_at_nine_with_the_veille_in_it(piped: Callable[..., Ran]) -> None:
    out = piped(FRENCH, "--lang", "fr", *MONDAY).out
    cards = re.findall(r"#équipe · (\w+ \d+ \w+), 9 h\n((?:  .*\n)+)", out)
    assert [day for day, _ in cards] == [
        "lundi 23 novembre", "mardi 24 novembre", "mercredi 25 novembre", "jeudi 26 novembre", "vendredi 27 novembre",
        "lundi 30 novembre",
    ]  # fmt: skip
    assert all("Veille du jour · Léa" in card for _, card in cards)


def test_what_lea_did_before_the_card_is_ticked_on_it(piped: Callable[..., Ran]) -> None:
    out = piped("/cm fait veille\n/avance 10 minutes\n", "--lang", "fr", *MONDAY).out
    assert "  ✓ Veille du jour · Léa, 8 h 55\n" in out.partition("[2] #équipe")[2]


def test_nothing_but_plain_text_is_printed(piped: Callable[..., Ran]) -> None:
    out = piped("/cm jour\n/cm dire \x1b[31mrouge\x07\n", "--lang", "fr", *MONDAY).out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_the_clock_stands_still_but_for_avance(piped: Callable[..., Ran]) -> None:
    out = piped("/cm jour\n/cm jour\n/cm aide\n", "--lang", "fr", *MONDAY).out
    assert set(re.findall(r", (\d+ h \d+)\n", out)) == {"8 h 55"}


REFUSED = {
    "/reagir": "Quel emoji ?",
    "/reagir ✅": "Aucune carte pour l’instant.",
    "/reagir ✅ 9": "Il n’y a pas de message 9",
    "/retirer": "Quel emoji ?",
    "/clic": "Quel message ?",
    "/clic 9": "Il n’y a pas de message 9 : le dernier est [1].",
    "/clic 0 1": "Il n’y a pas de message 0",
    "/clic 1": "Quel bouton de [1] ? 1 ",
    "/clic 1 99": "[1] n’a pas de bouton « 99 ». Il a : 1 ",
    "/clic 1 Danser": "[1] n’a pas de bouton « Danser ».",
    "/clic un 1": "Il n’y a pas de message un",
    "/reagir ✅ 1": "[1] est une réponse",
    "/comme Bob": "Je ne connais pas « Bob ». Ici : Léa, Karim, Inès et Tom.",
    "/comme": "Tu parles au nom de Léa.",
    "/avance 0": "De combien ?",
    "/avance -1 jour": "L’horloge de la démonstration ne fait qu’avancer",
    "/avance hier": "est passé",
    "/avance 2 ans": "c’est trop loin : 400 jours au plus",
    "/voir 7": "Il n’y a pas de message 7",
    "/fait veille": "Tu voulais dire « /cm fait veille » ?",
    "/avanse 1 jour": "Tu voulais dire « /avance 1 jour » ?",
    "/xyz": "Je ne connais pas « /xyz ». Ici : /cm …",
    "/": "Je ne connais pas « / ».",
}


@pytest.mark.parametrize(("line", "said"), REFUSED.items())
def test_a_line_that_cannot_be_done_is_answered_and_the_next_one_is_read(
    piped: Callable[..., Ran], line: str, said: str
) -> None:
    ran = piped(f"/cm jour\n{line}\n/cm historique\n", "--lang", "fr", *MONDAY)
    assert ran.code == 0
    answer = ran.out.partition(f"Léa> {line}\n")[2]
    assert said in answer.partition("Léa> /cm historique")[0]
    assert "Qui a fait quoi" in answer


@pytest.mark.parametrize("line", ["jour", "/cm jour", "/CM Jour", "Journée"])
def test_a_line_without_a_slash_is_a_command(piped: Callable[..., Ran], line: str) -> None:
    assert "Ta journée, Léa" in piped(f"{line}\n", "--lang", "fr", *MONDAY).out


@pytest.mark.parametrize("click", ["/clic 2 1", "/clic 2 Annuler", "/clic [2] [1]", "/clic #2", "/click 2 annuler"])
def test_a_button_is_clicked_by_number_or_name(piped: Callable[..., Ran], click: str) -> None:
    out = piped(f"/cm jour\n/cm fait veille\n{click}\n/cm jour\n", "--lang", "fr", *MONDAY).out
    assert "○ Veille du jour" in out.partition(click)[2]


def test_a_message_for_somebody_else_cannot_be_clicked(piped: Callable[..., Ran]) -> None:
    out = piped("/cm jour\n/comme Karim\n/clic 1 1\n", "--lang", "fr", *MONDAY).out
    assert "[1] n’est visible que par Léa. D’abord « /comme Léa »." in out


def test_avance_alone_goes_to_the_next_message_and_says_which(piped: Callable[..., Ran]) -> None:
    out = piped("/avance\n/avance\n", "--lang", "fr", *MONDAY).out
    assert "  Prochain message : lundi 23 novembre, 9 h · Fiche du jour · #équipe\n— [1] #équipe" in out
    assert "  Prochain message : lundi 23 novembre, 10 h · Contact influenceur · #équipe\n— [2] #équipe" in out


def test_an_act_without_effect_says_so(piped: Callable[..., Ran]) -> None:
    out = piped("/avance\n/reagir ✅\n/reagir ✅\n", "--lang", "fr", *MONDAY).out
    assert out.endswith("Léa> /reagir ✅\n  Rien ne change.\n")


def test_a_card_is_shown_again_as_it_is_now(piped: Callable[..., Ran]) -> None:
    out = piped("/avance\n/reagir ✅\n/voir 1\n", "--lang", "fr", *MONDAY).out
    assert "✓ Veille du jour · Léa, 9 h" in out.partition("/voir 1")[2]


def test_quitter_ends_it(piped: Callable[..., Ran]) -> None:
    ran = piped("/quitter\n/cm jour\n", "--lang", "fr", *MONDAY)
    assert (ran.code, ran.out) == (0, "Léa> /quitter\n")


@pytest.mark.parametrize(("language", "line"), [("fr", "/aide"), ("en", "/help")])
def test_the_help_lists_every_line_of_the_demo(
    piped: Callable[..., Ran], language: str, line: str, snapshot: SnapshotAssertion
) -> None:
    assert piped(f"{line}\n", "--lang", language, *MONDAY).out == snapshot


@pytest.mark.parametrize("now", ["", "demain", "2026-13-01", "2026-11-23T25:00", "0001-01-01", "9999-12-31"])
def test_a_wrong_now_is_a_wrong_usage(piped: Callable[..., Ran], now: str) -> None:
    ran = piped("/cm jour\n", "--now", now)
    assert ran.code == 2
    assert ran.err.startswith("--now attend une date comme 2026-11-23T08:55")


def test_a_wrong_language_is_a_wrong_usage(piped: Callable[..., Ran]) -> None:
    assert piped("/cm jour\n", "--lang", "de").code == 2


def test_now_with_an_offset_is_that_instant(piped: Callable[..., Ran]) -> None:
    assert "lundi 23 novembre, 8 h 55" in piped("/cm jour\n", "--lang", "fr", "--now", "2026-11-23T07:55Z").out


@pytest.fixture
def kept(tmp_path: Path) -> tuple[str, str]:
    """The option that keeps the demo in a file."""
    return "--database", f"sqlite:///{tmp_path / 'kept.db'}"


def test_a_second_run_goes_on_where_the_first_one_stopped(piped: Callable[..., Ran], kept: tuple[str, str]) -> None:
    piped("/avance 10 minutes\n/cm fait veille\n", "--lang", "fr", *MONDAY, *kept)
    out = piped("/cm historique\n", *kept).out
    assert "lundi 23 novembre, 9 h 05" in out
    assert "9 h 05 · Léa a coché : Veille du jour" in out


def test_undo_takes_back_the_last_act_although_its_ids_sort_before_those_of_another_process(
    piped: Callable[..., Ran], kept: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes at one instant of the demo's clock: which one draws the higher ids is chance."""
    piped("/cm rappel 10h appeler Karim\n/cm fait appeler\n", "--lang", "fr", *MONDAY, *kept)
    instant = datetime(2026, 11, 23, 7, 55, tzinfo=UTC)
    monkeypatch.setattr(ids, "_last", (int(instant.timestamp() * 1000), 0))  # a process that has drawn the lowest
    out = piped("/cm fait veille\n/cm annuler\n", *kept).out
    assert "Annulé : Veille du jour est de nouveau à faire." in out


def test_a_second_run_reacts_to_the_cards_of_the_first(piped: Callable[..., Ran], kept: tuple[str, str]) -> None:
    piped("/cm jour\n/avance 10 minutes\n", "--lang", "fr", *MONDAY, *kept)
    out = piped("/cm jour\n/reagir ✅ 1\n", *kept).out
    assert "— [1] #équipe · mise à jour, lundi 23 novembre, 9 h 05\n" in out
    assert "✓ Veille du jour · Léa, 9 h 05" in out


def test_a_run_without_a_move_keeps_its_clock_too(piped: Callable[..., Ran], kept: tuple[str, str]) -> None:
    piped("/cm jour\n", "--lang", "fr", *MONDAY, *kept)
    assert "lundi 23 novembre, 8 h 55" in piped("/cm jour\n", *kept).out


def test_a_kept_demo_speaks_its_own_language(piped: Callable[..., Ran], kept: tuple[str, str]) -> None:
    piped("/cm day\n", "--lang", "en", *MONDAY, *kept)
    assert "Your day, Léa" in piped("/cm day\n", *kept).out
    assert piped("/cm day\n", "--lang", "fr", *kept).code == 2


def test_the_clock_of_a_kept_demo_does_not_go_back(piped: Callable[..., Ran], kept: tuple[str, str]) -> None:
    piped("/cm jour\n", "--lang", "fr", *MONDAY, *kept)
    ran = piped("/cm jour\n", "--now", "2026-11-22", *kept)
    assert ran.code == 2
    assert "en est à 2026-11-23T08:55" in ran.err


async def _a_real_team(address: str) -> None:
    app = compose(address, SystemClock(), [])
    await app.store.write(lambda tx: demo.seed(tx, app.registry, load(), "fr", "slack"))
    await app.store.close()


def test_the_database_of_a_real_team_is_left_alone(piped: Callable[..., Ran], kept: tuple[str, str]) -> None:
    import asyncio

    asyncio.run(_a_real_team(kept[1]))
    engine = sa.create_engine(kept[1])
    with engine.connect() as connection:
        before = connection.execute(sa.text("select count(*) from facts")).scalar()
    ran = piped("/cm jour\n", *MONDAY, *kept)
    with engine.connect() as connection:
        after = connection.execute(sa.text("select count(*) from facts")).scalar()
    engine.dispose()
    assert (ran.code, before) == (2, after)
    assert "Cette base est celle d’une vraie équipe" in ran.err


def test_an_address_that_is_none_is_a_wrong_usage(piped: Callable[..., Ran]) -> None:
    assert piped("/cm jour\n", "--database", "demo.db").code == 2


def test_a_pipe_loads_neither_the_prompt_nor_the_drawing(tmp_path: Path) -> None:
    code = (
        "import sys; from bot.cli import main; sys.argv = ['vigie', 'demo', '--lang', 'fr']\n"
        "main()\n"
        "heavy = {'prompt_toolkit', 'adapters.console.drawn'} & set(sys.modules)\n"  # structlog itself looks for rich
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="/aide\n", capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
