"""Port of the page besides messages; `bot.cli` gives it (a demo's room, or a lasting one)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from bot.i18n import Language

Step = Literal["10m", "1h", "1d", "1w", "next"]
"""How far the demo's clock can be moved: `next` is the next message."""
STEPS: tuple[Step, ...] = ("10m", "1h", "next", "1d", "1w")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to speak as, by account."""

    account: str
    name: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """A word that completes a line: what is put there, and what it is for."""

    word: str
    help: str = ""
    kind: Literal["command", "task", "person"] = "command"


@dataclass(frozen=True, slots=True)
class Scene:
    """The team as one person sees it. `team` is None before the first visit is over; `ready`: it is set up."""

    language: Language
    zone: str
    team: str | None = None
    channel: str = ""
    people: tuple[Person, ...] = ()
    hints: tuple[Hint, ...] = ()
    faces: tuple[str, ...] = ()
    """The emoji that mean something on a card."""
    steps: tuple[Step, ...] = ()
    """None: the clock is the real one."""
    ready: bool = False


class Room(Protocol):
    """The place that the page shows."""

    @property
    def workspace(self) -> str:
        """Return the team's id on this platform."""
        ...

    def now(self) -> datetime: ...

    async def scene(self, account: str | None) -> Scene:
        """Describe the room to this account (None, or an unknown id: nobody yet)."""
        ...

    async def arrive(self, account: str | None, name: str, language: Language) -> str:
        """Let somebody in: the first makes the team, later ones are let in by its lead. Returns the new account.

        Raises RefusalError.
        """
        ...

    async def forward(self, step: Step) -> None:
        """Move the clock. Raises RefusalError where it is the real one."""
        ...
