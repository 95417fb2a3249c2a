from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Rhythm, Weekly
from bot.message import Button, Message, Text, plain
from bot.registry import Parcel, command_line, nudge
from bot.teams.hours import by_closing, last_working_weekday

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.catalogue.defaults import Defaults
    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.message import Block
    from bot.teams.team import Team

MOST = 3
USUAL = ("moderation", "article", "meeting", "ads", "learning")
"""Tasks that teams add first; those that a team already has are left out."""


def rhythm(team: Team, defaults: Defaults) -> Rhythm:
    """Return the rhythm of the Friday line: the afternoon of the last working weekday."""
    moment = defaults.moments.proposal
    return Rhythm(
        Weekly((last_working_weekday(team, moment.weekday),)), (by_closing(team, defaults, moment.at),), Closed.BEFORE
    )


def render(view: View, card: Card) -> Message | None:
    """Draw « On ajoute quelque chose ? » with a few catalogue tasks that the team does not have; None without any."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    catalogue = view.catalogue.tasks
    active_keys = {template.key for template in view.tx.templates.all(view.team.id) if template.state == "active"}
    offered = [catalogue[key] for key in USUAL if key in catalogue and key not in active_keys][:MOST]
    if not offered:
        return None
    head = texts.line("proposal.title")
    blocks: list[Block] = [Text(head)]
    for task in offered:
        title = task.title.of(texts.language)
        blocks.append(Text(texts.line("proposal.one", title=title, duration=texts.duration(task.minutes))))
        line = command_line(texts.language, "checklist", task.id, verb="enable")
        blocks.append(Button(texts.text("button.add", title=title), "say", line))
    return Message(tuple(blocks), plain(head))


@nudge("proposal", rank=81, rhythm=rhythm, render=render)
def proposal(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan one proposal, on the first Friday, for the lead, who may add its tasks."""
    lead = view.roster.lead
    if lead is not None and not view.tx.postings.ever(view.team.id, "proposal"):
        yield Parcel(Destination(member=lead.id), occurrence.nominal.date().isoformat())
