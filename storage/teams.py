from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.team import Account, Brand, Channel, Installation, Team
from storage import schema as s
from storage.prepared import Prepared, given
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from storage.remembered import Remembered

_INSTALLED = Prepared(
    sa.select(s.teams.c.id, s.teams.c.mark)
    .join(s.installations, s.installations.c.team_id == s.teams.c.id)
    .where(s.installations.c.platform == given("platform"), s.installations.c.external_id == given("external_id"))
)


@dataclass(frozen=True, slots=True)
class Teams(Repository):
    """Rows ↔ teams, installations, channels, brands, accounts (port: bot.domain.team.Teams)."""

    remembered: Remembered

    def find(self, platform: str, external_id: str) -> Team | None:
        row = _INSTALLED.first(self.connection, platform=platform, external_id=external_id)
        if row is None:
            return None
        self.remembered.marks[row.id] = row.mark
        return self.get(row.id)

    def ids(self) -> Sequence[str]:
        return self.connection.execute(sa.select(s.teams.c.id).order_by(s.teams.c.id)).scalars().all()

    def get(self, team: str) -> Team | None:
        return self.remembered.get(team, ("team",), lambda: self.many([team]).get(team))

    def many(self, teams: Sequence[str]) -> Mapping[str, Team]:
        closed: dict[str, set[date]] = {}
        for row in self.connection.execute(sa.select(s.closures).where(s.closures.c.team_id.in_(teams))):
            closed.setdefault(row.team_id, set()).add(row.day)
        rows = self.connection.execute(sa.select(s.teams).where(s.teams.c.id.in_(teams))).mappings()
        return {row["id"]: _team(row, closed.get(row["id"], ())) for row in rows}

    def installations(self, teams: Sequence[str]) -> Mapping[str, Installation]:
        rows = self.connection.execute(sa.select(s.installations).where(s.installations.c.team_id.in_(teams)))
        return {row.team_id: Installation(row.team_id, row.platform, row.external_id) for row in rows}

    def places(self, channels: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        if not channels:
            return {}
        where = s.channels.c
        rows = self.connection.execute(
            sa.select(s.channels).where(sa.tuple_(where.team_id, where.id).in_(list(channels)))
        )
        return {(row.team_id, row.id): row.external_id for row in rows}

    def add(self, team: Team, installation: Installation) -> None:
        self.connection.execute(sa.insert(s.teams), _row(team))
        self._close(team)
        self.remembered.changed(team.id)
        self.connection.execute(
            sa.insert(s.installations).values(
                team_id=team.id, platform=installation.platform, external_id=installation.external_id
            )
        )

    def save(self, team: Team) -> None:
        self.connection.execute(sa.update(s.teams).where(s.teams.c.id == team.id).values(_row(team)))
        self.connection.execute(sa.delete(s.closures).where(s.closures.c.team_id == team.id))
        self._close(team)
        self.remembered.changed(team.id)

    def _close(self, team: Team) -> None:
        if team.closures:
            self.connection.execute(
                sa.insert(s.closures), [{"team_id": team.id, "day": day} for day in sorted(team.closures)]
            )

    def installation(self, team: str) -> Installation | None:
        row = self.connection.execute(sa.select(s.installations).where(s.installations.c.team_id == team)).first()
        return Installation(row.team_id, row.platform, row.external_id) if row else None

    def add_channel(self, channel: Channel) -> None:
        self.connection.execute(
            sa.insert(s.channels).values(
                team_id=channel.team, id=channel.id, external_id=channel.external_id, name=channel.name
            )
        )

    def channel(self, team: str, channel: str) -> Channel | None:
        return self._channel(team, s.channels.c.id == channel)

    def channel_named(self, team: str, external_id: str) -> Channel | None:
        return self._channel(team, s.channels.c.external_id == external_id)

    def _channel(self, team: str, condition: sa.ColumnElement[bool]) -> Channel | None:
        row = self.connection.execute(sa.select(s.channels).where(s.channels.c.team_id == team, condition)).first()
        return Channel(row.team_id, row.id, row.external_id, row.name) if row else None

    def add_brand(self, brand: Brand) -> None:
        self.connection.execute(sa.insert(s.brands).values(team_id=brand.team, id=brand.id, name=brand.name))

    def brands(self, team: str) -> Sequence[Brand]:
        rows = self.connection.execute(sa.select(s.brands).where(s.brands.c.team_id == team).order_by(s.brands.c.id))
        return [Brand(row.team_id, row.id, row.name) for row in rows]

    def add_account(self, account: Account) -> None:
        self.connection.execute(
            sa.insert(s.accounts).values(
                team_id=account.team, id=account.id, brand_id=account.brand, network=account.network
            )
        )

    def remove_account(self, team: str, account: str) -> bool:
        where = s.accounts.c
        gone = self.connection.execute(sa.delete(s.accounts).where(where.team_id == team, where.id == account))
        return gone.rowcount == 1

    def accounts(self, team: str) -> Sequence[Account]:
        where = s.accounts.c
        rows = self.connection.execute(sa.select(s.accounts).where(where.team_id == team).order_by(where.id))
        return [Account(row.team_id, row.id, row.brand_id, row.network) for row in rows]


def _team(row: sa.RowMapping, closed: Iterable[date]) -> Team:
    days = tuple(int(day) for day in row["working_days"])
    own = {key: value for key, value in row.items() if key != "mark"}
    return Team(**{**own, "working_days": days, "closures": frozenset(closed)})


def _row(team: Team) -> dict[str, Any]:
    row = asdict(team)
    del row["closures"]
    row["working_days"] = "".join(str(day) for day in team.working_days)
    return row
