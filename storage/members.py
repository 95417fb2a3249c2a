from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.grammar.spelling import fold
from bot.teams.member import Identity, Member
from storage import schema as s
from storage.repository import Mapped, grouped_by_team

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Identities(Mapped[Identity]):
    """Rows ↔ the members' accounts on platforms."""

    table = s.identities
    noun = Identity
    order = ("member_id",)

    def add(self, identity: Identity) -> None:
        self._insert(identity)

    def of(self, team: str, member: str) -> Identity | None:
        return self._first(self.table.c.team_id == team, self.table.c.member_id == member)

    def remove(self, team: str, member: str) -> None:
        own = (self.table.c.team_id == team, self.table.c.member_id == member)
        self.connection.execute(sa.delete(self.table).where(*own))


class Members(Mapped[Member]):
    """Rows ↔ members and identities (port: bot.teams.member.Members)."""

    table = s.members
    noun = Member

    def add(self, member: Member, identity: Identity) -> None:
        self._insert(member)
        Identities(self.connection).add(identity)

    def save(self, member: Member) -> None:
        self._update(member)

    def get(self, team: str, member: str) -> Member | None:
        return self._first(self.table.c.team_id == team, self.table.c.id == member)

    def find(self, team: str, platform: str, external_id: str) -> Member | None:
        account = s.identities.c
        query = (
            self._query()
            .join(s.identities, sa.and_(account.team_id == self.table.c.team_id, account.member_id == self.table.c.id))
            .where(account.team_id == team, account.platform == platform, account.external_id == external_id)
        )
        return next(iter(self._read(query)), None)

    def former(self, team: str) -> Sequence[Member]:
        return _by_name(self._select(self.table.c.team_id == team, ~self.table.c.active, self.table.c.name != ""))

    def erase(self, team: str, member: str) -> None:
        own = (self.table.c.team_id == team, self.table.c.id == member)
        blank = {"name": "", "language": None, "zone": None, "active": False}
        self.connection.execute(sa.update(self.table).where(*own).values(blank))
        Identities(self.connection).remove(team, member)

    def identity(self, team: str, member: str) -> Identity | None:
        return Identities(self.connection).of(team, member)

    def all(self, team: str) -> Sequence[Member]:
        return _by_name(self._select(self.table.c.team_id == team, self.table.c.active))

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Member]]:
        members = self._select(self.among(self.table.c.team_id, teams), self.table.c.active)
        return {team: _by_name(group) for team, group in grouped_by_team(teams, members).items()}

    def accounts(self, members: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        if not members:
            return {}
        keys, account = self.key_table(members), s.identities.c
        rows = self.connection.execute(
            sa.select(account.team_id, account.member_id, account.external_id).join(
                keys, sa.and_(account.team_id == keys.c.team, account.member_id == keys.c.id)
            )
        )
        return {(team, member): external_id for team, member, external_id in rows}


def _by_name(members: Iterable[Member]) -> list[Member]:
    """Sort by name in Python: databases disagree on where É comes in the alphabet."""
    return sorted(members, key=lambda member: (fold(member.name), member.id))
