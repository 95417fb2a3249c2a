"""Who holds what, changed: the holdings, the record, and the open items whose holder came from that role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.errors import RefusalError
from bot.grammar.spelling import fold
from bot.ids import new_id
from bot.tasks.change import Author, change
from bot.tasks.checklist import State
from bot.tasks.today import items_of
from bot.teams.member import Permission
from bot.teams.role import LEAD, Holding
from bot.teams.roster import roster
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.catalogue.schema import Role
    from bot.ports import Tx
    from bot.teams.member import Member
    from bot.teams.roster import Roster
    from bot.teams.team import Account

Kind = Literal["holder", "backup"]
EVER = timedelta(days=366 * 11)
"""Beyond the latest moment that anybody can name (bot.grammar.when)."""
_SHORT = 3
"""Letters of a word that keeps its s."""
_ARTICLES = ("la ", "le ", "les ", "l ", "the ")


def role_named(call: Call, typed: str) -> Role | None:
    """The role that people hold and that these words name exactly, with or without an article, or in the plural."""
    words = fold(typed)
    bare = next((words.removeprefix(one) for one in _ARTICLES if words.startswith(one)), words)
    names = {
        role.id: [fold(name) for name in (role.id, role.title.fr, role.title.en, *role.names.all())]
        for role in call.catalogue.roles.values()
        if role.kind == "holder"
    }
    exact = next((key for key, called in names.items() if words in called or bare in called), None)
    wanted = _singular(bare)
    found = exact or next((key for key, called in names.items() if wanted in map(_singular, called)), None)
    return call.catalogue.roles[found] if found else None


def _singular(words: str) -> str:
    """Each word without the mark of its plural: a form to compare, not to read."""
    return " ".join(word.removesuffix("s") if len(word) > _SHORT else word for word in words.split())


@dataclass(frozen=True, slots=True)
class Post:
    """What is held: a role, as holder or backup, team-wide or for one account."""

    role: str
    kind: Kind = "holder"
    account: Account | None = None

    def of(self, holdings: Sequence[Holding]) -> list[Holding]:
        """The holdings of it."""
        place = self.account.id if self.account else None
        return [one for one in holdings if (one.role, one.kind, one.account) == (self.role, self.kind, place)]


def give(call: Call, tx: Tx, post: Post, members: Sequence[Member]) -> Roster:
    """These members hold it from now on, and nobody else; the same again changes nothing. Returns the new roster."""
    held = post.of(call.roster.holdings)
    wanted = list(dict.fromkeys(member.id for member in members))
    if [one.member for one in held] == wanted:
        return call.roster
    for one in held:
        tx.roles.take_back(call.team.id, one.id)
    for member in wanted:
        tx.roles.give(Holding(call.team.id, new_id(tx.now), post.role, member, post.kind, _id(post.account)))
    before = ",".join(one.member for one in held)
    return _changed(call, tx, post, before or None, ",".join(wanted) or None)


def take(call: Call, tx: Tx, post: Post, member: Member) -> Roster:
    """The member holds it no more. RefusalError when they did not."""
    held = post.of(call.roster.holdings)
    if member.id not in [one.member for one in held]:
        raise RefusalError("role.not_held", who=member.name)
    return give(call, tx, post, [one for one in holders(call, post) if one.id != member.id])


def holders(call: Call, post: Post) -> list[Member]:
    """The members who hold it, in the order in which it was given to them: the first one answers for it."""
    found = (call.roster.member(one.member) for one in post.of(call.roster.holdings))
    return [one for one in found if one is not None]


def observe(tx: Tx, members: Sequence[Member], *, only: bool) -> None:
    """Observing is a permission as well: these members can look and change nothing, or can act again."""
    for member in members:
        if member.permission is Permission.LEAD:
            raise RefusalError("role.last_lead", who=member.name)
        tx.members.save(replace(member, permission=Permission.OBSERVER if only else Permission.MEMBER))


def hand_lead(call: Call, tx: Tx, member: Member) -> Roster:
    """The member leads from now on, and whoever did is a member: there is exactly one lead at any time."""
    old = call.roster.lead
    if old is not None and old.id == member.id:
        return call.roster
    if old is not None:
        tx.members.save(replace(old, permission=Permission.MEMBER))
    tx.members.save(replace(member, permission=Permission.LEAD))
    return _changed(call, tx, Post(LEAD), old.id if old else None, member.id)


def _id(account: Account | None) -> str | None:
    return account.id if account else None


def _changed(call: Call, tx: Tx, post: Post, before: str | None, after: str | None) -> Roster:
    entry = replace(
        call.entry(tx, "role", "role", post.role),
        before={post.kind: before, "account": _id(post.account)},
        after={post.kind: after, "account": _id(post.account)},
    )
    tx.audit.write(entry)
    now = roster(tx, call.team)
    follow(tx, Author(call.me.id, call.source), call.roster, now)
    return now


def hand_on(tx: Tx, people: Roster, gone: str) -> None:
    """What is open and was theirs, by their role or by name, goes to whoever holds the role now; what they wanted to be
    reminded of in private ends with them.
    """
    begins, _ = day_bounds(people.team, people.team.today(tx.now))
    for item in tx.items.between(people.team.id, begins, tx.now + EVER):
        if not item.is_open or item.holder != gone:
            continue
        if item.task.private:
            change(tx, Author(), item, item._replace(state=State.DROPPED, closed_at=tx.now), "drop")
        else:
            now = people.holder(item.task.role)
            change(tx, Author(), item, item._replace(holder=now.id if now else None), "assign")


def follow(tx: Tx, author: Author, before: Roster, after: Roster) -> None:
    """Open items whose holder came from their role go to whoever holds it now (PRODUCT §3.7)."""
    for item in items_of(tx, after.team, after.team.today(tx.now)):
        if not item.is_open:
            continue
        was, now = before.holder(item.task.role), after.holder(item.task.role)
        if now is not None and was is not None and item.holder == was.id != now.id:
            change(tx, author, item, item._replace(holder=now.id), "assign")
