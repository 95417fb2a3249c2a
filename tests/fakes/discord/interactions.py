"""Interactions: what a person did, within three seconds the answer, within fifteen minutes what follows."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord import limits, payloads
from tests.fakes.discord.payloads import EPHEMERAL, LOADING

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

Json = dict[str, Any]
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@dataclass
class Exchange:
    """One interaction and what came back."""

    payload: Json
    born: float
    patience: float
    callback: Json | None = None
    """The first answer, as it was sent; None: « the application did not respond »."""
    message: Json | None = None
    """The message that stands as the answer, as it is by now."""
    followups: list[Json] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """The first answer is there (it may be « thinking »)."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """The answer itself is there."""

    @property
    def user(self) -> str:
        return str((self.payload.get("member") or self.payload)["user"]["id"])

    @property
    def kind(self) -> int:
        """The type of the first answer; 0: none."""
        return int(self.callback["type"]) if self.callback else 0

    @property
    def modal(self) -> Json | None:
        """The form that was opened."""
        return self.callback["data"] if self.callback and self.kind == MODAL else None

    @property
    def choices(self) -> list[Json]:
        """What was suggested."""
        return list(self.callback["data"]["choices"]) if self.callback and self.kind == CHOICES else []

    @property
    def private(self) -> bool:
        """Only the person sees the answer."""
        return bool(self.message and self.message["flags"] & EPHEMERAL)


class Interactions:
    """All that are under way, by token."""

    def __init__(self, discord: FakeDiscord) -> None:
        self._discord = discord
        self.patience = 3.0
        self.lifetime = 900.0
        self.open: dict[str, Exchange] = {}

    async def deliver(self, payload: Json, guild: str | None) -> Exchange:
        """Tell the bot, without waiting for its answer."""
        exchange = Exchange(payload, time.monotonic(), self.patience)
        self.open[payload["token"]] = exchange
        await self._discord.gateway.dispatch("INTERACTION_CREATE", payload, guild)
        return exchange

    def callback(self, interaction: str, token: str, body: Json) -> Json:
        """The first answer. Raises Problem 10062 when it is late, 40060 when there is one already."""
        from tests.fakes.discord.rest import Problem

        one = self.open.get(token)
        if one is None or one.payload["id"] != interaction:
            raise Problem(404, 10062, "Unknown interaction")
        if one.callback is not None:
            raise Problem(400, 40060, "Interaction has already been acknowledged.")
        if time.monotonic() - one.born > one.patience:
            raise Problem(404, 10062, "Unknown interaction")
        self._check(one, body)
        one.callback = body
        self._apply(one, body)
        one.answered.set()
        if body["type"] != DEFERRED:
            one.settled.set()
        return self._resource(one, body)

    def _check(self, one: Exchange, body: Json) -> None:
        data = body.get("data") or {}
        wrong: list[str] = []
        match body["type"]:
            case 4:
                wrong = limits.message(data)
            case 7:
                wrong = limits.message(data, old=one.payload.get("message"))
            case 8:
                wrong = limits.choices(data.get("choices") or [])
            case 9:
                wrong = limits.modal(data) + (["a modal answered by a modal"] if one.payload["type"] == 5 else [])
        if (one.payload["type"] == 4) != (body["type"] == CHOICES):
            wrong.append(f"an interaction of type {one.payload['type']} answered by type {body['type']}")
        self._discord.complain("callback", wrong)

    def _apply(self, one: Exchange, body: Json) -> None:
        data = body.get("data") or {}
        match body["type"]:
            case 4:
                one.message = self._say(one, data)
            case 5:
                one.message = self._say(one, {"flags": int(data.get("flags") or 0) | LOADING})
            case 6:
                one.message = self._pressed(one)
            case 7:
                one.message = self._pressed(one)
                self._change(one.message, data)

    def _resource(self, one: Exchange, body: Json) -> Json:
        about: Json = {"id": one.payload["id"], "type": one.payload["type"]}
        if one.message is None:
            return {"interaction": about}
        about |= {
            "response_message_id": one.message["id"],
            "response_message_loading": bool(one.message["flags"] & LOADING),
            "response_message_ephemeral": one.private,
        }
        return {"interaction": about, "resource": {"type": body["type"], "message": _bare(one.message)}}

    def _say(self, one: Exchange, data: Json) -> Json:
        """A new message, in the channel or for this person alone."""
        from tests.fakes.discord.rest import attachments
        from tests.fakes.discord.server import BOT

        channel = self._discord.channels[one.payload["channel"]["id"]]
        made = payloads.message(self._discord.flakes.next(), channel, self._discord.users[BOT], data)
        made |= {"application_id": BOT, "webhook_id": BOT, "type": 20 if one.payload["type"] == 2 else 19}
        made["attachments"] = attachments(self._discord, data)
        if made["flags"] & EPHEMERAL:
            self._discord.private.append(made | {"user": one.user})
            return self._discord.private[-1]
        self._discord.messages[channel["id"]][made["id"]] = made
        return made

    def _pressed(self, one: Exchange) -> Json:
        """The message whose component was pressed."""
        seen = one.payload["message"]
        mine = (said for said in self._discord.private if said["id"] == seen["id"])
        found = self._discord.messages[seen["channel_id"]].get(seen["id"]) or next(mine, None)
        assert found is not None, "what is pressed stands somewhere"
        return found

    def _change(self, message: Json, data: Json) -> None:
        from tests.fakes.discord.rest import change

        change(self._discord, message, data)
        message["flags"] = int(message["flags"]) & ~LOADING

    # what follows

    def _alive(self, token: str) -> Exchange:
        from tests.fakes.discord.rest import Problem

        one = self.open.get(token)
        if one is None or time.monotonic() - one.born > self.lifetime:
            raise Problem(401, 50027, "Invalid Webhook Token")
        if one.callback is None:
            raise Problem(404, 10015, "Unknown Webhook")
        return one

    def follow_up(self, token: str, body: Json) -> Json:
        """One more message; the first after a deferral takes the place of « thinking »."""
        one = self._alive(token)
        if one.kind == DEFERRED and not one.settled.is_set():
            return self.edit(token, "@original", body)
        self._discord.complain("follow-up", limits.message(body))
        said = self._say(one, body)
        one.followups.append(said)
        return _bare(said)

    def answer(self, token: str, name: str) -> Json:
        """The answer (`@original`) or what followed it, by id. Raises Problem when there is none."""
        from tests.fakes.discord.rest import Problem

        one = self._alive(token)
        found = one.message if name == "@original" else next((x for x in one.followups if x["id"] == name), None)
        if found is None:
            raise Problem(404, 10008, "Unknown Message")
        return _bare(found)

    def edit(self, token: str, name: str, body: Json) -> Json:
        """Replace it."""
        one = self._alive(token)
        wanted = self.answer(token, name)["id"]
        found = next(x for x in [one.message, *one.followups] if x is not None and x["id"] == wanted)
        self._change(found, body)
        one.settled.set()
        return _bare(found)

    def delete(self, token: str, name: str) -> None:
        """Take it away."""
        one = self._alive(token)
        wanted = self.answer(token, name)
        self._discord.messages[wanted["channel_id"]].pop(wanted["id"], None)
        self._discord.private = [x for x in self._discord.private if x["id"] != wanted["id"]]
        one.settled.set()


def _bare(message: Json) -> Json:
    return {key: value for key, value in message.items() if key not in ("edits", "user")}
