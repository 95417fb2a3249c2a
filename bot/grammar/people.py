"""Members named in a typed line: by mention, by name, or as « moi »."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.names import cleaned, shortened
from bot.grammar.spelling import exact, fold, lookup
from bot.ids import new_id
from bot.teams.member import Identity, Member, Permission, Right, distinct_name, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_SHOWN = 40
"""Characters of a typed name that are quoted."""
_MOST = 5
"""Names of the team listed in a refusal."""


def person(call: Call, tx: Tx, typed: str, *, joins: bool = True) -> Member | None:
    """Return the member meant by a mention, a name or « moi »; None for « je ne sais pas encore ».

    A mentioned person who is new becomes a member, unless `joins` is off. Raises RefusalError for any other name, and
    for a name that several members share.
    """
    words = _strip(typed)
    mention = _MENTION.fullmatch(words)
    if mention:
        return _find_mentioned(call, tx, mention[1], joins=joins)
    if fold(words) in _ME:
        return call.me
    if fold(words) in _NOBODY:
        return None
    return find_named(call, words, call.roster.members)


def find_named(call: Call, typed: str, members: Sequence[Member]) -> Member:
    """Return the one of these members who is called so. Raises RefusalError for none, or several."""
    words = _strip(typed).removeprefix("@")
    names = {member.id: names_of(member, members) for member in members}
    by_id = {member.id: member for member in members}
    doubles = [key for key, called in names.items() if len(called) > 1 and fold(words) == fold(called[0])]
    matches = lookup(words, names)
    if doubles:  # « Léa » of several Léas is none of them
        matches = [key for key, called in names.items() if fold(called[-1]).startswith(f"{fold(words)} ")]
    if len(matches) == 1:
        return by_id[matches[0]]
    if matches:
        raise RefusalError("member.several", name=words[:_SHOWN], known=[names[key][-1] for key in matches])
    raise unknown_member(call, words)


def unknown_member(call: Call, typed: str) -> RefusalError:
    """Build the refusal of a name that nobody in the team has, with the way to add a person."""
    members = [member.name for member in call.roster.members][:_MOST]
    lead = call.roster.lead.name if call.roster.lead else ""
    may_add = call.member is not None and call.member.may(Right.EDIT)
    key = "member.unknown" if may_add or not lead else "member.unknown_ask"
    return RefusalError(key, name=cleaned(typed)[:_SHOWN], known=members, lead=lead)


def several(call: Call, tx: Tx, typed: str) -> list[Member]:
    """Return the members meant by « Léa, Karim et Tom », in that order. Raises RefusalError for an unknown one."""
    parts = [part for part in _BETWEEN.split(typed) if part.strip(" ,;")]
    members = [person(call, tx, part) for part in parts]
    return [member for member in members if member is not None]


def named(call: Call, typed: str) -> bool:
    """Tell whether the words are a member's mention, name or first name to the letter (accents aside), or « moi »."""
    words = _strip(typed)
    names = {member.id: names_of(member, call.roster.members) for member in call.roster.members}
    return bool(_MENTION.fullmatch(words) or fold(words) in _ME or exact(words.removeprefix("@"), names))


def refuse_several(call: Call, typed: str) -> None:
    """Raise RefusalError when several people, a group or everybody is meant: a task is for one person or role."""
    words = typed.strip().strip(",;")
    parts = [part for part in _BETWEEN.split(_MENTION.sub(r"<@\1>,", words)) if part.strip(" ,;")]
    several_named = len(parts) > 1 and all(named(call, part) for part in parts)
    if several_named or fold(words) in _EVERYBODY or _GROUP.search(words):
        names = [member.name for member in call.roster.members][:5]
        raise RefusalError("member.only_one", name=names[0], known=names)


def colleague(call: Call, tx: Tx, typed: str) -> Member:
    """Return the member who is meant. A mention of a new person adds them only for a member who may change the team."""
    mention = _MENTION.fullmatch(_strip(typed))
    if mention and not call.me.may(Right.EDIT):
        return _find_mentioned(call, tx, mention[1], joins=False)
    member = person(call, tx, typed)
    if member is None:
        raise unknown_member(call, typed.strip())
    return member


def is_mention(typed: str) -> bool:
    """Tell whether the words are a mention, which names a person of the platform, known or not."""
    return _MENTION.fullmatch(_strip(typed)) is not None


def _strip(typed: str) -> str:
    return typed.strip().strip(",;")


def _find_mentioned(call: Call, tx: Tx, external_id: str, *, joins: bool) -> Member:
    """Return a mentioned member; with `joins`, a new or former one joins: naming them is what adds them."""
    member = tx.members.find(call.team.id, call.request.platform, external_id)
    if member is not None and member.active:
        return member
    name = call.request.people.get(external_id)
    if not joins or (name is None and member is None):
        raise unknown_member(call, (member.name if member else name) or external_id)
    if member is not None:
        return come_back(call, tx, member)
    joined = join(call, tx, external_id, name or external_id, Permission.MEMBER)
    tx.audit.write(call.entry(tx, "join", "member", joined.id))
    return joined


def come_back(call: Call, tx: Tx, member: Member) -> Member:
    """Make a former member active again, as a plain member."""
    back = replace(member, active=True, permission=Permission.MEMBER, name=_free_name(call, member.name))
    tx.members.save(back)
    tx.audit.write(call.entry(tx, "join", "member", back.id))
    return back


def join(call: Call, tx: Tx, external_id: str, name: str, permission: Permission) -> Member:
    """Add a person to the team's Vigie; the second of one name gets a number."""
    member = Member(call.team.id, new_id(tx.now), _free_name(call, shortened(name, external_id)), permission)
    tx.members.add(member, Identity(call.team.id, member.id, call.request.platform, external_id))
    return member


def _free_name(call: Call, name: str) -> str:
    return distinct_name(name, (member.name for member in call.roster.members))
