from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.teams.team import Account, Brand, Channel, Installation, Team
from storage import schema as s
from storage.repository import Mapped, Repository, Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


class Installations(Mapped[Installation]):
    """Rows ↔ the places where teams live."""

    table = s.installations
    noun = Installation
    order = ("team_id",)

    def add(self, installation: Installation) -> None:
        self._insert(installation)

    def of(self, teams: Sequence[str]) -> list[Installation]:
        return self._select(self.among(self.table.c.team_id, teams))


class Channels(Rows[Channel]):
    """Rows ↔ channels."""

    table = s.channels
    noun = Channel

    def named(self, team: str, external_id: str) -> Channel | None:
        return self._first(self.table.c.team_id == team, self.table.c.external_id == external_id)


class Brands(Rows[Brand]):
    """Rows ↔ brands."""

    table = s.brands
    noun = Brand


class Accounts(Rows[Account]):
    """Rows ↔ accounts of brands on networks."""

    table = s.accounts
    noun = Account

    def remove(self, team: str, account: str) -> bool:
        return self._delete(team, account)


_OWN_FIELDS = [name for name in Team._fields if name != "closures"]


class Teams(Repository):
    """Rows ↔ teams, installations, channels, brands, accounts (port: bot.teams.team.Teams)."""

    def find(self, platform: str, external_id: str) -> Team | None:
        where = s.installations.c
        installed = sa.select(where.team_id).where(where.platform == platform, where.external_id == external_id)
        team = self.connection.execute(installed).scalar()
        return None if team is None else self.get(team)

    def ids(self) -> Sequence[str]:
        return self.connection.execute(sa.select(s.teams.c.id).order_by(s.teams.c.id)).scalars().all()

    def get(self, team: str) -> Team | None:
        return self.many([team]).get(team)

    def many(self, teams: Sequence[str]) -> Mapping[str, Team]:
        closures: dict[str, set[date]] = {}
        closed = sa.select(s.closures.c.team_id, s.closures.c.day).where(self.among(s.closures.c.team_id, teams))
        for team, day in self.connection.execute(closed):
            closures.setdefault(team, set()).add(day)
        own = sa.select(*(s.teams.c[name] for name in _OWN_FIELDS)).where(self.among(s.teams.c.id, teams))
        rows = self.connection.execute(own)
        return {row.id: Team._make((*row, frozenset(closures.get(row.id, ())))) for row in rows}

    def installations(self, teams: Sequence[str]) -> Mapping[str, Installation]:
        return {installation.team: installation for installation in Installations(self.connection).of(teams)}

    def places(self, channels: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        if not channels:
            return {}
        keys, channel = self.key_table(channels), s.channels.c
        rows = self.connection.execute(
            sa.select(channel.team_id, channel.id, channel.external_id).join(
                keys, sa.and_(channel.team_id == keys.c.team, channel.id == keys.c.id)
            )
        )
        return {(team, id_): external_id for team, id_, external_id in rows}

    def add(self, team: Team, installation: Installation) -> None:
        self.connection.execute(sa.insert(s.teams).values(_row(team)))
        self._add_closures(team)
        Installations(self.connection).add(installation)

    def save(self, team: Team) -> None:
        self.connection.execute(sa.update(s.teams).where(s.teams.c.id == team.id).values(_row(team)))
        self.connection.execute(sa.delete(s.closures).where(s.closures.c.team_id == team.id))
        self._add_closures(team)

    def _add_closures(self, team: Team) -> None:
        if team.closures:
            rows = [{"team_id": team.id, "day": day} for day in sorted(team.closures)]
            self.connection.execute(sa.insert(s.closures), rows)

    def installation(self, team: str) -> Installation | None:
        return self.installations([team]).get(team)

    def add_channel(self, channel: Channel) -> None:
        Channels(self.connection).add(channel)

    def channel(self, team: str, channel: str) -> Channel | None:
        return Channels(self.connection).get(team, channel)

    def channel_named(self, team: str, external_id: str) -> Channel | None:
        return Channels(self.connection).named(team, external_id)

    def add_brand(self, brand: Brand) -> None:
        Brands(self.connection).add(brand)

    def brands(self, team: str) -> Sequence[Brand]:
        return Brands(self.connection).all(team)

    def add_account(self, account: Account) -> None:
        Accounts(self.connection).add(account)

    def remove_account(self, team: str, account: str) -> bool:
        return Accounts(self.connection).remove(team, account)

    def accounts(self, team: str) -> Sequence[Account]:
        return Accounts(self.connection).all(team)


def _row(team: Team) -> dict[str, Any]:
    return {name: getattr(team, name) for name in _OWN_FIELDS}
