"""Hands what people do in Slack to the core, and shows its answers where Slack lets them be seen."""

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
from adapters.slack.profiles import Profiles
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
    """Hands one workspace's deliveries to the core (`receive`), and shows its answers."""

    def __init__(self, api: Api, people: People, post: Post, homes: Homes) -> None:
        self._api = api
        self._people = people
        self._post = post
        self._homes = homes
        self.receive: Callable[[Request], Awaitable[Reply]] | None = None
        self.team = self.bot = self.bot_id = self.site = ""
        self.patience = PATIENCE
        self.profiles = Profiles()
        self._background: set[asyncio.Task[object]] = set()
        self.ended: Callable[[str], None] | None = None
        """Called when the installation is over (uninstalled, token revoked)."""

    async def drain(self) -> None:
        """Wait for answers that are on their way."""
        while self._background:
            await asyncio.gather(*self._background, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # what comes in

    async def command(self, body: Json) -> Json:
        """Handle a typed line and return its acknowledgement, which is the answer unless that takes too long."""
        arrived = self._filter_team(events.typed(body))
        if arrived is None:
            return {}
        try:
            async with asyncio.timeout(self.patience):
                reply = await self._ask(arrived)
        except TimeoutError:
            self._start(self._answer_late(arrived))
            return {}
        if await self._open_form(arrived, reply) or reply.message is None:
            return {}
        message = self._add_form_button(arrived, reply.message)
        if any(
            isinstance(block, Chart) for block in message.blocks
        ):  # Slack never says that it refused an acknowledgement
            self._start(self._send_response(arrived, reply))
            return {}
        pages = await self._post.pages(self.team, message)
        head, *more = [page.payload() for page in first(pages, 1 + ANSWERS)]
        if more:
            self._start(self._send_responses(arrived, more, reply.visibility))
        if self._post.annexes(message, pages):
            self._start(self._post.hand(arrived.request.actor, message, pages))
        return head | {"response_type": _response_type(reply)}

    async def _answer_late(self, arrived: Arrived) -> None:
        """Repeat the request: its key makes it run once, and the repetition returns the stored reply."""
        reply = await self._ask(arrived)
        if not await self._open_form(arrived, reply):
            await self._send_response(arrived, reply)

    async def action(self, body: Json) -> None:
        """Handle a press. The outbox edits the card itself; what remains to be answered is private."""
        arrived = self._filter_team(events.clicked(body))
        if arrived is None:
            return
        reply = await self._ask(arrived)
        if await self._open_form(arrived, reply) or reply.message is None:
            return
        if arrived.response_url:
            self._start(self._send_response(arrived, reply))
        else:
            await self._show_view(arrived, reply.message)

    async def shortcut(self, body: Json) -> None:
        """Handle « Suivre avec Vigie »."""
        arrived = self._filter_team(events.tracked(body, self.site))
        if arrived is not None:
            reply = await self._ask(arrived)
            if not await self._open_form(arrived, reply):
                self._start(self._send_response(arrived, reply))

    async def submission(self, body: Json) -> Json:
        """Handle a submitted form: errors stand beside their fields, the answer goes where the form was asked for."""
        metadata = _read_metadata(text(body, "view", "private_metadata"))
        arrived = self._filter_team(events.submitted(body, metadata.get("channel", ""), metadata.get("url", "")))
        if arrived is None:
            return {}
        reply = await self._ask(arrived)
        if reply.message is None:
            return {}
        wrong = _collect_errors(arrived, reply)
        if wrong:
            return {"response_action": "errors", "errors": wrong}
        form = _find_form(reply)
        if form is not None:  # the next question
            return {"response_action": "update", "view": await self._build_modal(arrived, form)}
        self._start(self._send_response(arrived, reply))
        return {}

    async def event(self, body: Json, *, retried: bool) -> None:
        """Handle an event of the workspace. Raises NotDoneError when Slack should deliver it again."""
        match text(body, "event", "type"):
            case "reaction_added" | "reaction_removed":
                await self._handle_event(events.reacted(body, self.site, retried=retried))
            case "message":
                await self._handle_event(events.direct(body, retried=retried))
            case "app_home_opened" if text(body, "event", "tab") != "messages" and text(body, "team_id") == self.team:
                await self._homes.open(text(body, "event", "user"))
            case "user_change" if text(body, "team_id") == self.team:
                await self._store_profile(at(body, "event", "user"))
            case ("app_uninstalled" | "tokens_revoked") as why if text(body, "team_id") == self.team:
                if self.ended is not None:
                    self.ended(why)

    async def _store_profile(self, user: Any) -> None:
        """Store a changed profile for the member it may belong to, before the event is acknowledged."""
        before = self._people.last(text(user, "id"))
        person = self._people.learn(user)
        if person is not None:
            await self.profiles.tell(self.team, self.profiles.new([person]), before)

    async def _handle_event(self, arrived: Arrived | None) -> None:
        arrived = self._filter_team(arrived)
        if arrived is None or await self._is_bot(arrived.request.actor):
            return
        reply = await self._ask(arrived)
        if reply.message is not None and not (reply.fault and arrived.retried):
            await self._answer_privately(arrived, reply)
        if reply.fault:
            raise NotDoneError

    async def missed(self, ref: Ref, user: str, emoji: str, *, added: bool) -> None:
        """Handle a reaction of the time without a running process as if it had just happened."""
        reaction = Reacted(emoji, ref, added)
        key = f"missed-{ref.message}-{user}-{emoji}-{added}-{secrets.token_hex(4)}"
        with suppress(NotDoneError):  # the set is compared again at the next start
            await self._handle_event(
                Arrived(Request(key, PLATFORM, self.team, user, reaction, events.public(ref.channel)))
            )

    def _filter_team(self, arrived: Arrived | None) -> Arrived | None:
        """Drop the requests of other workspaces."""
        return arrived if arrived is not None and arrived.request.team == self.team else None

    async def _is_bot(self, user: str) -> bool:
        person = await self._read_person(user)
        return user == self.bot or (person is not None and person.bot)

    async def _read_person(self, user: str) -> Any:
        try:
            async with asyncio.timeout(NAMING):
                return await self._people.get(user)
        except TimeoutError:
            return None

    async def _ask(self, arrived: Arrived) -> Reply:
        assert self.receive is not None, "the platform is started before anything comes in"
        users = list(dict.fromkeys([arrived.request.actor, *arrived.mentioned]))[:20]
        profiles: dict[str, Any] = {user: self._people.fresh(user) for user in users}
        unknown = [user for user, person in profiles.items() if person is None]
        if unknown:
            profiles |= zip(unknown, await asyncio.gather(*(self._read_person(user) for user in unknown)), strict=True)
        people = {
            user: person.name for user, person in profiles.items() if person and not person.bot and not person.gone
        }
        name = people.get(arrived.request.actor) or arrived.request.actor_name
        actor = profiles[arrived.request.actor]
        outsider = actor is not None and actor.guest
        reply = await self.receive(arrived.request._replace(actor_name=name, people=people, outsider=outsider))
        self._homes.changed()
        new = self.profiles.new(person for person in profiles.values() if person is not None)
        if new and not isinstance(arrived.request.what, Reacted):  # a reaction makes nobody a member
            self._start(self.profiles.tell(self.team, new))
        return reply

    # what goes out

    async def _open_form(self, arrived: Arrived, reply: Reply) -> bool:
        """Open the form of an answer before the acknowledgement: a trigger lives three seconds."""
        form = _find_form(reply)
        if form is None or not arrived.trigger:
            return False
        view = await self._build_modal(arrived, form)
        try:
            await _put_view(self._api, arrived, view)
        except TransportError as error:
            log.warning("form not opened", error=error.key, code=error.params.get("code"))
            return False
        return True

    async def _build_modal(self, arrived: Arrived, form: Form) -> Json:
        """Build the form's view, which brings back where it was asked for."""
        metadata = json.dumps({"channel": arrived.request.channel, "url": arrived.response_url})
        return modal(form, metadata, await self._post.accounts(self.team, mentioned(Message((form,)))))

    async def _show_view(self, arrived: Arrived, message: Message) -> None:
        """Answer a press inside a view with a view, because no conversation belongs to it."""
        view = panel(message, "", await self._post.accounts(self.team, mentioned(message)))
        try:
            await _put_view(self._api, arrived, view)
        except TransportError as error:
            log.warning("answer not shown", error=error.key, code=error.params.get("code"))

    async def _send_response(self, arrived: Arrived, reply: Reply) -> None:
        if reply.message is None:
            return
        message = self._add_form_button(arrived, reply.message)
        pages = await self._post.pages(self.team, message)
        shown = [page.payload() for page in first(pages, ANSWERS)]
        if not arrived.response_url or not await self._send_responses(arrived, shown, reply.visibility):
            await self._answer_privately(arrived, reply)
        elif self._post.annexes(message, pages):
            await self._post.hand(arrived.request.actor, message, pages)

    async def _send_responses(self, arrived: Arrived, pages: list[Json], visibility: str) -> bool:
        kind = "in_channel" if visibility == "channel" else "ephemeral"
        for page in pages:
            taken = await self._api.respond(
                arrived.response_url, page | {"response_type": kind, "replace_original": False}
            )
            if not taken:
                return False
        return True

    async def _answer_privately(self, arrived: Arrived, reply: Reply) -> None:
        """Show an answer to one person: beside their act, else in their direct conversation."""
        assert reply.message is not None
        message = self._add_form_button(arrived, reply.message)
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

    def _add_form_button(self, arrived: Arrived, message: Message) -> Message:
        """Add a button that opens a form which cannot open here, without a trigger."""
        form = next((block for block in message.blocks if isinstance(block, Form)), None)
        line = getattr(arrived.request.what, "text", "")
        if form is None or not line:
            return message
        return Message((*message.blocks, Button(form.title, "say", line, "primary")), message.summary)


def _find_form(reply: Reply) -> Form | None:
    blocks = reply.message.blocks if reply.message and reply.visibility == "form" else ()
    return next((block for block in blocks if isinstance(block, Form)), None)


async def _put_view(api: Api, arrived: Arrived, view: Json) -> None:
    """Open a modal; for a press inside a modal, replace that modal."""
    if text(arrived.view, "type") == "modal":
        await api.call("views.update", view_id=text(arrived.view, "id"), view=view)
    else:
        await api.call("views.open", trigger_id=arrived.trigger, view=view)


def _response_type(reply: Reply) -> str:
    return "in_channel" if reply.visibility == "channel" else "ephemeral"


def _read_metadata(raw: str) -> Mapping[str, str]:
    try:
        metadata = json.loads(raw or "{}")
    except ValueError:
        return {}
    return (
        {key: value for key, value in metadata.items() if isinstance(value, str)} if isinstance(metadata, dict) else {}
    )


def _collect_errors(arrived: Arrived, reply: Reply) -> dict[str, str]:
    """Return the errors beside the fields of a submitted form; a refusal of the whole stands beside the first field."""
    form = _find_form(reply)
    if form is not None:
        return errors(form)
    fields = [text(block, "block_id") for block in at(arrived.view, "blocks") or [] if text(block, "type") == "input"]
    if not (reply.refused or reply.fault) or not fields or reply.message is None:
        return {}
    words = reply.message.summary or " ".join(filter(None, map(_plain_words, reply.message.blocks)))
    return {fields[0]: clipped(words, 2000)}


def _plain_words(block: Block) -> str:
    return plain(block.line) if isinstance(block, Text) else ""
