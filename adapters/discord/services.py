"""What the adapter asks of the product besides handing over what people do (kept by bot.platforms.services)."""

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
        """The Discord ids of these members; strangers are left out."""
        ...

    async def cards(self, team: str) -> Sequence[ReactedMessage]:
        """The latest messages of a team, with the reactions on them that are known."""
        ...

    async def installed(self) -> Collection[str]:
        """The guilds of all teams that live here and were not left."""
        ...

    async def away(self) -> Collection[str]:
        """The guilds that were left."""
        ...

    async def left(self, team: str) -> None:
        """The bot is no longer in that guild: nothing can be said there any more. Told once, until it is back."""
        ...

    async def back(self, team: str) -> None:
        """The bot is in that guild again."""
        ...

    async def home(self, team: str) -> str | None:
        """The channel of everybody's cards."""
        ...

    async def language(self, team: str) -> Language:
        """That of a team; English for one that nobody knows."""
        ...

    async def beckon(self, team: str) -> Message:
        """What is said in the channel to somebody who cannot be told in private: that there is something."""
        ...

    async def recall(self, name: str) -> str | None:
        """A value that was remembered, maybe by an earlier process."""
        ...

    async def remember(self, values: Mapping[str, str]) -> None:
        """Keep values under their names."""
        ...

    async def hold(self, name: str, owner: str, seconds: float, *, taking: bool = False) -> float:
        """Hold a name for so many seconds; 0 when it is the owner's now, else the seconds for which another has it.

        `taking`: whoever has it.
        """
        ...

    async def turn(self, name: str, seconds: float) -> float:
        """Reserve the next turn of a name, `seconds` after the last in any process; gives the seconds to wait."""
        ...
