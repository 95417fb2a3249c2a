"""A team with its people and who answers for what, read once for a whole piece of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.i18n import texts
from bot.teams.member import Permission
from bot.teams.role import Holding, holder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Texts
    from bot.ports import Tx
    from bot.teams.member import Member
    from bot.teams.team import Team


@dataclass(frozen=True, slots=True)
class Roster:
    """A team, its active members and its holdings, as they are in one unit of work."""

    team: Team
    members: Sequence[Member]
    holdings: Sequence[Holding]

    def holder(self, role: str, account: str | None = None) -> Member | None:
        """Who holds a role, for an account if one is given (see bot.teams.role.holder)."""
        return holder(role, self.holdings, self.members, account)

    def member(self, member: str | None) -> Member | None:
        for one in self.members:  # a loop: it is asked for each nudge, and a generator costs three times as much
            if one.id == member:
                return one
        return None

    def name(self, member: str | None) -> str:
        """The name of an active member, or an empty string."""
        found = self.member(member)
        return found.name if found else ""

    @property
    def lead(self) -> Member | None:
        return next((one for one in self.members if one.permission is Permission.LEAD), None)

    @property
    def texts(self) -> Texts:
        """The words of what everybody reads."""
        return texts(self.team.language, formal=self.team.formal)

    def texts_for(self, member: Member | None) -> Texts:
        """The words of what one member reads."""
        language = (member.language if member else None) or self.team.language
        return texts(language, formal=self.team.formal)


def roster(tx: Tx, team: Team) -> Roster:
    """Read the people of a team."""
    return Roster(team, tx.members.all(team.id), tx.roles.holdings(team.id))
