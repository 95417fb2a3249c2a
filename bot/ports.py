"""What the core needs from the outside, one small Protocol each. Repositories stand beside their noun in `domain/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.catalogue.loader import Catalogue
    from bot.engine.posting import Outbox, Postings, Reactions, Ref
    from bot.engine.schedule import Schedules
    from bot.influencers.influencer import Influencers
    from bot.message import Chart, Message, Reply
    from bot.record.audit import Audit, Notes
    from bot.request import Request, Requests
    from bot.tasks.checklist import Items
    from bot.tasks.task import Templates
    from bot.teams.member import Members
    from bot.teams.role import Roles
    from bot.teams.team import Teams

__all__ = ["Address", "Capabilities", "Charts", "Clock", "Facts", "Platform", "Store", "Timer", "Tx", "Wake"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. The core asks for these, never for a name."""

    buttons: bool = False
    forms: bool = False
    private_answers: bool = False
    threads: bool = False
    edits: bool = False
    reactions: bool = False
    files: bool = False
    direct_messages: bool = False
    native_time: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where to post, in the platform's own ids: a channel, or a member in private."""

    team: str
    channel: str | None = None
    member: str | None = None


class Platform(Protocol):
    """A chat platform. What it owes the core is written, and tested, by adapters/CONTRACT.md."""

    name: str
    capabilities: Capabilities

    async def start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        """Begin to hand over what people do."""
        ...

    async def stop(self) -> None:
        """Take nothing more in; return when what was taken is answered."""
        ...

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        """Post once for a key, however often it is called within a minute. Raises TransportError."""
        ...

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace a posted message. Raises TransportError."""
        ...

    async def delete(self, ref: Ref) -> None:
        """Remove a posted message; one already gone is fine. Raises TransportError."""
        ...

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        """The message posted for a key since then, if there is one: asked before any second attempt."""
        ...

    def budget(self, seconds: float) -> int:
        """How many operations the platform's pacing lets start within so many seconds (at least 1)."""
        ...


class Charts(Protocol):
    """Draws curves as images, for a platform that cannot draw them itself."""

    def png(self, chart: Chart) -> bytes:
        """The picture; it takes a tenth of a second, in which nothing else runs on that thread."""
        ...


class Facts(Protocol):
    """What is true of the whole database (who uses it, the demo's clock): a few named values."""

    def get(self, key: str) -> str | None: ...

    def read(self, keys: Sequence[str]) -> None:
        """Read these at once: :meth:`get` then gives them, in this unit of work, without asking again."""
        ...

    def put(self, key: str, value: str) -> None: ...

    def forget(self, key: str) -> bool:
        """Remove a value; False if there was none."""
        ...

    def keys(self, prefix: str) -> Sequence[str]: ...


class Tx(Protocol):
    """One unit of work: everything written through it is committed together, or not at all."""

    @property
    def now(self) -> datetime: ...
    @property
    def catalogue(self) -> Callable[[str], Catalogue]:
        """The catalogue as a team sees it, by the team's id."""
        ...

    @property
    def teams(self) -> Teams: ...
    @property
    def members(self) -> Members: ...
    @property
    def roles(self) -> Roles: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def items(self) -> Items: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def postings(self) -> Postings: ...
    @property
    def reactions(self) -> Reactions: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def influencers(self) -> Influencers: ...
    @property
    def facts(self) -> Facts: ...


class Store(Protocol):
    """The database: synchronous units of work, run in its own threads. Raises StoreError when it cannot be reached."""

    async def write(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:
        """Run `work` in one transaction. `batch` work lets waiting interactive work go first."""
        ...

    async def read(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:
        """Run `work` on a snapshot; writing through it is an error. `batch`: it reads much, of many teams."""
        ...

    async def close(self) -> None: ...


class Timer(Protocol):
    """Calls back once at an instant; arming again moves it."""

    def arm(self, at: datetime, wake: Callable[[], None]) -> None: ...

    def stop(self) -> None: ...


class Wake(Protocol):
    """Tells every process that something may be due earlier than it knows: a hint, never the truth."""

    def subscribe(self, wake: Callable[[], None]) -> None:
        """Call back (on the event loop) at each hint."""
        ...

    def hint(self) -> None:
        """Tell the others, from the event loop."""
        ...
