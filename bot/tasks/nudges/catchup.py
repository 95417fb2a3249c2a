from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.engine.catchup import last_stop
from bot.message import Message, Text, plain
from bot.registry import nudge
from bot.tasks.reminding import routine_moment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.engine.catchup import Stop
    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.i18n import Texts
    from bot.registry import Parcel


def render(view: View, card: Card) -> Message | None:
    """Draw « Vigie était arrêtée de 7 h 50 à 11 h 05. Deux rappels n’ont pas pu partir à l’heure : … »."""
    stop = last_stop(view.tx)
    if stop is None:
        return None
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    late = _collect_late(view, card, stop, texts)
    if not late:
        return None
    most = view.defaults.limits.catch_up_lines
    titles = [f"{title} ({texts.time(at.time())})" for at, title in late[:most]]
    since, until = _write_time(view, stop.since, stop), _write_time(view, stop.until, stop)
    line = texts.line("catchup", since=since, until=until, count=len(late), titles=texts.listing(titles))
    return Message((Text(line),), plain(line))


def _collect_late(view: View, card: Card, stop: Stop, texts: Texts) -> list[tuple[datetime, str]]:
    """Return (local moment, name) of every message due during the stop, in order."""
    occurrences = view.tx.postings.occurrences(view.team.id, card.posting.id)
    late = {
        (occurrence.nominal, _name_occurrence(view, occurrence, texts))
        for occurrence in occurrences
        if stop.covers(occurrence)
    }
    for item in card.still_mine:
        for at in (item.later_at, routine_moment(item, view.team, view.defaults)):
            if at is not None and stop.held(at):
                late.add((local(at, view.team.tz), item.task.title.say(texts.language)))
    return sorted(late)


def _write_time(view: View, instant: datetime, stop: Stop) -> str:
    """Write a time of day; with its date when the stop lasted over midnight."""
    texts = view.roster.texts
    local_time = local(instant, view.team.tz)
    time = texts.time(local_time.time())
    over_midnight = view.team.today(stop.since) != view.team.today(stop.until)
    return f"{texts.date(local_time.date())} {time}" if over_midnight else time


def _name_occurrence(view: View, occurrence: Occurrence, texts: Texts) -> str:
    """Return the name of an occurrence: its task's title, or the nudge's own name."""
    task = view.catalogue.tasks.get(occurrence.nudge)
    if task is not None:
        return task.title.of(texts.language)
    template = view.tx.templates.keyed(view.team.id, occurrence.nudge)
    if template is not None:
        return template.tasks[0].title.say(texts.language)
    return texts.text(f"preview.nudge.{occurrence.nudge.partition(':')[0]}")


@nudge("catchup", rank=1, render=render, on_request=True)
def catchup(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan nothing: the planner adds this nudge to the messages that leave late after a stop."""
    return ()
