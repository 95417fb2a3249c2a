"""A preview as lines: one a nudge and moment, whatever messages they share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, cast

from bot.teams.roster import roster
from storage.preview_log import read_preview_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.ports import Tx
    from bot.registry import Registry
    from bot.teams.roster import Roster
    from bot.teams.team import Team
    from storage.preview_log import LoggedPosting
    from storage.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Line:
    """One nudge at one moment, as `--json` prints it. `team` is empty for the built-in one."""

    at_utc: str
    at_local: str
    zone: str
    nudge: str
    channel: str | None
    mentions: list[str]
    items: list[str]
    message: str
    team: str | None


@dataclass(frozen=True, slots=True)
class Foretold:
    """The nudges that one team would get, by moment."""

    team: Team
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Posted:
    """When each posting left; what left before `since` is not told."""

    since: datetime
    moments: Mapping[str, datetime]
    registry: Registry

    def urgent(self, posting: LoggedPosting) -> bool:
        """Return whether it follows from a missed deadline; these are left out, as nobody ticks anything here."""
        nudges = [self.registry.nudge(kind) for kind in posting.kinds]
        return any(nudge is not None and nudge.urgent for nudge in nudges)

    def rank(self, nudge: str) -> int:
        registered = self.registry.nudge(nudge)
        return registered.rank if registered else 0


def foretold(tx: Tx, team_id: str, posted: Posted, name: str | None) -> Foretold:
    """Read what was told from the tables that the engine wrote."""
    team = tx.teams.get(team_id)
    assert team is not None
    people = roster(tx, team)
    entries = [
        (at, posted.rank(nudge), _build_line(tx, people, posting, (nudge, at, posted.moments[posting.posting]), name))
        for posting in read_preview_log(cast("UnitOfWork", tx).connection, team_id)
        if posted.moments.get(posting.posting, posted.since) >= posted.since and posting.posting in posted.moments
        if not posted.urgent(posting)
        for nudge, at in _list_nudges(posting, posted)
    ]
    entries.sort(key=lambda entry: (entry[0], entry[1], entry[2].message, entry[2].nudge))
    return Foretold(team, [line for _, _, line in entries])


def _list_nudges(posting: LoggedPosting, posted: Posted) -> Iterable[tuple[str, datetime]]:
    """(nudge, moment): at its own moment, or later where it had to wait. Those without a schedule, when they left."""
    sent_at = posted.moments[posting.posting]
    scheduled = dict.fromkeys((nudge, max(due_at, sent_at)) for nudge, due_at in posting.moments)
    yield from scheduled
    spoken = {nudge for nudge, _ in scheduled}
    for kind in posting.kinds:
        own = kind == "task" and any(nudge not in posted.registry.nudges for nudge in spoken)
        if kind not in spoken and not own:
            yield kind, sent_at


def _build_line(
    tx: Tx, people: Roster, posting: LoggedPosting, nudge_at: tuple[str, datetime, datetime], name: str | None
) -> Line:
    team = people.team
    nudge, at, sent_at = nudge_at
    channel = tx.teams.channel(team.id, posting.channel) if posting.channel else None
    item_ids = [item for item, template in posting.items if template == nudge] or [item for item, _ in posting.items]
    by_id = {item.id: item for item in tx.items.many(team.id, item_ids)}
    items = [by_id[item] for item in item_ids if item in by_id]
    addressed = [posting.member] if posting.member else [item.holder for item in items]
    place = channel.name if channel else people.name(posting.member)
    return Line(
        at_utc=at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        at_local=at.astimezone(team.tz).isoformat(timespec="seconds"),
        zone=team.zone,
        nudge=nudge,
        channel=channel.name if channel else None,
        mentions=_once(people.name(member) for member in addressed if member),
        items=_once(item.task.title.say(team.language) for item in items),
        message=_shorten_key(sent_at.isoformat(), place, ",".join(sorted(posting.kinds))),
        team=name,
    )


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, names)))


def _shorten_key(*parts: str) -> str:
    """Shorten to eight characters, the same for the same message in every preview."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
