"""Read what nudges look at for many teams at once: a batch of five hundred costs as many statements as one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from bot.tasks.today import items_of
from bot.teams.roster import Roster
from bot.teams.team import day_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from datetime import date, datetime

    from bot.catalogue.defaults import Defaults
    from bot.catalogue.loader import Catalogue
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.teams.team import Team

T = TypeVar("T")


class Place:
    """Keeps what teams of one zone, calendar and hours have in common in a batch, computed once for all of them."""

    __slots__ = ("cache", "calendar", "closes", "opens", "tz")

    def __init__(self, team: Team) -> None:
        self.tz = team.tz
        self.calendar = team.calendar
        self.opens, self.closes = team.opens, team.closes
        self.cache: dict[Hashable, Any] = {}
        """The values that :meth:`once` has computed."""

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return what `find` gives for the key, computed once: it must follow from the key alone."""
        if key in self.cache:
            cached: T = self.cache[key]
            return cached
        value = self.cache[key] = find()
        return value


class Views:
    """The teams of one batch. Each part is read for all of them at its first use, and only then."""

    def __init__(self, tx: Tx, teams: Sequence[str]) -> None:
        self.tx = tx
        self._ids = list(dict.fromkeys(teams))
        self._views: dict[str, View] = {}
        self._places: dict[Hashable, Place] = {}

    def of(self, team: str) -> View:
        """Return a team's view; the same object each time."""
        view = self._views.get(team)
        if view is None:
            view = self._views[team] = View(self, team)
        return view

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Map each team to what it shares with others."""
        places: dict[str, Place] = {}
        for key, team in self.teams.items():
            same = (
                team.zone, team.country, team.subdivision, team.working_days, team.closures, team.whit_monday,
                team.opens, team.closes,
            )  # fmt: skip
            place = self._places.get(same)
            if place is None:
                place = self._places[same] = Place(team)
            places[key] = place
        return places

    @cached_property
    def teams(self) -> Mapping[str, Team]:
        return self.tx.teams.many(self._ids)

    @cached_property
    def rosters(self) -> Mapping[str, Roster]:
        members, holdings = self.tx.members.of(self._ids), self.tx.roles.of(self._ids)
        return {key: Roster(team, members.get(key, ()), holdings.get(key, ())) for key, team in self.teams.items()}

    @cached_property
    def items(self) -> Mapping[str, Sequence[Item]]:
        """Read what matters today in each team, by its own midnight."""
        now = self.tx.now
        return self.tx.items.current({key: day_bounds(team, team.today(now)) for key, team in self.teams.items()})


class View:
    """One team as a nudge sees it. `tx` is there for what only some nudges need."""

    __slots__ = ("_catalogue", "_id", "_reread", "_views")

    def __init__(self, views: Views, team: str) -> None:
        self._views = views
        self._id = team
        self._catalogue: Catalogue | None = None
        self._reread: Sequence[Item] | None = None

    @property
    def tx(self) -> Tx:
        return self._views.tx

    @property
    def now(self) -> datetime:
        return self._views.tx.now

    @property
    def team(self) -> Team:
        return self._views.teams[self._id]

    @property
    def place(self) -> Place:
        return self._views.places[self._id]

    @property
    def roster(self) -> Roster:
        return self._views.rosters[self._id]

    @property
    def catalogue(self) -> Catalogue:
        if self._catalogue is None:  # an installation's own folder would be looked at again
            self._catalogue = self.tx.catalogue(self._id)
        return self._catalogue

    @property
    def defaults(self) -> Defaults:
        return self.catalogue.defaults

    def items(self, day: date) -> Sequence[Item]:
        """Read what matters on a local day, by start."""
        if day != self.team.today(self.now):
            return items_of(self.tx, self.team, day)
        return self._views.items.get(self._id, ()) if self._reread is None else self._reread

    def reread(self) -> None:
        """Read the team's items again: they have changed since they were read for the batch."""
        self._reread = items_of(self.tx, self.team, self.team.today(self.now))
