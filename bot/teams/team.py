"""The team (the tenant), where it is installed, and what it looks after: brands, network accounts, channels."""

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
    """One Slack workspace or one Discord guild. `formal` says « vous »; `home` is the channel of everybody's cards.

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
        """Which of the team's days are worked."""
        return WorkCalendar(self.country, self.subdivision, self.working_days, self.closures, self.whit_monday)

    def local(self, instant: datetime) -> datetime:
        """An instant as the team's wall clock shows it (naive)."""
        return local(instant, self.tz)

    def today(self, instant: datetime) -> date:
        """The team's date at an instant."""
        return self.local(instant).date()


@dataclass(frozen=True, slots=True)
class Installation:
    """Where a team lives: the platform's own name for it (workspace or guild id)."""

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
    """What is looked after. A team starts with one, which no card names."""

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
        """The team installed at this place."""
        ...

    def ids(self) -> Sequence[str]:
        """Every team of this database (engine and preview only)."""
        ...

    def get(self, team: str) -> Team | None: ...

    def many(self, teams: Sequence[str]) -> Mapping[str, Team]:
        """Those of these teams that exist, by id."""
        ...

    def installations(self, teams: Sequence[str]) -> Mapping[str, Installation]:
        """Where these teams live, by team id."""
        ...

    def places(self, channels: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """The platform's ids of (team, channel) pairs."""
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
    """The instants at which a local day begins and ends."""
    return _zone_day_bounds(team.tz, day)


@lru_cache(maxsize=1024)
def _zone_day_bounds(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, time.min)
    return instant(midnight, zone), instant(midnight + timedelta(days=1), zone)
