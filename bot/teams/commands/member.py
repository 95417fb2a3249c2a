from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import find_named, is_mention, person
from bot.grammar.spelling import fold
from bot.grammar.verbs import check_slip, verb
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, Verb, command, press
from bot.teams.cards import people as cards
from bot.teams.member import Permission, Right
from bot.teams.people import erase, foresee_departure, set_permission, take_out

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx
    from bot.teams.member import Member

VERBS = {
    "list": ("lister", "liste", "voir", "list", "show"),
    "rights": ("droits", "droit", "permission", "rights", "right"),
    "remove": ("retirer", "retire", "je retire", "enlever", "remove"),
    "erase": ("effacer", "efface", "j'efface", "oublier", "erase", "forget"),
}
PERMISSIONS = {
    Permission.MEMBER: ("member", "membre"),
    Permission.CONTRIBUTOR: ("contributor", "contribution", "contributeur", "contributrice"),
    Permission.OBSERVER: ("observer", "observation", "observateur", "observatrice"),
}
_QUESTIONS = {"remove": "people.remove", "erase": "people.erase"}


@command(
    names=Names("member", "membre", also_en=("members",), also_fr=("membres",)),
    section="team",
    verbs=(
        Verb("list", "lister", "the members and what they may do", "les membres et leurs droits"),
        Verb(
            "rights",
            "droits",
            "what a member may do",
            "ce qu’un membre peut faire",
            "{person} {member/membre|contributor/contribution|observer/observation=right}",
        ),
        Verb("remove", "retirer", "take a person out of the team", "retirer une personne de l’équipe", "{person}"),
        Verb("erase", "effacer", "erase a person’s name and account", "effacer le nom et le compte", "{person}"),
    ),
    en=Guide(
        "the members; their rights; take one out, or erase one",
        "member [rights NAME contributor | remove NAME | erase NAME]",
        ("member", "member list"),
    ),
    fr=Guide(
        "les membres, leurs droits ; en retirer un, ou l’effacer",
        "membre [droits NOM contribution | retirer NOM | effacer NOM]",
        ("membre", "membre lister"),
    ),
)
def member(call: Call, tx: Tx) -> Reply:
    verb_id, rest = verb(call.rest, VERBS)
    if not verb_id:
        rest, number = page_number(f" {rest}".rstrip())
        check_slip(rest.strip(), VERBS)
        return Reply(cards.draw_members(call, number))
    if verb_id == "list":
        return Reply(cards.draw_members(call, page_number(f" {rest}")[1]))
    call.permit(Right.EDIT)
    if not rest:
        return Reply(cards.draw_choices(call, call.roster.members, verb_id))
    if verb_id == "rights":
        return _change_permission(call, tx, rest)
    target = _find_member(call, tx, rest, former=verb_id == "erase")
    _check_lead(target)
    departure = foresee_departure(call, tx, target)
    return Reply(cards.draw_question(call, target, departure, _QUESTIONS[verb_id], f"{verb_id}_member"))


def _find_member(call: Call, tx: Tx, typed: str, *, former: bool = False) -> Member:
    """Find a member by mention or name, `former` also among those who were taken out or left."""
    if is_mention(typed) or not former:
        target = person(call, tx, typed, joins=False)
        if target is None:
            raise RefusalError("role.somebody")
        return target
    return find_named(call, typed, [*call.roster.members, *tx.members.former(call.team.id)])


def _change_permission(call: Call, tx: Tx, rest: str) -> Reply:
    name, _, last = rest.rpartition(" ")
    permission = next((key for key, words in PERMISSIONS.items() if fold(last) in map(fold, words)), None)
    if permission is None or not name:
        raise RefusalError("people.which_right")
    target = _find_member(call, tx, name)
    set_permission(call, tx, target, permission)
    return Reply(cards.draw_permission(call, target, target.permission, permission))


def _check_lead(target: Member) -> None:
    if target.permission is Permission.LEAD:
        raise RefusalError("role.last_lead", who=target.name)


@press("remove_member", right=Right.EDIT)
def remove_member(call: Call, tx: Tx) -> Reply:
    """Take the member out, once the lead has read what moves."""
    target = _get_pressed(call, tx)
    if not target.active:
        raise RefusalError("people.already_out", who=target.name)
    take_out(call, tx, target)
    return Reply(cards.draw_gone(call, target.name, "people.removed"))


@press("erase_member", right=Right.EDIT)
def erase_member(call: Call, tx: Tx) -> Reply:
    """Erase the member, once the lead has read what is lost."""
    target = _get_pressed(call, tx)
    _check_lead(target)
    erase(call, tx, target)
    return Reply(cards.draw_gone(call, target.name, "people.erased"))


@press("keep_member", right=Right.EDIT)
def keep_member(call: Call, tx: Tx) -> Reply:
    """Change nothing."""
    return Reply(cards.draw_gone(call, _get_pressed(call, tx).name, "people.kept"))


def _get_pressed(call: Call, tx: Tx) -> Member:
    target = tx.members.get(call.team.id, call.rest)
    if target is None or not target.name:
        raise RefusalError("item.gone")
    return target
