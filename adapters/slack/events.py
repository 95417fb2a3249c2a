"""What Slack sends as requests of ours: ids and strings only. Nothing here trusts a payload's shape."""

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
    """A request, and what its answer needs: where it came from."""

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
    """A value deep in a payload; None where the path ends early."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def text(payload: object, *path: str) -> str:
    """The same, when it is text; else empty."""
    for name in path:
        if not isinstance(payload, dict):
            return ""
        payload = payload.get(name)
    return payload if isinstance(payload, str) else ""


def public(channel: str) -> str:
    """A channel's id; empty for a direct conversation, which is nobody's channel."""
    return "" if channel.startswith("D") else channel


class _Who(NamedTuple):
    """Who did it: ids, and the handle that Slack calls them by."""

    team: str
    user: str
    name: str = ""


def typed(body: Json) -> Arrived | None:
    """`/cm …` typed anywhere."""
    line, people = said(text(body, "text"))
    trigger = text(body, "trigger_id")
    who = _Who(text(body, "team_id"), text(body, "user_id"), text(body, "user_name"))
    request = _request(trigger, who, Typed(line), text(body, "channel_id"))
    return Arrived(request, trigger, text(body, "response_url"), mentioned=people) if request else None


def clicked(body: Json) -> Arrived | None:
    """A button or a select, in a message or in a view."""
    actions = at(body, "actions")
    action = actions[0] if isinstance(actions, list) and actions else {}
    name = text(action, "action_id").partition(":")[2]
    target = text(action, "value") or text(action, "selected_option", "value")
    channel, message = text(body, "container", "channel_id"), text(body, "container", "message_ts")
    seen = channel and message and at(body, "container", "is_ephemeral") is not True
    what = Clicked(name, target, Ref(channel, message) if seen else None)
    request = _request(text(body, "trigger_id"), _who(body), what if name else None, channel)
    if request is None:
        return None
    view = at(body, "view")
    return Arrived(
        request, text(body, "trigger_id"), text(body, "response_url"), view if isinstance(view, dict) else {}
    )


def submitted(body: Json, channel: str, response_url: str) -> Arrived | None:
    """A form that was sent; where it was opened came back with it."""
    view = at(body, "view")
    what = Submitted(text(view, "callback_id"), filled(at(view, "state"))) if text(view, "callback_id") else None
    request = _request(text(body, "trigger_id") or text(view, "id"), _who(body), what, channel)
    return (
        Arrived(request, text(body, "trigger_id"), response_url, view, picked(at(view, "state"))) if request else None
    )


def tracked(body: Json, site: str = "") -> Arrived | None:
    """« Suivre avec Vigie » on a message: its first line and its address, as a task to be given a moment."""
    line, people = said(text(body, "message", "text"))
    line = _ADDRESS.sub("", line)  # the task is about the message, not about what the message links to
    title = " ".join(next((one for one in line.splitlines() if one.strip()), "").split())
    short = title if len(title) <= TRACKED else title[: TRACKED - 1] + "…"
    channel = text(body, "channel", "id")
    link = permalink(site, channel, text(body, "message", "ts"))
    what = Typed(" ".join(filter(None, ("task add", short, link))))
    request = _request(text(body, "trigger_id"), _who(body), what, channel)
    if request is None:
        return None
    return Arrived(request, text(body, "trigger_id"), text(body, "response_url"), mentioned=people)


def permalink(site: str, channel: str, ts: str) -> str:
    """The address of a message in a channel, as Slack itself writes it; empty for a direct conversation's.

    `site` is the workspace's address, such as `https://atelier.slack.com/`.
    """
    known = site.startswith("https://") and public(channel) and _TS.fullmatch(ts)
    return f"{site.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}" if known else ""


def reacted(body: Json, site: str = "", *, retried: bool = False) -> Arrived | None:
    """An emoji put on a message, or taken off it."""
    event = at(body, "event")
    ref = Ref(text(event, "item", "channel"), text(event, "item", "ts"))
    added = text(event, "type") == "reaction_added"
    link = permalink(site, ref.channel, ref.message)
    face = unicode_of(text(event, "reaction"))
    what = Reacted(face, ref, added, link) if ref.channel and ref.message else None
    who = _Who(text(body, "team_id"), text(event, "user"))
    request = _request(text(body, "event_id"), who, what, ref.channel)
    return Arrived(request, retried=retried) if request else None


def direct(body: Json, *, retried: bool = False) -> Arrived | None:
    """A line typed to the bot itself; what bots and edits say there is not one."""
    event = at(body, "event")
    odd = text(event, "subtype") or text(event, "bot_id") or text(event, "channel_type") != "im"
    line, people = said(text(event, "text"))
    what = Typed(line) if line and not odd else None
    request = _request(text(body, "event_id"), _Who(text(body, "team_id"), text(event, "user")), what, "")
    if request is None:
        return None
    return Arrived(request, mentioned=people, retried=retried, direct=text(event, "channel"))


def _request(key: str, who: _Who, what: What | None, channel: str) -> Request | None:
    if not (key and who.team and who.user and what):
        return None
    return Request(key, PLATFORM, who.team, who.user, what, public(channel), who.name)


def _who(body: Json) -> _Who:
    """Who pressed or sent something."""
    team = text(body, "team", "id") or text(body, "user", "team_id") or text(body, "team_id")
    return _Who(team, text(body, "user", "id"), text(body, "user", "name") or text(body, "user", "username"))


def said(raw: str) -> tuple[str, tuple[str, ...]]:
    """What was typed, out of Slack's escapes: links as their words, mentions as `<@id>`; and who is mentioned."""
    if "<" not in raw and "&" not in raw:
        return raw.strip(), ()
    people: list[str] = []

    def spoken(match: re.Match[str]) -> str:
        name, _, label = match[1].partition("|")
        if name.startswith("@"):
            people.append(name[1:])
            return f"<{name}>"
        if name.startswith("#"):
            return f"#{label or name[1:]}"
        return label or name.removeprefix("mailto:").lstrip("!")

    line = _TOKEN.sub(spoken, raw)
    for escape, char in _ENTITIES:
        line = line.replace(escape, char)
    return line.strip(), tuple(dict.fromkeys(people))
