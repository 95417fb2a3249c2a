from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import person
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, command
from bot.tasks.cards.showing import showable
from bot.tasks.today import items_of
from bot.tasks.trigger import visible
from bot.teams.cards import role as cards
from bot.teams.role_changes import role_named

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

_SMALL = ("fait la ", "fait le ", "fait les ", "fait ", "tient le ", "tient la ", "s’occupe de ", "s'occupe de ",
          "does the ", "does ", "holds the ", "holds ", "est ", "is ")  # fmt: skip


@command(
    names=Names("who", "qui", also_en=("people",), also_fr=("équipe", "qui fait quoi")),
    section="team",
    takes="[{person}] [{role}]",
    reads=True,
    en=Guide("who holds what today, and the team; or one person, one role", "who [NAME or ROLE]", ("who", "who me")),
    fr=Guide(
        "qui tient quoi aujourd’hui, et l’équipe ; ou une personne, un rôle",
        "qui [NOM ou RÔLE]",
        ("qui", "qui moi"),
    ),
)
def who(call: Call, tx: Tx) -> Reply:
    accounts = {one.id: one for one in tx.teams.accounts(call.team.id)}
    items = visible(call, items_of(tx, call.team, call.today))
    rest, number = page_number(f" {call.rest}".rstrip(" ?\u202f"))
    rest = rest.strip()
    if not rest:
        return Reply(showable(call, cards.team(call, items, accounts, number), f"who {number}"))
    small = next((one for one in _SMALL if rest.casefold().startswith(one)), "")
    rest = rest[len(small) :]
    role = role_named(call, rest)
    if role is not None:
        return Reply(cards.changed(call, call.roster, role, accounts))
    member = person(call, tx, rest, joins=False)
    if member is None:  # « personne » is nobody
        raise RefusalError("member.unknown", name=rest[:40], known=[one.name for one in call.roster.members][:5])
    return Reply(cards.person(call, member, items, accounts))
