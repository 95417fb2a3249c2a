"""Translates Slack's deliveries into requests: ids and strings only. No payload's shape is trusted."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from adapters.slack.emoji import unicode_of
from adapters.slack.forms import filled, picked
from bot.engine.posting import Ref
from bot.request import Clicked, Reacted, Request, Submitted, Typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.request import What

Json = dict[str, Any]
PLATFORM = "slack"
TRACK = "track"
"""The message shortcut: a task from any message."""
_TS = re.compile(r"\d{1,12}\.\d{6}")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TOKEN = re.compile(r"<([^<>]*)>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
TRACKED = 120
"""Characters of a message that become a task's title."""


class Arrived(NamedTuple):
    """Holds a request, and where it came from, which its answer needs."""

    request: Request
    trigger: str = ""
    """Opens a modal within three seconds."""
    response_url: str = ""
    view: Mapping[str, Any] = MappingProxyType({})
    """The view that was pressed or submitted, if it was one."""
    mentioned: tuple[str, ...] = ()
    """The people whose names the core will want."""
    retried: bool = False
    direct: str = ""
    """The direct conversation with the bot where it was typed, if it was."""


def at(payload: object, *path: str) -> Any:
    """Return a value deep in a payload; None where the path ends early."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def text(payload: object, *path: str) -> str:
    """Return a string deep in a payload; empty where the path ends early or leads to something else."""
    for name in path:
        if not isinstance(payload, dict):
            return ""
        payload = payload.get(name)
    return payload if isinstance(payload, str) else ""


def public(channel: str) -> str:
    """Return a channel's id; empty for a direct conversation."""
    return "" if channel.startswith("D") else channel


class _Author(NamedTuple):
    """Names the author of a delivery by ids and by the handle that Slack shows."""

    team: str
    user: str
    name: str = ""


def typed(body: Json) -> Arrived | None:
    """Translate a `/cm` command."""
    line, people = unescape(text(body, "text"))
    trigger = text(body, "trigger_id")
    author = _Author(text(body, "team_id"), text(body, "user_id"), text(body, "user_name"))
    request = _build_request(trigger, author, Typed(line), text(body, "channel_id"))
    return Arrived(request, trigger, text(body, "response_url"), mentioned=people) if request else None


def clicked(body: Json) -> Arrived | None:
    """Translate the press of a button or a choice in a select, in a message or in a view."""
    actions = at(body, "actions")
    element = actions[0] if isinstance(actions, list) and actions else {}
    name = text(element, "action_id").partition(":")[2]
    target = text(element, "value") or text(element, "selected_option", "value")
    channel, message = text(body, "container", "channel_id"), text(body, "container", "message_ts")
    is_stored = channel and message and at(body, "container", "is_ephemeral") is not True
    action = Clicked(name, target, Ref(channel, message) if is_stored else None)
    request = _build_request(text(body, "trigger_id"), _read_author(body), action if name else None, channel)
    if request is None:
        return None
    view = at(body, "view")
    return Arrived(
        request, text(body, "trigger_id"), text(body, "response_url"), view if isinstance(view, dict) else {}
    )


def submitted(body: Json, channel: str, response_url: str) -> Arrived | None:
    """Translate a submitted form; `channel` and `response_url` are those of the conversation where it was opened."""
    view = at(body, "view")
    action = Submitted(text(view, "callback_id"), filled(at(view, "state"))) if text(view, "callback_id") else None
    request = _build_request(text(body, "trigger_id") or text(view, "id"), _read_author(body), action, channel)
    return (
        Arrived(request, text(body, "trigger_id"), response_url, view, picked(at(view, "state"))) if request else None
    )


def tracked(body: Json, site: str = "") -> Arrived | None:
    """Translate « Suivre avec Vigie »: the message's first line and its link become a task without a time."""
    line, people = unescape(text(body, "message", "text"))
    line = _ADDRESS.sub("", line)  # the task is about the message, not about what the message links to
    title = " ".join(next((row for row in line.splitlines() if row.strip()), "").split())
    short = title if len(title) <= TRACKED else title[: TRACKED - 1] + "…"
    channel = text(body, "channel", "id")
    link = permalink(site, channel, text(body, "message", "ts"))
    action = Typed(" ".join(filter(None, ("task add", short, link))))
    request = _build_request(text(body, "trigger_id"), _read_author(body), action, channel)
    if request is None:
        return None
    return Arrived(request, text(body, "trigger_id"), text(body, "response_url"), mentioned=people)


def permalink(site: str, channel: str, ts: str) -> str:
    """Return a message's link, as Slack itself writes it; empty in a direct conversation.

    `site` is the workspace's address, such as `https://atelier.slack.com/`.
    """
    has_link = site.startswith("https://") and public(channel) and _TS.fullmatch(ts)
    return f"{site.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}" if has_link else ""


def reacted(body: Json, site: str = "", *, retried: bool = False) -> Arrived | None:
    """Translate an emoji that was added to a message or removed from it."""
    event = at(body, "event")
    ref = Ref(text(event, "item", "channel"), text(event, "item", "ts"))
    added = text(event, "type") == "reaction_added"
    link = permalink(site, ref.channel, ref.message)
    emoji = unicode_of(text(event, "reaction"))
    action = Reacted(emoji, ref, added, link) if ref.channel and ref.message else None
    author = _Author(text(body, "team_id"), text(event, "user"))
    request = _build_request(text(body, "event_id"), author, action, ref.channel)
    return Arrived(request, retried=retried) if request else None


def direct(body: Json, *, retried: bool = False) -> Arrived | None:
    """Translate a line typed to the bot in its direct conversation; messages of bots and edits are passed over."""
    event = at(body, "event")
    is_foreign = text(event, "subtype") or text(event, "bot_id") or text(event, "channel_type") != "im"
    line, people = unescape(text(event, "text"))
    action = Typed(line) if line and not is_foreign else None
    request = _build_request(text(body, "event_id"), _Author(text(body, "team_id"), text(event, "user")), action, "")
    if request is None:
        return None
    return Arrived(request, mentioned=people, retried=retried, direct=text(event, "channel"))


def _build_request(key: str, author: _Author, action: What | None, channel: str) -> Request | None:
    if not (key and author.team and author.user and action):
        return None
    return Request(key, PLATFORM, author.team, author.user, action, public(channel), author.name)


def _read_author(body: Json) -> _Author:
    """Return the author of a press or of a submission."""
    team = text(body, "team", "id") or text(body, "user", "team_id") or text(body, "team_id")
    return _Author(team, text(body, "user", "id"), text(body, "user", "name") or text(body, "user", "username"))


def unescape(raw: str) -> tuple[str, tuple[str, ...]]:
    """Remove Slack's escapes: links become their words, mentions `<@id>`. Return the line and the ids mentioned."""
    if "<" not in raw and "&" not in raw:
        return raw.strip(), ()
    people: list[str] = []

    def replace_token(match: re.Match[str]) -> str:
        name, _, label = match[1].partition("|")
        if name.startswith("@"):
            people.append(name[1:])
            return f"<{name}>"
        if name.startswith("#"):
            return f"#{label or name[1:]}"
        return label or name.removeprefix("mailto:").lstrip("!")

    line = _TOKEN.sub(replace_token, raw)
    for escape, char in _ENTITIES:
        line = line.replace(escape, char)
    return line.strip(), tuple(dict.fromkeys(people))
