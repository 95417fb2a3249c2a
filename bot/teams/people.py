"""Changes of a team's people: a member is taken out, erased, or gets another permission; their work moves on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.tasks.templates import set_state
from bot.tasks.today import items_of
from bot.teams.member import Permission
from bot.teams.role import personal
from bot.teams.role_changes import OBSERVER_ROLE, RoleSlot, reassign_items, take_role
from bot.teams.roster import Roster, roster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.tasks.task import Template
    from bot.teams.member import Member
    from bot.teams.role import Holding


@dataclass(frozen=True, slots=True)
class Departure:
    """The consequences of a member giving up their work: their roles, open items and private reminders."""

    roles: Sequence[Holding]
    items: Sequence[Item]
    reminders: Sequence[Template]
    after: Roster
    """The roster without the member, which tells the next holder of each role."""


def foresee_departure(call: Call, tx: Tx, member: Member) -> Departure:
    """Compute what moves, and to whom, when a member gives up their work."""
    people = call.roster
    held = [holding for holding in people.holdings if holding.member == member.id and holding.role != OBSERVER_ROLE]
    items = [item for item in items_of(tx, call.team, call.today) if item.is_open and item.holder == member.id]
    after = Roster(
        people.team,
        [other for other in people.members if other.id != member.id],
        [holding for holding in people.holdings if holding.member != member.id],
    )
    shared_items = [item for item in items if not item.task.private]
    return Departure(held, shared_items, _list_reminders(call, tx, member), after)


def _list_reminders(call: Call, tx: Tx, member: Member) -> list[Template]:
    return [
        template
        for template in tx.templates.all(call.team.id)
        if template.tasks[0].private and template.tasks[0].role == personal(member.id)
    ]


def take_out(call: Call, tx: Tx, member: Member) -> None:
    """Take a member out of the team: their roles and open items move on, their private reminders stop.

    Raises RefusalError for the lead: a team always has one.
    """
    if member.permission is Permission.LEAD:
        raise RefusalError("role.last_lead", who=member.name)
    _take_roles(call, tx, member, observer=True)
    for template in _list_reminders(call, tx, member):
        set_state(call, tx, template, "removed")
    tx.members.save(replace(member, active=False, permission=Permission.MEMBER))
    reassign_items(tx, roster(tx, call.team), member.id)
    tx.audit.write(call.entry(tx, "remove", "member", member.id))


def erase(call: Call, tx: Tx, member: Member) -> None:
    """Erase a person: name, account, preferences and facts about the account. The record keeps the id alone."""
    if member.active:
        take_out(call, tx, member)
    identity = tx.members.identity(call.team.id, member.id)
    tx.members.erase(call.team.id, member.id)
    if identity is not None:
        for key in tx.facts.keys(f"{identity.platform}:"):
            if key.endswith(f".{identity.external_id}"):
                tx.facts.forget(key)
    tx.audit.write(call.entry(tx, "erase", "member", member.id))


def set_permission(call: Call, tx: Tx, member: Member, permission: Permission) -> None:
    """Give a member another permission. An observer gives up roles and open items.

    Raises RefusalError for the lead, who hands that over first.
    """
    if member.permission is Permission.LEAD:
        raise RefusalError("role.last_lead", who=member.name)
    if member.permission is permission:
        raise RefusalError("member.same", who=member.name)
    if permission is Permission.OBSERVER:
        _take_roles(call, tx, member)
    tx.members.save(replace(member, permission=permission))
    if permission is Permission.OBSERVER:
        reassign_items(tx, roster(tx, call.team), member.id, private=False)
    entry = call.entry(tx, "permission", "member", member.id)
    tx.audit.write(replace(entry, before={"permission": member.permission}, after={"permission": permission}))


def set_observers(call: Call, tx: Tx, members: Sequence[Member], *, only: bool) -> None:
    """Make members observers (read only), or plain members again; those who are so already stay unchanged."""
    permission = Permission.OBSERVER if only else Permission.MEMBER
    for member in members:
        if member.permission is not permission:
            set_permission(call, tx, member, permission)


def _take_roles(call: Call, tx: Tx, member: Member, *, observer: bool = False) -> None:
    """Take every role back from a member; `observer` also takes the one that only tells their permission."""
    accounts = {account.id: account for account in tx.teams.accounts(call.team.id)}
    for holding in call.roster.holdings:
        if holding.member == member.id and (observer or holding.role != OBSERVER_ROLE):
            slot = RoleSlot(holding.role, holding.kind, accounts.get(holding.account or ""))
            call = call._replace(roster=take_role(call, tx, slot, member))
