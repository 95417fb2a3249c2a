"""Whom a typed name or mention means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.ids import new_id
from bot.domain.member import Identity, Member, Permission
from bot.errors import RefusalError
from bot.spelling import fold, lookup

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

_MENTION = re.compile(r"<@!?([\w-]+)(?:\|[^>]*)?>")
_ME = {"moi", "me", "myself"}
_NOBODY = {"je ne sais pas", "je ne sais pas encore", "personne", "i don t know", "i don t know yet", "nobody", "?"}


def person(call: Call, tx: Tx, typed: str) -> Member | None:
    """The member meant by a mention, a name or « moi »; None for « je ne sais pas encore ». Else RefusalError."""
    words = typed.strip().strip(",;")
    mention = _MENTION.fullmatch(words)
    if mention:
        return _mentioned(call, tx, mention[1])
    if fold(words) in _ME:
        return call.me
    if fold(words) in _NOBODY:
        return None
    by_id = {member.id: member for member in call.roster.members}
    found = lookup(words.removeprefix("@"), {member.id: (member.name,) for member in by_id.values()})
    if len(found) == 1:
        return by_id[found[0]]
    names = [by_id[one].name for one in found] or [member.name for member in call.roster.members][:5]
    raise RefusalError("member.several" if found else "member.unknown", name=words[:40], known=names)


def _mentioned(call: Call, tx: Tx, external_id: str) -> Member:
    """A mentioned person; one whom the team's Vigie does not know yet becomes a member: that is what naming them is."""
    known = tx.members.find(call.team.id, call.request.platform, external_id)
    if known:
        return known
    name = call.request.people.get(external_id)
    if name is None:
        raise RefusalError("member.unknown", name=external_id, known=[one.name for one in call.roster.members][:5])
    return join(call, tx, external_id, name, Permission.MEMBER)


def join(call: Call, tx: Tx, external_id: str, name: str, permission: Permission) -> Member:
    """Add a person to the team's Vigie."""
    member = Member(call.team.id, new_id(tx.now), name or external_id, permission)
    tx.members.add(member, Identity(call.team.id, member.id, call.request.platform, external_id))
    return member
