"""Tokens of installations, stored in a vault, for platforms with many workspaces."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

MARGIN = timedelta(hours=2)
"""A token is renewed this long before it expires."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The token of a place (a workspace, or an organisation), and the identity of the bot there.

    `owner` is the place of the installation: the organisation, for a workspace without its own.
    `refresh` and `expires_at` are set where tokens rotate.
    """

    platform: str
    place: str
    token: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    expires_at: datetime | None = None
    bot: str = ""
    bot_id: str = ""
    name: str = ""
    url: str = ""
    owner: str = ""

    def __post_init__(self) -> None:
        if not self.owner:
            object.__setattr__(self, "owner", self.place)

    def fresh(self, now: datetime) -> bool:
        """Return whether the token needs no renewal yet."""
        return self.expires_at is None or self.expires_at > now + MARGIN

    def at(self, place: str) -> Grant:
        """Return the grant for another place: a workspace of the organisation."""
        return replace(self, place=place)


class Vault(Protocol):
    """Encrypted storage of grants, not scoped by team: a place is installed before it has one."""

    async def get(self, platform: str, place: str, parent: str = "") -> Grant | None:
        """Return the grant of a place: its own, else its organisation's (`parent`, stored for later calls).

        None without a current grant. Raises StoreError when the database is unreachable.
        """
        ...

    async def put(self, grant: Grant) -> Sequence[str]:
        """Store a new or renewed installation; return the places that it covers."""
        ...

    async def end(self, platform: str, place: str) -> Sequence[str]:
        """Delete the tokens of an installation; return the places that it covered."""
        ...

    async def renew(self, platform: str, owner: str, exchange: Callable[[Grant], Awaitable[Grant]]) -> Grant | None:
        """Return the grant with a fresh token: among concurrent processes, one exchanges it and the others wait.

        None when the installation has ended. Raises what `exchange` raises.
        """
        ...

    async def places(self, platform: str) -> Sequence[str]:
        """Return all workspaces with a grant."""
        ...

    async def turn_keys(self) -> int:
        """Encrypt all grants again with the first key; return their number.

        Raises ConfigurationError when no key decrypts a grant.
        """
        ...

    async def issue(self) -> str:
        """Issue a single-use word, valid for ten minutes."""
        ...

    async def consume(self, word: str) -> bool:
        """Consume an issued word; False when it is invalid, used or expired."""
        ...
