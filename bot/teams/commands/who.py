from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.people import person, unknown_member
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, command
from bot.tasks.cards.showing import add_show_button
from bot.tasks.today import items_of
from bot.tasks.trigger import visible
from bot.teams.cards import role as cards
from bot.teams.role_changes import find_role

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

_SMALL_WORDS = ("fait la ", "fait le ", "fait les ", "fait ", "tient le ", "tient la ", "s’occupe de ", "s'occupe de ",
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
def show_holders(call: Call, tx: Tx) -> Reply:
    accounts = {account.id: account for account in tx.teams.accounts(call.team.id)}
    items = visible(call, items_of(tx, call.team, call.today))
    rest, number = page_number(f" {call.rest}".rstrip(" ?\u202f"))
    rest = rest.strip()
    if not rest:
        return Reply(add_show_button(call, cards.draw_team(call, items, accounts, number), f"who {number}"))
    small = next((prefix for prefix in _SMALL_WORDS if rest.casefold().startswith(prefix)), "")
    rest = rest[len(small) :]
    role = find_role(call, rest)
    if role is not None:
        return Reply(cards.draw_role(call, call.roster, role, accounts))
    member = person(call, tx, rest, joins=False)
    if member is None:  # « personne » names no member
        raise unknown_member(call, rest)
    return Reply(cards.draw_member_card(call, member, items, accounts))
