"""The roster of influencers that a team keeps in touch with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Influencer:
    """A person to contact every `ideal_days`. `network` is a catalogue id; an inactive (paused) one is not proposed."""

    team: str
    id: str
    name: str
    network: str | None
    topic: str
    ideal_days: int
    active: bool = True


class Influencers(Protocol):
    """The roster of a team; every method is scoped by it."""

    def add(self, influencer: Influencer) -> None: ...

    def save(self, influencer: Influencer) -> bool:
        """Replace the row; False if the team has no such influencer."""
        ...

    def remove(self, team: str, influencer: str) -> bool:
        """Delete the row; False if the team has no such influencer."""
        ...

    def get(self, team: str, influencer: str) -> Influencer | None: ...

    def all(self, team: str) -> Sequence[Influencer]:
        """Return the whole roster, paused influencers included, by name."""
        ...
