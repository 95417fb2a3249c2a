"""Cards of set-up: its form, its summary, and a preview of the coming messages."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.engine.rhythm import nominals
from bot.grammar.places import city, country
from bot.i18n import Words
from bot.message import Button, Field, Form, Message, Option, Text, plain
from bot.tasks.cards.day import team_day
from bot.tasks.cards.item import in_order
from bot.tasks.today import items_of
from bot.teams.cards.settings import format_days, format_holidays

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

SETUP_ROLES = ("veille", "community", "planner")
PUBLIC_TASKS = ("veille", "influencer", "statistics")
"""Tasks with a card in the channel."""
_WEEK = 7


def draw_form(call: Call, accounts: Sequence[Account], errors: Mapping[str, str] | None = None) -> Message:
    """Draw the form of set-up: networks, holders of the roles, place and hours. `errors` are shown by field.

    Submitted values stay in the form.
    """
    texts, values, errors = call.texts, call.values, errors or {}
    networks = tuple(Option(network.title.of(texts.language), key) for key, network in call.catalogue.networks.items())
    chosen = values.get("networks", tuple(account.network for account in accounts))
    fields = [
        Field("networks", texts.text("setup.ask.networks"), "options", networks, many=True, required=True,
              value=chosen, error=errors.get("networks", "")),
        *(_draw_member_field(call, role, errors) for role in SETUP_ROLES),
        Field("place", texts.text("setup.ask.place"), value=values.get("place", (format_place(texts, call.team),)),
              hint=texts.text("setup.place_hint"), error=errors.get("place", "")),
    ]  # fmt: skip
    typed = call.registry.commands["setup"].guide(texts.language).examples[0]
    block = Form(texts.text("setup.title"), tuple(fields), "setup", texts.text("button.save"), typed)
    return Message((block,), block.title)


def _draw_member_field(call: Call, role: str, errors: Mapping[str, str]) -> Field:
    texts = call.texts
    people = tuple(Option(member.name, member.id) for member in call.roster.members)
    held = tuple(
        holding.member for holding in call.roster.holdings if (holding.role, holding.kind) == (role, "holder")
    )[:1]
    label, hint = texts.text(f"setup.ask.{role}"), texts.text("setup.later")
    value = call.values.get(role, held)
    return Field(role, label, "member", people, value=value, hint=hint, error=errors.get(role, ""))


def format_place(texts: Texts, team: Team) -> str:
    """Format « Paris, France, lundi–vendredi, 9 h–18 h », as the form parses it."""
    hours = f"{texts.time(team.opens)}–{texts.time(team.closes)}"
    language = texts.language
    return ", ".join([city(team.zone, language), country(team.country, language), _format_days(texts, team), hours])


def _format_days(texts: Texts, team: Team) -> str:
    return format_days(texts, team.working_days).replace(", ", " ")


def draw_summary(call: Call, tx: Tx, people: Roster, accounts: Sequence[Account]) -> Message:
    """Draw « J’ai compris : … » with answers and guesses, then the messages of the next working day."""
    texts, team = call.texts, people.team
    names = [call.catalogue.networks[account.network].title.of(texts.language) for account in accounts]
    understood = texts.line(
        "setup.understood",
        zone=city(team.zone, texts.language),
        days=format_days(texts, team.working_days),
        opens=team.opens,
        closes=team.closes,
        holidays=format_holidays(texts, team),
        networks=texts.listing(names) if names else texts.text("setup.no_network"),
        who=_format_people(texts, people),
    )
    correct = call.registry.commands["setup"].names.shown(texts.language)
    return Message(
        (
            Text(understood),
            Button(texts.text("button.fine"), "setup-fine", style="primary"),
            Button(texts.text("button.correct"), "say", correct),
            *(() if team.home else (Text(texts.line("setup.no_home")),)),
            Text((format_next_messages(call, tx, people),)),
            Button(texts.text("button.test"), "setup-test"),
        ),
        plain(understood),
    )


def _format_people(texts: Texts, people: Roster) -> str:
    """Format « Léa fait la veille, Karim les réponses, Tom le planning »; a person with several roles appears once."""
    tasks: dict[str, list[str]] = {}
    for role in SETUP_ROLES:
        holder = people.holder(role)
        tasks.setdefault(holder.name if holder else "", []).append(texts.text(f"setup.role.{role}"))
    parts = [(name, texts.listing(roles)) for name, roles in tasks.items()]
    first, *rest = parts
    return ", ".join(
        [texts.text("setup.does", who=first[0], what=first[1]), *(f"{name} {roles}" for name, roles in rest)]
    )


def format_next_messages(call: Call, tx: Tx, people: Roster) -> str:
    """Format « Voici ce que tu recevras lundi : à 9 h la fiche du jour … » from the schedules."""
    texts, team = call.texts, people.team
    day = team.calendar.next_working(team.today(call.now))
    parts = [
        texts.text("setup.at", at=at, what=description) for at, description in _list_moments(call, tx, people, day)
    ]
    if "recap" in call.registry.nudges:
        parts.append(texts.text("setup.evening"))
    near = (day - team.today(call.now)).days < _WEEK
    day_name = texts.date(day, "day") if near else texts.date(day)
    return texts.text("setup.coming", day=day_name, what=Words("\u202f; ", "; ").say(texts.language).join(parts))


def _list_moments(call: Call, tx: Tx, people: Roster, day: date) -> list[tuple[time, str]]:
    """List (time, description) of the day's messages, those within one window together."""
    window = timedelta(minutes=call.catalogue.defaults.limits.window_minutes)
    templates = {template.key: template for template in tx.templates.all(people.team.id)}
    labelled = [
        (nominal, label)
        for schedule in tx.schedules.all(people.team.id)
        if (label := _label_schedule(call, people, schedule, templates))
        for nominal in _list_occurrences(schedule, people.team, day)
    ]
    groups: list[tuple[datetime, list[str]]] = []
    card = call.texts.text("setup.card")
    for nominal, label in sorted(labelled, key=lambda entry: (entry[0], entry[1] != card)):
        if groups and nominal - groups[-1][0] < window:
            groups[-1][1].append(label)
        else:
            groups.append((nominal, [label]))
    return [(nominal.time(), _join_labels(call.texts, labels, card)) for nominal, labels in groups]


def _join_labels(texts: Texts, labels: Sequence[str], card: str) -> str:
    rest = [label for label in dict.fromkeys(labels) if label != card]
    if card not in labels:
        return texts.listing(rest)
    return texts.text("setup.card_with", card=card, others=texts.listing(rest)) if rest else card


def _label_schedule(call: Call, people: Roster, schedule: Schedule, templates: Mapping[str, Template]) -> str:
    """Return the label of a schedule for this reader; "" when its message goes to another member."""
    if schedule.nudge == "morning":
        return call.texts.text("setup.card")
    template = templates.get(schedule.nudge)
    if template is None:
        return ""
    task = template.tasks[0]
    holder = people.holder(task.role)
    public = template.key in PUBLIC_TASKS
    return task.short.say(call.texts.language) if public or (holder and holder.id == call.me.id) else ""


def _list_occurrences(schedule: Schedule, team: Team, day: date) -> list[datetime]:
    moments = []
    for nominal in nominals(schedule.rhythm, team.calendar, datetime.combine(day, time.min) - timedelta(minutes=1)):
        if nominal.date() > day:
            break
        moments.append(nominal)
    return moments


def draw_day_card(call: Call, tx: Tx) -> Message:
    """Draw the day's card at the current instant."""
    items = in_order(items_of(tx, call.team, call.today))
    return team_day(call.roster, call.texts, list(enumerate(items, 1)), call.today, call.now)
