"""What a person does in Slack, as the payloads that Slack makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.server import TEAM, FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]


@dataclass
class Someone:
    """A member of the workspace at their keyboard. Acts return Slack's acknowledgement; None: it was not taken."""

    slack: FakeSlack
    user: str
    team: str = TEAM
    enterprise: str = field(default="", init=False)
    """The organisation that the app is installed in, if it is in all of one."""
    event_id: str = field(default="", init=False)
    """Set to deliver an event under an id of one's own."""

    async def types(self, line: str, channel: str = "C0EQUIPE", *, trigger: str = "") -> Json | None:
        """`/cm line`; the answer is shown to the person alone, or in the channel."""
        trigger = trigger or self.slack.next("trigger")
        answer = await self.slack.deliver(
            "slash_commands",
            {
                "command": "/cm", "text": line, "team_id": self.team, "channel_id": channel, "channel_name": "equipe",
                "user_id": self.user, "user_name": self._handle, "trigger_id": trigger,
                "response_url": self._response_url(channel),
                **({"enterprise_id": self.enterprise, "is_enterprise_install": "true"} if self.enterprise else {}),
            },
        )  # fmt: skip
        self._show(answer, channel)
        return answer

    def _show(self, answer: Json | None, channel: str) -> None:
        if not answer or not (answer.get("text") or answer.get("blocks")):
            return
        self.slack.judge("message", answer)
        if answer.get("response_type") == "in_channel":
            ts = self.slack.ts()
            self.slack.messages[channel][ts] = answer | {"ts": ts, "channel": channel}
        else:
            self.slack.private.append(answer | {"user": self.user, "channel": channel})

    async def clicks(self, message: Json, label: str = "", *, trigger: str = "", value: str = "") -> Json | None:
        """A button of a message by the beginning of its label (a select by its placeholder, with the value chosen)."""
        channel = str(message["channel"])
        container: Json = {"type": "message", "channel_id": channel, "message_ts": message.get("ts", "1.1")}
        if "ts" not in message:
            container["is_ephemeral"] = True
        extra = {"container": container, "channel": {"id": channel}, "response_url": self._response_url(channel)}
        return await self._acts(message, label, value, extra | {"trigger_id": trigger or self.slack.next("trigger")})

    async def clicks_view(self, view: Json, label: str) -> Json | None:
        """A button of a modal or of the home."""
        extra = {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        return await self._acts(view, label, "", extra | {"trigger_id": self.slack.next("trigger")})

    async def _acts(self, holder: Json, label: str, value: str, extra: Json) -> Json | None:
        element = next(one for one in interactive(holder) if _label(one).startswith(label))
        action: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": "b"}
        if element["type"] == "static_select":
            action["selected_option"] = next(one for one in element["options"] if value in one["value"])
        else:
            action["value"] = element.get("value", "")
        return await self.slack.deliver(
            "interactive", {"type": "block_actions", "actions": [action], **self._me, **extra}
        )

    async def submits(self, view: Json, values: Mapping[str, Json]) -> Json | None:
        """Send a modal; `values` by block id, as Slack's state has them."""
        state = {"values": {block: {"value": element} for block, element in values.items()}}
        payload = {"type": "view_submission", "trigger_id": self.slack.next("trigger"), "view": view | {"state": state}}
        return await self.slack.deliver("interactive", payload | self._me)

    async def tracks(self, message: Json) -> Json | None:
        """The message shortcut."""
        channel = str(message["channel"])
        payload = {
            "type": "message_action", "callback_id": "track", "message": message, "channel": {"id": channel},
            "trigger_id": self.slack.next("trigger"), "response_url": self._response_url(channel),
        }  # fmt: skip
        return await self.slack.deliver("interactive", payload | self._me)

    async def reacts(self, message: Json, name: str = "white_check_mark", *, added: bool = True) -> Json | None:
        """Put an emoji on a message, or take it off."""
        channel, ts = str(message["channel"]), str(message["ts"])
        there = self.slack.reactions[channel, ts].setdefault(name, [])
        if added and self.user not in there:
            there.append(self.user)
        if not added and self.user in there:
            there.remove(self.user)
        item = {"type": "message", "channel": channel, "ts": ts}
        kind = "reaction_added" if added else "reaction_removed"
        return await self.event({"type": kind, "reaction": name, "item": item})

    async def writes(self, line: str) -> Json | None:
        """A line in the direct conversation with the bot."""
        channel = self.slack.direct(self.user)
        return await self.event(
            {"type": "message", "channel": channel, "channel_type": "im", "text": line, "ts": self.slack.ts()}
        )

    async def opens_home(self) -> Json | None:
        return await self.event({"type": "app_home_opened", "tab": "home"})

    async def changes(self, **about: Any) -> Json | None:
        """Their profile, or their account, is another one from now on (user_change tells no locale)."""
        user = self.slack.people[self.user]
        for key, value in about.items():
            user["profile" if key == "display_name" else key] = (
                {"display_name": value} if key == "display_name" else value
            )
        told = {key: value for key, value in user.items() if key != "locale" or key in about}
        return await self.event({"type": "user_change", "user": told})

    async def event(self, event: Json) -> Json | None:
        """Anything that happens; by this person unless it says otherwise."""
        body = {
            "type": "event_callback",
            "event_id": self.event_id or self.slack.next("Ev"),
            "team_id": self.team,
        } | self._over
        return await self.slack.deliver("events_api", body | {"event": {"user": self.user} | event})

    @property
    def _handle(self) -> str:
        return str(self.slack.people[self.user]["name"]) if self.user in self.slack.people else self.user

    @property
    def _me(self) -> Json:
        user = {"id": self.user, "name": self._handle, "team_id": self.team}
        return {"user": user, "team": {"id": self.team, "domain": "atelier"}, **self._over}

    @property
    def _over(self) -> Json:
        """What Slack adds where the app is installed in a whole organisation."""
        if not self.enterprise:
            return {}
        whole = {"id": self.enterprise, "name": "Groupe"}
        return {"enterprise_id": self.enterprise, "enterprise": whole, "is_enterprise_install": True}

    def _response_url(self, channel: str) -> str:
        name = f"{self.slack.next('r')}~{self.user}~{channel}"
        return f"http://127.0.0.1:{self.slack.port}/respond/{name}"


def interactive(holder: Json) -> Iterator[Json]:
    """Everything that can be pressed in a message or a view."""
    for block in holder.get("blocks") or []:
        yield from block.get("elements", []) if block["type"] == "actions" else ()
        if "accessory" in block:
            yield block["accessory"]


def _label(element: Json) -> str:
    label = element.get("text") or element.get("placeholder") or {}
    return str(label.get("text", ""))
