"""Roles: who answers for what. One function says who holds a role; everything uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from bot.teams.member import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.teams.member import Member

LEAD = "lead"
"""The role that is a permission: exactly one member has it, and there is no holding of it."""

FALLBACK: dict[str, str] = {"veille": "community"}
"""Roles whose work falls to another while nobody holds them, as the catalogue's `fallback` says (a test compares)."""

_PERSONAL = "member:"


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

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Holding]]:
        """`holdings` for several teams at once, by team id."""
        ...

    def give(self, holding: Holding) -> None: ...

    def take_back(self, team: str, holding: str) -> bool:
        """Remove one holding; False if the team has no such one."""
        ...


def personal(member: str) -> str:
    """The role of a task that is one person's own."""
    return f"{_PERSONAL}{member}"


def person_of(role: str) -> str | None:
    """The member whose own task it is, None for a role that people hold."""
    return role.removeprefix(_PERSONAL) if role.startswith(_PERSONAL) else None


def _lead(members: Iterable[Member]) -> Member | None:
    return next((member for member in members if member.permission is Permission.LEAD), None)


def holder(
    role: str, holdings: Iterable[Holding], members: Iterable[Member], account: str | None = None
) -> Member | None:
    """Who holds the role: its holder, else the fallback role's, else the backup, else the lead (PRODUCT §3.7).

    For an account, whoever holds the role there comes before whoever holds it for the whole team. `members` are the
    team's active ones. None only in a team with no lead, which set-up does not allow.
    """
    people = {member.id: member for member in members}
    own = people.get(person_of(role) or "")
    if own is not None:
        return own
    if role == LEAD and (lead := _lead(people.values())) is not None:
        return lead
    held = [one for one in holdings if one.member in people]
    for wanted, kind in ((role, "holder"), (FALLBACK.get(role), "holder"), (role, "backup")):
        for place in (account, None) if account else (None,):
            for holding in held:
                if (holding.role, holding.kind, holding.account) == (wanted, kind, place):
                    return people[holding.member]
    return _lead(people.values())
