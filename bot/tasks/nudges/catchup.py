from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.engine.catchup import stops
from bot.message import Message, Text, plain
from bot.registry import nudge
from bot.tasks.reminding import routine_moment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from bot.engine.catchup import Stop
    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.i18n import Texts
    from bot.message import Line
    from bot.registry import Parcel
    from bot.tasks.checklist import Item


def render(view: View, card: Card) -> Message | None:
    """Draw « Vigie était arrêtée de 7 h 50 à 11 h 05. Voici la fiche de 9 h. », or the reminders that are late.

    Draw nothing when all that the stops held back is settled.
    """
    past_stops = stops(view.tx)
    occurrences = view.tx.postings.occurrences(view.team.id, card.posting.id)
    late_items = _list_late_items(view, card, past_stops)
    moments = [*(occurrence.due_at for occurrence in occurrences), *(at for at, _ in late_items)]
    held = _find_stops(card, past_stops, moments)
    if not held:
        return None
    texts = view.roster.texts_for(view.roster.member(card.posting.destination.member))
    late = [occurrence for occurrence in occurrences if any(stop.covers(occurrence) for stop in past_stops)]
    lines = [_write_stops(view, texts, held)]
    card_times = [occurrence.nominal for occurrence in late if occurrence.nudge == "morning"]
    if card_times:
        lines.append(texts.line("catchup.card", at=texts.time(max(card_times).time())))
    else:
        titles = {(local(at, view.team.tz), item.task.title.say(texts.language)) for at, item in late_items}
        lines += _write_late(view, texts, titles | _name_tasks(view, late, texts))
    line = tuple(span for place, line in enumerate(lines) for span in ((" ", *line) if place else line))
    return Message((Text(line),), plain(lines[0]))


def _find_stops(card: Card, past_stops: Sequence[Stop], moments: Sequence[datetime]) -> Sequence[Stop]:
    """Find the stops that a message speaks of: those of its moments, and those that it has waited over."""
    held = [stop for stop in past_stops if any(stop.held(at) for at in moments)]
    waited = [stop for stop in past_stops if stop.since >= card.posting.created_at]
    if card.posting.ref is None:
        return held + waited
    return held or waited[:1]  # once it is out, later stops are not its own


def _write_stops(view: View, texts: Texts, held: Sequence[Stop]) -> Line:
    """Write from when to when the product was stopped; over several stops, between which moments."""
    since, until = min(stop.since for stop in held), max(stop.until for stop in held)
    with_dates = view.team.today(since) != view.team.today(until)
    written = [_write_time(view, texts, at, with_date=with_dates) for at in (since, until)]
    key = "catchup.stop" if len({stop.since for stop in held}) == 1 else "catchup.stops"
    return texts.line(key, since=written[0], until=written[1])


def _write_late(view: View, texts: Texts, late: Collection[tuple[datetime, str]]) -> list[Line]:
    """Write the reminders that are late, each with its moment: with the date, when that is another day."""
    today, most = view.team.today(view.now), view.defaults.limits.catch_up_lines
    moments = ((title, at, at.date() != today) for at, title in sorted(late)[:most])
    titles = [f"{title} ({_write_local(texts, at, with_date=other_day)})" for title, at, other_day in moments]
    if len(late) > most:
        titles.append(texts.text("catchup.more", count=len(late) - most))
    return [texts.line("catchup.late", count=len(late), titles=texts.listing(titles))] if titles else []


def _list_late_items(view: View, card: Card, past_stops: Sequence[Stop]) -> list[tuple[datetime, Item]]:
    """Return (instant, item) of every reminder of an item of the card that was due during a stop."""
    return [
        (at, item)
        for item in card.still_mine
        for at in (item.later_at, routine_moment(item, view.team, view.defaults))
        if at is not None and any(stop.held(at) for stop in past_stops)
    ]


def _write_time(view: View, texts: Texts, instant: datetime, *, with_date: bool) -> str:
    return _write_local(texts, local(instant, view.team.tz), with_date=with_date)


def _write_local(texts: Texts, at: datetime, *, with_date: bool) -> str:
    """Write a time of day, with its date before it on request."""
    time = texts.time(at.time())
    return f"{texts.date(at.date())} {time}" if with_date else time


def _name_tasks(view: View, late: Sequence[Occurrence], texts: Texts) -> set[tuple[datetime, str]]:
    """Return (local moment, name) of the occurrences that stand for a task; a card or a recap is nothing to do."""
    named = ((occurrence.nominal, _name_task(view, occurrence, texts)) for occurrence in late)
    return {(at, name) for at, name in named if name}


def _name_task(view: View, occurrence: Occurrence, texts: Texts) -> str:
    """Return the title of an occurrence's task; empty for a nudge without one."""
    task = view.catalogue.tasks.get(occurrence.nudge)
    if task is not None:
        return task.title.of(texts.language)
    template = view.tx.templates.keyed(view.team.id, occurrence.nudge)
    return template.tasks[0].title.say(texts.language) if template is not None else ""


@nudge("catchup", rank=1, render=render, on_request=True)
def catchup(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Plan nothing: the planner adds this nudge to the messages that leave late after a stop."""
    return ()
