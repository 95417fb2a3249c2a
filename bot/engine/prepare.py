"""Deliveries made ready to be carried out: address and message, read and drawn for a whole batch at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.engine.posting import Confirmation
from bot.engine.render import draw
from bot.engine.view import Views
from bot.ports import Address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.engine.posting import Card, Delivery, Posting, Ref
    from bot.message import Message
    from bot.ports import Platform, Tx
    from bot.registry import Registry
    from bot.teams.team import Installation


class Job(NamedTuple):
    """A delivery with everything that carrying it out needs."""

    delivery: Delivery
    posting: Posting
    platform: Platform
    to: Address
    message: Message


class Outcome(NamedTuple):
    """What became of a delivery: carried out (no `error`), not (yet), or `void`: there was nothing to say any more.

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
    tx: Tx, registry: Registry, platforms: Mapping[str, Platform], taken: Sequence[Delivery]
) -> list[Job | Outcome]:
    """A job for each delivery, or its outcome when there is nothing to call for."""
    cards = {card.posting.id: card for card in tx.postings.cards([(one.team, one.posting) for one in taken])}
    teams = list({one.team for one in taken})
    views = Views(tx, teams)
    book = _AddressBook(tx, teams, list(cards.values()))
    found: list[Job | Outcome] = []
    for one in taken:
        card, name = cards[one.posting], book.name(one.team)
        if one.operation == "edit" and card.posting.posted_revision >= card.posting.revision:
            found.append(Outcome(one, card.posting.ref, card.posting.posted_revision, platform=name))
            continue
        if one.operation != "post" and card.posting.ref is None:  # not out yet: what is sent then is drawn then
            found.append(Outcome(one, void=True))
            continue
        platform = platforms.get(name)
        to = book.address(card.posting) if platform else None
        if platform is None or to is None:
            found.append(_nowhere(one, place_of(card.posting), name))
            continue
        message = draw(registry, views.of(one.team), card)
        found.append(Job(one, card.posting, platform, to, message) if message else Outcome(one, void=True))
    return found


def _nowhere(delivery: Delivery, place: str, platform: str) -> Outcome:
    return Outcome(delivery, error="transport.no_destination", permanent=True, place=place, platform=platform)


def place_of(posting: Posting) -> str:
    """Our id of where a posting goes."""
    return posting.destination.channel or posting.destination.member or ""


class _AddressBook:
    """The platform's own ids of a batch's destinations, in three look-ups."""

    def __init__(self, tx: Tx, teams: Sequence[str], cards: Sequence[Card]) -> None:
        self.installed: Mapping[str, Installation] = tx.teams.installations(teams)
        there = [(card.posting.team, card.posting.destination) for card in cards]
        self._channels = tx.teams.places(list({(team, one.channel) for team, one in there if one.channel}))
        self._people = tx.members.accounts(list({(team, one.member) for team, one in there if one.member}))

    def name(self, team: str) -> str:
        """The platform that a team lives on; empty when it is installed nowhere."""
        installed = self.installed.get(team)
        return installed.platform if installed else ""

    def address(self, posting: Posting) -> Address | None:
        team, place = self.installed[posting.team].external_id, posting.destination
        if place.channel is not None:
            channel = self._channels.get((posting.team, place.channel))
            return Address(team, channel=channel) if channel else None
        member = self._people.get((posting.team, place.member or ""))
        return Address(team, member=member) if member else None
