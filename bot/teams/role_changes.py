"""Changes of role holders: the holdings, the record, and the open items of the role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.engine.posting import edit_of
from bot.errors import RefusalError
from bot.grammar.spelling import fold
from bot.ids import new_id
from bot.record.audit import Author
from bot.tasks.change import change
from bot.tasks.checklist import State
from bot.tasks.today import items_of
from bot.teams.hours import next_opening
from bot.teams.member import Permission
from bot.teams.role import LEAD, Holding
from bot.teams.roster import roster
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.call import Call
    from bot.catalogue.schema import Role
    from bot.ports import Tx
    from bot.teams.member import Member
    from bot.teams.roster import Roster
    from bot.teams.team import Account, Team

Kind = Literal["holder", "backup"]
Facts = dict[str, str | None]
SHOWN_BY = {"on-call": "friday"}
"""The message that names a role's holders outside any item, by role."""
LONGEST_CLOSURE = timedelta(days=60)
EVER = timedelta(days=366 * 11)
"""Horizon beyond the latest moment of bot.grammar.when."""
OBSERVER_ROLE = "observer"
"""The role that tells a permission: it is shown among the roles, and gives no work."""
_SHORT = 3
"""Letters, at most, of a word that keeps its s."""
_ARTICLES = ("la ", "le ", "les ", "l ", "the ")


def find_role(call: Call, typed: str) -> Role | None:
    """Find the role with exactly this name, with or without an article, or in the plural."""
    words = fold(typed)
    bare = next((words.removeprefix(prefix) for prefix in _ARTICLES if words.startswith(prefix)), words)
    names = {
        role.id: [fold(name) for name in (role.id, role.title.fr, role.title.en, *role.names.all())]
        for role in call.catalogue.roles.values()
        if role.kind == "holder"
    }
    exact = next((key for key, called in names.items() if words in called or bare in called), None)
    singular = _strip_plurals(bare)
    role_id = exact or next((key for key, called in names.items() if singular in map(_strip_plurals, called)), None)
    return call.catalogue.roles[role_id] if role_id else None


def _strip_plurals(words: str) -> str:
    """Strip the plural s of each word, for comparison only."""
    return " ".join(word.removesuffix("s") if len(word) > _SHORT else word for word in words.split())


@dataclass(frozen=True, slots=True)
class RoleSlot:
    """A slot of a role: as holder or backup, team-wide or for one account."""

    role: str
    kind: Kind = "holder"
    account: Account | None = None

    def of(self, holdings: Sequence[Holding]) -> list[Holding]:
        """Return the holdings in this slot."""
        place = self.account.id if self.account else None
        return [
            holding
            for holding in holdings
            if (holding.role, holding.kind, holding.account) == (self.role, self.kind, place)
        ]


def give_role(call: Call, tx: Tx, slot: RoleSlot, members: Sequence[Member]) -> Roster:
    """Give a slot to exactly these members; the current holders change nothing. Return the new roster.

    Raises RefusalError for an observer, who holds no role but that one.
    """
    held = slot.of(call.roster.holdings)
    for candidate in members:
        if candidate.permission is Permission.OBSERVER and slot.role != OBSERVER_ROLE:
            raise RefusalError("role.observer", who=candidate.name)
    member_ids = list(dict.fromkeys(member.id for member in members))
    if [holding.member for holding in held] == member_ids:
        return call.roster
    for holding in held:
        tx.roles.take_back(call.team.id, holding.id)
    account = _get_account_id(slot.account)
    added = [Holding(call.team.id, new_id(tx.now), slot.role, member, slot.kind, account) for member in member_ids]
    for holding in added:
        tx.roles.give(holding)
    return _record_and_follow(call, tx, slot, _write_facts(slot, held), _write_facts(slot, added))


def _write_facts(slot: RoleSlot, held: Sequence[Holding]) -> Facts:
    """Return the facts of a slot for the record: members, their holdings in the same order, and the account."""
    return {
        slot.kind: ",".join(holding.member for holding in held) or None,
        "holdings": ",".join(holding.id for holding in held) or None,
        "account": _get_account_id(slot.account),
    }


def parse_kind(facts: Mapping[str, str | None]) -> Kind:
    """Return the kind of the slot that the facts of a line of the record are about."""
    return "backup" if "backup" in facts else "holder"


def take_role(call: Call, tx: Tx, slot: RoleSlot, member: Member) -> Roster:
    """Take a slot back from a member. Raises RefusalError if they do not hold it."""
    held = slot.of(call.roster.holdings)
    if member.id not in [holding.member for holding in held]:
        raise RefusalError("role.not_held", who=member.name)
    return give_role(call, tx, slot, [kept for kept in list_holders(call, slot) if kept.id != member.id])


def list_holders(call: Call, slot: RoleSlot) -> list[Member]:
    """Return the members in a slot, in the order of their holdings: the first is responsible."""
    members = (call.roster.member(holding.member) for holding in slot.of(call.roster.holdings))
    return [member for member in members if member is not None]


def hand_lead(call: Call, tx: Tx, member: Member) -> Roster:
    """Make a member the lead, and the previous lead a member: a team has exactly one."""
    old = call.roster.lead
    if old is not None and old.id == member.id:
        return call.roster
    if old is not None:
        tx.members.save(replace(old, permission=Permission.MEMBER))
    tx.members.save(replace(member, permission=Permission.LEAD))
    before: Facts = {"holder": old.id if old else None, "permission": member.permission.value}
    after: Facts = {"holder": member.id, "permission": Permission.LEAD.value}
    return _record_and_follow(call, tx, RoleSlot(LEAD), before, after)


def _get_account_id(account: Account | None) -> str | None:
    return account.id if account else None


def _record_and_follow(call: Call, tx: Tx, slot: RoleSlot, before: Facts, after: Facts) -> Roster:
    tx.audit.write(replace(call.entry(tx, "role", "role", slot.role), before=before, after=after))
    redraw_role(tx, call.team, slot.role)
    now = roster(tx, call.team)
    follow_roles(tx, call.author(), call.roster, now)
    return now


def redraw_role(tx: Tx, team: Team, role: str) -> None:
    """Show a role's new holders on the message that names them outside any item, if there is one."""
    if role in SHOWN_BY:
        _redraw_newest(tx, team, SHOWN_BY[role])


def _redraw_newest(tx: Tx, team: Team, kind: str) -> None:
    """Owe an edit to the newest message of a kind, until the opening after its day: later it speaks of the past."""
    mail = tx.postings.mail({team.id: tx.now - LONGEST_CLOSURE})
    newest = next((sent.posting for sent in reversed(mail) if kind in sent.posting.kind.split("+")), None)
    if newest is None or tx.now >= next_opening(team, team.today(newest.created_at)):
        return
    tx.postings.touch_one(team.id, newest.id)
    if newest.ref is not None:
        tx.outbox.owe([edit_of(team.id, newest.id, tx.now)])


def reassign_items(tx: Tx, people: Roster, member_id: str, *, private: bool = True) -> None:
    """Reassign the open items of a former member to the current holders of their roles; drop private reminders.

    `private` False keeps the private reminders as they are.
    """
    begins, _ = day_bounds(people.team, people.team.today(tx.now))
    for item in tx.items.between(people.team.id, begins, tx.now + EVER):
        if not item.is_open or item.holder != member_id:
            continue
        if item.task.private and not private:
            continue
        if item.task.private:
            change(tx, Author(), item, item._replace(state=State.DROPPED, closed_at=tx.now), "drop")
        else:
            holder = people.holder(item.task.role)
            change(tx, Author(), item, item._replace(holder=holder.id if holder else None), "assign")


def follow_roles(tx: Tx, author: Author, before: Roster, after: Roster) -> None:
    """Reassign the open items whose holder came from their role to its current holder."""
    for item in items_of(tx, after.team, after.team.today(tx.now)):
        if not item.is_open:
            continue
        was, now = before.holder(item.task.role), after.holder(item.task.role)
        if now is not None and was is not None and item.holder == was.id != now.id:
            change(tx, author, item, item._replace(holder=now.id), "assign")
