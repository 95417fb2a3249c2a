from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.teams.team import Account, Brand, Channel, Installation, Team
from storage import schema as s
from storage.bulk import listed, tuples
from storage.prepared import Prepared, given
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.bulk import Values
    from storage.remembered import Remembered

_INSTALLED = Prepared(
    sa.select(s.teams.c.id, s.teams.c.mark)
    .join(s.installations, s.installations.c.team_id == s.teams.c.id)
    .where(s.installations.c.platform == given("platform"), s.installations.c.external_id == given("external_id"))
)

_MANY = (
    "SELECT id, name, language, zone, country, subdivision, working_days, opens, closes, whit_monday, formal, home,"
    " ready, mark, (SELECT {together}(c.day, ',') FROM closures AS c WHERE c.team_id = teams.id)"
    " FROM teams WHERE id {teams}"
)
_INSTALLATIONS = "SELECT team_id, platform, external_id FROM installations WHERE team_id {teams}"
_PLACES = "SELECT team_id, id, external_id FROM channels WHERE team_id {teams}"


@dataclass(frozen=True, slots=True)
class Teams(Repository):
    """Rows ↔ teams, installations, channels, brands, accounts (port: bot.teams.team.Teams)."""

    remembered: Remembered

    def find(self, platform: str, external_id: str) -> Team | None:
        place = (platform, external_id)
        if place not in self.remembered.teams:
            row = _INSTALLED.first(self.connection, platform=platform, external_id=external_id)
            if row is None:
                return None
            self.remembered.teams[place] = row.id
            self.remembered.marks[row.id] = row.mark
        return self.get(self.remembered.teams[place])

    def ids(self) -> Sequence[str]:
        return self.connection.execute(sa.select(s.teams.c.id).order_by(s.teams.c.id)).scalars().all()

    def get(self, team: str) -> Team | None:
        return self.remembered.get(team, ("team",), lambda: self._read([team]).get(team))

    def many(self, teams: Sequence[str]) -> Mapping[str, Team]:
        self.remembered.look(teams)
        return self.remembered.many(teams, ("team",), self._read)

    def _read(self, teams: Sequence[str]) -> dict[str, Team]:
        condition, ids = listed(self.connection, teams)
        together = "string_agg" if self.connection.dialect.name == "postgresql" else "group_concat"
        found = {}
        for row in tuples(self.connection, _MANY.format(together=together, teams=condition), (ids,)):
            found[row[0]] = _team(row)
            self.remembered.met(row[0], row[-2])
        return found

    def installations(self, teams: Sequence[str]) -> Mapping[str, Installation]:
        condition, ids = listed(self.connection, teams)
        rows = tuples(self.connection, _INSTALLATIONS.format(teams=condition), (ids,))
        return {row[0]: Installation(*row) for row in rows}

    def places(self, channels: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        if not channels:
            return {}
        wanted = set(channels)
        condition, ids = listed(self.connection, list({team for team, _ in channels}))
        rows = tuples(self.connection, _PLACES.format(teams=condition), (ids,))
        return {(team, one): place for team, one, place in rows if (team, one) in wanted}

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
        self.remembered.changed(team)  # its posts go with it
        return gone.rowcount == 1

    def accounts(self, team: str) -> Sequence[Account]:
        where = s.accounts.c
        rows = self.connection.execute(sa.select(s.accounts).where(where.team_id == team).order_by(where.id))
        return [Account(row.team_id, row.id, row.brand_id, row.network) for row in rows]


def _team(row: Values) -> Team:
    """A team from a row of `_MANY`."""
    id_, name, language, zone, country, subdivision, days, opens, closes, whit, formal, home, ready, _, closed = row
    worked, begins, ends, shut = _times(days, opens, closes, closed)
    return Team(
        id_, name, language, zone, country, subdivision, worked, begins, ends, bool(whit), bool(formal), home,
        bool(ready), shut,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _times(
    days: str, opens: str, closes: str, closed: str | None
) -> tuple[tuple[int, ...], time, time, frozenset[date]]:
    """Few values, many teams: each is read once."""
    return (
        tuple(int(day) for day in days),
        time.fromisoformat(opens),
        time.fromisoformat(closes),
        frozenset(date.fromisoformat(day) for day in (closed or "").split(",") if day),
    )


def _row(team: Team) -> dict[str, Any]:
    row = team._asdict()
    del row["closures"]
    row["working_days"] = "".join(str(day) for day in team.working_days)
    return row
