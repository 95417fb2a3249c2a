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
from bot.teams.cards.setup import SETUP_ROLES, draw_day_card, draw_form, draw_summary
from bot.teams.member import Permission, Right
from bot.teams.roster import roster
from bot.teams.settings import with_place
from bot.teams.setup import Answers, SetUp, find_request_channel

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
    _check_permission(call)
    if not call.rest:
        return Reply(draw_form(call, tx.teams.accounts(call.team.id)), "form")
    call = _ensure_lead(call, tx)
    return _apply_answers(call, tx, _parse_answers(call, tx))


@press("setup", right=None)
def submit_form(call: Call, tx: Tx) -> Reply:
    """Apply the form's answers. With errors, return the form again, each error beside its field, without a change."""
    _check_permission(call)
    errors, guess = _find_errors(call, tx)
    if errors:
        return Reply(draw_form(call, tx.teams.accounts(call.team.id), errors), "form")
    call = _ensure_lead(call, tx)
    roles: dict[str, str] = {}
    for role in SETUP_ROLES:
        member = _resolve_member(call, tx, _get_value(call, role))
        roles |= {role: member.id} if member else {}
    return _apply_answers(call, tx, Answers(call.values.get("networks", ()) or None, roles, guess=guess))


@press("setup-fine", right=Right.SEE)
def confirm(call: Call, tx: Tx) -> Reply:
    """Confirm the summary, and offer the next command."""
    line = call.line("setup.fine")
    command_ = call.registry.commands["day"].names.shown(call.texts.language)
    return Reply(Message((Text(line), Button(call.texts.text("button.my_day"), "say", command_)), plain(line)))


@press("setup-test", right=Right.SEE)
def preview_card(call: Call, tx: Tx) -> Reply:
    """Show the day's current card to the member alone."""
    return Reply(draw_day_card(call, tx))


def _get_value(call: Call, name: str) -> str:
    return next(iter(call.values.get(name, ())), "").strip()


def _find_errors(call: Call, tx: Tx) -> tuple[dict[str, str], Team]:
    """Return the errors by field, and the team with its corrected guesses. Writes nothing."""
    errors: dict[str, str] = {}
    networks = call.values.get("networks", ())
    unknown = [network for network in networks if network not in call.catalogue.networks]
    if unknown or not networks:
        errors["networks"] = call.texts.text("setup.error.networks")
    for role in SETUP_ROLES:
        if not _is_selectable(call, tx, _get_value(call, role)):
            errors[role] = call.texts.text("setup.error.person", name=_get_value(call, role)[:40])
    team = call.team
    try:
        team = with_place(team, _get_value(call, "place"), call.catalogue.defaults)
    except RefusalError as error:
        errors["place"] = plain(error_line(call.texts, error))
    return errors, team


def _is_selectable(call: Call, tx: Tx, chosen: str) -> bool:
    """Return whether a value selects a person: a member, the requester, or a person that the platform names."""
    if not chosen or chosen == call.request.actor or chosen in call.request.people:
        return True
    member = tx.members.get(call.team.id, chosen) or tx.members.find(call.team.id, call.request.platform, chosen)
    return member is not None


def _resolve_member(call: Call, tx: Tx, chosen: str) -> Member | None:
    """Return the selected member, adding a new person; None for an empty value."""
    if not chosen:
        return None
    member = tx.members.get(call.team.id, chosen) or tx.members.find(call.team.id, call.request.platform, chosen)
    return member or join(call, tx, chosen, call.request.people[chosen], Permission.MEMBER)


def _check_permission(call: Call) -> None:
    """Raise RefusalError unless the member may edit; in a team without a lead, any insider may."""
    if call.roster.lead is not None:
        call.permit(Right.EDIT)
    elif call.request.outsider:
        raise RefusalError("refused.outsider")


def _ensure_lead(call: Call, tx: Tx) -> Call:
    if call.roster.lead is not None:
        return call
    if call.member is None:
        lead = join(call, tx, call.request.actor, call.request.actor_name, Permission.LEAD)
    else:
        lead = replace(call.member, permission=Permission.LEAD)
        tx.members.save(lead)
    return call._replace(member=lead, roster=roster(tx, call.team))


def _parse_answers(call: Call, tx: Tx) -> Answers:
    """Parse « Instagram, Facebook veille Léa réponses Karim » : networks first, then roles with their holders."""
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
    return Answers(_parse_networks(call, first), roles, guess=guess)


def _parse_networks(call: Call, typed: str) -> tuple[str, ...] | None:
    names = {
        key: (key, network.title.fr, network.title.en, *network.names.all())
        for key, network in call.catalogue.networks.items()
    }
    matched = []
    for part in _AND.split(typed):
        name = part.strip().removeprefix("/")
        if not name or fold(name) in {"reseaux", "networks"}:
            continue
        near = lookup(name, names)
        if len(near) != 1:
            titles = [call.catalogue.networks[key].title.of(call.texts.language) for key in near or list(names)[:6]]
            raise RefusalError("setup.network", name=name[:40], known=titles)
        matched.append(near[0])
    return tuple(dict.fromkeys(matched)) or None


def _apply_answers(call: Call, tx: Tx, answers: Answers) -> Reply:
    done = SetUp(tx, call.registry, call.catalogue, call.me.id, call.source, call.act_id or None)
    team = done.apply(call.team, replace(answers, home=find_request_channel(call, tx)))
    people = roster(tx, team)
    return Reply(draw_summary(call._replace(roster=people), tx, people, tx.teams.accounts(team.id)))
