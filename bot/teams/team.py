"""The team (the tenant), with its installation, brands, network accounts and channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.civil import instant, local
from bot.teams.calendar import WorkCalendar
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from bot.i18n import Language


class Team(NamedTuple):
    """A Slack workspace or a Discord guild. `formal` selects « vous »; `home` is the channel of the team's cards.

    A tuple, because a tick reads thousands (ADR 0010).
    """

    id: str
    name: str
    language: Language = "fr"
    zone: str = "Europe/Paris"
    country: str = "FR"
    subdivision: str | None = None
    working_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: time = time(9)
    closes: time = time(18)
    whit_monday: bool = True
    formal: bool = False
    home: str | None = None
    ready: bool = False
    closures: frozenset[date] = frozenset()

    @property
    def tz(self) -> ZoneInfo:
        return zone(self.zone)

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar of the team's working days."""
        return WorkCalendar(self.country, self.subdivision, self.working_days, self.closures, self.whit_monday)

    def local(self, instant: datetime) -> datetime:
        """Convert an instant to the team's wall clock (naive)."""
        return local(instant, self.tz)

    def today(self, instant: datetime) -> date:
        """Return the team's date at an instant."""
        return self.local(instant).date()


@dataclass(frozen=True, slots=True)
class Installation:
    """The place of a team on a platform (workspace or guild id)."""

    team: str
    platform: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the team, by the platform's id."""

    team: str
    id: str
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand of the team. A new team has one, which no card names."""

    team: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """A presence of a brand on one network (`network` is a catalogue id)."""

    team: str
    id: str
    brand: str
    network: str


class Teams(Protocol):
    """Teams and what belongs to them. Every method but `find` and `add` is scoped by the team's id."""

    def find(self, platform: str, external_id: str) -> Team | None:
        """Return the team installed at a place."""
        ...

    def ids(self) -> Sequence[str]:
        """Return the ids of all teams of the database (engine and preview only)."""
        ...

    def get(self, team: str) -> Team | None: ...

    def many(self, teams: Sequence[str]) -> Mapping[str, Team]:
        """Return existing teams, by id."""
        ...

    def installations(self, teams: Sequence[str]) -> Mapping[str, Installation]:
        """Return the installations of teams, by team id."""
        ...

    def places(self, channels: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """Return the platform's ids of (team, channel) pairs."""
        ...

    def add(self, team: Team, installation: Installation) -> None: ...

    def save(self, team: Team) -> None:
        """Replace the team's own row."""
        ...

    def installation(self, team: str) -> Installation | None: ...

    def add_channel(self, channel: Channel) -> None: ...

    def channel(self, team: str, channel: str) -> Channel | None: ...

    def channel_named(self, team: str, external_id: str) -> Channel | None: ...

    def add_brand(self, brand: Brand) -> None: ...

    def brands(self, team: str) -> Sequence[Brand]: ...

    def add_account(self, account: Account) -> None: ...

    def remove_account(self, team: str, account: str) -> bool: ...

    def accounts(self, team: str) -> Sequence[Account]: ...


def day_bounds(team: Team, day: date) -> tuple[datetime, datetime]:
    """Return the instants at which a local day begins and ends."""
    return _zone_day_bounds(team.tz, day)


@lru_cache(maxsize=1024)
def _zone_day_bounds(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, time.min)
    return instant(midnight, zone), instant(midnight + timedelta(days=1), zone)
