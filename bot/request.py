"""What a platform hands to the core: ids and strings only, one value per thing a person did."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.engine.posting import Ref
    from bot.record.audit import Source


@dataclass(frozen=True, slots=True)
class Typed:
    """A line of the grammar, without the `/cm`."""

    source: ClassVar[Source] = "command"
    text: str


@dataclass(frozen=True, slots=True)
class Clicked:
    """A button or a select of one of our messages (`ref` is None on private answers that leave no trace)."""

    source: ClassVar[Source] = "button"
    action: str
    target: str
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form, by field name; a field may have several values."""

    source: ClassVar[Source] = "form"
    action: str
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reacted:
    """An emoji put on a message, or taken off it (`added` False). `emoji` is Unicode or the platform's name.

    `link` is the address of the message, where the platform can write it down without asking: 🚨 on a message that is
    not ours raises an alert about it.
    """

    source: ClassVar[Source] = "reaction"
    emoji: str
    ref: Ref
    added: bool = True
    link: str = ""


What = Typed | Clicked | Submitted | Reacted


class Request(NamedTuple):
    """One thing a person did. `key` is the platform's own id of the event: the same key is the same event.

    `team`, `actor` and `channel` are the platform's ids; `actor_name` is what it calls the person, if it says. People
    mentioned in a typed line stand there as `<@id>`; `people` gives their names by id. An `outsider` is a guest of the
    workspace: the lead may add them, but nobody becomes the lead of a new team as one.
    """

    key: str
    platform: str
    team: str
    actor: str
    what: What
    channel: str = ""
    actor_name: str = ""
    people: Mapping[str, str] = MappingProxyType({})
    outsider: bool = False


class Requests(Protocol):
    """The keys that were handled, with their stored replies; scoped by team."""

    def find(self, team: str, key: str) -> str | None:
        """The reply of a request that was handled; None for a new one.

        A unit of work that was told None wrongly comes to nothing: it is run again, and told the reply.
        """
        ...

    def put(self, team: str, key: str, now: datetime, reply: str) -> None:
        """Store the reply of a new request, once all that it does is done: the same key cannot be put twice."""
        ...

    def forget(self, before: datetime) -> int:
        """Drop the keys of every team older than that; returns how many."""
        ...
