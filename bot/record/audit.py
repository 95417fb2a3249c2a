"""The append-only record of changes: actor, act, subject, source, values before and after. Ids only, never names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Source = Literal["command", "button", "reaction", "form", "engine", "cli"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A change. `actor` is None for Vigie itself; `behalf` is the member whose work it was, if not the actor."""

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
    request: str | None = None
    """The id of the act of a person that made the change: the lines of one request are undone together."""
    undoes: str | None = None
    """The `request` whose change of this subject the line takes back."""


@dataclass(frozen=True, slots=True)
class Author:
    """Author of a change: the member (None: Vigie itself), the trigger, and a reason's code or the id of its note.

    `request` and `undoes` are those of the lines that the author writes.
    """

    member: str | None = None
    source: Source = "engine"
    reason: str | None = None
    request: str | None = None
    undoes: str | None = None


class Notes(Protocol):
    """Free text of people, stored apart from the record so that it can be erased; scoped by team."""

    def put(self, team: str, note: str, text: str) -> None: ...

    def get(self, team: str, note: str) -> str | None: ...

    def forget(self, beginning: str, before: datetime) -> int:
        """Delete the notes of every team with a prefix from before an instant; return their number."""
        ...

    def erase(self, team: str, note: str) -> bool: ...


class Audit(Protocol):
    """The record of a team. It has no method to change or remove a line."""

    def write(self, entry: Entry) -> None: ...

    def latest(self, team: str, *, limit: int, actor: str | None = None) -> Sequence[Entry]:
        """Return the newest lines first, in the order of the record, of all actors or of one."""
        ...

    def of_subject(self, team: str, subject: str, subject_id: str) -> Sequence[Entry]:
        """Return the lines of one subject, newest first."""
        ...
