from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Rhythm, Weekly
from bot.message import Button, Message, Text, plain
from bot.registry import Parcel, nudge
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
"""What teams add first; those that a team has already are left out."""


def rhythm(team: Team, defaults: Defaults) -> Rhythm:
    """On Friday afternoon, as the Friday line."""
    moment = defaults.moments.proposal
    return Rhythm(
        Weekly((last_working_weekday(team, moment.weekday),)), (by_closing(team, defaults, moment.at),), Closed.BEFORE
    )


def render(view: View, card: Card) -> Message | None:
    """« On ajoute quelque chose ? », with a few tasks of the catalogue that the team does not have."""
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    catalogue = view.catalogue.tasks
    had = {template.key for template in view.tx.templates.all(view.team.id) if template.state == "active"}
    offered = [catalogue[key] for key in USUAL if key in catalogue and key not in had][:MOST]
    if not offered:
        return None
    head = texts.line("proposal.title")
    blocks: list[Block] = [Text(head)]
    verb = "checklist activer" if texts.language == "fr" else "checklist enable"
    for task in offered:
        title = task.title.of(texts.language)
        blocks.append(Text(texts.line("proposal.one", title=title, duration=texts.duration(task.minutes))))
        blocks.append(Button(texts.text("button.add", title=title), "say", f"{verb} {task.id}"))
    return Message(tuple(blocks), plain(head))


@nudge("proposal", rank=81, rhythm=rhythm, render=render)
def proposal(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Once, on the first Friday, to the lead, who may add what is proposed."""
    lead = view.roster.lead
    if lead is not None and not view.tx.postings.ever(view.team.id, "proposal"):
        yield Parcel(Destination(member=lead.id), occurrence.nominal.date().isoformat())
