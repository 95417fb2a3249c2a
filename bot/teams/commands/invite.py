from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import is_mention, person
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.teams.cards.people import draw_joined
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names("invite", "inviter", also_en=("add member",), also_fr=("invite", "ajouter membre", "j'invite")),
    section="team",
    takes="{person}",
    right=Right.EDIT,
    en=Guide("add a person to the team", "invite @NAME", ("invite @Karim",)),
    fr=Guide("ajouter une personne à l’équipe", "inviter @NOM", ("inviter @Karim",)),
)
def invite(call: Call, tx: Tx) -> Reply:
    if not call.rest:
        raise RefusalError("people.invite")
    before = {member.id for member in call.roster.members}
    member = person(call, tx, call.rest) if is_mention(call.rest) else None
    if member is None:
        member = next((other for other in call.roster.members if other.name == call.rest.removeprefix("@")), None)
    if member is None:
        raise RefusalError("people.mention", name=call.rest[:40])
    return Reply(draw_joined(call, member, new=member.id not in before))
