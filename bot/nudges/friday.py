from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain.posting import Destination
from bot.domain.rhythm import Closed, Rhythm, Weekly
from bot.message import Message, Text, plain
from bot.registry import Parcel, nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.catalogue.defaults import Defaults
    from bot.domain.posting import Posting
    from bot.domain.roster import Roster
    from bot.domain.schedule import Occurrence
    from bot.domain.team import Team
    from bot.ports import Tx

ON_CALL = "on-call"


def rhythm(_team: Team, defaults: Defaults) -> Rhythm:
    """On Friday afternoon; on the working day before when Friday is closed."""
    moment = defaults.moments.friday
    return Rhythm(Weekly((moment.weekday,)), (moment.at,), Closed.BEFORE)


def render(tx: Tx, roster: Roster, posting: Posting) -> Message:
    """One line before the week-end: who watches, or until when an alert will wait."""
    texts, team = roster.texts, roster.team
    watching = [roster.name(one.member) for one in roster.holdings if one.role == ON_CALL and one.kind == "holder"]
    following = team.calendar.next_working(date.fromisoformat(posting.subject))
    line = (
        texts.line("friday.watch", who=texts.listing(watching))
        if watching
        else texts.line("friday.nobody", day=following, at=team.opens)
    )
    return Message((Text(texts.line("friday.title"), "title"), Text(line)), plain(line))


@nudge("friday", rank=80, rhythm=rhythm, render=render)
def friday(tx: Tx, roster: Roster, occurrence: Occurrence) -> Iterable[Parcel]:
    """In the channel, at the end of the week."""
    if roster.team.home:
        yield Parcel(Destination(channel=roster.team.home), occurrence.nominal.date().isoformat())
