"""What people do in Slack, handed to the core, and its answers, shown where Slack lets them be seen."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from adapters.slack import events
from adapters.slack.events import PLATFORM, Arrived, at, text
from adapters.slack.forms import errors, modal, panel
from adapters.slack.mrkdwn import clipped
from adapters.slack.profiles import Meeting
from adapters.slack.render import first, mentioned
from adapters.slack.routing import NotDoneError
from bot.errors import TransportError
from bot.message import Button, Chart, Form, Message, Reply, Text, plain
from bot.request import Reacted, Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from adapters.slack.api import Api
    from adapters.slack.home import Homes
    from adapters.slack.people import People
    from adapters.slack.post import Post
    from bot.engine.posting import Ref
    from bot.message import Block

log = structlog.get_logger()
Json = dict[str, Any]

PATIENCE = 2.4
"""Seconds that a typed line may take before it is acknowledged without its answer (Slack waits 3)."""
NAMING = 1.0
"""Seconds that looking a name up may take: without it, Slack's handle has to do."""
ANSWERS = 5
"""Uses of one response_url."""


class Inbound:
    """One workspace's. `receive` is the core."""

    def __init__(self, api: Api, people: People, post: Post, homes: Homes) -> None:
        self._api = api
        self._people = people
        self._post = post
        self._homes = homes
        self.receive: Callable[[Request], Awaitable[Reply]] | None = None
        self.team = self.bot = self.bot_id = self.site = ""
        self.patience = PATIENCE
        self.meeting = Meeting()
        self._later: set[asyncio.Task[object]] = set()
        self.ended: Callable[[str], None] | None = None
        """Told when the installation is over (uninstalled, token revoked)."""

    async def drain(self) -> None:
        """Wait for answers that are on their way."""
        while self._later:
            await asyncio.gather(*self._later, return_exceptions=True)

    def _soon(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    # what comes in

    async def command(self, body: Json) -> Json:
        """A typed line. Its answer is the acknowledgement itself, unless it takes too long."""
        arrived = self._ours(events.typed(body))
        if arrived is None:
            return {}
        try:
            async with asyncio.timeout(self.patience):
                reply = await self._ask(arrived)
        except TimeoutError:
            self._soon(self._answer_late(arrived))
            return {}
        if await self._opened(arrived, reply) or reply.message is None:
            return {}
        message = self._with_door(arrived, reply.message)
        if any(
            isinstance(block, Chart) for block in message.blocks
        ):  # Slack never says that it refused an acknowledgement
            self._soon(self._respond(arrived, reply))
            return {}
        pages = await self._post.pages(self.team, message)
        page, *more = [one.payload() for one in first(pages, 1 + ANSWERS)]
        if more:
            self._soon(self._respond_all(arrived, more, reply.visibility))
        if self._post.annexes(message, pages):
            self._soon(self._post.hand(arrived.request.actor, message, pages))
        return page | {"response_type": _response_type(reply)}

    async def _answer_late(self, arrived: Arrived) -> None:
        """Ask once more: under its key a request is handled once, and whoever asks again is told what came of it."""
        reply = await self._ask(arrived)
        if not await self._opened(arrived, reply):
            await self._respond(arrived, reply)

    async def action(self, body: Json) -> None:
        """A press. The card itself is edited by the outbox; what there is to say comes in private."""
        arrived = self._ours(events.clicked(body))
        if arrived is None:
            return
        reply = await self._ask(arrived)
        if await self._opened(arrived, reply) or reply.message is None:
            return
        if arrived.response_url:
            self._soon(self._respond(arrived, reply))
        else:
            await self._show(arrived, reply.message)

    async def shortcut(self, body: Json) -> None:
        """« Suivre avec Vigie »."""
        arrived = self._ours(events.tracked(body, self.site))
        if arrived is not None:
            reply = await self._ask(arrived)
            if not await self._opened(arrived, reply):
                self._soon(self._respond(arrived, reply))

    async def submission(self, body: Json) -> Json:
        """A form: errors stand beside their fields, an answer goes where the form was asked for."""
        metadata = _metadata(text(body, "view", "private_metadata"))
        arrived = self._ours(events.submitted(body, metadata.get("channel", ""), metadata.get("url", "")))
        if arrived is None:
            return {}
        reply = await self._ask(arrived)
        if reply.message is None:
            return {}
        wrong = _wrong(arrived, reply)
        if wrong:
            return {"response_action": "errors", "errors": wrong}
        form = _form(reply)
        if form is not None:  # the next question
            return {"response_action": "update", "view": await self._modal(arrived, form)}
        self._soon(self._respond(arrived, reply))
        return {}

    async def event(self, body: Json, *, retried: bool) -> None:
        """What happened in the workspace. Raises NotDoneError when it should be delivered again."""
        match text(body, "event", "type"):
            case "reaction_added" | "reaction_removed":
                await self._happened(events.reacted(body, self.site, retried=retried))
            case "message":
                await self._happened(events.direct(body, retried=retried))
            case "app_home_opened" if text(body, "event", "tab") != "messages" and text(body, "team_id") == self.team:
                await self._homes.open(text(body, "event", "user"))
            case "user_change" if text(body, "team_id") == self.team:
                await self._changed(at(body, "event", "user"))
            case ("app_uninstalled" | "tokens_revoked") as why if text(body, "team_id") == self.team:
                if self.ended is not None:
                    self.ended(why)

    async def _changed(self, user: Any) -> None:
        """Somebody's profile: kept for the member that they may be, before the event is acknowledged."""
        before = self._people.known(text(user, "id"))
        person = self._people.learn(user)
        if person is not None:
            await self.meeting.tell(self.team, self.meeting.new([person]), before)

    async def _happened(self, arrived: Arrived | None) -> None:
        arrived = self._ours(arrived)
        if arrived is None or await self._is_bot(arrived.request.actor):
            return
        reply = await self._ask(arrived)
        if reply.message is not None and not (reply.fault and arrived.retried):
            await self._whisper(arrived, reply)
        if reply.fault:
            raise NotDoneError

    async def missed(self, ref: Ref, user: str, emoji: str, *, added: bool) -> None:
        """A reaction that was put on or taken off while nobody listened, as if it had just happened."""
        what = Reacted(emoji, ref, added)
        key = f"missed-{ref.message}-{user}-{emoji}-{added}-{secrets.token_hex(4)}"
        with suppress(NotDoneError):  # the set is compared again at the next start
            await self._happened(Arrived(Request(key, PLATFORM, self.team, user, what, events.public(ref.channel))))

    def _ours(self, arrived: Arrived | None) -> Arrived | None:
        """Nothing but this workspace's: what another one sends changes nothing."""
        return arrived if arrived is not None and arrived.request.team == self.team else None

    async def _is_bot(self, user: str) -> bool:
        person = await self._named(user)
        return user == self.bot or (person is not None and person.bot)

    async def _named(self, user: str) -> Any:
        try:
            async with asyncio.timeout(NAMING):
                return await self._people.get(user)
        except TimeoutError:
            return None

    async def _ask(self, arrived: Arrived) -> Reply:
        assert self.receive is not None, "the platform is started before anything comes in"
        wanted = list(dict.fromkeys([arrived.request.actor, *arrived.mentioned]))[:20]
        found: dict[str, Any] = {one: self._people.fresh(one) for one in wanted}
        unknown = [one for one, person in found.items() if person is None]
        if unknown:
            found |= zip(unknown, await asyncio.gather(*(self._named(one) for one in unknown)), strict=True)
        people = {one: person.name for one, person in found.items() if person and not person.bot and not person.gone}
        name = people.get(arrived.request.actor) or arrived.request.actor_name
        actor = found[arrived.request.actor]
        outsider = actor is not None and actor.guest
        reply = await self.receive(arrived.request._replace(actor_name=name, people=people, outsider=outsider))
        self._homes.changed()
        new = self.meeting.new(one for one in found.values() if one is not None)
        if new and not isinstance(arrived.request.what, Reacted):  # a reaction makes nobody a member
            self._soon(self.meeting.tell(self.team, new))
        return reply

    # what goes out

    async def _opened(self, arrived: Arrived, reply: Reply) -> bool:
        """Open the form of an answer, before anything is acknowledged: its trigger lives three seconds."""
        form = _form(reply)
        if form is None or not arrived.trigger:
            return False
        view = await self._modal(arrived, form)
        try:
            await _put(self._api, arrived, view)
        except TransportError as error:
            log.warning("form not opened", error=error.key, code=error.params.get("code"))
            return False
        return True

    async def _modal(self, arrived: Arrived, form: Form) -> Json:
        """The form as a view, which brings back where it was asked for."""
        metadata = json.dumps({"channel": arrived.request.channel, "url": arrived.response_url})
        return modal(form, metadata, await self._post.accounts(self.team, mentioned(Message((form,)))))

    async def _show(self, arrived: Arrived, message: Message) -> None:
        """Answer a press in a view: there is no conversation, so the answer is a view as well."""
        view = panel(message, "", await self._post.accounts(self.team, mentioned(message)))
        try:
            await _put(self._api, arrived, view)
        except TransportError as error:
            log.warning("answer not shown", error=error.key, code=error.params.get("code"))

    async def _respond(self, arrived: Arrived, reply: Reply) -> None:
        if reply.message is None:
            return
        message = self._with_door(arrived, reply.message)
        pages = await self._post.pages(self.team, message)
        shown = [page.payload() for page in first(pages, ANSWERS)]
        if not arrived.response_url or not await self._respond_all(arrived, shown, reply.visibility):
            await self._whisper(arrived, reply)
        elif self._post.annexes(message, pages):
            await self._post.hand(arrived.request.actor, message, pages)

    async def _respond_all(self, arrived: Arrived, pages: list[Json], visibility: str) -> bool:
        kind = "in_channel" if visibility == "channel" else "ephemeral"
        for page in pages:
            taken = await self._api.respond(
                arrived.response_url, page | {"response_type": kind, "replace_original": False}
            )
            if not taken:
                return False
        return True

    async def _whisper(self, arrived: Arrived, reply: Reply) -> None:
        """Say it to this person alone: in their direct conversation, else beside what they did, else directly."""
        assert reply.message is not None
        message = self._with_door(arrived, reply.message)
        channel = arrived.request.channel
        try:
            if channel and not arrived.direct:
                await self._post.whisper(self.team, channel, arrived.request.actor, message)
                return
        except TransportError as error:
            log.info("private answer refused", error=error.key, code=error.params.get("code"))
        try:
            await self._post.directly(self.team, arrived.request.actor, message, key=f"re:{arrived.request.key}")
        except TransportError as error:
            log.warning("answer lost", error=error.key, code=error.params.get("code"))

    def _with_door(self, arrived: Arrived, message: Message) -> Message:
        """A form that cannot open here (no trigger) comes with a button that opens it."""
        form = next((block for block in message.blocks if isinstance(block, Form)), None)
        line = getattr(arrived.request.what, "text", "")
        if form is None or not line:
            return message
        return Message((*message.blocks, Button(form.title, "say", line, "primary")), message.summary)


def _form(reply: Reply) -> Form | None:
    blocks = reply.message.blocks if reply.message and reply.visibility == "form" else ()
    return next((block for block in blocks if isinstance(block, Form)), None)


async def _put(api: Api, arrived: Arrived, view: Json) -> None:
    """A modal over what was pressed; pressed in a modal, it takes that one's place."""
    if text(arrived.view, "type") == "modal":
        await api.call("views.update", view_id=text(arrived.view, "id"), view=view)
    else:
        await api.call("views.open", trigger_id=arrived.trigger, view=view)


def _response_type(reply: Reply) -> str:
    return "in_channel" if reply.visibility == "channel" else "ephemeral"


def _metadata(raw: str) -> Mapping[str, str]:
    try:
        found = json.loads(raw or "{}")
    except ValueError:
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def _wrong(arrived: Arrived, reply: Reply) -> dict[str, str]:
    """What a form that was sent is told, beside its fields; a refusal of it all stands beside the first."""
    form = _form(reply)
    if form is not None:
        return errors(form)
    fields = [text(one, "block_id") for one in at(arrived.view, "blocks") or [] if text(one, "type") == "input"]
    if not (reply.refused or reply.fault) or not fields or reply.message is None:
        return {}
    words = reply.message.summary or " ".join(one for one in map(_words, reply.message.blocks) if one)
    return {fields[0]: clipped(words, 2000)}


def _words(block: Block) -> str:
    return plain(block.line) if isinstance(block, Text) else ""
