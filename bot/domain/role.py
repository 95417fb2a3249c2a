"""Roles: who answers for what. One function says who holds a role; everything uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from bot.domain.member import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.member import Member

FALLBACK: dict[str, str] = {"veille": "community"}
"""Roles asked apart at set-up whose work falls to another while nobody holds them (PRODUCT §5, default roles)."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A member holds a role, as its holder or as the backup; team-wide, or for one account."""

    team: str
    id: str
    role: str
    member: str
    kind: Literal["holder", "backup"] = "holder"
    account: str | None = None


class Roles(Protocol):
    """Who holds what; every method is scoped by the team."""

    def holdings(self, team: str) -> Sequence[Holding]:
        """Every holding, in the order in which they were given."""
        ...

    def give(self, holding: Holding) -> None: ...

    def take_back(self, team: str, holding: str) -> bool:
        """Remove one holding; False if the team has no such one."""
        ...


def holder(role: str, holdings: Iterable[Holding], members: Iterable[Member]) -> Member | None:
    """Who holds the role: its holder, else the fallback role's, else the backup, else the lead (PRODUCT §3.7).

    `members` are the team's active ones. None only in a team with no lead, which set-up does not allow.
    """
    people = {member.id: member for member in members}
    held = list(holdings)
    for wanted, kind in ((role, "holder"), (FALLBACK.get(role), "holder"), (role, "backup")):
        for holding in held:
            if holding.role == wanted and holding.kind == kind and holding.member in people:
                return people[holding.member]
    return next((member for member in people.values() if member.permission is Permission.LEAD), None)
