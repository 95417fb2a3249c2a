from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import person, several
from bot.grammar.spelling import fold, lookup
from bot.grammar.verbs import verb
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, command
from bot.teams.cards import role as cards
from bot.teams.member import Permission, Right
from bot.teams.role import LEAD
from bot.teams.role_changes import Post, give, hand_lead, holders, observe, role_named, take

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
OBSERVER = "observer"
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
    accounts = {one.id: one for one in tx.teams.accounts(call.team.id)}
    rest, number = page_number(f" {call.rest}".rstrip())
    rest = rest.strip()
    if not rest:
        return Reply(cards.listing(call, call.roster, accounts, number))
    found, rest = _role(call, rest)
    if not rest:
        return Reply(cards.changed(call, call.roster, found, accounts))
    call.permit(Right.EDIT)
    people = _change(call, tx, found, rest, list(accounts.values()))
    return Reply(cards.changed(call, people, found, accounts))


def _role(call: Call, typed: str) -> tuple[Role, str]:
    """The role that a line begins with (the longest name wins), and the rest of it."""
    words = typed.split()
    for count in range(min(LONGEST_ROLE, len(words)), 0, -1):
        found = role_named(call, " ".join(words[:count]))
        if found is not None:
            return found, typed.split(maxsplit=count)[count] if len(words) > count else ""
    return _near(call, words[0]), typed.partition(" ")[2].strip()


def _near(call: Call, word: str) -> Role:
    roles = {one.id: one for one in call.catalogue.roles.values() if one.kind == "holder"}
    near = lookup(word, {key: (key, one.title.fr, one.title.en, *one.names.all()) for key, one in roles.items()})
    if len(near) == 1:
        return roles[near[0]]
    known = [roles[one].title.of(call.texts.language) for one in near or list(roles)[:7]]
    raise RefusalError("role.unknown", name=word[:40], known=known)


def _change(call: Call, tx: Tx, found: Role, rest: str, accounts: Sequence[Account]) -> Roster:
    wanted, rest = verb(rest, VERBS)
    rest, account = _account(call, rest, accounts)
    if not rest:
        raise RefusalError("role.whom", role=found.title.of(call.texts.language))
    post = Post(found.id, "backup" if wanted == "backup" else "holder", account)
    if found.id == LEAD and wanted != "backup":
        return _lead(call, tx, wanted, rest)
    members = several(call, tx, rest)
    if not members:
        raise RefusalError("role.whom", role=found.title.of(call.texts.language))
    if found.id == OBSERVER:
        observe(tx, members, only=wanted != "take")
    if wanted == "take":
        for member in members:
            call = call._replace(roster=_taken(call, tx, post, member))
        return call.roster
    kept = holders(call, post) if wanted == "add" or found.id == OBSERVER else []
    return give(call, tx, post, [*kept, *members])


def _lead(call: Call, tx: Tx, wanted: str, rest: str) -> Roster:
    """There is exactly one lead: the role moves, it is never taken away."""
    member = _one(call, tx, rest)
    lead = call.roster.lead
    if wanted == "take" and lead is not None and lead.id == member.id:
        raise RefusalError("role.last_lead", who=member.name)
    if wanted == "take":
        raise RefusalError("role.not_held", who=member.name)
    if member.permission is Permission.OBSERVER:
        raise RefusalError("role.observer_lead", who=member.name)
    return hand_lead(call, tx, member)


def _taken(call: Call, tx: Tx, post: Post, member: Member) -> Roster:
    """Taken back as a holder; whoever is only the backup is taken back as that."""
    backup = Post(post.role, "backup", post.account)
    is_backup = member.id in [one.member for one in backup.of(call.roster.holdings)]
    is_holder = member.id in [one.member for one in post.of(call.roster.holdings)]
    return take(call, tx, backup if is_backup and not is_holder else post, member)


def _one(call: Call, tx: Tx, typed: str) -> Member:
    found = person(call, tx, typed)
    if found is None:
        raise RefusalError("role.somebody")
    return found


def _account(call: Call, rest: str, accounts: Sequence[Account]) -> tuple[str, Account | None]:
    """The network at the end of a line (« Léa Instagram », « Léa sur Instagram »), as the team's account on it."""
    words = rest.split()
    for count in (2, 1):
        network = _network(call, " ".join(words[-count:])) if len(words) > count else None
        if network is None:
            continue
        found = next((one for one in accounts if one.network == network), None)
        if found is None:
            title = call.catalogue.networks[network].title.of(call.texts.language)
            raise RefusalError("role.no_account", network=title)
        left = words[:-count]
        return " ".join(left[:-1] if fold(left[-1]) in _ON else left), found
    return rest, None


def _network(call: Call, typed: str) -> str | None:
    wanted = fold(typed)
    for key, one in call.catalogue.networks.items():
        if wanted in {fold(name) for name in (key, one.title.fr, one.title.en, *one.names.all())}:
            return key
    return None
