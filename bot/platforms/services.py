"""What an adapter asks of the product besides handing over what people do: accounts, cards, and a memory of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.i18n import texts
from bot.ids import new_id
from bot.message import Button, Message, Text, plain
from bot.platforms.accounts import accounts
from bot.platforms.missed_reactions import recent_cards
from bot.platforms.uninstalled import resume, suspend
from bot.record.audit import Entry
from bot.registry import load
from bot.teams.roster import roster

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.i18n import Language
    from bot.platforms.missed_reactions import Card
    from bot.ports import Store, Tx

AWAY = "away:"
"""Before the platform and its id of a place where we were, and are no longer."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """For one platform; teams are named by the platform's own ids. Raises StoreError."""

    store: Store
    platform: str

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        """The platform's ids of these members; strangers are left out."""
        return await accounts(self.store, self.platform, team, members)

    async def cards(self, team: str) -> Sequence[Card]:
        """The latest messages of a team, with the reactions on them that are known."""
        return await recent_cards(self.store, self.platform, team)

    async def installed(self) -> Collection[str]:
        """The places of all teams on this platform that were not left."""

        def look(tx: Tx) -> list[str]:
            away = self._gone(tx)
            there = tx.teams.installations(tx.teams.ids()).values()
            return [one.external_id for one in there if one.platform == self.platform and one.external_id not in away]

        return await self.store.read(look)

    async def away(self) -> Collection[str]:
        """The places that were left."""
        return await self.store.read(self._gone)

    def _gone(self, tx: Tx) -> set[str]:
        return {key.removeprefix(self._away("")) for key in tx.facts.keys(self._away(""))}

    async def left(self, team: str) -> None:
        """Its team's nudges stop; the record says, once, that we are no longer in this place."""
        await self.store.write(lambda tx: self._moved(tx, team, away=True))

    async def back(self, team: str) -> None:
        """Its nudges come again from now on, and the record says that we are back, if we were away."""
        await self.store.write(lambda tx: self._moved(tx, team, away=False))

    def _moved(self, tx: Tx, place: str, *, away: bool) -> None:
        team = tx.teams.find(self.platform, place)
        if team is None or (tx.facts.get(self._away(place)) is not None) == away:
            return
        if away:
            tx.facts.put(self._away(place), tx.now.isoformat())
            suspend(tx, self.platform, place)
        else:
            tx.facts.forget(self._away(place))
            resume(tx, self.platform, place, load())
        tx.audit.write(Entry(team.id, new_id(tx.now), tx.now, "leave" if away else "return", "team", team.id))

    async def home(self, team: str) -> str | None:
        """The platform's id of the channel of everybody's cards."""

        def look(tx: Tx) -> str | None:
            found = tx.teams.find(self.platform, team)
            channel = tx.teams.channel(found.id, found.home) if found and found.home else None
            return channel.external_id if channel else None

        return await self.store.read(look)

    async def language(self, team: str) -> Language:
        """That of a team; English for one that nobody knows."""
        found = await self.store.read(lambda tx: tx.teams.find(self.platform, team))
        return found.language if found else "en"

    async def beckon(self, team: str) -> Message:
        """What is said in the channel to somebody who cannot be told in private: that there is something, not what."""

        def say(tx: Tx) -> Message:
            found = tx.teams.find(self.platform, team)
            said = roster(tx, found).texts if found else texts("en")
            day = "jour" if said.language == "fr" else "day"
            line = said.line("private.closed")
            return Message((Text(line), Button(said.text("button.my_day"), "say", day, "primary")), plain(line))

        return await self.store.read(say)

    async def recall(self, name: str) -> str | None:
        """A value that was remembered, maybe by an earlier process."""
        return await self.store.read(lambda tx: tx.facts.get(self._mine(name)))

    async def remember(self, values: Mapping[str, str]) -> None:
        """Keep values under their names."""

        def keep(tx: Tx) -> None:
            for name, value in values.items():
                tx.facts.put(self._mine(name), value)

        await self.store.write(keep)

    async def hold(self, name: str, owner: str, seconds: float, *, taking: bool = False) -> float:
        """Hold a name for so many seconds; 0 when it is the owner's now, else the seconds for which another has it.

        `taking`: whoever has it.
        """
        mine, most = self._mine(name), timedelta(seconds=seconds)
        return await self.store.write(lambda tx: _hold(tx, mine, owner, most, taking=taking))

    async def turn(self, name: str, seconds: float) -> float:
        """Reserve the next turn of a name, `seconds` after the last in any process; gives the seconds to wait."""
        return await self.store.write(lambda tx: _reserve(tx, self._mine(f"turn.{name}"), seconds))

    def _mine(self, name: str) -> str:
        return f"{self.platform}:{name}"

    def _away(self, place: str) -> str:
        return f"{AWAY}{self.platform}:{place}"


def _reserve(tx: Tx, name: str, seconds: float) -> float:
    """Writing first makes another process that does the same wait until this one is stored."""
    tx.facts.put(f"{name}.taking", tx.now.isoformat())
    last = tx.facts.get(name)
    at = max(tx.now, datetime.fromisoformat(last) + timedelta(seconds=seconds)) if last else tx.now
    tx.facts.put(name, at.isoformat())
    return (at - tx.now).total_seconds()


def _hold(tx: Tx, name: str, owner: str, most: timedelta, *, taking: bool) -> float:
    """Writing first, as for a turn."""
    tx.facts.put(f"{name}.taking", tx.now.isoformat())
    holder, _, until = (tx.facts.get(name) or "").partition(" ")
    left = (datetime.fromisoformat(until) - tx.now).total_seconds() if until else 0.0
    if holder != owner and left > 0 and not taking:
        return left
    tx.facts.put(name, f"{owner} {(tx.now + most).isoformat()}")
    return 0.0
