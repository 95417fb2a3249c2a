from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.member import Identity, Member, Permission
from bot.spelling import fold
from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Members(Repository):
    """Rows ↔ members and identities (port: bot.domain.member.Members)."""

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
        return self.remembered.get(team, ("members",), lambda: tuple(self.of([team]).get(team, ())))

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Member]]:
        where = s.members.c
        rows = self.connection.execute(sa.select(s.members).where(where.team_id.in_(teams), where.active))
        found: dict[str, list[Member]] = {}
        # Sorted here: databases disagree on where É comes in the alphabet.
        for one in sorted((_member(row) for row in rows), key=lambda one: (fold(one.name), one.id)):
            found.setdefault(one.team, []).append(one)
        return found

    def accounts(self, members: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        if not members:
            return {}
        where = s.identities.c
        rows = self.connection.execute(
            sa.select(s.identities).where(sa.tuple_(where.team_id, where.member_id).in_(list(members)))
        )
        return {(row.team_id, row.member_id): row.external_id for row in rows}


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
