"""Services for adapters: accounts, recent messages, presence of the bot in places, and named values of a platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.i18n import texts
from bot.ids import new_id
from bot.message import Button, Message, Text, plain
from bot.platforms.accounts import accounts
from bot.platforms.missed_reactions import find_recent_messages
from bot.platforms.uninstalled import resume, suspend
from bot.record.audit import Entry
from bot.registry import load
from bot.teams.roster import roster

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.i18n import Language
    from bot.platforms.missed_reactions import ReactedMessage
    from bot.ports import Store, Tx

AWAY = "away:"
"""Prefix of the fact of a place that the bot has left; the platform and the place follow."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """The services for one platform; teams are named by the platform's own ids. Raises StoreError."""

    store: Store
    platform: str

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        """Return the platform's ids of members, by internal id; other people are omitted."""
        return await accounts(self.store, self.platform, team, members)

    async def cards(self, team: str) -> Sequence[ReactedMessage]:
        """Return the latest messages of a team, with their stored reactions."""
        return await find_recent_messages(self.store, self.platform, team)

    async def installed(self) -> Collection[str]:
        """Return the places of all teams on this platform, without those that the bot has left."""

        def look(tx: Tx) -> list[str]:
            away = self._read_away_places(tx)
            installations = tx.teams.installations(tx.teams.ids()).values()
            return [
                installation.external_id
                for installation in installations
                if installation.platform == self.platform and installation.external_id not in away
            ]

        return await self.store.read(look)

    async def away(self) -> Collection[str]:
        """Return the places that the bot has left."""
        return await self.store.read(self._read_away_places)

    def _read_away_places(self, tx: Tx) -> set[str]:
        return {key.removeprefix(self._build_away_key("")) for key in tx.facts.keys(self._build_away_key(""))}

    async def left(self, team: str) -> None:
        """Stop the nudges of a place and record, once, that the bot has left it."""
        await self.store.write(lambda tx: self._set_away(tx, team, away=True))

    async def back(self, team: str) -> None:
        """Restart the nudges of a place and record the return of the bot, if it was away."""
        await self.store.write(lambda tx: self._set_away(tx, team, away=False))

    def _set_away(self, tx: Tx, place: str, *, away: bool) -> None:
        team = tx.teams.find(self.platform, place)
        if team is None or (tx.facts.get(self._build_away_key(place)) is not None) == away:
            return
        if away:
            tx.facts.put(self._build_away_key(place), tx.now.isoformat())
            suspend(tx, self.platform, place)
        else:
            tx.facts.forget(self._build_away_key(place))
            resume(tx, self.platform, place, load())
        tx.audit.write(Entry(team.id, new_id(tx.now), tx.now, "leave" if away else "return", "team", team.id))

    async def home(self, team: str) -> str | None:
        """Return the platform's id of the team's home channel, if it has one."""

        def look(tx: Tx) -> str | None:
            installed = tx.teams.find(self.platform, team)
            channel = tx.teams.channel(installed.id, installed.home) if installed and installed.home else None
            return channel.external_id if channel else None

        return await self.store.read(look)

    async def language(self, team: str) -> Language:
        """Return the language of a team; English for an unknown one."""
        installed = await self.store.read(lambda tx: tx.teams.find(self.platform, team))
        return installed.language if installed else "en"

    async def beckon(self, team: str) -> Message:
        """Build the channel message for a member whose direct messages are closed, without private content."""

        def say(tx: Tx) -> Message:
            installed = tx.teams.find(self.platform, team)
            words = roster(tx, installed).texts if installed else texts("en")
            day = "jour" if words.language == "fr" else "day"
            line = words.line("private.closed")
            return Message((Text(line), Button(words.text("button.my_day"), "say", day, "primary")), plain(line))

        return await self.store.read(say)

    async def recall(self, name: str) -> str | None:
        """Return a stored value of this platform, if any."""
        return await self.store.read(lambda tx: tx.facts.get(self._build_key(name)))

    async def remember(self, values: Mapping[str, str]) -> None:
        """Store values of this platform by name."""

        def keep(tx: Tx) -> None:
            for name, value in values.items():
                tx.facts.put(self._build_key(name), value)

        await self.store.write(keep)

    async def hold(self, name: str, owner: str, seconds: float, *, taking: bool = False) -> float:
        """Lease a name for a number of seconds; return 0 on success, else the seconds left on another owner's lease.

        `taking`: replace the lease of another owner.
        """
        key, most = self._build_key(name), timedelta(seconds=seconds)
        return await self.store.write(lambda tx: _acquire_name(tx, key, owner, most, taking=taking))

    async def turn(self, name: str, seconds: float) -> float:
        """Reserve the next turn of a name, `seconds` after the last of any process; return the seconds to wait."""
        return await self.store.write(lambda tx: _reserve_turn(tx, self._build_key(f"turn.{name}"), seconds))

    def _build_key(self, name: str) -> str:
        return f"{self.platform}:{name}"

    def _build_away_key(self, place: str) -> str:
        return f"{AWAY}{self.platform}:{place}"


def _reserve_turn(tx: Tx, name: str, seconds: float) -> float:
    """Reserve a turn. The first write makes concurrent processes wait for this commit."""
    tx.facts.put(f"{name}.taking", tx.now.isoformat())
    last = tx.facts.get(name)
    at = max(tx.now, datetime.fromisoformat(last) + timedelta(seconds=seconds)) if last else tx.now
    tx.facts.put(name, at.isoformat())
    return (at - tx.now).total_seconds()


def _acquire_name(tx: Tx, name: str, owner: str, most: timedelta, *, taking: bool) -> float:
    """Lease a name. The first write makes concurrent processes wait for this commit."""
    tx.facts.put(f"{name}.taking", tx.now.isoformat())
    holder, _, until = (tx.facts.get(name) or "").partition(" ")
    remaining = (datetime.fromisoformat(until) - tx.now).total_seconds() if until else 0.0
    if holder != owner and remaining > 0 and not taking:
        return remaining
    tx.facts.put(name, f"{owner} {(tx.now + most).isoformat()}")
    return 0.0
