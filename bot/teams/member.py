"""Members of a team, their permissions and their rights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Language


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
