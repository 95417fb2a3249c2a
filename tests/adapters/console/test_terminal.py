"""The prompt, driven key by key: what is typed survives what arrives, and the clock in it is the demo's."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.console.drawn import Look
from adapters.console.terminal import Pace, Screen
from bot.cli._console import spoken_to
from bot.cli._demo import Options
from bot.cli._terminal import prompt, welcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from prompt_toolkit.input import PipeInput

    from adapters.console.session import Session
    from adapters.console.terminal import Terminal

PATIENCE = 60


class Output(DummyOutput):
    """A terminal of so many columns that shows nothing."""

    columns = 80

    def get_size(self) -> Size:
        return Size(rows=40, columns=self.columns)


@dataclass
class Seat:
    """Somebody in front of the prompt."""

    keys: PipeInput
    terminal: Terminal
    session: Session
    printed: list[str] = field(default_factory=list)
    running: asyncio.Task[None] | None = None

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;]*m", "", "".join(self.printed)).replace("\u202f", " ").replace("\u00a0", " ")

    @property
    def typed(self) -> str:
        return self.terminal._prompt.default_buffer.text

    @property
    def status(self) -> str:
        shown = "".join(part[1] for part in self.terminal._status())
        return shown.replace("\u202f", " ").replace("\u00a0", " ").partition("\n")[0]

    async def sees(self, words: str) -> None:
        """Wait until something was printed."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.text:  # noqa: ASYNC110  # the screen has no event of its own
                await asyncio.sleep(0.01)

    async def types(self, line: str) -> None:
        """Wait until the keys that were sent stand in the prompt."""
        async with asyncio.timeout(PATIENCE):
            while self.typed != line:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def rests(self) -> None:
        """Wait until nothing is being done and the prompt is back."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.sleep(0.05)
            while self.terminal._busy or not self.terminal._prompt.app.is_running:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def leaves(self) -> None:
        """Wait until the prompt is over."""
        assert self.running is not None
        async with asyncio.timeout(PATIENCE):
            await self.running


@pytest.fixture
async def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Seat]:
    """The French demo on Monday at 8:55, 80 columns wide."""
    monkeypatch.chdir(tmp_path)
    screen = Screen(lambda: Look(80))
    with create_pipe_input() as keys, create_app_session(input=keys, output=Output()):
        async with spoken_to(Options("fr", "2026-11-23T08:55"), screen.show, screen.say) as (running, session):
            screen.headings = session.headings
            terminal = prompt(running, session, screen)
            terminal.pace = Pace(0, 0)
            here = Seat(keys, terminal, session)
            terminal.write = here.printed.append
            welcome(running, session, screen)
            here.running = asyncio.create_task(terminal.run())
            await here.rests()
            yield here
            here.keys.close()
            here.running.cancel()
            await asyncio.gather(here.running, return_exceptions=True)


async def test_the_first_screen_says_what_this_is_and_what_to_try(seat: Seat) -> None:
    assert "Trois choses à essayer :\n    /cm jour" in seat.text
    assert "Ctrl-D pour sortir." in seat.text


async def test_the_prompt_shows_the_clock_the_speaker_and_the_next_message(seat: Seat) -> None:
    assert seat.status == "lundi 23 novembre · 8 h 55 · Léa · prochain : 9 h"


async def test_a_narrow_prompt_leaves_the_date_out(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Output, "columns", 40)
    assert seat.status == "8 h 55 · Léa · prochain : 9 h"


async def test_an_answer_is_a_card_and_the_prompt_comes_back(seat: Seat) -> None:
    seat.keys.send_text("/cm jour\r")
    await seat.sees("Ta journée, Léa")
    assert "╭─ [1] réponse à @Léa · lundi 23 novembre, 8 h 55 ─" in seat.text


async def test_what_is_being_typed_survives_what_arrives(seat: Seat) -> None:
    seat.terminal.pace = Pace(0.3, 0.3)
    seat.keys.send_text("/avance 1 jour\r")
    await seat.sees("[1] #équipe")
    seat.keys.send_text("/comme Ka")
    await seat.types("/comme Ka")
    arrived = len(seat.printed)
    await seat.sees("[7] ")
    assert (seat.typed, len(seat.printed) > arrived) == ("/comme Ka", True)


async def test_a_line_typed_during_a_journey_waits_for_its_turn(seat: Seat) -> None:
    seat.keys.send_text("/avance 1 jour\r/comme Karim\r")
    async with asyncio.timeout(PATIENCE):
        while seat.session.speaker != "Karim":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await seat.rests()
    assert "mardi 24 novembre · 8 h 55 · Karim" in seat.status


async def test_avance_alone_moves_the_clock_of_the_prompt(seat: Seat) -> None:
    seat.keys.send_text("/avance\r")
    await seat.sees("[1] #équipe")
    await seat.rests()
    assert seat.status == "lundi 23 novembre · 9 h · Léa · prochain : 10 h"


async def test_an_update_shows_the_changed_line_only(seat: Seat) -> None:
    seat.keys.send_text("/avance\r")
    await seat.sees("[1] #équipe")
    await seat.rests()
    seat.keys.send_text("/reagir ✅\r")
    await seat.sees("mise à jour")
    update = seat.text.partition("mise à jour")[2]
    assert "✓ Veille du jour · Léa, 9 h" in update
    assert "Calendrier" not in update


async def test_ctrl_c_stops_a_journey_where_it_is(seat: Seat) -> None:
    seat.terminal.pace = Pace(0.2, 0.2)
    seat.keys.send_text("/avance 3 semaines\r")
    await seat.sees("[2] #équipe")
    await asyncio.sleep(0.5)
    seat.keys.send_text("\x03")
    await seat.sees("Arrêt :")
    assert seat.session.now().month == 11


async def test_ctrl_c_gives_a_line_up(seat: Seat) -> None:
    seat.keys.send_text("/cm fait veille\x03")
    await seat.rests()
    assert seat.typed == ""
    assert "C’est noté" not in seat.text


@pytest.mark.parametrize("leaving", ["\x04", "/quitter\r", "/quit\r"])
async def test_one_can_leave(seat: Seat, leaving: str) -> None:
    seat.keys.send_text(leaving)
    await seat.leaves()


async def test_leaving_during_a_journey_does_not_wait_for_its_end(seat: Seat) -> None:
    seat.terminal.pace = Pace(0.2, 0.2)
    seat.keys.send_text("/avance 300 jours\r")
    await seat.sees("[2] #équipe")
    await asyncio.sleep(0.5)
    seat.keys.send_text("\x04")
    await seat.leaves()
    assert seat.session.now().year == 2026


async def test_tab_completes(seat: Seat) -> None:
    seat.keys.send_text("/av")
    async with asyncio.timeout(PATIENCE):
        while seat.terminal._prompt.default_buffer.complete_state is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    seat.keys.send_text("\t")
    await seat.types("/avance ")


async def test_a_refused_line_is_said_and_the_prompt_comes_back(seat: Seat) -> None:
    seat.keys.send_text("/comme Bob\r")
    await seat.sees("Je ne connais pas « Bob »")
    await seat.rests()
