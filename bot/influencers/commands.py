from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.names import given
from bot.grammar.spelling import fold, lookup
from bot.grammar.verbs import check_slip, verb
from bot.ids import new_id
from bot.influencers.cards import listing, said
from bot.influencers.influencer import Influencer
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, Verb, command
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

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
    wanted, rest = verb(call.rest, VERBS)
    match wanted:
        case "add":
            return _add(call, tx, rest)
        case "pause" | "resume":
            return _switch(call, tx, wanted, rest)
        case _ if not wanted and rest and not rest.isdecimal():
            check_slip(rest, VERBS)
            raise RefusalError("influencer.verb", text=rest[:40])
        case _:
            return Reply(listing(call, tx.influencers.all(call.team.id), page_number(f" {rest}")[1]))


def _may(call: Call) -> None:
    """Whoever holds the role keeps the list; so does the lead."""
    found = call.roster.holder("influencer")
    if found is None or found.id != call.me.id:
        call.permit(Right.EDIT)


def _add(call: Call, tx: Tx, rest: str) -> Reply:
    _may(call)
    found = _read(call, tx, rest)
    for one in tx.influencers.all(call.team.id):
        if (fold(one.name), one.network) == (fold(found.name), found.network):
            raise RefusalError("influencer.exists", name=one.name)
    tx.influencers.add(found)
    _record(call, tx, "add", found, {"network": found.network, "ideal_days": str(found.ideal_days)})
    return Reply(said(call, found, "influencer.added"))


def _read(call: Call, tx: Tx, rest: str) -> Influencer:
    """« @studio.mirabelle Instagram artisanat tous les 30 jours » : the network parts the name from the topic."""
    every = _EVERY.search(rest)
    days = _days(every) if every else call.catalogue.defaults.influencers.ideal_days
    words = (rest[: every.start()] if every else rest).replace(",", " ").split()
    if not words:
        raise RefusalError("influencer.what")
    start, end, network = _network(call, words)
    topic = " ".join(words[end:])
    return Influencer(
        call.team.id, new_id(tx.now), given(" ".join(words[:start])), network, given(topic) if topic else "", days
    )


def _days(every: re.Match[str]) -> int:
    days = int(every[1] or 1) * _DAYS[every[2][0].lower()]
    if not 1 <= days <= LONGEST_INTERVAL:
        raise RefusalError("influencer.interval", limit=LONGEST_INTERVAL)
    return days


def _network(call: Call, words: list[str]) -> tuple[int, int, str | None]:
    """Where the network stands among the words after the first one; without one, the first word is the name."""
    for start in range(1, len(words)):
        for count in (2, 1):
            wanted = fold(" ".join(words[start : start + count]))
            for key, one in call.catalogue.networks.items():
                if wanted in {fold(name) for name in (key, one.title.fr, one.title.en, *one.names.all())}:
                    return start, start + count, key
    handle = 1 if words[0].startswith("@") else len(words)
    return handle, handle, None


def _switch(call: Call, tx: Tx, wanted: str, rest: str) -> Reply:
    _may(call)
    known = {one.id: one for one in tx.influencers.all(call.team.id)}
    found = lookup(rest.removeprefix("@"), {key: (one.name, one.name.removeprefix("@")) for key, one in known.items()})
    if not rest or len(found) != 1:
        names = [known[one].name for one in found or list(known)[:5]]
        raise RefusalError("influencer.unknown", name=rest[:40], known=names)
    after = replace(known[found[0]], active=wanted == "resume")
    if after == known[found[0]]:
        raise RefusalError("influencer.same", name=after.name)
    tx.influencers.save(after)
    _record(call, tx, wanted, after, {"active": str(after.active).lower()})
    return Reply(said(call, after, f"influencer.{wanted}d"))


def _record(call: Call, tx: Tx, act: str, one: Influencer, after: dict[str, str | None]) -> None:
    tx.audit.write(replace(call.entry(tx, act, "influencer", one.id), after=after))
