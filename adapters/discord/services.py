"""Port of the adapter on the product, besides `receive` (implemented by bot.platforms.services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.i18n import Language
    from bot.message import Message
    from bot.platforms.missed_reactions import ReactedMessage


class Host(Protocol):
    """Teams are named by their guild's id, people and channels by Discord's ids, members by ours."""

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        """Return the Discord ids of these members; strangers are left out."""
        ...

    async def cards(self, team: str) -> Sequence[ReactedMessage]:
        """Return the latest messages of a team, each with its stored reactions."""
        ...

    async def installed(self) -> Collection[str]:
        """Return the guilds of all installed teams that the bot did not leave."""
        ...

    async def away(self) -> Collection[str]:
        """Return the guilds that the bot left."""
        ...

    async def left(self, team: str) -> None:
        """Record that the bot is no longer in a guild. Called once, until it is back."""
        ...

    async def back(self, team: str) -> None:
        """Record that the bot is in a guild again."""
        ...

    async def home(self, team: str) -> str | None:
        """Return the channel of the team's cards; None when it has none."""
        ...

    async def language(self, team: str) -> Language:
        """Return the language of a team; English for an unknown team."""
        ...

    async def beckon(self, team: str) -> Message:
        """Build the channel message that tells a member with closed direct messages that something waits."""
        ...

    async def recall(self, name: str) -> str | None:
        """Return a stored value, maybe of an earlier process."""
        ...

    async def remember(self, values: Mapping[str, str]) -> None:
        """Store values under their names."""
        ...

    async def hold(self, name: str, owner: str, seconds: float, *, taking: bool = False) -> float:
        """Lease a name for so many seconds; return 0 when the owner has it, else the seconds until its lease ends.

        `taking`: take it from whichever owner has it.
        """
        ...

    async def turn(self, name: str, seconds: float) -> float:
        """Reserve the next turn of a name, `seconds` after the last in any process; return the seconds to wait."""
        ...
