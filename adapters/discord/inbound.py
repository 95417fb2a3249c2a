"""Acts of people in Discord, passed to the core, and its answers, within the three seconds that Discord waits.

1. An answer that is ready at once answers the interaction itself. A slower one is deferred (« thinking ») with the
   visibility of the answer, which then takes that place. A form is never deferred: it could not open any more.
2. A form that was refused comes back as text, with a button that opens it again as it was filled in.
3. An answer that is too late, or to an act that awaits none (a reaction), is a direct message, else a message in the
   team's channel.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from cachetools import LRUCache

from adapters.discord import events
from adapters.discord.custom_id import Mark
from adapters.discord.forms import Kept, complaint, find_form, modal
from adapters.discord.render import EPHEMERAL, mentioned, render
from adapters.discord.welcome import build_stale_reply, build_welcome
from bot.errors import TransportError, VigieError
from bot.grammar.line import interpret
from bot.i18n import language_of
from bot.message import Button, Form, Message, Option, Reply
from bot.platforms.profiles import Profile
from bot.ports import Address
from bot.request import Clicked, Request, Submitted, Typed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from adapters.discord.events import Arrived, Reaction
    from adapters.discord.files import Upload
    from adapters.discord.ports import Api, Post, Suggest
    from adapters.discord.render import Drawn
    from bot.engine.posting import Ref
    from bot.i18n import Language
    from bot.registry import Answer, Registry

log = structlog.get_logger()
Json = dict[str, Any]

MESSAGE, THINKING, UNCHANGED, CHOICES, OPEN = 4, 5, 6, 8, 9
"""Types of a first answer."""
PATIENCE = 1.0
"""Seconds after which an answer is deferred."""
LONGEST = 2.4
"""Seconds after which even an act that may open a form is deferred."""
NAMING = 1.0
"""Longest time in seconds to look up a name."""
FOLLOWING = 5
"""Largest number of follow-up pages of an answer."""
PROFILES = 10_000
"""Number of people whose last locale is kept."""
AGAIN = "-again"
"""Action of the button that opens a refused form again; the core never sees it."""


class Inbound:
    """The inbound side of all guilds. `receive` is the core; `meaning` resolves an emoji, None if it has no meaning."""

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
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.receive: Callable[[Request], Awaitable[Reply]] | None = None
        self.follow_locale: Callable[[str, Profile, Profile | None], Awaitable[bool]] | None = None
        """Updates the language of a member of a guild from a profile and the previous one; False for a stranger."""
        self.language: Language = "fr"
        """The language of a welcome, unless the server is a Community with its own."""
        self._profiles: LRUCache[tuple[str, str], Profile] = LRUCache(PROFILES)
        self.patience, self.longest = PATIENCE, LONGEST

    async def drain(self) -> None:
        """Wait for answers in flight."""
        await self._idle.wait()

    # events

    async def interaction(self, data: Json) -> None:
        """Handle a command, a press, a form, or a request for choices."""
        with self._count_in_flight():
            await self._handle_interaction(data)

    async def reaction(self, data: Json, *, added: bool) -> None:
        """Handle a reaction; one without meaning, or on a foreign message, ends here."""
        means = self._meaning(events.text(data, "emoji", "name"))
        reaction = events.reaction(data, self._api.me, added=added, alert=means == "alert") if means else None
        if reaction is not None:
            with self._count_in_flight():
                await self._handle_reaction(reaction)

    async def written(self, data: Json) -> None:
        """Handle a line in a direct conversation, in the team of the bot's last message there, if any."""
        request = events.written(data, self._api.me)
        team = await self._post.speaking(events.text(data, "channel_id")) if request else ""
        if request is None or not team:
            return
        with self._count_in_flight():
            assert self.receive is not None, "the platform is started before anything comes in"
            request = request._replace(team=team)
            reply = await self.receive(request)
            form = find_form(reply)
            if form is not None and isinstance(request.what, Typed):  # only a press can open it
                press = Button(form.title, "say", request.what.text, "primary")
                await self._post_privately(request, Message((press,), form.title))
            elif reply.message is not None:
                await self._post_privately(request, reply.message)

    async def missed(self, ref: Ref, user: str, emoji: str, *, added: bool) -> None:
        """Handle a reaction put on or taken off while no connection was up, as if it had just happened."""
        with self._count_in_flight():
            await self._handle_reaction(events.Reaction(ref, user, emoji, added, await self._post.team(ref)))

    async def joined(self, guild: Json) -> None:
        """Welcome the owner of a guild that invited the bot, in private."""
        owner, team = events.text(guild, "owner_id"), events.text(guild, "id")
        if owner and team:
            name = events.text(guild, "name")
            language = language_of(events.chosen_locale(guild)) or self.language
            message = build_welcome(name, language, self._registry)
            with suppress(TransportError):
                await self._post.post(Address(team, member=owner), message, f"welcome{team}")

    @contextmanager
    def _count_in_flight(self) -> Iterator[None]:
        self._in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    async def _handle_interaction(self, data: Json) -> None:
        if data.get("type") == 4:  # noqa: PLR2004  # autocomplete
            body = {"type": CHOICES, "data": {"choices": await self._suggest.choices(data)}}
            await self._api.answer(events.text(data, "id"), events.text(data, "token"), body)
            return
        arrived = events.arrived(data, self._registry)
        if arrived is None:
            log.info("interaction not read", kind=data.get("type"))
        elif arrived.mark is not None and arrived.mark.action == AGAIN:
            await self._reopen_form(arrived, arrived.mark)
        elif not arrived.request.team:
            await self._answer_now(arrived, build_stale_reply(arrived.language))
        else:
            await self._handle(arrived)

    async def _handle(self, arrived: Arrived) -> None:
        declared, patience = self._find_visibility(arrived.request)
        deferring: list[asyncio.Task[bool]] = []

        def defer() -> None:
            deferring.append(asyncio.create_task(self._defer(arrived, declared)))

        timer = asyncio.get_running_loop().call_later(patience, defer) if patience is not None else None
        reply = await self._receive(arrived)
        if timer is not None:
            timer.cancel()
        if not deferring:
            await self._answer_now(arrived, reply)
        elif await deferring[0]:
            await self._answer_late(arrived, reply, declared)
        else:
            await self._answer_elsewhere(arrived, reply)

    def _find_visibility(self, request: Request) -> tuple[Answer, float | None]:
        """Return the visibility of the answer, and the seconds after which it is deferred (None: never)."""
        match request.what:
            case Typed(line) | Clicked("say", line):
                command, _ = self._registry.resolve(interpret(line, self._registry))
                answer: Answer = command.answer if command else "private"
                return answer, None if answer == "form" else self.patience
            case Clicked(action) if action not in self._registry.acts:
                return "private", self.longest  # it may ask for a form
            case _:
                return "private", self.patience

    async def _receive(self, arrived: Arrived) -> Reply:
        assert self.receive is not None, "the platform is started before anything comes in"
        request = arrived.request
        await self._note_locale(request)
        if not arrived.mentioned:
            return await self.receive(request)
        names = await asyncio.gather(*(self._look_up_name(request.team, user) for user in arrived.mentioned[:20]))
        named = {user: name for user, name in zip(arrived.mentioned, names, strict=False) if name}
        return await self.receive(request._replace(people={**request.people, **named}))

    async def _note_locale(self, request: Request) -> None:
        """Update the language of a member whose client changed its locale, or whose first act this is."""
        key, profile = (request.team, request.actor), Profile(request.actor, locale=request.locale)
        before = self._profiles.get(key)
        if self.follow_locale is None or not profile.locale or profile == before:
            return
        try:
            if await self.follow_locale(request.team, profile, before):
                self._profiles[key] = profile
        except VigieError as error:  # the answer itself says that the store is away
            log.info("locale not stored", error=error.key)

    async def _look_up_name(self, team: str, user: str) -> str:
        """Look up the name of a mentioned member; empty for bots and people outside the guild."""
        if (team, user) not in self._names:
            try:
                async with asyncio.timeout(NAMING):
                    member = await self._api.look("/guilds/{guild_id}/members/{user_id}", guild_id=team, user_id=user)
            except (TransportError, TimeoutError):
                return ""
            bot = events.at(member, "user", "bot") is True
            self._names[team, user] = "" if bot else events.name_of(events.at(member, "user"), member)
        return self._names[team, user]

    # answers to interactions

    async def _answer_now(self, arrived: Arrived, reply: Reply) -> None:
        """Answer the interaction with the reply: a form, a message, or an acknowledgement."""
        form = find_form(reply)
        if form is not None and not isinstance(arrived.request.what, Submitted):
            if not await self._answer_first(arrived, OPEN, await self._build_modal(arrived, form)):
                await self._answer_elsewhere(arrived, reply)
            return
        shown = self._show_form_as_message(arrived, reply)
        if shown.message is None:
            await self._answer_silently(arrived)
            return
        pages = await self._render_pages(arrived, shown.message)
        private = shown.visibility != "channel"
        if not await self._answer_first(arrived, MESSAGE, pages[0].payload(private=private), pages[0].files):
            await self._answer_elsewhere(arrived, reply)
            return
        await self._send_pages(arrived, pages[1:], private=private)

    async def _answer_first(
        self, arrived: Arrived, kind: int, data: Json | None = None, files: Sequence[Upload] = ()
    ) -> bool:
        """Send the first answer; return False when it was too late or refused."""
        body = {"type": kind} | ({"data": data} if data else {})
        try:
            return await self._api.answer(arrived.id, arrived.token, body, files)
        except TransportError as error:
            log.warning("answer refused", error=error.key, code=error.params.get("code"))
            return False

    async def _answer_silently(self, arrived: Arrived) -> None:
        """Answer without a message: a press leaves its message as it is; the « thinking » of a command is deleted."""
        if arrived.message:
            await self._answer_first(arrived, UNCHANGED)
        elif await self._answer_first(arrived, THINKING, {"flags": EPHEMERAL}):
            await self._follow_up("DELETE", arrived, "/messages/@original")

    async def _defer(self, arrived: Arrived, declared: Answer) -> bool:
        if arrived.message and not isinstance(arrived.request.what, Submitted):
            return await self._answer_first(arrived, UNCHANGED)
        return await self._answer_first(arrived, THINKING, {"flags": 0 if declared == "channel" else EPHEMERAL})

    async def _answer_late(self, arrived: Arrived, reply: Reply, declared: Answer) -> None:
        """Answer a deferred interaction, in the place of « thinking » unless fewer people may see the answer."""
        shown = self._show_form_as_message(arrived, reply, late=True)
        place = not arrived.message or isinstance(arrived.request.what, Submitted)
        private = shown.visibility != "channel"
        if shown.message is None:
            if place:
                await self._follow_up("DELETE", arrived, "/messages/@original")
            return
        pages = await self._render_pages(arrived, shown.message)
        if place and private != (declared == "channel"):
            await self._follow_up("PATCH", arrived, "/messages/@original", pages[0].payload(), pages[0].files)
            pages = pages[1:]
        elif place:
            await self._follow_up("DELETE", arrived, "/messages/@original")
        await self._send_pages(arrived, pages, private=private)

    async def _send_pages(self, arrived: Arrived, pages: list[Drawn], *, private: bool) -> None:
        for page in pages[:FOLLOWING]:
            await self._follow_up("POST", arrived, "", page.payload(private=private), page.files)

    async def _follow_up(
        self, method: str, arrived: Arrived, path: str, body: Json | None = None, files: Sequence[Upload] = ()
    ) -> None:
        try:
            await self._api.follow(method, f"/webhooks/{self._api.application}/{arrived.token}{path}", body, files)
        except TransportError as error:
            log.warning("answer not shown", error=error.key, code=error.params.get("code"))

    async def _render_pages(self, arrived: Arrived, message: Message) -> list[Drawn]:
        team = arrived.request.team
        accounts = await self._post.accounts(team, mentioned(message)) if team else {}
        return render(message, accounts, team=team if arrived.direct else "", language=arrived.language)

    # forms, kept for a later press

    async def _build_modal(self, arrived: Arrived, form: Form, line: str = "") -> Json:
        request = arrived.request
        mark = Mark(form.action, line or _line_of(arrived), request.team if arrived.direct else "")
        accounts = await self._post.accounts(request.team, mentioned(Message((form,))))
        alone = Option(request.actor_name, request.actor) if arrived.direct else None
        return modal(form, mark, accounts, alone=alone)

    def _show_form_as_message(self, arrived: Arrived, reply: Reply, *, late: bool = False) -> Reply:
        """Replace a form that cannot open here by a message with a button that opens it."""
        form = find_form(reply)
        if form is None:
            return reply
        key = arrived.id
        resubmitted = arrived.mark if isinstance(arrived.request.what, Submitted) else None
        line = resubmitted.target if resubmitted else _line_of(arrived)
        self._kept.put(key, arrived.request.actor, form, line)
        words = complaint(form) if not late else Message((), form.title)
        button = Button(form.title, AGAIN, f"{key}:{line}"[:60], "primary")
        return Reply(Message((*words.blocks, button), form.title))

    async def _reopen_form(self, arrived: Arrived, mark: Mark) -> None:
        """Open the kept form; after a restart, handle its line anew."""
        key, _, line = mark.target.partition(":")
        held = self._kept.get(key, arrived.request.actor)
        if held is not None:
            await self._answer_first(arrived, OPEN, await self._build_modal(arrived, held.form, held.line))
        else:
            again = arrived.request._replace(what=Clicked("say", line))
            await self._handle(replace(arrived, request=again))

    # acts that await no answer

    async def _handle_reaction(self, reaction: Reaction) -> None:
        team = reaction.team or await self._look_up_team(reaction.ref)
        if not team:
            return
        assert self.receive is not None, "the platform is started before anything comes in"
        request = events.request_of(reaction, team, f"{self._run}-{next(self._numbers)}")
        reply = await self.receive(request)
        if reply.message is not None:
            await self._post_privately(request, reply.message)

    async def _look_up_team(self, ref: Ref) -> str:
        try:
            return await self._post.team(ref)
        except TransportError as error:
            log.info("message not read", error=error.key, code=error.params.get("code"))
            return ""

    async def _answer_elsewhere(self, arrived: Arrived, reply: Reply) -> None:
        """Post an answer that came too late where it would have been shown."""
        shown = self._show_form_as_message(arrived, reply, late=True)
        if shown.message is None or not arrived.request.team:
            return
        if shown.visibility == "channel" and arrived.request.channel:
            to = Address(arrived.request.team, channel=arrived.request.channel)
            with suppress(TransportError):
                await self._post.post(to, shown.message, f"re{arrived.id}")
            return
        await self._post_privately(arrived.request, shown.message)

    async def _post_privately(self, request: Request, message: Message) -> None:
        try:
            await self._post.post(Address(request.team, member=request.actor), message, f"re{request.key}")
        except TransportError as error:
            log.warning("answer lost", error=error.key, code=error.params.get("code"))


def _line_of(arrived: Arrived) -> str:
    """Return the line that would repeat the act when typed; empty when there is none."""
    match arrived.request.what:
        case Typed(line) | Clicked("say", line):
            return line
        case _:
            return ""
