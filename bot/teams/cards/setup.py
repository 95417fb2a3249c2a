"""The questions of set-up, what was understood, and what people will receive."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.engine.rhythm import nominals
from bot.grammar.places import city, country
from bot.message import Button, Field, Form, Message, Option, Text, plain
from bot.tasks.cards.day import team_day
from bot.tasks.cards.item import in_order
from bot.tasks.today import items_of
from bot.teams.cards.settings import days, holidays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.call import Call
    from bot.engine.schedule import Schedule
    from bot.i18n import Texts
    from bot.ports import Tx
    from bot.tasks.task import Template
    from bot.teams.roster import Roster
    from bot.teams.team import Account, Team

PEOPLE = ("veille", "community", "planner")
EVERYBODY = ("veille", "influencer", "statistics")
"""Tasks whose card goes to the channel: everybody reads it."""
_WEEK = 7


def form(call: Call, accounts: Sequence[Account], errors: Mapping[str, str] | None = None) -> Message:
    """Which networks; who does the veille, the replies, the planning; where and when. `errors` stand by their field.

    What was submitted stays in the form. The cards come to the channel where it was asked.
    """
    texts, given, errors = call.texts, call.values, errors or {}
    networks = tuple(Option(one.title.of(texts.language), key) for key, one in call.catalogue.networks.items())
    chosen = given.get("networks", tuple(account.network for account in accounts))
    fields = [
        Field("networks", texts.text("setup.ask.networks"), "options", networks, many=True, required=True,
              value=chosen, error=errors.get("networks", "")),
        *(_who(call, role, errors) for role in PEOPLE),
        Field("place", texts.text("setup.ask.place"), value=given.get("place", (place(texts, call.team),)),
              hint=texts.text("setup.place_hint"), error=errors.get("place", "")),
    ]  # fmt: skip
    typed = call.registry.commands["setup"].guide(texts.language).examples[0]
    asked = Form(texts.text("setup.title"), tuple(fields), "setup", texts.text("button.save"), typed)
    return Message((asked,), asked.title)


def _who(call: Call, role: str, errors: Mapping[str, str]) -> Field:
    texts = call.texts
    people = tuple(Option(member.name, member.id) for member in call.roster.members)
    held = tuple(one.member for one in call.roster.holdings if (one.role, one.kind) == (role, "holder"))[:1]
    label, hint = texts.text(f"setup.ask.{role}"), texts.text("setup.later")
    value = call.values.get(role, held)
    return Field(role, label, "member", people, value=value, hint=hint, error=errors.get(role, ""))


def place(texts: Texts, team: Team) -> str:
    """« Paris, France, lundi–vendredi, 9 h–18 h », as the form takes it back."""
    hours = f"{texts.time(team.opens)}–{texts.time(team.closes)}"
    language = texts.language
    return ", ".join([city(team.zone, language), country(team.country, language), _days(texts, team), hours])


def _days(texts: Texts, team: Team) -> str:
    return days(texts, team.working_days).replace(", ", " ")


def summary(call: Call, tx: Tx, people: Roster, accounts: Sequence[Account]) -> Message:
    """« J’ai compris : … » what was asked and what was guessed; then what will come on the next working day."""
    texts, team = call.texts, people.team
    names = [call.catalogue.networks[one.network].title.of(texts.language) for one in accounts]
    understood = texts.line(
        "setup.understood",
        zone=city(team.zone, texts.language),
        days=days(texts, team.working_days),
        opens=team.opens,
        closes=team.closes,
        holidays=holidays(texts, team),
        networks=texts.listing(names) if names else texts.text("setup.no_network"),
        who=_people(texts, people),
    )
    correct = call.registry.commands["setup"].names.shown(texts.language)
    return Message(
        (
            Text(understood),
            Button(texts.text("button.fine"), "setup-fine", style="primary"),
            Button(texts.text("button.correct"), "say", correct),
            *(() if team.home else (Text(texts.line("setup.no_home")),)),
            Text((coming(call, tx, people),)),
            Button(texts.text("button.test"), "setup-test"),
        ),
        plain(understood),
    )


def _people(texts: Texts, people: Roster) -> str:
    """« Léa fait la veille, Karim les réponses, Tom le planning »; one person with several roles is said once."""
    tasks: dict[str, list[str]] = {}
    for role in PEOPLE:
        found = people.holder(role)
        tasks.setdefault(found.name if found else "", []).append(texts.text(f"setup.role.{role}"))
    said = [(who, texts.listing(what)) for who, what in tasks.items()]
    first, *others = said
    return ", ".join(
        [texts.text("setup.does", who=first[0], what=first[1]), *(f"{who} {what}" for who, what in others)]
    )


def coming(call: Call, tx: Tx, people: Roster) -> str:
    """« Voici ce que tu recevras lundi : à 9 h la fiche du jour avec la veille ; … », from the schedules themselves."""
    texts, team = call.texts, people.team
    day = team.calendar.next_working(team.today(call.now))
    parts = [texts.text("setup.at", at=at, what=what) for at, what in _moments(call, tx, people, day)]
    if "recap" in call.registry.nudges:
        parts.append(texts.text("setup.evening"))
    joint = " ; " if texts.language == "fr" else "; "
    near = (day - team.today(call.now)).days < _WEEK
    said = texts.date(day, "day") if near else texts.date(day)
    return texts.text("setup.coming", day=said, what=joint.join(parts))


def _moments(call: Call, tx: Tx, people: Roster, day: date) -> list[tuple[time, str]]:
    """(time, what is said then), what falls within one window together."""
    window = timedelta(minutes=call.catalogue.defaults.limits.window_minutes)
    templates = {one.key: one for one in tx.templates.all(people.team.id)}
    found = [
        (nominal, label)
        for schedule in tx.schedules.all(people.team.id)
        if (label := _label(call, people, schedule, templates))
        for nominal in _on(schedule, people.team, day)
    ]
    groups: list[tuple[datetime, list[str]]] = []
    card = call.texts.text("setup.card")
    for nominal, label in sorted(found, key=lambda one: (one[0], one[1] != card)):
        if groups and nominal - groups[-1][0] < window:
            groups[-1][1].append(label)
        else:
            groups.append((nominal, [label]))
    return [(nominal.time(), _together(call.texts, labels, card)) for nominal, labels in groups]


def _together(texts: Texts, labels: Sequence[str], card: str) -> str:
    others = [label for label in dict.fromkeys(labels) if label != card]
    if card not in labels:
        return texts.listing(others)
    return texts.text("setup.card_with", card=card, others=texts.listing(others)) if others else card


def _label(call: Call, people: Roster, schedule: Schedule, templates: Mapping[str, Template]) -> str:
    """What a schedule brings this reader; nothing when it speaks to somebody else."""
    if schedule.nudge == "morning":
        return call.texts.text("setup.card")
    template = templates.get(schedule.nudge)
    if template is None:
        return ""
    task = template.tasks[0]
    mine = people.holder(task.role)
    public = template.key in EVERYBODY
    return task.short.say(call.texts.language) if public or (mine and mine.id == call.me.id) else ""


def _on(schedule: Schedule, team: Team, day: date) -> list[datetime]:
    found = []
    for nominal in nominals(schedule.rhythm, team.calendar, datetime.combine(day, time.min) - timedelta(minutes=1)):
        if nominal.date() > day:
            break
        found.append(nominal)
    return found


def now(call: Call, tx: Tx) -> Message:
    """The day's card as it would be at this moment."""
    items = in_order(items_of(tx, call.team, call.today))
    return team_day(call.roster, call.texts, list(enumerate(items, 1)), call.today, call.now)
