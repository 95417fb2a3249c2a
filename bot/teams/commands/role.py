from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import person, several
from bot.grammar.question import confirm
from bot.grammar.spelling import fold, lookup
from bot.grammar.verbs import verb
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, command
from bot.teams.cards import role as cards
from bot.teams.member import Permission, Right
from bot.teams.people import set_observers
from bot.teams.role import LEAD
from bot.teams.role_changes import OBSERVER_ROLE, RoleSlot, find_role, give_role, hand_lead, list_holders, take_role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.catalogue.schema import Role
    from bot.ports import Tx
    from bot.teams.member import Member
    from bot.teams.roster import Roster
    from bot.teams.team import Account

VERBS = {
    "take": ("retirer", "retire", "je retire", "enlever", "enlève", "sans", "remove", "without"),
    "backup": ("binôme", "en binôme", "remplaçant", "remplaçante", "backup"),
    "add": ("ajouter", "ajoute", "j'ajoute", "aussi", "add", "also"),
}
LONGEST_ROLE = 4
_ON = {"sur", "pour", "on", "for"}


@command(
    names=Names("role", "rôle", also_en=("roles",), also_fr=("rôles",)),
    section="team",
    takes="[{role}] [{add/ajouter|backup/binôme|remove/retirer=change}] [{person}] [{network}]",
    en=Guide(
        "who holds what; gives, takes back, or backs up a role",
        "role [ROLE [add|backup|remove] NAME [NETWORK]]",
        ("role", "role watch me", "role replies backup me"),
    ),
    fr=Guide(
        "qui tient quoi ; donne ou retire un rôle, ou nomme un binôme",
        "rôle [RÔLE [ajouter|binôme|retirer] NOM [RÉSEAU]]",
        ("rôle", "rôle veille moi", "rôle animation binôme moi"),
    ),
)
def role(call: Call, tx: Tx) -> Reply:
    accounts = {account.id: account for account in tx.teams.accounts(call.team.id)}
    rest, number = page_number(f" {call.rest}".rstrip())
    rest = rest.strip()
    if not rest:
        return Reply(cards.draw_list(call, call.roster, accounts, number))
    target, rest = _parse_role(call, rest)
    if not rest:
        return Reply(cards.draw_role(call, call.roster, target, accounts))
    call.permit(Right.EDIT)
    changed = _apply_change(call, tx, target, rest, list(accounts.values()))
    return changed if isinstance(changed, Reply) else Reply(cards.draw_role(call, changed, target, accounts))


def _parse_role(call: Call, typed: str) -> tuple[Role, str]:
    """Split a line into its role (the longest name wins) and the rest."""
    words = typed.split()
    for count in range(min(LONGEST_ROLE, len(words)), 0, -1):
        role_entry = find_role(call, " ".join(words[:count]))
        if role_entry is not None:
            return role_entry, typed.split(maxsplit=count)[count] if len(words) > count else ""
    return _find_nearest_role(call, words[0]), typed.partition(" ")[2].strip()


def _find_nearest_role(call: Call, word: str) -> Role:
    roles = {role.id: role for role in call.catalogue.roles.values() if role.kind == "holder"}
    near = lookup(word, {key: (key, role.title.fr, role.title.en, *role.names.all()) for key, role in roles.items()})
    if len(near) == 1:
        return roles[near[0]]
    titles = [roles[key].title.of(call.texts.language) for key in near or list(roles)[:7]]
    raise RefusalError("role.unknown", name=word[:40], known=titles)


def _apply_change(call: Call, tx: Tx, target: Role, rest: str, accounts: Sequence[Account]) -> Roster | Reply:
    verb_id, rest = verb(rest, VERBS)
    rest, account = _split_account(call, rest, accounts)
    if not rest:
        raise RefusalError("role.whom", role=target.title.of(call.texts.language))
    slot = RoleSlot(target.id, "backup" if verb_id == "backup" else "holder", account)
    if target.id == LEAD and verb_id != "backup":
        return _change_lead(call, tx, verb_id, rest)
    members = several(call, tx, rest)
    if not members:
        raise RefusalError("role.whom", role=target.title.of(call.texts.language))
    if target.id == OBSERVER_ROLE:
        set_observers(call, tx, members, only=verb_id != "take")
    if verb_id == "take":
        for member in members:
            call = call._replace(roster=_take_back(call, tx, slot, member))
        return call.roster
    kept = list_holders(call, slot) if verb_id == "add" or target.id == OBSERVER_ROLE else []
    return give_role(call, tx, slot, [*kept, *members])


def _change_lead(call: Call, tx: Tx, verb_id: str, rest: str) -> Reply:
    """Give the lead to another member, once the lead has confirmed it; it is never taken away."""
    member = _parse_member(call, tx, rest)
    lead = call.roster.lead
    if verb_id == "take" and lead is not None and lead.id == member.id:
        raise RefusalError("role.last_lead", who=member.name)
    if verb_id == "take":
        raise RefusalError("role.not_held", who=member.name)
    if member.permission is Permission.OBSERVER:
        raise RefusalError("role.observer_lead", who=member.name)
    if lead is not None and lead.id == member.id:
        raise RefusalError("role.lead_already", who=member.name)
    if not call.confirmed and lead is not None:
        return confirm(
            call, tx, call.line("role.lead_sure", who=member.name), f"{call.registry.commands['role'].id} {LEAD} {rest}"
        )
    return Reply(cards.draw_lead(call, hand_lead(call, tx, member)))


def _take_back(call: Call, tx: Tx, slot: RoleSlot, member: Member) -> Roster:
    """Take a slot back from a member, as holder, or as backup if they are only that."""
    backup = RoleSlot(slot.role, "backup", slot.account)
    is_backup = member.id in [holding.member for holding in backup.of(call.roster.holdings)]
    is_holder = member.id in [holding.member for holding in slot.of(call.roster.holdings)]
    return take_role(call, tx, backup if is_backup and not is_holder else slot, member)


def _parse_member(call: Call, tx: Tx, typed: str) -> Member:
    member = person(call, tx, typed)
    if member is None:
        raise RefusalError("role.somebody")
    return member


def _split_account(call: Call, rest: str, accounts: Sequence[Account]) -> tuple[str, Account | None]:
    """Split « Léa Instagram » or « Léa sur Instagram » into the rest and the team's account on that network."""
    words = rest.split()
    for count in (2, 1):
        network = _find_network(call, " ".join(words[-count:])) if len(words) > count else None
        if network is None:
            continue
        account = next((account for account in accounts if account.network == network), None)
        if account is None:
            title = call.catalogue.networks[network].title.of(call.texts.language)
            raise RefusalError("role.no_account", network=title)
        remaining = words[:-count]
        return " ".join(remaining[:-1] if fold(remaining[-1]) in _ON else remaining), account
    return rest, None


def _find_network(call: Call, typed: str) -> str | None:
    text = fold(typed)
    for key, network in call.catalogue.networks.items():
        if text in {fold(name) for name in (key, network.title.fr, network.title.en, *network.names.all())}:
            return key
    return None
