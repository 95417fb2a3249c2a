from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import join, person
from bot.grammar.spelling import fold, lookup
from bot.help.refusal import error_line
from bot.message import Button, Message, Reply, Text, plain
from bot.registry import Guide, Names, command, press
from bot.teams.cards.setup import PEOPLE, form, now, summary
from bot.teams.member import Permission, Right
from bot.teams.roster import roster
from bot.teams.settings import with_place
from bot.teams.setup import Answers, SetUp, channel_here

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx
    from bot.teams.member import Member
    from bot.teams.team import Team

ROLE_WORDS = {
    "veille": "veille", "watch": "veille", "listening": "veille",
    "réponses": "community", "reponses": "community", "replies": "community",
    "planning": "planner", "calendrier": "planner", "calendar": "planner", "plan": "planner",
}  # fmt: skip
_PLACE = {"lieu", "où", "place", "where"}
_PARTS = re.compile(
    rf"\b({'|'.join(sorted({*ROLE_WORDS, *_PLACE}, key=len, reverse=True))})\b\s*[:=]?\s*", re.IGNORECASE
)
_HERE = re.compile(r"\b(ici|here|dans ce canal|in this channel)\b", re.IGNORECASE)
_AND = re.compile(r"[,;·]|\bet\b|\band\b", re.IGNORECASE)


@command(
    names=Names(
        "setup", "configurer", also_en=("set up", "configure"), also_fr=("config", "configuration", "configure")
    ),
    section="team",
    takes="",
    answer="form",
    right=None,
    en=Guide(
        "three questions, and Vigie is ready",
        "setup [networks] [watch NAME] [replies NAME] [planning NAME] [place CITY, COUNTRY, DAYS, HOURS]",
        ("setup Instagram, Facebook watch me replies me planning me",),
    ),
    fr=Guide(
        "trois questions, et Vigie est prête",
        "configurer [réseaux] [veille NOM] [réponses NOM] [planning NOM] [lieu VILLE, PAYS, HORAIRES]",
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
    """The form's answers. What is wrong is said beside its field, in the form again: nothing has changed then."""
    _may(call)
    errors, guess = _errors(call, tx)
    if errors:
        return Reply(form(call, tx.teams.accounts(call.team.id), errors), "form")
    call = _as_member(call, tx)
    roles: dict[str, str] = {}
    for role in PEOPLE:
        member = _picked(call, tx, _one(call, role))
        roles |= {role: member.id} if member else {}
    return _apply(call, tx, Answers(call.values.get("networks", ()) or None, roles, guess=guess))


@press("setup-fine", right=Right.SEE)
def fine(call: Call, tx: Tx) -> Reply:
    """What was understood is right: nothing to change, and where to look next."""
    line = call.line("setup.fine")
    command_ = call.registry.commands["day"].names.shown(call.texts.language)
    return Reply(Message((Text(line), Button(call.texts.text("button.my_day"), "say", command_)), plain(line)))


@press("setup-test", right=Right.SEE)
def test(call: Call, tx: Tx) -> Reply:
    """The day's card as it would be now, for the asker alone."""
    return Reply(now(call, tx))


def _one(call: Call, name: str) -> str:
    return next(iter(call.values.get(name, ())), "").strip()


def _errors(call: Call, tx: Tx) -> tuple[dict[str, str], Team]:
    """What is wrong with the answers, by field; and the team with its guesses corrected. Writes nothing."""
    found: dict[str, str] = {}
    networks = call.values.get("networks", ())
    unknown = [one for one in networks if one not in call.catalogue.networks]
    if unknown or not networks:
        found["networks"] = call.texts.text("setup.error.networks")
    for role in PEOPLE:
        if not _can_be_picked(call, tx, _one(call, role)):
            found[role] = call.texts.text("setup.error.person", name=_one(call, role)[:40])
    team = call.team
    try:
        team = with_place(team, _one(call, "place"), call.catalogue.defaults)
    except RefusalError as error:
        found["place"] = plain(error_line(call.texts, error))
    return found, team


def _can_be_picked(call: Call, tx: Tx, chosen: str) -> bool:
    """A member, by our id or the platform's; whoever asks; somebody whom the platform names."""
    if not chosen or chosen == call.request.actor or chosen in call.request.people:
        return True
    known = tx.members.get(call.team.id, chosen) or tx.members.find(call.team.id, call.request.platform, chosen)
    return known is not None


def _picked(call: Call, tx: Tx, chosen: str) -> Member | None:
    """The member who was picked; somebody new becomes one."""
    if not chosen:
        return None
    known = tx.members.get(call.team.id, chosen) or tx.members.find(call.team.id, call.request.platform, chosen)
    return known or join(call, tx, chosen, call.request.people[chosen], Permission.MEMBER)


def _may(call: Call) -> None:
    """The lead, or anybody while there is none: whoever sets a team up becomes its lead."""
    if call.roster.lead is not None:
        call.permit(Right.EDIT)
    elif call.request.outsider:
        raise RefusalError("refused.outsider")


def _as_member(call: Call, tx: Tx) -> Call:
    if call.roster.lead is not None:
        return call
    if call.member is None:
        me = join(call, tx, call.request.actor, call.request.actor_name, Permission.LEAD)
    else:
        me = replace(call.member, permission=Permission.LEAD)
        tx.members.save(me)
    return call._replace(member=me, roster=roster(tx, call.team))


def _typed(call: Call, tx: Tx) -> Answers:
    """« Instagram, Facebook veille Léa réponses Karim » : the networks first, then who does what."""
    first, *rest = _PARTS.split(_HERE.sub(" ", call.rest))
    roles: dict[str, str] = {}
    guess = None
    for word, name in zip(rest[::2], rest[1::2], strict=True):
        if word.casefold() in _PLACE:
            guess = with_place(call.team, name.strip(), call.catalogue.defaults)
            continue
        if not name.strip(" ,;·"):
            raise RefusalError("setup.whom", word=word)
        member = person(call, tx, name.strip(" ,;·"))
        if member:
            roles[ROLE_WORDS[word.casefold()]] = member.id
    return Answers(_networks(call, first), roles, guess=guess)


def _networks(call: Call, typed: str) -> tuple[str, ...] | None:
    known = {key: (key, one.title.fr, one.title.en, *one.names.all()) for key, one in call.catalogue.networks.items()}
    found = []
    for part in _AND.split(typed):
        name = part.strip().removeprefix("/")
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
    team = done.apply(call.team, replace(answers, home=channel_here(call, tx)))
    people = roster(tx, team)
    return Reply(summary(call._replace(roster=people), tx, people, tx.teams.accounts(team.id)))
