"""What workspaces let us do: the token of each installation, kept by a vault, for platforms that serve many of them."""

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
    """The token of a place (a workspace, or an organisation), and who we are there.

    `owner` is the place whose installation it is: the organisation's, for a workspace that has none of its own.
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
        """Whether the token need not be renewed yet."""
        return self.expires_at is None or self.expires_at > now + MARGIN

    def at(self, place: str) -> Grant:
        """The same token, used at a workspace of the organisation."""
        return replace(self, place=place)


class Vault(Protocol):
    """Grants, encrypted where they are kept. Nothing here is a team's: a place is installed before it has one."""

    async def get(self, platform: str, place: str, parent: str = "") -> Grant | None:
        """The grant that holds at a place: its own, else its organisation's (`parent`, remembered from then on).

        None where there is none, or no more. Raises StoreError when the database is away.
        """
        ...

    async def put(self, grant: Grant) -> Sequence[str]:
        """Store a new installation, or one that came back; returns the places where it holds by now."""
        ...

    async def end(self, platform: str, place: str) -> Sequence[str]:
        """Forget the tokens of an installation; returns the places where it held."""
        ...

    async def renew(self, platform: str, owner: str, exchange: Callable[[Grant], Awaitable[Grant]]) -> Grant | None:
        """The grant with a fresh token: of all processes that ask at once, one exchanges it, the others wait for it.

        None when the installation is over. Raises what `exchange` raises.
        """
        ...

    async def places(self, platform: str) -> Sequence[str]:
        """Every workspace where a grant holds."""
        ...

    async def turn_keys(self) -> int:
        """Encrypt everything anew with the first key; returns how many there were.

        Raises ConfigurationError when something can be read with none of the keys.
        """
        ...

    async def issue(self) -> str:
        """A word that is good once, for ten minutes."""
        ...

    async def consume(self, word: str) -> bool:
        """Use such a word up; False when it is not good (any more)."""
        ...
