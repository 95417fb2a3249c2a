"""The append-only record: who did what, on whose behalf, from where, and what it changed. Ids only, never names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Source = Literal["command", "button", "reaction", "form", "engine", "cli"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `actor` is None when Vigie itself acted; `behalf` is whose work it was when not the actor's own."""

    team: str
    id: str
    at: datetime
    act: str
    subject: str
    subject_id: str
    actor: str | None = None
    behalf: str | None = None
    before: Mapping[str, str | None] = field(default_factory=dict)
    after: Mapping[str, str | None] = field(default_factory=dict)
    source: Source = "engine"
    reason: str | None = None
    """The id of a note (free text, erasable on its own), or a catalogue reason such as `no_time`."""


class Notes(Protocol):
    """Free text that people gave, apart from the record so that it can be erased; scoped by team."""

    def put(self, team: str, note: str, text: str) -> None: ...

    def get(self, team: str, note: str) -> str | None: ...

    def forget(self, beginning: str, before: datetime) -> int:
        """Drop the notes of every team that begin so and are older than that; returns how many."""
        ...

    def erase(self, team: str, note: str) -> bool: ...


class Audit(Protocol):
    """The record of a team. There is no method to change or remove a line."""

    def write(self, entry: Entry) -> None: ...

    def latest(self, team: str, *, limit: int, actor: str | None = None) -> Sequence[Entry]:
        """The newest lines first, of everybody or of one actor."""
        ...

    def of_subject(self, team: str, subject: str, subject_id: str) -> Sequence[Entry]:
        """The lines of one thing, newest first."""
        ...
