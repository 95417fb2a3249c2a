from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.names import check_name
from bot.grammar.spelling import fold, lookup
from bot.grammar.verbs import check_slip, verb
from bot.ids import new_id
from bot.influencers.cards import draw_change, draw_list
from bot.influencers.influencer import Influencer
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, Verb, command
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

Facts = dict[str, str | None]
VERBS = {
    "add": ("ajouter", "ajoute", "j'ajoute", "nouveau", "nouvelle", "new"),
    "list": ("lister", "liste", "je liste", "voir", "show"),
    "pause": ("suspendre", "suspends", "je suspends", "suspend"),
    "resume": ("reprendre", "reprends", "je reprends", "reprend"),
}
LONGEST_INTERVAL = 730
_EVERY = re.compile(
    r"\s*,?\s*\b(?:tou(?:s|tes) les|chaque|every)\s+(?:(\d{1,4})\s*)?(jours?|days?|semaines?|weeks?|mois|months?)\s*$",
    re.IGNORECASE,
)
_DAYS = {"j": 1, "d": 1, "s": 7, "w": 7, "m": 30}


@command(
    names=Names(
        "influencer",
        "influenceur",
        also_en=("influencers",),
        also_fr=("influenceurs", "influenceuse", "influenceuses", "influ"),
    ),
    section="content",
    verbs=(
        Verb("list", "lister", "whom you keep in touch with", "avec qui garder le lien"),
        Verb(
            "add",
            "ajouter",
            "somebody new to keep in touch with",
            "quelqu’un avec qui garder le lien",
            "{text=name} [{network}] [{text=topic}]",
        ),
        Verb("pause", "suspendre", "not proposed until resumed", "plus proposé jusqu’à la reprise", "{text=name}"),
        Verb("resume", "reprendre", "proposed again", "proposé à nouveau", "{text=name}"),
    ),
    en=Guide(
        "the influencers you keep in touch with: add, list, pause, resume",
        "influencer [list | add NAME [NETWORK] [TOPIC] [every N days] | pause NAME | resume NAME]",
        ("influencer list", "influencer add @workshop.north Instagram crafts every 30 days"),
    ),
    fr=Guide(
        "les influenceurs avec qui garder le lien : ajouter, lister, suspendre, reprendre",
        "influenceur [lister | ajouter NOM [RÉSEAU] [SUJET] [tous les N jours] | suspendre NOM | reprendre NOM]",
        ("influenceur lister", "influenceur ajouter @atelier.nord Instagram artisanat tous les 30 jours"),
    ),
)
def influencer(call: Call, tx: Tx) -> Reply:
    action, rest = verb(call.rest, VERBS)
    match action:
        case "add":
            return _add_influencer(call, tx, rest)
        case "pause" | "resume":
            return _set_active(call, tx, action, rest)
        case _ if not action and rest and not rest.isdecimal():
            check_slip(rest, VERBS)
            raise RefusalError("influencer.verb", text=rest[:40])
        case _:
            return Reply(draw_list(call, tx.influencers.all(call.team.id), page_number(f" {rest}")[1]))


def _check_permission(call: Call) -> None:
    """Raise RefusalError unless the member holds the role or may edit."""
    holder = call.roster.holder("influencer")
    if holder is None or holder.id != call.me.id:
        call.permit(Right.EDIT)


def _add_influencer(call: Call, tx: Tx, rest: str) -> Reply:
    _check_permission(call)
    added = _parse_influencer(call, tx, rest)
    for existing in tx.influencers.all(call.team.id):
        if (fold(existing.name), existing.network) == (fold(added.name), added.network):
            raise RefusalError("influencer.exists", name=existing.name)
    tx.influencers.add(added)
    _record_change(call, tx, "add", added, ({}, {"network": added.network, "ideal_days": str(added.ideal_days)}))
    return Reply(draw_change(call, added, "influencer.added"))


def _parse_influencer(call: Call, tx: Tx, rest: str) -> Influencer:
    """Parse « @studio.mirabelle Instagram artisanat tous les 30 jours » : the network ends the name."""
    every = _EVERY.search(rest)
    days = _parse_interval(every) if every else call.catalogue.defaults.influencers.ideal_days
    words = (rest[: every.start()] if every else rest).replace(",", " ").split()
    if not words:
        raise RefusalError("influencer.what")
    start, end, network = _find_network(call, words)
    topic = " ".join(words[end:])
    return Influencer(
        call.team.id,
        new_id(tx.now),
        check_name(" ".join(words[:start])),
        network,
        check_name(topic) if topic else "",
        days,
    )


def _parse_interval(every: re.Match[str]) -> int:
    days = int(every[1] or 1) * _DAYS[every[2][0].lower()]
    if not 1 <= days <= LONGEST_INTERVAL:
        raise RefusalError("influencer.interval", limit=LONGEST_INTERVAL)
    return days


def _find_network(call: Call, words: list[str]) -> tuple[int, int, str | None]:
    """Find the network after the first word: (start, end, id). Without one, a handle is one word, a name is all."""
    for start in range(1, len(words)):
        for count in (2, 1):
            phrase = fold(" ".join(words[start : start + count]))
            for key, network in call.catalogue.networks.items():
                if phrase in {fold(name) for name in (key, network.title.fr, network.title.en, *network.names.all())}:
                    return start, start + count, key
    handle = 1 if words[0].startswith("@") else len(words)
    return handle, handle, None


def _set_active(call: Call, tx: Tx, action: str, rest: str) -> Reply:
    _check_permission(call)
    influencers = {influencer.id: influencer for influencer in tx.influencers.all(call.team.id)}
    matches = lookup(
        rest.removeprefix("@"),
        {key: (influencer.name, influencer.name.removeprefix("@")) for key, influencer in influencers.items()},
    )
    if not rest or len(matches) != 1:
        names = [influencers[key].name for key in matches or list(influencers)[:5]]
        raise RefusalError("influencer.unknown", name=rest[:40], known=names)
    after = replace(influencers[matches[0]], active=action == "resume")
    if after == influencers[matches[0]]:
        raise RefusalError("influencer.same", name=after.name)
    tx.influencers.save(after)
    before = str(not after.active).lower()
    _record_change(call, tx, action, after, ({"active": before}, {"active": str(after.active).lower()}))
    return Reply(draw_change(call, after, f"influencer.{action}d"))


def _record_change(call: Call, tx: Tx, act: str, influencer: Influencer, facts: tuple[Facts, Facts]) -> None:
    """Write the line of the record; `facts` stand before and after. The name is free text and stays out of it."""
    tx.audit.write(replace(call.entry(tx, act, "influencer", influencer.id), before=facts[0], after=facts[1]))
