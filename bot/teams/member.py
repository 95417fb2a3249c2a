"""Members of a team, their permissions and their rights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Protocol

from bot.grammar.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.i18n import Language


SECOND = 2
"""Number of the second member of one name."""


class Permission(StrEnum):
    """The permission of a member (a responsibility is a role instead)."""

    LEAD = "lead"
    MEMBER = "member"
    CONTRIBUTOR = "contributor"
    OBSERVER = "observer"


class Right(StrEnum):
    """A right, granted by the table of permissions."""

    SEE = "see"
    COMPLETE_OWN = "complete_own"
    COMPLETE_OTHERS = "complete_others"
    ASSIGN = "assign"
    EDIT = "edit"
    EXPORT = "export"


RIGHTS: dict[Permission, frozenset[Right]] = {
    Permission.LEAD: frozenset(Right),
    Permission.MEMBER: frozenset({Right.SEE, Right.COMPLETE_OWN, Right.COMPLETE_OTHERS, Right.ASSIGN}),
    Permission.CONTRIBUTOR: frozenset({Right.SEE, Right.COMPLETE_OWN}),
    Permission.OBSERVER: frozenset({Right.SEE}),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a team. `language` and `zone` are None while they follow the team's."""

    team: str
    id: str
    name: str
    permission: Permission = Permission.MEMBER
    language: Language | None = None
    zone: str | None = None
    active: bool = True

    def may(self, right: Right) -> bool:
        """Return whether an active member's permission grants a right."""
        return self.active and right in RIGHTS[self.permission]


def distinct_name(name: str, names: Iterable[str]) -> str:
    """Return a name that no other member of the team has: « Léa », « Léa 2 » for the next Léa."""
    taken = {fold(other) for other in names}
    numbers = (f"{name} {number}" for number in count(SECOND))
    return name if fold(name) not in taken else next(numbered for numbered in numbers if fold(numbered) not in taken)


def names_of(member: Member, members: Iterable[Member]) -> tuple[str, ...]:
    """Return what a member may be called; the first of several Léas is « Léa 1 » too."""
    has_double = fold(f"{member.name} {SECOND}") in {fold(other.name) for other in members}
    return (member.name, f"{member.name} 1") if has_double else (member.name,)


@dataclass(frozen=True, slots=True)
class Identity:
    """A member's account on a platform."""

    team: str
    member: str
    platform: str
    external_id: str


class Members(Protocol):
    """The members of a team; every method is scoped by it."""

    def add(self, member: Member, identity: Identity) -> None: ...

    def save(self, member: Member) -> None:
        """Replace the member's own row."""
        ...

    def get(self, team: str, member: str) -> Member | None: ...

    def find(self, team: str, platform: str, external_id: str) -> Member | None:
        """Return the member of a platform account."""
        ...

    def former(self, team: str) -> Sequence[Member]:
        """Return the inactive members who still have a name, by name."""
        ...

    def erase(self, team: str, member: str) -> None:
        """Erase the name, the preferences and the platform accounts of an inactive member; keep the id alone."""
        ...

    def identity(self, team: str, member: str) -> Identity | None: ...

    def of(self, teams: Sequence[str]) -> Mapping[str, Sequence[Member]]:
        """Return :meth:`all` for several teams, by team id."""
        ...

    def accounts(self, members: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """Return the platform's ids of (team, member) pairs."""
        ...

    def all(self, team: str) -> Sequence[Member]:
        """Return the active members, by name."""
        ...
