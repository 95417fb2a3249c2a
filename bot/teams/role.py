"""Roles and their holders. :func:`holder` is the only rule that finds the holder of a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from bot.teams.member import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.teams.member import Member

LEAD = "lead"
"""The role that is a permission: exactly one member has it, without a holding."""

FALLBACK: dict[str, str] = {"veille": "community"}
"""Roles that do the work of a vacant role, as the catalogue's `fallback` says (a test compares)."""

_PERSONAL_PREFIX = "member:"


@dataclass(frozen=True, slots=True)
class Holding:
    """The holding of a role by a member, as holder or as backup; team-wide, or for one account."""

    team: str
    id: str
    role: str
    member: str
    kind: Literal["holder", "backup"] = "holder"
    account: str | None = None


class Roles(Protocol):
    """The holdings of a team; every method is scoped by it."""

    def holdings(self, team: str) -> Sequence[Holding]:
        """Return all holdings, in the order in which they were given."""
        ...

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Holding]]:
        """Return :meth:`holdings` for several teams, by team id."""
        ...

    def give(self, holding: Holding) -> None: ...

    def take_back(self, team: str, holding: str) -> bool:
        """Remove a holding; False if the team does not have it."""
        ...


def personal(member: str) -> str:
    """Return the role of a personal task of a member."""
    return f"{_PERSONAL_PREFIX}{member}"


def person_of(role: str) -> str | None:
    """Return the member of a personal task's role, None for another role."""
    return role.removeprefix(_PERSONAL_PREFIX) if role.startswith(_PERSONAL_PREFIX) else None


def _find_lead(members: Iterable[Member]) -> Member | None:
    return next((member for member in members if member.permission is Permission.LEAD), None)


def holder(
    role: str, holdings: Iterable[Holding], members: Iterable[Member], account: str | None = None
) -> Member | None:
    """Return the holder of a role, else of its fallback role, else its backup, else the lead.

    For an account, a holding for it comes before a team-wide one. `members` are the team's active members; an observer
    holds nothing. None only in a team without a lead, which set-up does not allow.
    """
    people = {member.id: member for member in members if member.permission is not Permission.OBSERVER}
    own = people.get(person_of(role) or "")
    if own is not None:
        return own
    if role == LEAD and (lead := _find_lead(people.values())) is not None:
        return lead
    held = [holding for holding in holdings if holding.member in people]
    for role_id, kind in ((role, "holder"), (FALLBACK.get(role), "holder"), (role, "backup")):
        for place in (account, None) if account else (None,):
            for holding in held:
                if (holding.role, holding.kind, holding.account) == (role_id, kind, place):
                    return people[holding.member]
    return _find_lead(people.values())
