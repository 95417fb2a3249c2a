"""The lines of the demo: `/cm …`, `/avance 1 semaine`, `/reagir ✅ [CARD]`, `/clic CARD BUTTON`, `/comme NAME`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Protocol

from adapters.console.render import buttons
from adapters.console.verbs import BY_NAME, VERBS
from bot.civil import local
from bot.errors import RefusalError
from bot.grammar.spelling import fold, lookup, nearest
from bot.help.refusal import error_line
from bot.i18n import texts
from bot.message import plain
from bot.ports import Address
from bot.registry import Registry
from bot.request import Clicked, Reacted, Request, Typed
from bot.zones import zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from adapters.console.platform import ConsolePlatform, Shown
    from bot.engine.posting import Ref
    from bot.i18n import Language, Texts
    from bot.message import Button
    from bot.request import What

QUOTED = 40
"""Characters of what was typed that are quoted back."""
DIGITS = 9
"""Figures of the longest number that is read."""
MARKS = "#[]()"
"""What people type around a number."""


class Upcoming(Protocol):
    """The next message: when (UTC), what it is, where."""

    @property
    def at(self) -> datetime: ...
    @property
    def what(self) -> tuple[str, ...]: ...
    @property
    def places(self) -> tuple[str, ...]: ...


class Journey(Protocol):
    """Moves the demo's clock."""

    def now(self) -> datetime:
        """Return the demo's instant."""
        ...

    def reach(self, typed: str) -> datetime:
        """Return the instant that a duration or a moment means. Raises RefusalError where the clock cannot go there."""
        ...

    async def upcoming(self) -> Upcoming | None:
        """Return the next message, if there is one soon."""
        ...

    async def forward(self, end: datetime) -> None:
        """Step through every instant at which something is due, then to the end."""
        ...

    async def settle(self) -> None:
        """Carry out what is due now."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Place of the console: the team and its channel (the platform's ids), who can speak (name → account)."""

    team: str
    channel: str
    people: Mapping[str, str]
    zone: ZoneInfo = field(default_factory=lambda: zone("UTC"))
    language: Language = "fr"
    registry: Registry = field(default_factory=Registry)

    @property
    def texts(self) -> Texts:
        return texts(self.language)

    def name(self, account: str | None) -> str:
        """Return the name of a person."""
        return next((name for name, person in self.people.items() if person == account), account or "")


class Session:
    """One person at a time types lines; each is answered. `say` gets what is not a message of the product."""

    def __init__(self, platform: ConsolePlatform, place: Place, journey: Journey, say: Callable[[str], None]) -> None:
        self._platform = platform
        self._journey = journey
        self._say = say
        self.place = place
        self.speaker = next(iter(place.people))
        self.over = False
        """Somebody typed /quitter."""
        self._run = secrets.token_hex(4)  # a kept database knows the keys of earlier runs
        self._keys = count(1)
        self._does = {
            "cm": lambda rest: self._ask(Typed(rest)),
            "forward": self._forward,
            "react": lambda rest: self._react(rest, added=True),
            "unreact": lambda rest: self._react(rest, added=False),
            "click": self._click,
            "as": self._as,
            "show": self._show,
            "help": self._help,
            "quit": self._quit,
        }

    async def settle(self) -> None:
        """Carry out what is due already."""
        await self._journey.settle()

    async def line(self, text: str) -> None:
        """Do what a line says; one without a slash is a `/cm`. A refusal is said, and nothing was done then."""
        typed = text.strip()
        word, _, rest = typed.removeprefix("/").partition(" ") if typed.startswith("/") else ("cm", "", typed)
        try:
            verb = BY_NAME.get(fold(word))
            if verb is None:
                raise self._unknown(word, rest)
            await self._does[verb.id](rest.strip())
            await self._journey.settle()
        except RefusalError as error:
            self._say(plain(error_line(self.place.texts, error)))

    def when(self, at: datetime) -> str:
        """« lundi 23 novembre, 9 h 05 »."""
        moment = local(at, self.place.zone)
        return f"{self.place.texts.date(moment.date())}, {self.place.texts.time(moment.time())}"

    def headings(self, shown: Shown, event: str) -> list[str]:
        """« [3] #équipe · lundi 23 novembre, 9 h », then a shorter one."""
        where = f"#{shown.to.channel}" if shown.to.channel else f"@{self.place.name(shown.to.member)}"
        time = self.place.texts.time(local(self.now(), self.place.zone).time())
        key = f"console.{'post' if event == 'show' else event}"
        return [
            self._text(key, number=str(shown.number), place=where, when=when) for when in (self.when(self.now()), time)
        ]

    def now(self) -> datetime:
        """Return the demo's instant."""
        return self._journey.now()

    def visible_messages(self) -> Iterator[Shown]:
        """Return the messages that the speaker can see, newest first."""
        return (shown for shown in self._platform.latest() if self.visible(shown))

    def visible(self, shown: Shown) -> bool:
        """Return whether the speaker could see this message."""
        return shown.to.member in (None, self.place.people[self.speaker])

    def _text(self, key: str, **values: object) -> str:
        return self.place.texts.text(key, **values)

    def _unknown(self, word: str, rest: str) -> RefusalError:
        """Offer what looks most like it: one of these lines, else a command of the product without its /cm."""
        language, registry = self.place.language, self.place.registry
        command, _ = registry.resolve(f"{word} {rest}")
        if command is not None:
            return RefusalError("console.near", line=f"/{word}"[:QUOTED], meant=f"/cm {word} {rest}".strip()[:QUOTED])
        near = nearest(word[:QUOTED], BY_NAME, limit=1, cutoff=70)
        if near:
            line = f"/{BY_NAME[near[0]].name(language)} {rest}".strip()[:QUOTED]
            return RefusalError("console.near", line=f"/{word}"[:QUOTED], meant=line)
        return RefusalError("console.unknown", line=f"/{word} {rest}".strip()[:QUOTED])

    async def _ask(self, action: What) -> None:
        assert self._platform.receive is not None, "the platform is started before the first line"
        account, before = self.place.people[self.speaker], self._platform.changes
        key = f"console-{self._run}-{next(self._keys)}"
        channel = self.place.channel
        request = Request(key, self._platform.name, self.place.team, account, action, channel, self.speaker)
        reply = await self._platform.receive(request)
        if reply.message is not None:
            to = Address(self.place.team, channel=channel)
            private = Address(self.place.team, member=account)
            self._platform.answer(to if reply.visibility == "channel" else private, reply.message)
        await self._journey.settle()
        if self._platform.changes == before:
            self._say(self._text("console.nothing"))

    async def _forward(self, rest: str) -> None:
        before = self._platform.changes
        end = self._journey.reach(rest) if rest else await self._next()
        await self._journey.forward(end)
        if self.now() < end:
            self._say(self._text("console.halted", when=self.when(self.now())))
        elif self._platform.changes == before:
            self._say(self._text("console.arrived", when=self.when(end)))

    async def _next(self) -> datetime:
        """Return when the next message comes, and say which it is."""
        coming = await self._journey.upcoming()
        if coming is None:
            raise RefusalError("console.nothing_coming")
        titles, places = self.place.texts.listing(coming.what or ("Vigie",)), ", ".join(coming.places)
        self._say(self._text("console.next", when=self.when(coming.at), what=titles, places=places))
        return coming.at

    async def _react(self, rest: str, *, added: bool) -> None:
        words = rest.split()
        numbers = [word for word in words if word.strip(MARKS).isdecimal()]
        emoji = next((word.strip(":") for word in words if word not in numbers), "")
        if not emoji or len(words) > 1 + len(numbers[:1]):
            raise RefusalError("console.emoji" if added else "console.emoji_off")
        await self._ask(Reacted(emoji, self._ref(numbers), added))

    def _ref(self, numbers: Sequence[str]) -> Ref:
        shown = self._card(numbers[0]) if numbers else self._platform.last_posted(self.place.people[self.speaker])
        if shown is None:
            raise RefusalError("console.no_card_yet")
        if shown.ref is None:
            raise RefusalError("console.no_reaction", number=str(shown.number))
        return shown.ref

    def _card(self, typed: str) -> Shown:
        """Return the message that a number means, if the speaker could see it."""
        digits = typed.strip(MARKS)
        shown = self._platform.numbered(int(digits)) if digits.isdecimal() and len(digits) <= DIGITS else None
        if shown is None:
            last = self._platform.last
            raise RefusalError(
                "console.no_card" if last else "console.no_card_yet", number=typed[:QUOTED], last=str(last)
            )
        if not self.visible(shown):
            raise RefusalError("console.not_yours", number=digits, name=self.place.name(shown.to.member))
        return shown

    async def _click(self, rest: str) -> None:
        number, _, label = rest.partition(" ")
        if not number:
            raise RefusalError("console.which_card")
        shown = self._card(number)
        button = _find_button(shown, label.strip())
        await self._ask(Clicked(button.action, button.target, shown.ref))

    async def _as(self, name: str) -> None:
        matches = lookup(name.removeprefix("@"), {person: (person,) for person in self.place.people}) if name else []
        if len(matches) != 1:
            key = "console.who" if name else "console.who_now"
            raise RefusalError(key, name=name[:QUOTED] or self.speaker, known=list(self.place.people))
        self.speaker = matches[0]

    async def _show(self, number: str) -> None:
        shown = self._card(number) if number else self._platform.last_posted(self.place.people[self.speaker])
        if shown is None:
            raise RefusalError("console.no_card_yet")
        self._platform.again(shown)

    async def _help(self, _: str) -> None:
        for verb in VERBS:
            self._say(self._text("console.help", typed=self._text(f"console.type.{verb.id}"),
                                 help=self._text(f"console.help.{verb.id}")))  # fmt: skip

    async def _quit(self, _: str) -> None:
        self.over = True


def _find_button(shown: Shown, typed: str) -> Button:
    """Find a button by its number or (the beginning of) its label; a single button needs neither."""
    choices = buttons(shown.message)
    if not choices:
        raise RefusalError("console.no_buttons", number=str(shown.number))
    if not typed and len(choices) == 1:
        return choices[0]
    digits = typed.strip(MARKS)
    if digits.isdecimal():
        matches = [int(digits) - 1] if len(digits) <= DIGITS and 1 <= int(digits) <= len(choices) else []
    else:
        matches = (
            [int(match) for match in lookup(typed, {str(at): (match.label,) for at, match in enumerate(choices)})]
            if typed
            else []
        )
    if len(matches) != 1:
        labels = [f"{place} {button.label}" for place, button in enumerate(choices[:QUOTED], 1)]
        key = "console.no_button" if typed and not matches else "console.which_button"
        raise RefusalError(key, number=str(shown.number), label=typed[:QUOTED], known=labels)
    return choices[matches[0]]
