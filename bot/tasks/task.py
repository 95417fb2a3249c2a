"""Templates and their tasks: a team's plan of work. Versions are kept; a run refers to its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from bot.i18n import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.engine.rhythm import Rhythm
    from bot.tasks.deadline import Deadline


NO_WORDS = Words("", "")


class Closing(StrEnum):
    """Policy for an open item when its time is over."""

    DROP = "drop"
    CARRY = "carry"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Task:
    """Task as a version of a template defines it.

    `key` is permanent (a catalogue id such as `veille`, or the team's own), `title` heads a line, `short` stands inside
    a sentence with its article, `names` are aliases. `private`: a personal reminder, left out of the team's cards.
    `alert`: a message to answer in time, at `link`; `urgent_when_late`: past its deadline it climbs the urgent ladder
    (bot.tasks.ladder), as an alert does from its first minute.
    """

    key: str
    title: Words
    short: Words
    role: str
    names: tuple[str, ...] = ()
    text: Words = NO_WORDS
    minutes: int | None = None
    exclusive: bool = False
    private: bool = False
    alert: bool = False
    urgent_when_late: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Checklist of one or more tasks with its rhythm; `version` counts its edits from 1."""

    team: str
    id: str
    key: str
    cadence: str
    tasks: tuple[Task, ...]
    rhythm: Rhythm | None = None
    deadline: Deadline | None = None
    closing: Closing = Closing.CARRY
    version: int = 1
    state: Literal["active", "paused", "removed"] = "active"


class Templates(Protocol):
    """Templates of a team; every method is scoped by it."""

    def add(self, template: Template) -> None:
        """Store a template with its first version."""
        ...

    def revise(self, template: Template) -> None:
        """Store `template` as its next version: its `version` is one more than the stored one."""
        ...

    def set_state(self, team: str, template: str, state: Literal["active", "paused", "removed"]) -> bool: ...

    def get(self, team: str, template: str, version: int | None = None) -> Template | None:
        """Return a template at one of its versions (the current one by default)."""
        ...

    def keyed(self, team: str, key: str) -> Template | None: ...

    def rhythms(self, teams: Sequence[str], key: str) -> Mapping[str, Rhythm]:
        """Read when the active, recurring template of this key recurs in each of these teams that has it."""
        ...

    def all(self, team: str) -> Sequence[Template]:
        """Return the templates not removed, at their current version, in order of creation."""
        ...
