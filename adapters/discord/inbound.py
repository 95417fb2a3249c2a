"""What people do in Discord, handed to the core, and its answers, within the three seconds that Discord waits.

1. What is ready at once answers the interaction itself. What takes longer is announced (« thinking »), seen by those
   who will see the answer, and takes that place. A form is never announced: it could not open any more.
2. A form that was refused comes back as words, with a button that opens it again as it was.
3. What comes too late, or has nobody waiting (a reaction), is said in a direct message, else in the team's channel.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from adapters.discord import events
from adapters.discord.command_tree import ROOTS
from adapters.discord.custom_id import Mark
from adapters.discord.forms import Kept, asked, complaint, modal
from adapters.discord.render import EPHEMERAL, mentioned, render
from bot.errors import TransportError
from bot.grammar.line import meant
from bot.i18n import texts
from bot.message import Button, Form, Message, Option, Reply, Text
from bot.ports import Address
from bot.request import Clicked, Request, Submitted, Typed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from adapters.discord.events import Arrived, Reaction
    from adapters.discord.files import Upload
    from adapters.discord.ports import Api, Post, Suggest
    from adapters.discord.render import Drawn
    from bot.engine.posting import Ref
    from bot.registry import Answer, Registry

log = structlog.get_logger()
Json = dict[str, Any]

SAID, THINKING, UNCHANGED, CHOICES, OPEN = 4, 5, 6, 8, 9
"""Types of a first answer."""
PATIENCE = 1.0
"""Seconds after which an answer is announced."""
LONGEST = 2.4
"""Seconds after which even what might be a form is."""
NAMING = 1.0
"""Seconds that looking a name up may take."""
FOLLOWING = 5
"""Pages of one answer."""
AGAIN = "-again"
"""A press that is ours alone: open the form again."""


class Desk:
    """All guilds'. `receive` is the core; `meaning` says what an emoji means to us, None for nothing."""

    def __init__(
        self, api: Api, post: Post, registry: Registry, suggest: Suggest, meaning: Callable[[str], str | None]
    ) -> None:
        self._api = api
        self._post = post
        self._registry = registry
        self._suggest = suggest
        self._meaning = meaning
        self._kept = Kept()
        self._names: dict[tuple[str, str], str] = {}
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._going = 0
        self._still = asyncio.Event()
        self._still.set()
        self.receive: Callable[[Request], Awaitable[Reply]] | None = None
        self.patience, self.longest = PATIENCE, LONGEST

    async def drain(self) -> None:
        """Wait for answers that are on their way."""
        await self._still.wait()

    # what comes in

    async def interaction(self, data: Json) -> None:
        """A command, a press, a form, or a wish for suggestions."""
        with self._at_work():
            await self._interaction(data)

    async def reaction(self, data: Json, *, added: bool) -> None:
        """An emoji on any message: what is not ours, and means nothing, ends here."""
        means = self._meaning(events.text(data, "emoji", "name"))
        one = events.reaction(data, self._api.me, added=added, alert=means == "alert") if means else None
        if one is not None:
            with self._at_work():
                await self._reaction(one)

    async def written(self, data: Json) -> None:
        """A line to us in private, for the team of what we last said there; where we never did, nobody is spoken to."""
        request = events.written(data, self._api.me)
        team = await self._post.speaking(events.text(data, "channel_id")) if request else ""
        if request is None or not team:
            return
        with self._at_work():
            assert self.receive is not None, "the platform is started before anything comes in"
            request = request._replace(team=team)
            reply = await self.receive(request)
            form = asked(reply)
            if form is not None and isinstance(request.what, Typed):  # it opens from a press alone
                press = Button(form.title, "say", request.what.text, "primary")
                await self._privately(request, Message((press,), form.title))
            elif reply.message is not None:
                await self._privately(request, reply.message)

    async def missed(self, ref: Ref, user: str, emoji: str, *, added: bool) -> None:
        """A reaction that was put on or taken off while nobody listened, as if it had just happened."""
        with self._at_work():
            await self._reaction(events.Reaction(ref, user, emoji, added, await self._post.team(ref)))

    async def joined(self, guild: Json) -> None:
        """The bot was invited: its installer is welcomed in private, and nobody else hears a word."""
        owner, team = events.text(guild, "owner_id"), events.text(guild, "id")
        if owner and team:
            name = events.text(guild, "name")
            message = _welcome(name, events.text(guild, "preferred_locale"), self._registry)
            with suppress(TransportError):
                await self._post.post(Address(team, member=owner), message, f"welcome{team}")

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._going += 1
        self._still.clear()
        try:
            yield
        finally:
            self._going -= 1
            if not self._going:
                self._still.set()

    async def _interaction(self, data: Json) -> None:
        if data.get("type") == 4:  # noqa: PLR2004  # while a command is typed
            body = {"type": CHOICES, "data": {"choices": await self._suggest.choices(data)}}
            await self._api.answer(events.text(data, "id"), events.text(data, "token"), body)
            return
        arrived = events.arrived(data, self._registry)
        if arrived is None:
            log.info("interaction not read", kind=data.get("type"))
        elif arrived.mark is not None and arrived.mark.action == AGAIN:
            await self._reopened(arrived, arrived.mark)
        elif not arrived.request.team:
            await self._now(arrived, _stale(arrived))
        else:
            await self._handled(arrived)

    async def _handled(self, arrived: Arrived) -> None:
        declared, patience = self._declared(arrived.request)
        announcing: list[asyncio.Task[bool]] = []

        def announce() -> None:
            announcing.append(asyncio.create_task(self._announced(arrived, declared)))

        timer = asyncio.get_running_loop().call_later(patience, announce) if patience is not None else None
        reply = await self._ask(arrived)
        if timer is not None:
            timer.cancel()
        if not announcing:
            await self._now(arrived, reply)
        elif await announcing[0]:
            await self._later(arrived, reply, declared)
        else:
            await self._elsewhere(arrived, reply)

    def _declared(self, request: Request) -> tuple[Answer, float | None]:
        """Who will see the answer, and after how many seconds it is announced (None: never)."""
        match request.what:
            case Typed(line) | Clicked("say", line):
                command, _ = self._registry.resolve(meant(line, self._registry))
                answer: Answer = command.answer if command else "private"
                return answer, None if answer == "form" else self.patience
            case Clicked(action) if action not in self._registry.acts:
                return "private", self.longest  # it may ask for a form
            case _:
                return "private", self.patience

    async def _ask(self, arrived: Arrived) -> Reply:
        assert self.receive is not None, "the platform is started before anything comes in"
        request = arrived.request
        if not arrived.mentioned:
            return await self.receive(request)
        found = await asyncio.gather(*(self._name(request.team, one) for one in arrived.mentioned[:20]))
        named = {one: name for one, name in zip(arrived.mentioned, found, strict=False) if name}
        return await self.receive(request._replace(people={**request.people, **named}))

    async def _name(self, team: str, user: str) -> str:
        """What somebody is called who was only named by a mention; empty for bots and strangers."""
        if (team, user) not in self._names:
            try:
                async with asyncio.timeout(NAMING):
                    one = await self._api.look("/guilds/{guild_id}/members/{user_id}", guild_id=team, user_id=user)
            except (TransportError, TimeoutError):
                return ""
            bot = events.at(one, "user", "bot") is True
            self._names[team, user] = "" if bot else events.name_of(events.at(one, "user"), one)
        return self._names[team, user]

    # what goes out: the interaction's own answer

    async def _now(self, arrived: Arrived, reply: Reply) -> None:
        """Answer what was asked, with what it asks for."""
        form = asked(reply)
        if form is not None and not isinstance(arrived.request.what, Submitted):
            if not await self._said(arrived, OPEN, await self._modal(arrived, form)):
                await self._elsewhere(arrived, reply)
            return
        shown = self._shown(arrived, reply)
        if shown.message is None:
            await self._silent(arrived)
            return
        pages = await self._pages(arrived, shown.message)
        private = shown.visibility != "channel"
        if not await self._said(arrived, SAID, pages[0].payload(private=private), pages[0].files):
            await self._elsewhere(arrived, reply)
            return
        await self._follow(arrived, pages[1:], private=private)

    async def _said(self, arrived: Arrived, kind: int, data: Json | None = None, files: Sequence[Upload] = ()) -> bool:
        """The first answer; False when it did not get there in time."""
        body = {"type": kind} | ({"data": data} if data else {})
        try:
            return await self._api.answer(arrived.id, arrived.token, body, files)
        except TransportError as error:
            log.warning("answer refused", error=error.key, code=error.params.get("code"))
            return False

    async def _silent(self, arrived: Arrived) -> None:
        """Nothing to say: a press leaves its message as it is; a command's « thinking » is taken away."""
        if arrived.message:
            await self._said(arrived, UNCHANGED)
        elif await self._said(arrived, THINKING, {"flags": EPHEMERAL}):
            await self._afterwards("DELETE", arrived, "/messages/@original")

    async def _announced(self, arrived: Arrived, declared: Answer) -> bool:
        if arrived.message and not isinstance(arrived.request.what, Submitted):
            return await self._said(arrived, UNCHANGED)
        return await self._said(arrived, THINKING, {"flags": 0 if declared == "channel" else EPHEMERAL})

    async def _later(self, arrived: Arrived, reply: Reply, declared: Answer) -> None:
        """Answer what was announced: in the place of « thinking », unless fewer people may see it."""
        shown = self._shown(arrived, reply, late=True)
        place = not arrived.message or isinstance(arrived.request.what, Submitted)
        private = shown.visibility != "channel"
        if shown.message is None:
            if place:
                await self._afterwards("DELETE", arrived, "/messages/@original")
            return
        pages = await self._pages(arrived, shown.message)
        if place and private != (declared == "channel"):
            await self._afterwards("PATCH", arrived, "/messages/@original", pages[0].payload(), pages[0].files)
            pages = pages[1:]
        elif place:
            await self._afterwards("DELETE", arrived, "/messages/@original")
        await self._follow(arrived, pages, private=private)

    async def _follow(self, arrived: Arrived, pages: list[Drawn], *, private: bool) -> None:
        for page in pages[:FOLLOWING]:
            await self._afterwards("POST", arrived, "", page.payload(private=private), page.files)

    async def _afterwards(
        self, method: str, arrived: Arrived, path: str, body: Json | None = None, files: Sequence[Upload] = ()
    ) -> None:
        try:
            await self._api.follow(method, f"/webhooks/{self._api.application}/{arrived.token}{path}", body, files)
        except TransportError as error:
            log.warning("answer not shown", error=error.key, code=error.params.get("code"))

    async def _pages(self, arrived: Arrived, message: Message) -> list[Drawn]:
        team = arrived.request.team
        accounts = await self._post.accounts(team, mentioned(message)) if team else {}
        return render(message, accounts, team=team if arrived.direct else "", language=arrived.language)

    # forms, and what is kept for a press

    async def _modal(self, arrived: Arrived, form: Form, line: str = "") -> Json:
        request = arrived.request
        mark = Mark(form.action, line or _line(arrived), request.team if arrived.direct else "")
        accounts = await self._post.accounts(request.team, mentioned(Message((form,))))
        alone = Option(request.actor_name, request.actor) if arrived.direct else None
        return modal(form, mark, accounts, alone=alone)

    def _shown(self, arrived: Arrived, reply: Reply, *, late: bool = False) -> Reply:
        """An answer in words: a form that cannot open here comes with a button that opens it."""
        form = asked(reply)
        if form is None:
            return reply
        key = arrived.id
        line = arrived.mark.target if arrived.mark and isinstance(arrived.request.what, Submitted) else _line(arrived)
        self._kept.put(key, arrived.request.actor, form, line)
        words = complaint(form) if not late else Message((), form.title)
        button = Button(form.title, AGAIN, f"{key}:{line}"[:60], "primary")
        return Reply(Message((*words.blocks, button), form.title))

    async def _reopened(self, arrived: Arrived, mark: Mark) -> None:
        """Open the form that was kept; after a restart, what its line gives now."""
        key, _, line = mark.target.partition(":")
        held = self._kept.get(key, arrived.request.actor)
        if held is not None:
            await self._said(arrived, OPEN, await self._modal(arrived, held.form, held.line))
        else:
            again = arrived.request._replace(what=Clicked("say", line))
            await self._handled(replace(arrived, request=again))

    # what nobody waits for

    async def _reaction(self, one: Reaction) -> None:
        team = one.team or await self._team(one.ref)
        if not team:
            return
        assert self.receive is not None, "the platform is started before anything comes in"
        request = events.request_of(one, team, f"{self._run}-{next(self._numbers)}")
        reply = await self.receive(request)
        if reply.message is not None:
            await self._privately(request, reply.message)

    async def _team(self, ref: Ref) -> str:
        try:
            return await self._post.team(ref)
        except TransportError as error:
            log.info("message not read", error=error.key, code=error.params.get("code"))
            return ""

    async def _elsewhere(self, arrived: Arrived, reply: Reply) -> None:
        """Nobody waits any more: say it where it would have been seen."""
        shown = self._shown(arrived, reply, late=True)
        if shown.message is None or not arrived.request.team:
            return
        if shown.visibility == "channel" and arrived.request.channel:
            to = Address(arrived.request.team, channel=arrived.request.channel)
            with suppress(TransportError):
                await self._post.post(to, shown.message, f"re{arrived.id}")
            return
        await self._privately(arrived.request, shown.message)

    async def _privately(self, request: Request, message: Message) -> None:
        try:
            await self._post.post(Address(request.team, member=request.actor), message, f"re{request.key}")
        except TransportError as error:
            log.warning("answer lost", error=error.key, code=error.params.get("code"))


def _line(arrived: Arrived) -> str:
    """What could be typed to ask for the same again."""
    match arrived.request.what:
        case Typed(line) | Clicked("say", line):
            return line
        case _:
            return ""


def _stale(arrived: Arrived) -> Reply:
    """A component that is none of ours, or of a team that nobody can name."""
    line = texts(arrived.language).line("button.unknown")
    return Reply(Message((Text(line),)))


def _welcome(name: str, locale: str, registry: Registry) -> Message:
    said = texts("fr" if locale.startswith("fr") else "en")
    command = registry.commands["setup"]
    setup, root = command.names.shown(said.language), ROOTS[command.section][said.language == "fr"]
    return Message(
        (
            Text(said.line("discord.welcome", guild=name)),
            Text(said.line("discord.welcome_here", command=f"/{root} {setup}")),
            Button(said.text("discord.setup"), "say", setup, "primary"),
        ),
        said.text("discord.welcome", guild=name),
    )
