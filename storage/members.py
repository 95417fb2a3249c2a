from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.grammar.spelling import fold
from bot.teams.member import Identity, Member, Permission
from storage import schema as s
from storage.bulk import listed, tuples
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.bulk import Values
    from storage.remembered import Remembered

_OF = "SELECT team_id, id, name, permission, language, zone, active FROM members WHERE team_id {teams} AND active"
_ACCOUNTS = "SELECT team_id, member_id, external_id FROM identities WHERE team_id {teams}"


@dataclass(frozen=True, slots=True)
class Members(Repository):
    """Rows ↔ members and identities (port: bot.teams.member.Members)."""

    remembered: Remembered

    def add(self, member: Member, identity: Identity) -> None:
        self.connection.execute(sa.insert(s.members).values(**_row(member)))
        self.connection.execute(
            sa.insert(s.identities).values(
                team_id=member.team,
                member_id=member.id,
                platform=identity.platform,
                external_id=identity.external_id,
            )
        )
        self.remembered.changed(member.team)

    def save(self, member: Member) -> None:
        where = s.members.c
        self.connection.execute(
            sa.update(s.members).where(where.team_id == member.team, where.id == member.id).values(**_row(member))
        )
        self.remembered.changed(member.team)

    def get(self, team: str, member: str) -> Member | None:
        where = s.members.c
        row = self.connection.execute(sa.select(s.members).where(where.team_id == team, where.id == member)).first()
        return _member(row) if row else None

    def find(self, team: str, platform: str, external_id: str) -> Member | None:
        account = ("account", platform, external_id)
        return self.remembered.get(team, account, lambda: self._find(team, platform, external_id))

    def _find(self, team: str, platform: str, external_id: str) -> Member | None:
        of, account = s.members.c, s.identities.c
        row = self.connection.execute(
            sa.select(s.members)
            .join(s.identities, sa.and_(account.team_id == of.team_id, account.member_id == of.id))
            .where(account.team_id == team, account.platform == platform, account.external_id == external_id)
        ).first()
        return _member(row) if row else None

    def identity(self, team: str, member: str) -> Identity | None:
        where = s.identities.c
        row = self.connection.execute(
            sa.select(s.identities).where(where.team_id == team, where.member_id == member)
        ).first()
        return Identity(row.team_id, row.member_id, row.platform, row.external_id) if row else None

    def all(self, team: str) -> Sequence[Member]:
        return self.remembered.get(team, ("members",), lambda: tuple(self._of([team]).get(team, ())))

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Member]]:
        return self.remembered.many(teams, ("members",), self._of)

    def _of(self, teams: Sequence[str]) -> dict[str, Sequence[Member]]:
        condition, ids = listed(self.connection, teams)
        rows = tuples(self.connection, _OF.format(teams=condition), (ids,))
        found: dict[str, list[Member]] = {team: [] for team in teams}
        for row in rows:
            found[row[0]].append(_read(row))
        # Sorted here: databases disagree on where É comes in the alphabet.
        return {team: tuple(sorted(some, key=lambda one: (fold(one.name), one.id))) for team, some in found.items()}

    def accounts(self, members: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        if not members:
            return {}
        wanted = set(members)
        condition, ids = listed(self.connection, list({team for team, _ in members}))
        rows = tuples(self.connection, _ACCOUNTS.format(teams=condition), (ids,))
        return {(team, member): place for team, member, place in rows if (team, member) in wanted}


def _read(row: Values) -> Member:
    """A member from a row of `_OF`."""
    team, id_, name, permission, language, zone, active = row
    return Member(team, id_, name, Permission(permission), language, zone, bool(active))


def _member(row: Any) -> Member:
    return Member(row.team_id, row.id, row.name, Permission(row.permission), row.language, row.zone, row.active)


def _row(member: Member) -> dict[str, Any]:
    return {
        "team_id": member.team,
        "id": member.id,
        "name": member.name,
        "permission": member.permission.value,
        "language": member.language,
        "zone": member.zone,
        "active": member.active,
    }
