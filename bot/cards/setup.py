"""The three questions of set-up, and what was understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Button, Field, Form, Message, Option, Text, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.domain.roster import Roster
    from bot.domain.team import Account

PEOPLE = ("veille", "community", "planner")


def form(call: Call, accounts: Sequence[Account]) -> Message:
    """Which networks; who does the veille, the replies, the planning; the cards come to this channel."""
    texts, language = call.texts, call.texts.language
    networks = tuple(Option(one.title.of(language), key) for key, one in call.catalogue.networks.items())
    chosen = tuple(account.network for account in accounts)
    people = tuple(Option(member.name, member.id) for member in call.roster.members)
    fields = [
        Field("networks", texts.text("setup.ask.networks"), "options", networks, many=True, value=chosen, required=True)
    ]
    for role in PEOPLE:
        held = tuple(one.member for one in call.roster.holdings if one.role == role)[:1]
        hint = texts.text("setup.later")
        fields.append(Field(role, texts.text(f"setup.ask.{role}"), "member", people, value=held, hint=hint))
    typed = call.registry.commands["setup"].guide(language).examples[0]
    asked = Form(texts.text("setup.title"), tuple(fields), "setup", texts.text("button.save"), typed)
    return Message((asked,), asked.title)


def summary(call: Call, people: Roster, accounts: Sequence[Account]) -> Message:
    """« J’ai compris : … » : what was asked and what was guessed, to be corrected."""
    texts, team = call.texts, people.team
    names = [call.catalogue.networks[one.network].title.of(texts.language) for one in accounts]
    place = texts.line(
        "setup.understood",
        zone=team.zone.rpartition("/")[2].replace("_", " "),
        opens=team.opens,
        closes=team.closes,
        country=team.country,
        networks=texts.listing(names) if names else texts.text("word.nothing"),
    )
    who = texts.line("setup.people", **{role: _name(people, role) for role in PEOPLE})
    correct = call.registry.commands["setup"].names.shown(texts.language)
    return Message((Text(place), Text(who), Button(texts.text("button.correct"), "say", correct)), plain(place))


def _name(people: Roster, role: str) -> str:
    found = people.holder(role)
    return found.name if found else ""
