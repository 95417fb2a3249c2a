from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from bot.engine.posting import Destination
from bot.engine.rhythm import Closed, Daily, Rhythm
from bot.engine.schedule import CatchUp
from bot.message import Message, Text, plain
from bot.registry import Parcel, nudge
from bot.tasks.checklist import State
from bot.tasks.opening import open_day, open_single_moments
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.engine.posting import Card
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.i18n import Texts
    from bot.tasks.checklist import Item

LOOK_BACK = timedelta(days=40)
"""Age from which a missed day opens its one-off tasks alone: more than a month, so that no monthly task is lost."""


def render(view: View, card: Card) -> Message | None:
    """Draw what began on the days that were opened late: « Commencé pendant l’arrêt : … », « Pas fait : … »."""
    reader = card.posting.destination.member
    texts = view.roster.texts_for(view.roster.member(reader))
    occurrences = view.tx.postings.occurrences(view.team.id, card.posting.id)
    missed_days = {occurrence.nominal.date() for occurrence in occurrences if occurrence.nudge == "opening"}
    items = [
        item
        for day in sorted(missed_days)
        for item in view.tx.items.started_within(view.team.id, *day_bounds(view.team, day))
        if not item.task.private and reader in (None, item.holder)
    ]
    groups = (
        ("catchup.not_done", [item for item in items if item.state is State.DROPPED]),
        ("catchup.begun", [item for item in items if item.state is not State.DROPPED]),
    )
    lines = [texts.line(key, titles=_list_items(view, texts, chosen)) for key, chosen in groups if chosen]
    return Message(tuple(Text(line) for line in lines), plain(lines[0])) if lines else None


def _list_items(view: View, texts: Texts, items: Sequence[Item]) -> str:
    """List items by task, each with its day, or with the first and the last of its days."""
    days: dict[str, list[date]] = {}
    for item in items:
        days.setdefault(item.task.title.say(texts.language), []).append(view.team.today(item.start))
    titles = [f"{title} ({_write_days(texts, item_days)})" for title, item_days in days.items()]
    most = view.defaults.limits.catch_up_lines
    more = [texts.text("catchup.more", count=len(titles) - most)] if len(titles) > most else []
    return texts.listing([*titles[:most], *more])


def _write_days(texts: Texts, days: Sequence[date]) -> str:
    if days[0] == days[-1]:
        return texts.date(days[0])
    return texts.text("catchup.days", first=texts.date(days[0]), last=texts.date(days[-1]))


@nudge(
    "opening",
    rank=2,
    rhythm=lambda _team, _defaults: Rhythm(Daily(), (time.min,), Closed.KEEP),
    render=render,
    heavy=True,
    catch_up=CatchUp.ALL,
)
def opening(view: View, occurrence: Occurrence) -> Iterable[Parcel]:
    """Open the day's items at local midnight; plan a message only for a day that is over by then, after a stop."""
    day, today = occurrence.nominal.date(), view.team.today(view.now)
    if day < today - LOOK_BACK:
        items = open_single_moments(view.tx, view.roster, day)
    else:
        items = open_day(view.tx, view.roster, day)
    view.reread()
    if day >= today:
        return
    shared = [item for item in items if not item.task.private]
    holders = dict.fromkeys(item.holder for item in shared if item.holder)
    places = (
        [Destination(channel=view.team.home)] if view.team.home else [Destination(member=holder) for holder in holders]
    )
    for place in places if shared else ():
        yield Parcel(place, today.isoformat())
