"""Discord's REST API, as far as the product and its judges use it: a template of the OpenAPI file and what it does."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.fakes.discord import limits, payloads

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from tests.fakes.discord.server import FakeDiscord

Json = dict[str, Any]
Answer = tuple[int, Any]


class Problem(Exception):  # noqa: N818  # Discord's answer, not a fault of the fake's
    """Discord's refusal."""

    def __init__(self, status: int, code: int, said: str) -> None:
        super().__init__(said)
        self.status, self.code, self.said = status, code, said


def me(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, discord.users[_bot()] | {"verified": True, "mfa_enabled": False, "locale": "en-US", "email": None}


def application(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    from tests.fakes.discord.server import LEA

    return 200, payloads.application(_bot(), discord.users[LEA], guilds=len(discord.guilds))


def gateway(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    starts = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": discord.gateway.max_concurrency}
    return 200, {"url": discord.gateway_url, "shards": discord.gateway.advised, "session_start_limit": starts}


def my_guilds(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 200))
    found = sorted((one for one in discord.guilds if int(one) > after), key=int)[:limit]
    return 200, [discord.guilds[one].about | {"permissions": payloads.EVERYTHING, "owner": False} for one in found]


def guild(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, _guild(discord, request).about


def guild_channels(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, list(_guild(discord, request).channels.values())


def guild_roles(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, list(_guild(discord, request).roles.values())


def guild_member(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    found = _guild(discord, request).members.get(request.match_info["user_id"])
    if found is None:
        raise Problem(404, 10007, "Unknown Member")
    return 200, {key: value for key, value in found.items() if key != "permissions"}


def search_members(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    begun = request.query["query"].lower()
    everybody = _guild(discord, request).members.values()
    found = [one for one in everybody if str(one["nick"] or one["user"]["username"]).lower().startswith(begun)]
    return 200, found[: int(request.query.get("limit", 1))]


def user(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    found = discord.users.get(request.match_info["user_id"])
    if found is None:
        raise Problem(404, 10013, "Unknown User")
    return 200, found


def leave_guild(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    discord.guilds.pop(request.match_info["guild_id"], None)
    return 204, None


def channel(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, discord.channels[_channel(discord, request)]


def open_direct(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    user_id = str(body["recipient_id"])
    if user_id not in discord.users:
        raise Problem(400, 50033, "Invalid Recipient(s)")
    return 200, discord.channels[discord.direct(user_id)]


def history(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    """Newest first, unless `after` is asked for: then those right after it, newest first as well."""
    channel_id = _channel(discord, request)
    limit = int(request.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise Problem(400, 50035, "limit")
    found = discord.posted(channel_id)
    if "after" in request.query:
        found = [one for one in found if int(one["id"]) > int(request.query["after"])][:limit]
    elif "before" in request.query:
        found = [one for one in found if int(one["id"]) < int(request.query["before"])]
    return 200, [_seen(discord, one) for one in reversed(found[-limit:])]


def one_message(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, _seen(discord, _message(discord, request))


def send(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    """A message with a nonce that was seen within the window is the first one again."""
    channel_id = _channel(discord, request)
    _may_speak(discord, channel_id)
    nonce = str(body["nonce"]) if body.get("enforce_nonce") and body.get("nonce") is not None else ""
    known = discord.nonces.get(nonce) if nonce else None
    if known and time.monotonic() - known[0] < discord.nonce_window:
        standing = discord.messages[known[1]].get(known[2])
        if standing is None:
            raise Problem(404, 10008, "Unknown Message")
        return 200, _seen(discord, standing)
    discord.complain("message", limits.message(body))
    made = discord.put(channel_id, _bot(), body | _attached(discord, body))
    if nonce:
        discord.nonces[nonce] = (time.monotonic(), channel_id, made["id"])
    return 200, _seen(discord, made)


def edit(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    old = _message(discord, request)
    if old["author"]["id"] != _bot():
        raise Problem(403, 50005, "Cannot edit a message authored by another user")
    change(discord, old, body)
    return 200, _seen(discord, old)


def change(discord: FakeDiscord, old: Json, body: Json) -> None:
    """Give a message its new contents; what is not said stays."""
    discord.complain("edit", limits.message(body, old=old))
    for key in ("content", "embeds", "components", "attachments"):
        if key in body:
            old[key] = body[key] if body[key] is not None else ("" if key == "content" else [])
    if body.get("files"):
        old["attachments"] = attachments(discord, body)
    old["components"] = payloads.numbered(old["components"])
    old["flags"] = int(old["flags"]) | int(body.get("flags") or 0)
    old["edited_timestamp"] = datetime.now(UTC).isoformat()
    old.setdefault("edits", []).append(time.monotonic())


def delete(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    found = _message(discord, request)
    del discord.messages[found["channel_id"]][found["id"]]
    return 204, None


def reactors(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    found = _message(discord, request)
    emoji = unquote(request.match_info["emoji_name"])
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 25))
    if not 1 <= limit <= 100:
        raise Problem(400, 50035, "limit")
    reactions = discord.bursts if request.query.get("type", "0") == "1" else discord.reactions
    users = sorted(reactions[found["id"]].get(emoji, []), key=int)
    return 200, [discord.users[one] for one in users if int(one) > after][:limit]


def react(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    found = _message(discord, request)
    users = discord.reactions[found["id"]].setdefault(unquote(request.match_info["emoji_name"]), [])
    if _bot() not in users:
        users.append(_bot())
    return 204, None


def unreact(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    found = _message(discord, request)
    users = discord.reactions[found["id"]].get(unquote(request.match_info["emoji_name"]), [])
    if _bot() in users:
        users.remove(_bot())
    return 204, None


def put_commands(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    where = request.match_info.get("guild_id", "")
    discord.complain("commands", limits.commands(body))
    ids = {(one.get("type", 1), one["name"]): one["id"] for one in discord.commands.get(where, [])}
    about = {"application_id": _bot(), "default_member_permissions": None, "version": discord.flakes.next()}
    discord.commands[where] = [
        about | {"type": 1, "nsfw": False, "description": ""} | one
        | {"id": ids.get((one.get("type", 1), one["name"])) or discord.flakes.next()}
        | ({"guild_id": where} if where else {})
        for one in body
    ]  # fmt: skip
    return 200, discord.commands[where]


def get_commands(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, discord.commands.get(request.match_info.get("guild_id", ""), [])


def callback(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    answer = discord.interactions.callback(
        request.match_info["interaction_id"], request.match_info["interaction_token"], body
    )
    return (200, answer) if request.query.get("with_response", "").lower() in ("1", "true") else (204, None)


def follow_up(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, discord.interactions.follow_up(request.match_info["webhook_token"], body)


def get_answer(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    return 200, discord.interactions.answer(request.match_info["webhook_token"], request.match_info["message_id"])


def edit_answer(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    token, name = request.match_info["webhook_token"], request.match_info["message_id"]
    return 200, discord.interactions.edit(token, name, body)


def delete_answer(discord: FakeDiscord, request: web.Request, body: Any) -> Answer:
    discord.interactions.delete(request.match_info["webhook_token"], request.match_info["message_id"])
    return 204, None


_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_REACTION = _MESSAGE + "/reactions/{emoji_name}"
_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
_ANSWERS = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES: list[tuple[str, str, Callable[[FakeDiscord, web.Request, Any], Answer]]] = [
    ("GET", "/users/@me", me),
    ("GET", "/users/@me/guilds", my_guilds),
    ("DELETE", "/users/@me/guilds/{guild_id}", leave_guild),
    ("POST", "/users/@me/channels", open_direct),
    ("GET", "/users/{user_id}", user),
    ("GET", "/applications/@me", application),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/gateway/bot", gateway),
    ("GET", "/guilds/{guild_id}", guild),
    ("GET", "/guilds/{guild_id}/channels", guild_channels),
    ("GET", "/guilds/{guild_id}/roles", guild_roles),
    ("GET", "/guilds/{guild_id}/members/search", search_members),
    ("GET", "/guilds/{guild_id}/members/{user_id}", guild_member),
    ("GET", "/channels/{channel_id}", channel),
    ("GET", "/channels/{channel_id}/messages", history),
    ("POST", "/channels/{channel_id}/messages", send),
    ("GET", _MESSAGE, one_message),
    ("PATCH", _MESSAGE, edit),
    ("DELETE", _MESSAGE, delete),
    ("GET", _REACTION, reactors),
    ("PUT", _REACTION + "/@me", react),
    ("DELETE", _REACTION + "/@me", unreact),
    ("GET", _COMMANDS, get_commands),
    ("PUT", _COMMANDS, put_commands),
    ("GET", _GUILD_COMMANDS, get_commands),
    ("PUT", _GUILD_COMMANDS, put_commands),
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback),
    ("POST", _ANSWERS, follow_up),
    ("GET", _ANSWERS + "/messages/{message_id}", get_answer),
    ("PATCH", _ANSWERS + "/messages/{message_id}", edit_answer),
    ("DELETE", _ANSWERS + "/messages/{message_id}", delete_answer),
]


def _bot() -> str:
    from tests.fakes.discord.server import BOT

    return BOT


def _guild(discord: FakeDiscord, request: web.Request) -> Any:
    found = discord.guilds.get(request.match_info["guild_id"])
    if found is None:
        raise Problem(404, 10004, "Unknown Guild")
    return found


def _channel(discord: FakeDiscord, request: web.Request) -> str:
    channel_id = request.match_info["channel_id"]
    about = discord.channels.get(channel_id)
    if about is None:
        raise Problem(404, 10003, "Unknown Channel")
    if channel_id in discord.hidden or about.get("guild_id", _any(discord)) not in discord.guilds:
        raise Problem(403, 50001, "Missing Access")
    return channel_id


def _any(discord: FakeDiscord) -> str:
    """A direct conversation stands in no guild."""
    return next(iter(discord.guilds), "")


def _may_speak(discord: FakeDiscord, channel_id: str) -> None:
    if channel_id in discord.mute:
        raise Problem(403, 50013, "Missing Permissions")
    recipients = discord.channels[channel_id].get("recipients") or []
    if any(one["id"] in discord.closed for one in recipients):
        raise Problem(403, 50007, "Cannot send messages to this user")


def _message(discord: FakeDiscord, request: web.Request) -> Json:
    found = discord.messages[_channel(discord, request)].get(request.match_info["message_id"])
    if found is None:
        raise Problem(404, 10008, "Unknown Message")
    return found


def _attached(discord: FakeDiscord, body: Json) -> Json:
    """The files of a message as its attachments; none when it says nothing of them."""
    return {"attachments": attachments(discord, body)} if "attachments" in body or "files" in body else {}


def attachments(discord: FakeDiscord, body: Json) -> list[Json]:
    """What was uploaded with a body, as it stands beside the message; what is in it is under `url`."""
    return [
        {"id": discord.flakes.next(), "filename": name, "size": len(content), "proxy_url": "", "url": content.decode()}
        for name, content in (body.get("files") or {}).values()
    ]


def _seen(discord: FakeDiscord, one: Json) -> Json:
    """A message as it is read, with its reactions."""
    normal, bursts = discord.reactions[one["id"]], discord.bursts[one["id"]]
    counts = {emoji: (len(normal.get(emoji, [])), len(bursts.get(emoji, []))) for emoji in {**normal, **bursts}}
    reactions = [
        {"count": plain + burst, "me": _bot() in normal.get(emoji, []), "me_burst": False, "burst_colors": [],
         "emoji": {"id": None, "name": emoji}, "count_details": {"burst": burst, "normal": plain}}
        for emoji, (plain, burst) in counts.items() if plain + burst
    ]  # fmt: skip
    shown = {key: value for key, value in one.items() if key != "edits"}
    return shown | ({"reactions": reactions} if reactions else {})
