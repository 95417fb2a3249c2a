from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cards.setup import form, summary
from bot.domain.ids import new_id
from bot.domain.member import Permission, Right
from bot.domain.roster import roster
from bot.domain.team import Channel
from bot.errors import RefusalError
from bot.message import Reply
from bot.people import join, person
from bot.registry import Guide, Names, command, press
from bot.setup import Answers, SetUp
from bot.spelling import fold, lookup

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

ROLE_WORDS = {
    "veille": "veille", "watch": "veille", "listening": "veille",
    "réponses": "community", "reponses": "community", "replies": "community",
    "planning": "planner", "calendrier": "planner", "calendar": "planner", "plan": "planner",
}  # fmt: skip
_PARTS = re.compile(rf"\b({'|'.join(sorted(ROLE_WORDS, key=len, reverse=True))})\b\s*[:=]?\s*", re.IGNORECASE)
_HERE = re.compile(r"\b(ici|here|dans ce canal|in this channel)\b", re.IGNORECASE)
_AND = re.compile(r"[,;·]|\bet\b|\band\b", re.IGNORECASE)


@command(
    names=Names(
        "setup", "configurer", also_en=("set up", "configure"), also_fr=("config", "configuration", "configure")
    ),
    section="team",
    answer="form",
    right=None,
    en=Guide(
        "three questions, and Vigie is ready",
        "setup [networks] [watch NAME] [replies NAME] [planning NAME]",
        ("setup Instagram, Facebook watch me replies me planning me",),
    ),
    fr=Guide(
        "trois questions, et Vigie est prête",
        "configurer [réseaux] [veille NOM] [réponses NOM] [planning NOM]",
        ("configurer Instagram, Facebook veille moi réponses moi planning moi",),
    ),
)
def setup(call: Call, tx: Tx) -> Reply:
    _may(call)
    if not call.rest:
        return Reply(form(call, tx.teams.accounts(call.team.id)), "form")
    call = _as_member(call, tx)
    return _apply(call, tx, _typed(call, tx))


@press("setup", right=None)
def submitted(call: Call, tx: Tx) -> Reply:
    """The form's answers: networks by id, people by member id."""
    _may(call)
    call = _as_member(call, tx)
    roles: dict[str, str] = {}
    for role in ("veille", "community", "planner"):
        chosen = next(iter(call.values.get(role, ())), "")
        if chosen:
            member = tx.members.get(call.team.id, chosen) or person(call, tx, chosen)
            roles |= {role: member.id} if member else {}
    networks = tuple(one for one in call.values.get("networks", ()) if one in call.catalogue.networks)
    return _apply(call, tx, Answers(networks or None, roles))


def _may(call: Call) -> None:
    """The lead, or anybody while there is none: whoever sets a team up becomes its lead."""
    if call.roster.lead is None:
        return
    call.permit(Right.EDIT)


def _as_member(call: Call, tx: Tx) -> Call:
    if call.roster.lead is not None:
        return call
    if call.member is None:
        me = join(call, tx, call.request.actor, call.request.actor_name, Permission.LEAD)
    else:
        me = replace(call.member, permission=Permission.LEAD)
        tx.members.save(me)
    return replace(call, member=me, roster=roster(tx, call.team))


def _typed(call: Call, tx: Tx) -> Answers:
    """« Instagram, Facebook veille Léa réponses Karim » : the networks first, then who does what."""
    first, *rest = _PARTS.split(_HERE.sub(" ", call.rest))
    roles: dict[str, str] = {}
    for word, name in zip(rest[::2], rest[1::2], strict=True):
        if not name.strip(" ,;·"):
            raise RefusalError("setup.whom", word=word)
        member = person(call, tx, name.strip(" ,;·"))
        if member:
            roles[ROLE_WORDS[word.casefold()]] = member.id
    return Answers(_networks(call, first), roles)


def _networks(call: Call, typed: str) -> tuple[str, ...] | None:
    known = {key: (key, one.title.fr, one.title.en, *one.names.all()) for key, one in call.catalogue.networks.items()}
    found = []
    for words in _AND.split(typed):
        name = words.strip().removeprefix("/")
        if not name or fold(name) in {"reseaux", "networks"}:
            continue
        near = lookup(name, known)
        if len(near) != 1:
            titles = [call.catalogue.networks[one].title.of(call.texts.language) for one in near or list(known)[:6]]
            raise RefusalError("setup.network", name=name[:40], known=titles)
        found.append(near[0])
    return tuple(dict.fromkeys(found)) or None


def _apply(call: Call, tx: Tx, answers: Answers) -> Reply:
    done = SetUp(tx, call.registry, call.catalogue, call.me.id, call.source)
    team = done.apply(call.team, replace(answers, home=_here(call, tx)))
    return Reply(summary(call, roster(tx, team), tx.teams.accounts(team.id)))


def _here(call: Call, tx: Tx) -> str | None:
    """Our id of the channel where it was asked; a channel that we do not know yet is added."""
    if not call.request.channel:
        return call.team.home
    known = tx.teams.channel_named(call.team.id, call.request.channel)
    if known is None:
        known = Channel(call.team.id, new_id(tx.now), call.request.channel, call.request.channel)
        tx.teams.add_channel(known)
    return known.id
