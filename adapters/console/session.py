"""The lines of the demo: `/cm …`, `/avance 1 semaine`, `/reagir ✅ [CARD]`, `/clic CARD BUTTON`, `/comme NAME`."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Protocol

from adapters.console.render import buttons
from bot.domain.request import Clicked, Reacted, Request, Typed
from bot.errors import RefusalError
from bot.ports import Address
from bot.spelling import fold, lookup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.console.platform import ConsolePlatform, Shown
    from bot.domain.posting import Ref
    from bot.domain.request import What
    from bot.message import Button

VERBS = {
    "cm": "cm",
    "avance": "forward", "avancer": "forward", "forward": "forward",
    "reagir": "react", "react": "react",
    "retirer": "unreact", "unreact": "unreact",
    "clic": "click", "clique": "click", "click": "click",
    "comme": "as", "as": "as",
}  # fmt: skip

UNITS = {
    "minute": timedelta(minutes=1), "min": timedelta(minutes=1), "mn": timedelta(minutes=1),
    "heure": timedelta(hours=1), "hour": timedelta(hours=1), "h": timedelta(hours=1),
    "jour": timedelta(days=1), "day": timedelta(days=1), "j": timedelta(days=1), "d": timedelta(days=1),
    "semaine": timedelta(weeks=1), "week": timedelta(weeks=1),
}  # fmt: skip
LONGEST = timedelta(days=400)


class Journey(Protocol):
    """Moves the demo's clock."""

    async def forward(self, by: timedelta) -> None:
        """Step through every instant at which something is due, then to the end."""
        ...

    async def settle(self) -> None:
        """Carry out what is due now."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the console stands: the team, its channel, and who can speak (name → account), all platform ids."""

    team: str
    channel: str
    people: Mapping[str, str]


class Session:
    """One person at a time types lines; each is answered."""

    def __init__(self, platform: ConsolePlatform, place: Place, journey: Journey, speaker: str) -> None:
        self._platform = platform
        self._place = place
        self._journey = journey
        self.speaker = speaker
        self.settle = journey.settle
        self._run = secrets.token_hex(4)  # a kept database knows the keys of earlier runs
        self._keys = count(1)

    async def line(self, text: str) -> None:
        """Do what a line says. RefusalError says what to type instead; nothing was done then."""
        verb, _, rest = text.strip().removeprefix("/").partition(" ")
        known = VERBS.get(fold(verb)) if text.strip().startswith("/") else "cm"
        rest = rest.strip() if text.strip().startswith("/") else text.strip()
        match known:
            case "cm":
                await self._ask(Typed(rest))
            case "forward":
                await self._journey.forward(duration(rest))
            case "react":
                await self._react(rest, added=True)
            case "unreact":
                await self._react(rest, added=False)
            case "click":
                await self._click(rest)
            case "as":
                self.speaker = self._person(rest)
            case _:
                raise RefusalError("console.unknown", line=text.strip()[:40])
        await self._journey.settle()

    async def _ask(self, what: What) -> None:
        assert self._platform.receive is not None, "the platform is started before the first line"
        account = self._place.people[self.speaker]
        key = f"console-{self._run}-{next(self._keys)}"
        request = Request(key, self._platform.name, self._place.team, account, what, self._place.channel, self.speaker)
        reply = await self._platform.receive(request)
        if reply.message is not None:
            to = Address(self._place.team, channel=self._place.channel)
            private = Address(self._place.team, member=account)
            self._platform.answer(to if reply.visibility == "channel" else private, reply.message)

    async def _react(self, rest: str, *, added: bool) -> None:
        emoji, _, number = rest.partition(" ")
        if not emoji:
            raise RefusalError("console.emoji")
        await self._ask(Reacted(emoji, self._ref(number.strip()), added))

    def _ref(self, number: str) -> Ref:
        shown = self._card(number) if number else self._platform.last_posted(self._place.people[self.speaker])
        if shown is None or shown.ref is None:
            raise RefusalError("console.no_card", number=number or "–")
        return shown.ref

    def _card(self, number: str) -> Shown | None:
        digits = number.removeprefix("#")
        return self._platform.numbered(int(digits)) if digits.isdecimal() and len(digits) < 10 else None  # noqa: PLR2004

    async def _click(self, rest: str) -> None:
        number, _, label = rest.partition(" ")
        shown = self._card(number)
        if shown is None:
            raise RefusalError("console.no_card", number=number or "–")
        button = _chosen(buttons(shown.message), label.strip())
        await self._ask(Clicked(button.action, button.target, shown.ref))

    def _person(self, name: str) -> str:
        found = lookup(name, {one: (one,) for one in self._place.people})
        if len(found) != 1:
            raise RefusalError("console.who", name=name[:40], known=list(self._place.people))
        return found[0]


def _chosen(there: Sequence[Button], label: str) -> Button:
    """A button by its number or its label."""
    if label.isdecimal() and 1 <= int(label[:6]) <= len(there):
        return there[int(label[:6]) - 1]
    found = lookup(label, {str(index): (button.label,) for index, button in enumerate(there)}) if label else []
    if not found:
        raise RefusalError("console.no_button", label=label[:40], known=[button.label for button in there[:8]])
    return there[int(found[0])]


def duration(typed: str) -> timedelta:
    """« 1 semaine », "10 minutes", "2h": up to 400 days."""
    found = re.fullmatch(r"(\d{1,5})\s*([a-z]+?)s?", fold(typed))
    unit = UNITS.get(found[2]) if found else None
    if not found or unit is None or int(found[1]) * unit > LONGEST:
        raise RefusalError("console.duration", typed=typed[:40])
    return int(found[1]) * unit
