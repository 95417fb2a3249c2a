"""The argument of every handler: a request with its team, its member and the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.civil import local
from bot.errors import RefusalError
from bot.i18n import language_of
from bot.ids import new_id
from bot.message import At
from bot.record.audit import Author, Entry
from bot.request import Submitted
from bot.teams.roster import roster
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.catalogue.loader import Catalogue
    from bot.engine.posting import Posting
    from bot.i18n import Texts
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Source
    from bot.registry import Registry
    from bot.request import Request
    from bot.teams.member import Member, Right
    from bot.teams.roster import Roster
    from bot.teams.team import Team


class Call(NamedTuple):
    """A request with its context. `rest` is the text after the command's name, or a button's target."""

    request: Request
    roster: Roster
    member: Member | None
    rest: str
    now: datetime
    registry: Registry
    catalogue: Catalogue
    posting: Posting | None = None
    """The message of Vigie that was clicked or reacted to."""
    argument: str = ""
    """Argument of an act besides its item: a moment, a member's id, a reason (« id=… » in a button's target)."""
    act_id: str = ""
    """The id of what is asked: the lines of the record that the request writes share it, and are undone together."""
    confirmed: bool = False
    """True once the member has answered [Confirmer] to the question about this very line."""

    @property
    def team(self) -> Team:
        return self.roster.team

    @property
    def me(self) -> Member:
        """The member who asks. Raises RefusalError for a person who is not a member."""
        if self.member is None:
            raise RefusalError("refused.stranger", lead=self.roster.lead.name if self.roster.lead else "")
        return self.member

    @property
    def texts(self) -> Texts:
        """The texts of the answer: in the member's own language, else in that of their client, else in the team's."""
        return self.roster.texts_for(self.member, language_of(self.request.locale))

    @property
    def today(self) -> date:
        return self.team.today(self.now)

    @property
    def tz(self) -> ZoneInfo:
        """The member's own zone, else the team's."""
        return zone(self.member.zone) if self.member and self.member.zone else self.team.tz

    @property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """The fields of a submitted form, by name; empty for other requests."""
        return self.request.what.values if isinstance(self.request.what, Submitted) else {}

    @property
    def source(self) -> Source:
        return self.request.what.source

    def permit(self, right: Right | None) -> None:
        """Raise RefusalError unless the member has the right (None: no right is needed)."""
        if right is not None and not self.me.may(right):
            raise RefusalError(f"refused.{right}", lead=self.roster.lead.name if self.roster.lead else "")

    def entry(self, tx: Tx, act: str, subject: str, subject_id: str) -> Entry:
        """Build a line of the record for an act of the member at the current instant."""
        return Entry(
            self.team.id, new_id(tx.now), tx.now, act, subject, subject_id, actor=self.me.id, source=self.source,
            request=self.act_id or None,
        )  # fmt: skip

    def author(self, reason: str | None = None, *, undoes: str | None = None) -> Author:
        """Return the member as the author of changes to items."""
        return Author(self.me.id, self.source, reason, self.act_id or None, undoes)

    def with_fresh_roster(self, tx: Tx) -> Call:
        """Return the call with its roster read again: naming a person in the line may have added a member."""
        return self._replace(roster=roster(tx, self.team))

    def clock(self, instant: datetime) -> At:
        """Return an instant as a time of day in the member's zone."""
        return At(instant, self.texts.time(local(instant, self.tz).time()))

    def line(self, key: str, /, **values: object) -> Line:
        """Return a text in the member's language."""
        return self.texts.line(key, **values)
