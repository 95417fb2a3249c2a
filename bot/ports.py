"""The ports of the core, one small Protocol each. Repositories are declared beside their noun in its room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bot.clock import Clock

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.catalogue.loader import Catalogue
    from bot.engine.posting import Outbox, Postings, Reactions, Ref
    from bot.engine.schedule import Schedules
    from bot.errors import VigieError
    from bot.influencers.influencer import Influencers
    from bot.message import Chart, Message, Reply
    from bot.platforms.first_contact import Newcomer
    from bot.platforms.missed_reactions import ReactedMessage
    from bot.record.audit import Audit, Notes
    from bot.request import Request, Requests
    from bot.tasks.checklist import Items
    from bot.tasks.task import Templates
    from bot.teams.member import Members
    from bot.teams.role import Roles
    from bot.teams.team import Teams

__all__ = ["Address", "Charts", "Clock", "Facts", "Platform", "Store", "Timer", "Transport", "Tx", "Wake"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Address:
    """The destination of a message, in the platform's own ids: a channel, or a member in private."""

    team: str
    channel: str | None = None
    member: str | None = None


class Transport(Protocol):
    """A way to send messages: the half of a platform that the engine uses."""

    name: str

    async def post(self, to: Address, message: Message, *, key: str) -> Ref:
        """Post once for a key, however often it is called within a minute. Raises TransportError."""
        ...

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace a posted message. Raises TransportError."""
        ...

    async def delete(self, ref: Ref) -> None:
        """Remove a posted message; do nothing when it is gone already. Raises TransportError."""
        ...

    async def find(self, to: Address, key: str, since: datetime) -> Ref | None:
        """Look up the message posted for a key since then; the engine asks before any second attempt."""
        ...

    def budget(self, seconds: float) -> int:
        """Return how many operations the platform's pacing lets start within so many seconds (at least 1)."""
        ...


class Platform(Transport, Protocol):
    """A chat platform. adapters/CONTRACT.md lists what it owes the core, law by law, each with its test."""

    ended: asyncio.Event
    """Set when the platform can do nothing more, such as after its token was revoked; the process then stops."""
    why: VigieError | None
    """The reason, once `ended` is set."""
    reconciles: bool
    """True where the platform itself calls `reconcile` whenever a connection begins anew. The core calls it for every
    installed team, once after `start`, where this is False."""

    def routes(self) -> Sequence[Any]:
        """Return the routes (aiohttp's `AbstractRouteDef`) that the HTTP server mounts before `start`; often none."""
        ...

    async def start(self, receive: Callable[[Request], Awaitable[Reply]]) -> None:
        """Begin to hand over what people do. Raises ConfigurationError when the platform refuses the credentials.

        `receive` makes the team of a workspace that speaks for the first time, and asks `introduce` for its name.
        """
        ...

    async def stop(self) -> None:
        """Take nothing more in; return when everything taken in is answered."""
        ...

    async def introduce(self, request: Request) -> Newcomer:
        """Describe the workspace and the sender of a request; fields that the platform does not tell stay empty."""
        ...

    async def reconcile(self, team: str, cards: Sequence[ReactedMessage]) -> int:
        """Hand over the reactions put on or taken off a team's messages while nobody listened; return their number.

        `team` is the platform's own id. Each card carries the reactions that the core knows already.
        """
        ...


class Charts(Protocol):
    """Renders charts as images, for a platform that cannot draw them itself."""

    def png(self, chart: Chart) -> bytes:
        """Render a chart as PNG; blocks its thread for about 0.1 s."""
        ...


class Facts(Protocol):
    """A few named values of the whole database (its processes, the demo's clock)."""

    def get(self, key: str) -> str | None: ...

    def read(self, keys: Sequence[str]) -> None:
        """Prefetch values in one query for later calls of :meth:`get` in this unit of work."""
        ...

    def put(self, key: str, value: str) -> None: ...

    def forget(self, key: str) -> bool:
        """Remove a value; False if there was none."""
        ...

    def keys(self, prefix: str) -> Sequence[str]: ...


class Tx(Protocol):
    """A unit of work: all its writes are committed together, or none."""

    @property
    def now(self) -> datetime: ...
    @property
    def catalogue(self) -> Callable[[str], Catalogue]:
        """A function from a team's id to the catalogue as that team sees it."""
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
    """The database: synchronous units of work, run in its own threads. Raises StoreError when it is unreachable."""

    async def write(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:
        """Run `work` in one transaction. `batch` work yields to waiting interactive work."""
        ...

    async def read(self, work: Callable[[Tx], T], *, batch: bool = False) -> T:
        """Run `work` on a read-only snapshot. `batch`: it reads many rows of many teams."""
        ...

    async def close(self) -> None: ...


class Timer(Protocol):
    """A one-shot timer; arming it again moves its instant."""

    def arm(self, at: datetime, wake: Callable[[], None]) -> None: ...

    def stop(self) -> None: ...


class Wake(Protocol):
    """A signal to all processes that work may be due earlier than they know: a hint, never the truth."""

    def subscribe(self, wake: Callable[[], None]) -> None:
        """Call `wake` on the event loop at each hint."""
        ...

    def hint(self) -> None:
        """Signal the other processes; call from the event loop."""
        ...
