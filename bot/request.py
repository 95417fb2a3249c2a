"""Requests of a platform to the core: ids and strings only, one value per action of a person."""

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
    """A click on a button or a select of Vigie (`ref` is None on private answers that cannot be edited)."""

    source: ClassVar[Source] = "button"
    action: str
    target: str
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted form: values by field name; a field may have several."""

    source: ClassVar[Source] = "form"
    action: str
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reacted:
    """An emoji added to a message, or removed from it (`added` False). `emoji` is Unicode or the platform's name.

    `link` is the address of the message, where the platform can build it without a call: 🚨 on a message that is not
    Vigie's raises an alert about it.
    """

    source: ClassVar[Source] = "reaction"
    emoji: str
    ref: Ref
    added: bool = True
    link: str = ""


What = Typed | Clicked | Submitted | Reacted


class Request(NamedTuple):
    """An action of a person. `key` is the platform's own id of the event: equal keys are the same event.

    `team`, `actor` and `channel` are the platform's ids; `actor_name` is what it calls the person, if it says. People
    mentioned in a typed line stand there as `<@id>`; `people` gives their names by id. An `outsider` is a guest of the
    workspace: the lead may add them, but nobody becomes the lead of a new team as one. `locale` is that of the person's
    client, such as `en-GB`, if the platform gives it with the act.
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
    locale: str = ""


class Requests(Protocol):
    """The keys of handled requests, with their stored replies; scoped by team."""

    def find(self, team: str, key: str) -> str | None:
        """Return the reply of a handled request; None for a new one.

        Where another process handles the same request meanwhile, the unit of work is run again and finds the reply.
        """
        ...

    def put(self, team: str, key: str, now: datetime, reply: str) -> None:
        """Store the reply of a new request after all its other writes: a key cannot be stored twice."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete the keys of every team from before an instant; return their number."""
        ...
