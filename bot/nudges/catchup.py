from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.civil import local
from bot.engine.catchup import last_stop
from bot.message import Message, Text, plain
from bot.registry import nudge

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.posting import Card
    from bot.domain.schedule import Occurrence
    from bot.engine.catchup import Stop
    from bot.engine.view import View
    from bot.registry import Parcel

MOST = 10
"""Moments that are named; more are counted."""


def render(view: View, card: Card) -> Message | None:
    """« Vigie était arrêtée de 7 h 50 à 11 h 05. Deux rappels n’ont pas pu partir à l’heure : … »"""
    stop = last_stop(view.tx)
    found = view.tx.postings.occurrences(view.team.id, card.posting.id)
    late = [one for one in found if stop is not None and stop.covers(one)]
    if stop is None or not late:
        return None
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    titles = [f"{_called(view, one)} ({texts.time(one.nominal.time())})" for one in late[:MOST]]
    since, until = _at(view, stop.since, stop), _at(view, stop.until, stop)
    line = texts.line("catchup", since=since, until=until, count=len(late), titles=texts.listing(titles))
    return Message((Text(line),), plain(line))


def _at(view: View, instant: datetime, stop: Stop) -> str:
    """A time of day; with its date when the stop lasted over midnight."""
    texts = view.roster.texts
    there = local(instant, view.team.tz)
    time = texts.time(there.time())
    over = view.team.today(stop.since) != view.team.today(stop.until)
    return f"{texts.date(there.date())} {time}" if over else time


def _called(view: View, one: Occurrence) -> str:
    """What people call a moment: its task's title, or the nudge's own name."""
    texts = view.roster.texts
    task = view.catalogue.tasks.get(one.nudge)
    if task is not None:
        return task.title.of(texts.language)
    template = view.tx.templates.keyed(view.team.id, one.nudge)
    return template.tasks[0].title.say(texts.language) if template else texts.text(f"preview.nudge.{one.nudge}")


@nudge("catchup", rank=1, render=render, asked=True)
def catchup(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Has no schedule: the planner adds it to what leaves late after a stop."""
    return ()
