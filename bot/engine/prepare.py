"""Prepare deliveries to be carried out: read addresses and draw messages for a whole batch at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.engine.posting import Confirmation
from bot.engine.render import draw
from bot.engine.view import Views
from bot.ports import Address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.engine.posting import Card, Delivery, Posting, Ref
    from bot.engine.view import View
    from bot.message import Message
    from bot.ports import Transport, Tx
    from bot.registry import Registry
    from bot.teams.team import Installation


class Job(NamedTuple):
    """A delivery with everything that carrying it out needs."""

    delivery: Delivery
    posting: Posting
    platform: Transport
    to: Address
    message: Message


class Outcome(NamedTuple):
    """Outcome of a delivery: carried out (no `error`), not (yet), or `void`: there was nothing to say any more.

    `unknown`: it may be there or not.
    """

    delivery: Delivery
    ref: Ref | None = None
    revision: int = 0
    error: str = ""
    permanent: bool = False
    retry_after: float | None = None
    unknown: bool = False
    void: bool = False
    place: str = ""
    """Our id of the channel or the member that it was for."""
    platform: str = ""

    @property
    def confirmation(self) -> Confirmation:
        return Confirmation(self.delivery, self.ref, self.revision)


def prepare(
    tx: Tx, registry: Registry, platforms: Mapping[str, Transport], taken: Sequence[Delivery]
) -> list[Job | Outcome]:
    """Build a job for each delivery, or its outcome when no call is needed."""
    keys = [(delivery.team, delivery.posting) for delivery in taken]
    cards = {card.posting.id: card for card in tx.postings.cards(keys)}
    teams = list({delivery.team for delivery in taken})
    views = Views(tx, teams)
    book = _AddressBook(tx, teams, list(cards.values()))
    prepared: list[Job | Outcome] = []
    for delivery in taken:
        card, name = cards[delivery.posting], book.name(delivery.team)
        if delivery.operation == "edit" and card.posting.posted_revision >= card.posting.revision:
            prepared.append(Outcome(delivery, card.posting.ref, card.posting.posted_revision, platform=name))
            continue
        if delivery.operation != "post" and card.posting.ref is None:  # not out yet: what is sent then is drawn then
            prepared.append(Outcome(delivery, void=True))
            continue
        if _has_left(views.of(delivery.team), card.posting):
            prepared.append(Outcome(delivery, void=True))
            continue
        platform = platforms.get(name)
        to = book.address(card.posting) if platform else None
        if platform is None or to is None:
            prepared.append(_fail_without_destination(delivery, place_of(card.posting), name))
            continue
        message = draw(registry, views.of(delivery.team), card)
        prepared.append(Job(delivery, card.posting, platform, to, message) if message else Outcome(delivery, void=True))
    return prepared


def _has_left(view: View, posting: Posting) -> bool:
    """Tell whether a private message is for a member who is no longer in the team."""
    member = posting.destination.member
    return member is not None and view.roster.member(member) is None


def _fail_without_destination(delivery: Delivery, place: str, platform: str) -> Outcome:
    return Outcome(delivery, error="transport.no_destination", permanent=True, place=place, platform=platform)


def place_of(posting: Posting) -> str:
    """Return our id of where a posting goes."""
    return posting.destination.channel or posting.destination.member or ""


class _AddressBook:
    """Reads the platform's own ids of a batch's destinations, in three look-ups."""

    def __init__(self, tx: Tx, teams: Sequence[str], cards: Sequence[Card]) -> None:
        self.installed: Mapping[str, Installation] = tx.teams.installations(teams)
        destinations = [(card.posting.team, card.posting.destination) for card in cards]
        self._channels = tx.teams.places(list({(team, to.channel) for team, to in destinations if to.channel}))
        self._people = tx.members.accounts(list({(team, to.member) for team, to in destinations if to.member}))

    def name(self, team: str) -> str:
        """Return the platform that a team lives on; empty when it is installed nowhere."""
        installed = self.installed.get(team)
        return installed.platform if installed else ""

    def address(self, posting: Posting) -> Address | None:
        team, place = self.installed[posting.team].external_id, posting.destination
        if place.channel is not None:
            channel = self._channels.get((posting.team, place.channel))
            return Address(team, channel=channel) if channel else None
        member = self._people.get((posting.team, place.member or ""))
        return Address(team, member=member) if member else None
