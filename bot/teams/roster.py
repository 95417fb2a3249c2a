"""The roster of a team: its members and their roles, read once per unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.i18n import texts
from bot.teams.member import Permission
from bot.teams.role import Holding, holder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language, Texts
    from bot.ports import Tx
    from bot.teams.member import Member
    from bot.teams.team import Team


@dataclass(frozen=True, slots=True)
class Roster:
    """A team, its active members and its holdings in one unit of work."""

    team: Team
    members: Sequence[Member]
    holdings: Sequence[Holding]

    def holder(self, role: str, account: str | None = None) -> Member | None:
        """Return the holder of a role, for an account if any (see bot.teams.role.holder)."""
        return holder(role, self.holdings, self.members, account)

    def member(self, member: str | None) -> Member | None:
        for candidate in self.members:  # a loop: called for each nudge, and a generator costs three times as much
            if candidate.id == member:
                return candidate
        return None

    def name(self, member: str | None) -> str:
        """Return the name of an active member, or an empty string."""
        active = self.member(member)
        return active.name if active else ""

    @property
    def lead(self) -> Member | None:
        return next((member for member in self.members if member.permission is Permission.LEAD), None)

    @property
    def texts(self) -> Texts:
        """The texts of messages to the whole team."""
        return texts(self.team.language, formal=self.team.formal)

    def texts_for(self, member: Member | None, client: Language | None = None) -> Texts:
        """Return the texts of messages to a member; `client` is the language of their client, if it is known."""
        language = (member.language if member else None) or client or self.team.language
        return texts(language, formal=self.team.formal)


def roster(tx: Tx, team: Team) -> Roster:
    """Read the roster of a team."""
    return Roster(team, tx.members.all(team.id), tx.roles.holdings(team.id))
