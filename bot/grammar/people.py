"""Whom a typed name or mention means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.names import cleaned, shortened
from bot.grammar.spelling import exact, fold, lookup
from bot.ids import new_id
from bot.teams.member import Identity, Member, Permission, Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

_MENTION = re.compile(r"<@!?([\w-]+)(?:\|[^>]*)?>")
_BETWEEN = re.compile(r",|;|\bet\b|\band\b|&", re.IGNORECASE)
_ME = {"moi", "me", "myself"}
_EVERYBODY = {
    *("tout le monde", "tous", "toutes", "toute l equipe", "equipe", "l equipe", "chacun", "nous"),
    *("everyone", "everybody", "all", "team", "the team", "the whole team", "us"),
}
_GROUP = re.compile(r"<!(?:subteam\^|here|channel|everyone)[^>]*>|<@&\d+>|@(?:everyone|here|channel)\b")
_NOBODY = {"je ne sais pas", "je ne sais pas encore", "personne", "i don t know", "i don t know yet", "nobody", "?"}


def person(call: Call, tx: Tx, typed: str, *, joins: bool = True) -> Member | None:
    """The member meant by a mention, a name or « moi »; None for « je ne sais pas encore ». Else RefusalError.

    Somebody new who is mentioned becomes a member, unless `joins` is off (where one only looks).
    """
    words = typed.strip().strip(",;")
    mention = _MENTION.fullmatch(words)
    if mention:
        return _mentioned(call, tx, mention[1], joins=joins)
    if fold(words) in _ME:
        return call.me
    if fold(words) in _NOBODY:
        return None
    by_id = {member.id: member for member in call.roster.members}
    found = lookup(words.removeprefix("@"), {member.id: (member.name,) for member in by_id.values()})
    if len(found) == 1:
        return by_id[found[0]]
    names = [by_id[one].name for one in found] or [member.name for member in call.roster.members][:5]
    raise RefusalError("member.several" if found else "member.unknown", name=cleaned(words)[:40], known=names)


def several(call: Call, tx: Tx, typed: str) -> list[Member]:
    """Everybody meant by « Léa, Karim et Tom », in that order; RefusalError when one of them is nobody we know."""
    parts = [part for part in _BETWEEN.split(typed) if part.strip(" ,;")]
    found = [person(call, tx, part) for part in parts]
    return [one for one in found if one is not None]


def named(call: Call, typed: str) -> bool:
    """Whether these words are somebody's mention, name or first name, to the letter (accents aside), or « moi »."""
    words = typed.strip().strip(",;")
    known = {member.id: (member.name,) for member in call.roster.members}
    return bool(_MENTION.fullmatch(words) or fold(words) in _ME or exact(words.removeprefix("@"), known))


def refuse_several(call: Call, typed: str) -> None:
    """Raise RefusalError when several people, a group or everybody is meant: a task is for one person or role."""
    words = typed.strip().strip(",;")
    parts = [part for part in _BETWEEN.split(_MENTION.sub(r"<@\1>,", words)) if part.strip(" ,;")]
    several_named = len(parts) > 1 and all(named(call, part) for part in parts)
    if several_named or fold(words) in _EVERYBODY or _GROUP.search(words):
        names = [member.name for member in call.roster.members][:5]
        raise RefusalError("member.only_one", name=names[0], known=names)


def colleague(call: Call, tx: Tx, typed: str) -> Member:
    """Who is meant, somebody for sure; only who may change the team brings somebody new into it by a mention."""
    mention = _MENTION.fullmatch(typed.strip().strip(",;"))
    known = [one.name for one in call.roster.members][:5]
    if mention and not call.me.may(Right.EDIT):
        found = tx.members.find(call.team.id, call.request.platform, mention[1])
        if found is None:
            raise RefusalError("member.unknown", name=call.request.people.get(mention[1], mention[1]), known=known)
        return found
    member = person(call, tx, typed)
    if member is None:
        raise RefusalError("member.unknown", name=typed.strip()[:40], known=known)
    return member


def _mentioned(call: Call, tx: Tx, external_id: str, *, joins: bool) -> Member:
    """A mentioned person; one whom the team's Vigie does not know yet becomes a member: that is what naming them is."""
    known = tx.members.find(call.team.id, call.request.platform, external_id)
    if known:
        return known
    name = call.request.people.get(external_id)
    if name is None or not joins:
        raise RefusalError(
            "member.unknown",
            name=cleaned(name or external_id)[:40],
            known=[one.name for one in call.roster.members][:5],
        )
    return join(call, tx, external_id, name, Permission.MEMBER)


def join(call: Call, tx: Tx, external_id: str, name: str, permission: Permission) -> Member:
    """Add a person to the team's Vigie."""
    member = Member(call.team.id, new_id(tx.now), shortened(name, external_id), permission)
    tx.members.add(member, Identity(call.team.id, member.id, call.request.platform, external_id))
    return member
