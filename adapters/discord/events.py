"""What Discord sends as requests of ours: ids and strings only. Nothing here trusts a payload's shape.

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
    """A request, and what its answer needs: where it came from."""

    request: Request
    id: str
    token: str
    locale: str = ""
    """The person's, such as `fr` or `en-GB`."""
    message: Mapping[str, Any] = field(default_factory=dict)
    """The message whose component was used."""
    mark: Mark | None = None
    """What that component carried, or the form."""

    @property
    def direct(self) -> bool:
        """In a direct conversation: components that are shown there must name the team."""
        return not self.request.channel

    @property
    def language(self) -> Language:
        """That in which the person's Discord names commands."""
        return "fr" if self.locale.startswith("fr") else "en"

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Those named in a typed line whom Discord did not describe."""
        text = self.request.what.text if isinstance(self.request.what, Typed) else ""
        return tuple(one for one in dict.fromkeys(_MENTION.findall(text)) if one not in self.request.people)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji put on a message, or taken off it. `team` is empty in a direct conversation."""

    ref: Ref
    user: str
    emoji: str
    added: bool
    team: str = ""
    name: str = ""
    """What the person is called, when Discord says it."""
    link: str = ""
    """The address of the message, when it is none of ours."""


def at(value: Any, *path: str) -> Any:
    """What stands at a path of keys; None when there is no such thing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str:
    """A text at a path; empty when there is none. Ids may come as numbers."""
    found = at(value, *path)
    return found if isinstance(found, str) else str(found) if type(found) is int else ""


def arrived(payload: Json, registry: Registry) -> Arrived | None:
    """The request of an interaction; None for one that cannot be answered. What is not ours says so in `mark`."""
    data = payload.get("data")
    if not isinstance(data, dict):
        return None
    what: What | None
    mark: Mark | None = None
    match payload.get("type"):
        case 2:
            what = _typed(payload, data, registry)
        case 3:
            what, mark = _clicked(payload)
        case 5:
            what, mark = _submitted(data)
        case _:
            return None
    person = at(payload, "member", "user") or at(payload, "user")
    team = text(payload, "guild_id") or (mark.team if mark else "")
    ids = text(payload, "id"), text(payload, "token"), text(person, "id")
    if not all(ids) or at(person, "bot") is True:
        return None
    people = _people(data, person, at(payload, "member"))
    channel = _chosen_channel(data) or text(payload, "channel_id") if text(payload, "guild_id") else ""
    request = Request(ids[0], PLATFORM, team, ids[2], what or Clicked("", ""), channel, people[ids[2]], people)
    message = at(payload, "message")
    seen = message if isinstance(message, dict) else {}
    return Arrived(request, ids[0], ids[1], text(payload, "locale"), seen, mark)


def _typed(payload: Json, data: Json, registry: Registry) -> What:
    match data.get("type"):
        case 2:  # « Qui est-ce ? » of somebody
            return Typed(f"who <@{text(data, 'target_id')}>")
        case 3 if text(data, "name") in {menu_name(ALERT, language) for language in LANGUAGES}:
            return Clicked(
                "alert", link_of(text(payload, "guild_id"), text(payload, "channel_id"), text(data, "target_id"))
            )
        case 3:
            return Typed(f"task add {_title(data)}".strip())
        case _:
            return Typed(line(registry, data))


def _title(data: Json) -> str:
    """« Suivre avec Vigie » on a message: its first line, or that of what it shows."""
    message = at(data, "resolved", "messages", text(data, "target_id"))
    embeds = at(message, "embeds")
    shown = embeds[0] if isinstance(embeds, list) and embeds else {}
    said = text(message, "content") or text(shown, "title") or text(shown, "description")
    words = " ".join(next((one for one in said.splitlines() if one.strip()), "").split())
    return words if len(words) <= TRACKED else words[: TRACKED - 1] + "…"


def _clicked(payload: Json) -> tuple[What | None, Mark | None]:
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


def _submitted(data: Json) -> tuple[What | None, Mark | None]:
    mark = read(text(data, "custom_id"))
    return (Submitted(mark.action, filled(data)), mark) if mark else (None, None)


def _people(data: Json, person: Any, member: Any) -> Mapping[str, str]:
    """The names of everybody whom the payload describes; bots are nobody."""
    users, members = at(data, "resolved", "users"), at(data, "resolved", "members")
    found = {text(person, "id"): name_of(person, member)}
    for key, user in (users if isinstance(users, dict) else {}).items():
        if at(user, "bot") is not True:
            found[key] = name_of(user, at(members, key))
    return MappingProxyType(found)


def name_of(user: Any, member: Any = None) -> str:
    """What a person is called on their server, else everywhere."""
    return text(member, "nick") or text(user, "global_name") or text(user, "username") or text(user, "id")


def _chosen_channel(data: Any) -> str:
    """The channel that an option names: the one that is spoken of as « here »."""
    options = at(data, "options")
    for one in options if isinstance(options, list) else []:
        found = text(one, "value") if at(one, "type") == 7 else _chosen_channel(one)  # noqa: PLR2004  # CHANNEL
        if found:
            return found
    return ""


def link_of(team: str, channel: str, message: str) -> str:
    """The address of a message, as people copy it."""
    return f"https://discord.com/channels/{team}/{channel}/{message}"


def reaction(payload: Json, me: str, *, added: bool, alert: bool = False) -> Reaction | None:
    """An emoji on a message of ours (`me` wrote it, where Discord says who did), or an alert put on any other."""
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
    """What a person wrote to us in private, its team not known yet. None for ourselves, bots, and words to others."""
    author, line = at(payload, "author"), text(payload, "content").strip()
    ids = text(payload, "id"), text(author, "id")
    if not (all(ids) and line) or text(payload, "guild_id") or ids[1] == me or at(author, "bot") is True:
        return None
    mentions = at(payload, "mentions")
    named = [one for one in (mentions if isinstance(mentions, list) else []) if text(one, "id") != me]
    people = MappingProxyType({text(one, "id"): name_of(one) for one in (author, *named) if at(one, "bot") is not True})
    return Request(ids[0], PLATFORM, "", ids[1], Typed(line), "", name_of(author), people)


def request_of(one: Reaction, team: str, key: str) -> Request:
    """A reaction as a request, in the team that its message is for."""
    what = Reacted(one.emoji, one.ref, one.added, one.link)
    return Request(key, PLATFORM, team, one.user, what, one.ref.channel if one.team else "", one.name)
