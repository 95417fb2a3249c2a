"""Discord's events as requests of the core: ids and strings only. No function here trusts the shape of a payload.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapters.discord.command_tree import ALERT, line, menu_name
from adapters.discord.custom_id import Mark, read
from adapters.discord.forms import filled
from adapters.discord.render import EPHEMERAL
from bot.engine.posting import Ref
from bot.i18n import LANGUAGES
from bot.request import Clicked, Reacted, Request, Submitted, Typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language
    from bot.registry import Registry
    from bot.request import What

Json = dict[str, Any]
PLATFORM = "discord"
_MENTION = re.compile(r"<@!?(\d+)>")
TRACKED = 120
"""Characters of a message that become a task's title."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request with the data that answering it needs."""

    request: Request
    id: str
    token: str
    locale: str = ""
    """The person's, such as `fr` or `en-GB`."""
    message: Mapping[str, Any] = field(default_factory=dict)
    """The message whose component was used."""
    mark: Mark | None = None
    """The custom_id of that component, or of the form."""

    @property
    def direct(self) -> bool:
        """Return True in a direct conversation, where components must name the team."""
        return not self.request.channel

    @property
    def language(self) -> Language:
        """Return the language in which the person's Discord names commands."""
        return "fr" if self.locale.startswith("fr") else "en"

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Return the accounts that a typed line mentions and the payload does not describe."""
        text = self.request.what.text if isinstance(self.request.what, Typed) else ""
        return tuple(account for account in dict.fromkeys(_MENTION.findall(text)) if account not in self.request.people)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji put on a message, or taken off it. `team` is empty in a direct conversation."""

    ref: Ref
    user: str
    emoji: str
    added: bool
    team: str = ""
    name: str = ""
    """The name of the person, when Discord gives it."""
    link: str = ""
    """The address of the message, when the bot did not write it."""


def at(value: Any, *path: str) -> Any:
    """Return the value at a path of keys; None when there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str:
    """Return the text at a path, empty when there is none. Ids may come as numbers."""
    leaf = at(value, *path)
    return leaf if isinstance(leaf, str) else str(leaf) if type(leaf) is int else ""


def arrived(payload: Json, registry: Registry) -> Arrived | None:
    """Read the request of an interaction; None for one that cannot be answered. A foreign component has no `mark`."""
    data = payload.get("data")
    if not isinstance(data, dict):
        return None
    act: What | None
    mark: Mark | None = None
    match payload.get("type"):
        case 2:
            act = _read_command(payload, data, registry)
        case 3:
            act, mark = _read_press(payload)
        case 5:
            act, mark = _read_form(data)
        case _:
            return None
    person = at(payload, "member", "user") or at(payload, "user")
    team = text(payload, "guild_id") or (mark.team if mark else "")
    ids = text(payload, "id"), text(payload, "token"), text(person, "id")
    if not all(ids) or at(person, "bot") is True:
        return None
    people = _read_names(data, person, at(payload, "member"))
    channel = _find_channel(data) or text(payload, "channel_id") if text(payload, "guild_id") else ""
    request = Request(ids[0], PLATFORM, team, ids[2], act or Clicked("", ""), channel, people[ids[2]], people)
    request = request._replace(locale=text(payload, "locale"))
    message = at(payload, "message")
    source = message if isinstance(message, dict) else {}
    return Arrived(request, ids[0], ids[1], text(payload, "locale"), source, mark)


def _read_command(payload: Json, data: Json, registry: Registry) -> What:
    match data.get("type"):
        case 2:  # « Qui est-ce ? », on a person
            return Typed(f"who <@{text(data, 'target_id')}>")
        case 3 if text(data, "name") in {menu_name(ALERT, language) for language in LANGUAGES}:
            return Clicked(
                "alert", link_of(text(payload, "guild_id"), text(payload, "channel_id"), text(data, "target_id"))
            )
        case 3:
            return Typed(f"task add {_make_title(data)}".strip())
        case _:
            return Typed(line(registry, data))


def _make_title(data: Json) -> str:
    """Make the title of a tracked message: its first line, or that of its embed."""
    message = at(data, "resolved", "messages", text(data, "target_id"))
    embeds = at(message, "embeds")
    shown = embeds[0] if isinstance(embeds, list) and embeds else {}
    content = text(message, "content") or text(shown, "title") or text(shown, "description")
    words = " ".join(next((row for row in content.splitlines() if row.strip()), "").split())
    return words if len(words) <= TRACKED else words[: TRACKED - 1] + "…"


def _read_press(payload: Json) -> tuple[What | None, Mark | None]:
    mark = read(text(payload, "data", "custom_id"))
    if mark is None:
        return None, None
    values = at(payload, "data", "values")
    chosen = str(values[0]) if isinstance(values, list) and values else ""
    channel, message = text(payload, "channel_id"), text(payload, "message", "id")
    flags = at(payload, "message", "flags")
    hidden = isinstance(flags, int) and flags & EPHEMERAL
    ref = Ref(channel, message) if channel and message and not hidden else None
    return Clicked(mark.action, chosen or mark.target, ref), mark


def _read_form(data: Json) -> tuple[What | None, Mark | None]:
    mark = read(text(data, "custom_id"))
    return (Submitted(mark.action, filled(data)), mark) if mark else (None, None)


def _read_names(data: Json, person: Any, member: Any) -> Mapping[str, str]:
    """Return the names of all people that the payload describes, without bots."""
    users, members = at(data, "resolved", "users"), at(data, "resolved", "members")
    names = {text(person, "id"): name_of(person, member)}
    for key, user in (users if isinstance(users, dict) else {}).items():
        if at(user, "bot") is not True:
            names[key] = name_of(user, at(members, key))
    return MappingProxyType(names)


def name_of(user: Any, member: Any = None) -> str:
    """Return the name of a person on their server, else their global name."""
    return text(member, "nick") or text(user, "global_name") or text(user, "username") or text(user, "id")


def _find_channel(data: Any) -> str:
    """Return the channel that an option names, which « here » then stands for; empty when there is none."""
    options = at(data, "options")
    for option in options if isinstance(options, list) else []:
        channel = text(option, "value") if at(option, "type") == 7 else _find_channel(option)  # noqa: PLR2004  # CHANNEL
        if channel:
            return channel
    return ""


def chosen_locale(guild: Json) -> str:
    """Return the locale that a Community server chose; empty for other servers, which are all `en-US`.

    https://docs.discord.com/developers/resources/guild#guild-object
    """
    features = at(guild, "features")
    return text(guild, "preferred_locale") if isinstance(features, list) and "COMMUNITY" in features else ""


def link_of(team: str, channel: str, message: str) -> str:
    """Return the address of a message, as people copy it."""
    return f"https://discord.com/channels/{team}/{channel}/{message}"


def reaction(payload: Json, me: str, *, added: bool, alert: bool = False) -> Reaction | None:
    """Read a reaction to a message of the bot (`me`), or an alert put on a foreign message; None for any other."""
    team = text(payload, "guild_id")
    ref = Ref(text(payload, "channel_id"), text(payload, "message_id"))
    user, emoji = text(payload, "user_id"), text(payload, "emoji", "name")
    member, author = at(payload, "member"), text(payload, "message_author_id")
    if user == me or at(member, "user", "bot") is True or at(payload, "emoji", "id"):
        return None
    foreign = bool(author) and author != me
    if (foreign and not (alert and added and team)) or not all((ref.channel, ref.message, user, emoji)):
        return None
    link = link_of(team, ref.channel, ref.message) if foreign else ""
    return Reaction(ref, user, emoji, added, team, name_of(at(member, "user"), member) if member else "", link)


def written(payload: Json, me: str) -> Request | None:
    """Read a line written to the bot in private, its team still empty. None for bots and for messages in a server."""
    author, line = at(payload, "author"), text(payload, "content").strip()
    ids = text(payload, "id"), text(author, "id")
    if not (all(ids) and line) or text(payload, "guild_id") or ids[1] == me or at(author, "bot") is True:
        return None
    mentions = at(payload, "mentions")
    named = [user for user in (mentions if isinstance(mentions, list) else []) if text(user, "id") != me]
    people = MappingProxyType(
        {text(user, "id"): name_of(user) for user in (author, *named) if at(user, "bot") is not True}
    )
    return Request(ids[0], PLATFORM, "", ids[1], Typed(line), "", name_of(author), people)


def request_of(press: Reaction, team: str, key: str) -> Request:
    """Make the request of a reaction, in the team of its message."""
    act = Reacted(press.emoji, press.ref, press.added, press.link)
    return Request(key, PLATFORM, team, press.user, act, press.ref.channel if press.team else "", press.name)
