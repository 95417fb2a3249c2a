"""What a person does in Discord, as the payloads that Discord makes of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.discord import payloads
from tests.fakes.discord.limits import parts
from tests.fakes.discord.server import BOT, CHANNEL, GUILD, LEA

if TYPE_CHECKING:
    from tests.fakes.discord.interactions import Exchange
    from tests.fakes.discord.server import FakeDiscord

Json = dict[str, Any]
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
TEXT, INTEGER, BOOLEAN, USER, CHANNEL_OPTION, ROLE = 3, 4, 5, 6, 7, 8


class CannotError(LookupError):
    """There is nothing of the kind to type or press: what a person would see, too."""


@dataclass
class Someone:
    """A member of the guild at their keyboard. Every act gives the :class:`Exchange`, settled or given up."""

    discord: FakeDiscord
    user: str = LEA
    guild: str = GUILD
    locale: str = "fr"
    wait: bool = True
    """Whether acts wait for their answer; else they return at once."""

    # commands

    async def types(self, line: str, channel: str = CHANNEL, **options: Any) -> Exchange:
        """A slash command: `types("/cm done", task="veille")`. In a direct conversation: `channel=""`.

        Options are values, or a :class:`Someone`, or `{"channel": id}` or `{"role": id}`.
        """
        return await self._sends(self._command(COMMAND, line, channel, options))

    async def suggests(self, line: str, channel: str = CHANNEL, **options: Any) -> list[Json]:
        """What is proposed while the last of these options is typed."""
        payload = self._command(AUTOCOMPLETE, line, channel, options)
        return (await self._sends(payload)).choices

    async def picks(self, name: str, target: Json | str) -> Exchange:
        """A command of the context menu, of a message or of a user (by id)."""
        kind = 2 if isinstance(target, str) else 3
        found = next((one for one in self._known() if one.get("type") == kind and name in _names(one)), None)
        if found is None:
            raise CannotError(name)
        where = CHANNEL if isinstance(target, str) else target["channel_id"]
        data = {"id": found["id"], "name": found["name"], "type": kind}
        if isinstance(target, str):
            data |= {"target_id": target, "resolved": self._people([target])}
        else:
            data |= {"target_id": target["id"], "resolved": {"messages": {target["id"]: target}}}
        return await self._sends(self._payload(COMMAND, data, where))

    def _command(self, kind: int, line: str, channel: str, options: Json) -> Json:
        names = line.removeprefix("/").split()
        known = next((one for one in self._known() if one.get("type", 1) == 1 and names[0] in _names(one)), None)
        if known is None and self._known():
            raise CannotError(line)
        resolved: Json = {}
        inner = self._options(known, names[1:], options, resolved, focus=kind == AUTOCOMPLETE)
        data = {"id": (known or {}).get("id", "1"), "name": (known or {}).get("name", names[0]), "type": 1}
        return self._payload(kind, data | {"options": inner, "resolved": resolved}, channel)

    def _options(
        self, known: Json | None, names: list[str], options: Json, resolved: Json, *, focus: bool
    ) -> list[Json]:
        """The tree of sub-commands down to the values."""
        if names:
            inner = _inner(known, names[0])
            below = self._options(inner, names[1:], options, resolved, focus=focus)
            kind = inner["type"] if inner else (2 if len(names) > 1 else 1)
            return [{"name": inner["name"] if inner else names[0], "type": kind, "options": below}]
        values = [self._value(_inner(known, name), name, value, resolved) for name, value in options.items()]
        if focus and values:
            values[-1]["focused"] = True
        return values

    def _value(self, known: Json | None, name: str, value: Any, resolved: Json) -> Json:
        kind, plain = TEXT, value
        if isinstance(value, Someone):
            kind, plain = USER, value.user
            for key, found in self._people([value.user]).items():
                resolved.setdefault(key, {}).update(found)
        elif isinstance(value, dict):
            ((what, plain),) = value.items()
            kind = CHANNEL_OPTION if what == "channel" else ROLE
            found = self.discord.channels[plain] if what == "channel" else self.discord.guilds[self.guild].roles[plain]
            resolved.setdefault(f"{what}s", {})[plain] = found | {"permissions": payloads.EVERYTHING}
        elif isinstance(value, bool):
            kind = BOOLEAN
        elif isinstance(value, int):
            kind = INTEGER
        return {"name": known["name"] if known else name, "type": known["type"] if known else kind, "value": plain}

    def _known(self) -> list[Json]:
        return [*self.discord.commands.get("", []), *self.discord.commands.get(self.guild, [])]

    # components

    async def clicks(self, message: Json, label: str = "") -> Exchange:
        """A button of a message by the beginning of its label or of its custom_id (none: the first)."""
        return await self._presses(message, (2,), label)

    async def chooses(self, message: Json, value: str, placeholder: str = "") -> Exchange:
        """An entry of a select, by a part of its value or of its label."""
        return await self._presses(message, (3, 5, 6, 7, 8), placeholder, value)

    async def _presses(self, message: Json, kinds: tuple[int, ...], label: str, value: str = "") -> Exchange:
        pressed = next((one for one in pressable(message) if one["type"] in kinds and _said(one, label)), None)
        if pressed is None or pressed.get("disabled"):
            raise CannotError(label)
        data: Json = {"custom_id": pressed["custom_id"], "component_type": pressed["type"], "id": pressed.get("id", 1)}
        if pressed["type"] == 3:
            found = (one for one in pressed["options"] if value in one["value"] or value in one["label"])
            data["values"] = [next(found)["value"]]
        elif pressed["type"] != 2:
            data |= {"values": [value], "resolved": self._people([value])}
        bare = {key: one for key, one in message.items() if key not in ("edits", "user")}
        return await self._sends(self._payload(COMPONENT, data, message["channel_id"]) | {"message": bare})

    # forms

    async def submits(self, asked: Exchange, **values: Any) -> Exchange:
        """Send the form that an act opened; `values` by custom_id, or by the field's number as `_0`, `_1` …

        A field that is left out is sent as it stood.
        """
        modal = asked.modal
        if modal is None:
            raise CannotError("no form is open")
        fields = [one for one in parts(modal["components"]) if "custom_id" in one]
        given = {_field(fields, name)["custom_id"]: value for name, value in values.items()}
        data: Json = {
            "custom_id": modal["custom_id"],
            "components": [_filled(one, given) for one in modal["components"]],
        }
        picked = [x for one in fields if one["type"] == 5 for x in _list(given.get(one["custom_id"]))]
        data["resolved"] = self._people(picked) if picked else {}
        payload = self._payload(SUBMIT, data, asked.payload["channel"]["id"])
        if "message" in asked.payload:
            payload["message"] = asked.payload["message"]
        return await self._sends(payload)

    # reactions and words

    async def reacts(self, message: Json, emoji: str = "✅", *, added: bool = True, burst: bool = False) -> int:
        """Put an emoji on a message, or take it off; `burst`: a super reaction. Return the number of sessions told."""
        reactions = self.discord.bursts if burst else self.discord.reactions
        users = reactions[message["id"]].setdefault(emoji, [])
        if added and self.user not in users:
            users.append(self.user)
        if not added and self.user in users:
            users.remove(self.user)
        guild = self.discord.channels[message["channel_id"]].get("guild_id")
        data: Json = {
            "user_id": self.user, "channel_id": message["channel_id"], "message_id": message["id"], "type": int(burst),
            "emoji": {"id": None, "name": emoji}, "burst": burst,
        }  # fmt: skip
        if guild:
            data["guild_id"] = guild
        if added:
            data |= {"message_author_id": message["author"]["id"], "burst_colors": []}
            if guild:
                data["member"] = self._member
        event = "MESSAGE_REACTION_ADD" if added else "MESSAGE_REACTION_REMOVE"
        return await self.discord.gateway.dispatch(event, data, guild)

    def posts(self, text: str, channel: str = CHANNEL) -> Json:
        """An ordinary message, which the bot does not hear."""
        return self.discord.put(channel, self.user, {"content": text})

    async def writes(self, text: str) -> int:
        """A line to the bot in private; gives how many sessions were told."""
        said = self.discord.put(self.discord.direct(self.user), self.user, {"content": text})
        return await self.discord.gateway.dispatch("MESSAGE_CREATE", said, None)

    # payloads

    async def _sends(self, payload: Json) -> Exchange:
        guild = payload.get("guild_id")
        exchange = await self.discord.interactions.deliver(payload, guild)
        if self.wait:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.discord.interactions.patience):
                    await exchange.answered.wait()
            if exchange.callback:
                async with asyncio.timeout(30):
                    await exchange.settled.wait()
        return exchange

    def _payload(self, kind: int, data: Json, channel: str) -> Json:
        where = self.discord.channels[channel or self.discord.direct(self.user)]
        base: Json = {
            "id": self.discord.flakes.next(), "application_id": BOT, "type": kind, "data": data, "version": 1,
            "token": f"token-{self.discord.flakes.next()}", "locale": self.locale, "entitlements": [],
            "channel_id": where["id"], "channel": where | {"permissions": payloads.MEMBER_MAY},
            "app_permissions": payloads.EVERYTHING, "attachment_size_limit": 10_485_760,
            "entitlement_sku_ids": [],
        }  # fmt: skip
        if "guild_id" not in where:
            return base | {"user": self.discord.users[self.user], "context": 1,
                           "authorizing_integration_owners": {"0": "0"}}  # fmt: skip
        about = self.discord.guilds[where["guild_id"]].about
        return base | {
            "guild_id": where["guild_id"], "member": self._member, "context": 0,
            "guild": {"id": where["guild_id"], "locale": about["preferred_locale"],
                      "features": about["features"]},
            "guild_locale": about["preferred_locale"],
            "authorizing_integration_owners": {"0": where["guild_id"]},
        }  # fmt: skip

    @property
    def _member(self) -> Json:
        return self.discord.guilds[self.guild].members[self.user]

    def _people(self, ids: list[str]) -> Json:
        members = self.discord.guilds[self.guild].members
        bare = {one: {k: v for k, v in members[one].items() if k not in ("user", "deaf", "mute")} for one in ids}
        return {"users": {one: self.discord.users[one] for one in ids}, "members": bare}


def pressable(message: Json) -> list[Json]:
    """Everything in a message that can be pressed or chosen from."""
    return [one for one in parts(message.get("components") or []) if "custom_id" in one]


def _said(one: Json, label: str) -> bool:
    emoji = (one.get("emoji") or {}).get("name") or ""
    words = (one.get("label") or one.get("placeholder") or "", emoji, one["custom_id"])
    return any(word.startswith(label) for word in words)


def _names(one: Json) -> set[str]:
    return {one["name"], *(one.get("name_localizations") or {}).values()}


def _inner(known: Json | None, name: str) -> Json | None:
    """An option by its name in any language. Raises CannotError when the command has none of that name."""
    if known is None:
        return None
    found: Json | None = next((one for one in known.get("options") or [] if name in _names(one)), None)
    if found is None:
        raise CannotError(name)
    return found


def _field(fields: list[Json], name: str) -> Json:
    if name.startswith("_") and name[1:].isdigit():
        return fields[int(name[1:])]
    found = next((one for one in fields if one["custom_id"] == name), None)
    if found is None:
        raise CannotError(name)
    return found


def _filled(one: Json, given: Json) -> Json:
    """A component of a form as it is sent back."""
    if "components" in one:
        return {
            "type": one["type"],
            "id": one.get("id", 1),
            "components": [_filled(x, given) for x in one["components"]],
        }
    if "component" in one:
        return {"type": one["type"], "id": one.get("id", 1), "component": _filled(one["component"], given)}
    if "custom_id" not in one:
        return {"type": one["type"], "id": one.get("id", 1)}
    answer = {"type": one["type"], "id": one.get("id", 1), "custom_id": one["custom_id"]}
    if one["type"] == 4:
        return answer | {"value": given.get(one["custom_id"], one.get("value") or "")}
    stood = [option["value"] for option in one.get("options") or [] if option.get("default")]
    stood += [default["id"] for default in one.get("default_values") or []]
    return answer | {"values": _list(given.get(one["custom_id"], stood))}


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
