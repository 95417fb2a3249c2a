"""Acts of a person in Slack, as the payloads that Slack makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.server import TEAM, FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]


@dataclass
class Someone:
    """Acts as a member of the workspace. Acts return Slack's acknowledgement; None without one."""

    slack: FakeSlack
    user: str
    team: str = TEAM
    enterprise: str = field(default="", init=False)
    """The organisation that the app is installed in, if it is in all of one."""
    event_id: str = field(default="", init=False)
    """Set to deliver an event under an id of one's own."""

    async def types(self, line: str, channel: str = "C0EQUIPE", *, trigger: str = "") -> Json | None:
        """Type `/cm line`; the answer is shown to the person alone, or in the channel."""
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
        self._show_answer(answer, channel)
        return answer

    def _show_answer(self, answer: Json | None, channel: str) -> None:
        if not answer or not (answer.get("text") or answer.get("blocks")):
            return
        self.slack.judge("message", answer)
        if answer.get("response_type") == "in_channel":
            ts = self.slack.ts()
            self.slack.messages[channel][ts] = answer | {"ts": ts, "channel": channel}
        else:
            self.slack.private.append(answer | {"user": self.user, "channel": channel})

    async def clicks(self, message: Json, label: str = "", *, trigger: str = "", value: str = "") -> Json | None:
        """Press a button by the beginning of its label (a select by its placeholder, with the chosen value)."""
        channel = str(message["channel"])
        container: Json = {"type": "message", "channel_id": channel, "message_ts": message.get("ts", "1.1")}
        if "ts" not in message:
            container["is_ephemeral"] = True
        extra = {"container": container, "channel": {"id": channel}, "response_url": self._response_url(channel)}
        return await self._press_element(
            message, label, value, extra | {"trigger_id": trigger or self.slack.next("trigger")}
        )

    async def clicks_view(self, view: Json, label: str) -> Json | None:
        """Press a button of a modal or of the home."""
        extra = {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        return await self._press_element(view, label, "", extra | {"trigger_id": self.slack.next("trigger")})

    async def _press_element(self, holder: Json, label: str, value: str, extra: Json) -> Json | None:
        element = next(row for row in interactive(holder) if _read_label(row).startswith(label))
        action: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": "b"}
        if element["type"] == "static_select":
            action["selected_option"] = next(option for option in element["options"] if value in option["value"])
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
        """Use the message shortcut."""
        channel = str(message["channel"])
        payload = {
            "type": "message_action", "callback_id": "track", "message": message, "channel": {"id": channel},
            "trigger_id": self.slack.next("trigger"), "response_url": self._response_url(channel),
        }  # fmt: skip
        return await self.slack.deliver("interactive", payload | self._me)

    async def reacts(self, message: Json, name: str = "white_check_mark", *, added: bool = True) -> Json | None:
        """Put an emoji on a message, or take it off."""
        channel, ts = str(message["channel"]), str(message["ts"])
        users = self.slack.reactions[channel, ts].setdefault(name, [])
        if added and self.user not in users:
            users.append(self.user)
        if not added and self.user in users:
            users.remove(self.user)
        item = {"type": "message", "channel": channel, "ts": ts}
        kind = "reaction_added" if added else "reaction_removed"
        return await self.event({"type": kind, "reaction": name, "item": item})

    async def writes(self, line: str) -> Json | None:
        """Write a line in the direct conversation with the bot."""
        channel = self.slack.direct(self.user)
        return await self.event(
            {"type": "message", "channel": channel, "channel_type": "im", "text": line, "ts": self.slack.ts()}
        )

    async def opens_home(self) -> Json | None:
        return await self.event({"type": "app_home_opened", "tab": "home"})

    async def changes(self, **about: Any) -> Json | None:
        """Change the profile or the account from now on (user_change carries no locale)."""
        user = self.slack.people[self.user]
        for key, value in about.items():
            user["profile" if key == "display_name" else key] = (
                {"display_name": value} if key == "display_name" else value
            )
        profile = {key: value for key, value in user.items() if key != "locale" or key in about}
        return await self.event({"type": "user_change", "user": profile})

    async def event(self, event: Json) -> Json | None:
        """Deliver an event; by this person unless it says otherwise."""
        body = {
            "type": "event_callback",
            "event_id": self.event_id or self.slack.next("Ev"),
            "team_id": self.team,
        } | self._add_organisation
        return await self.slack.deliver("events_api", body | {"event": {"user": self.user} | event})

    @property
    def _handle(self) -> str:
        return str(self.slack.people[self.user]["name"]) if self.user in self.slack.people else self.user

    @property
    def _me(self) -> Json:
        user = {"id": self.user, "name": self._handle, "team_id": self.team}
        return {"user": user, "team": {"id": self.team, "domain": "atelier"}, **self._add_organisation}

    @property
    def _add_organisation(self) -> Json:
        """Return what Slack adds where the app is installed in a whole organisation."""
        if not self.enterprise:
            return {}
        whole = {"id": self.enterprise, "name": "Groupe"}
        return {"enterprise_id": self.enterprise, "enterprise": whole, "is_enterprise_install": True}

    def _response_url(self, channel: str) -> str:
        name = f"{self.slack.next('r')}~{self.user}~{channel}"
        return f"http://127.0.0.1:{self.slack.port}/respond/{name}"


def interactive(holder: Json) -> Iterator[Json]:
    """Yield every element of a message or a view that can be pressed."""
    for block in holder.get("blocks") or []:
        yield from block.get("elements", []) if block["type"] == "actions" else ()
        if "accessory" in block:
            yield block["accessory"]


def _read_label(element: Json) -> str:
    label = element.get("text") or element.get("placeholder") or {}
    return str(label.get("text", ""))
