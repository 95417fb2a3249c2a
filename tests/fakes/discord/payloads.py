"""What Discord sends of users, members, guilds, channels and messages: every key that a client relies on."""

from __future__ import annotations

import copy
import itertools
import time
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
EPOCH = 1_420_070_400_000
"""Milliseconds: where snowflakes begin."""
EVERYTHING = str((1 << 53) - 1)
MEMBER_MAY = "2248473465835073"
"""What an ordinary member may do in a channel."""
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15


class Snowflakes:
    """Identifiers that grow with time, never twice the same."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, *, age: float = 0.0) -> str:
        """A new one; `age` in seconds makes it look older (out of order, as for a message of yesterday)."""
        now = (int((time.time() - age) * 1000) - EPOCH) << 22
        if age:
            return str(now)
        self._last = max(self._last + 1, now)
        return str(self._last)


def born(snowflake: str) -> datetime:
    """The moment that a snowflake holds."""
    return datetime.fromtimestamp(((int(snowflake) >> 22) + EPOCH) / 1000, UTC)


def user(user_id: str, name: str, *, bot: bool = False) -> Json:
    """A user, as everybody sees them."""
    return {
        "id": user_id, "username": name.lower(), "discriminator": "0", "global_name": None if bot else name,
        "avatar": None, "bot": bot, "public_flags": 0, "flags": 0,
    }  # fmt: skip


def member(one: Json, *, roles: tuple[str, ...] = (), nick: str | None = None, may: str = MEMBER_MAY) -> Json:
    """A member of a guild, as interactions carry them."""
    return {
        "user": one, "roles": list(roles), "nick": nick, "avatar": None, "joined_at": "2026-01-05T09:00:00+00:00",
        "premium_since": None, "deaf": False, "mute": False, "pending": False, "flags": 0, "permissions": may,
        "communication_disabled_until": None,
    }  # fmt: skip


def channel(channel_id: str, guild: str, name: str) -> Json:
    """A text channel."""
    return {
        "id": channel_id, "guild_id": guild, "type": 0, "name": name, "position": 0, "topic": None, "nsfw": False,
        "parent_id": None, "rate_limit_per_user": 0, "last_message_id": None, "permission_overwrites": [], "flags": 0,
    }  # fmt: skip


def direct(channel_id: str, other: Json) -> Json:
    """A direct conversation."""
    return {"id": channel_id, "type": 1, "last_message_id": None, "flags": 0, "recipients": [other]}


def role(role_id: str, name: str, position: int = 0) -> Json:
    """A role."""
    return {
        "id": role_id, "name": name, "color": 0, "colors": {"primary_color": 0}, "hoist": False, "icon": None,
        "unicode_emoji": None, "position": position, "permissions": MEMBER_MAY, "managed": False, "mentionable": True,
        "flags": 0,
    }  # fmt: skip


def guild(guild_id: str, name: str, owner: str, *, community: str = "") -> Json:
    """Build a guild as GET /guilds/{id} gives it. Only a Community server has another locale than `en-US`."""
    return {
        "id": guild_id, "name": name, "owner_id": owner, "icon": None, "icon_hash": None, "splash": None,
        "discovery_splash": None, "afk_channel_id": None, "afk_timeout": 300, "verification_level": 1,
        "default_message_notifications": 1, "explicit_content_filter": 0, "roles": [role(guild_id, "@everyone")],
        "emojis": [], "stickers": [], "features": ["COMMUNITY"] if community else [],
        "mfa_level": 0, "application_id": None,
        "system_channel_id": None, "system_channel_flags": 0, "rules_channel_id": None, "vanity_url_code": None,
        "description": None, "banner": None, "premium_tier": 0, "premium_subscription_count": 0,
        "preferred_locale": community or "en-US", "public_updates_channel_id": None, "nsfw_level": 0, "nsfw": False,
        "premium_progress_bar_enabled": False, "safety_alerts_channel_id": None, "incidents_data": None,
        "widget_enabled": False, "widget_channel_id": None, "max_members": 500_000, "max_presences": None,
        "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "hub_type": None, "region": "deprecated",
        "soundboard_sounds": [],
    }  # fmt: skip


def created(one: Json, channels: list[Json], members: list[Json]) -> Json:
    """A guild as GUILD_CREATE gives it. One that was just joined has no key `unavailable`."""
    return one | {
        "joined_at": "2026-11-02T08:00:00+00:00", "large": False, "member_count": len(members), "channels": channels,
        "members": members, "threads": [], "presences": [], "voice_states": [], "stage_instances": [],
        "guild_scheduled_events": [],
    }  # fmt: skip


def message(message_id: str, where: Json, author: Json, body: Json) -> Json:
    """A message as it stands in a channel."""
    made = {
        "id": message_id, "channel_id": where["id"], "author": author, "content": body.get("content") or "",
        "timestamp": born(message_id).isoformat(), "edited_timestamp": None, "tts": False, "mention_everyone": False,
        "mentions": [], "mention_roles": [], "attachments": body.get("attachments") or [],
        "embeds": body.get("embeds") or [], "components": numbered(body.get("components") or []), "pinned": False,
        "type": 0, "flags": int(body.get("flags") or 0),
    }  # fmt: skip
    if body.get("nonce") is not None:
        made["nonce"] = body["nonce"]
    return made


def numbered(components: list[Json]) -> list[Json]:
    """Components as Discord gives them back: each has an id, by its place where it was given none."""
    given, numbers = copy.deepcopy(components), itertools.count(1)

    def number(one: Json) -> None:
        one["id"] = one.get("id") or next(numbers)
        inner = [*(one.get("components") or []), one.get("component"), one.get("accessory")]
        for part in inner:
            if isinstance(part, dict):
                number(part)

    for one in given:
        number(one)
    return given


def application(application_id: str, owner: Json, *, guilds: int = 1) -> Json:
    """GET /applications/@me."""
    return {
        "id": application_id, "name": "Vigie", "icon": None, "description": "", "summary": "", "type": None,
        "bot_public": True, "bot_require_code_grant": False, "verify_key": "ab" * 32, "flags": 0, "owner": owner,
        "team": None, "hook": True, "rpc_origins": [], "redirect_uris": [], "interactions_endpoint_url": None,
        "role_connections_verification_url": None, "approximate_guild_count": guilds,
        "approximate_user_install_count": 0, "integration_types_config": {"0": {}}, "tags": [],
        "event_webhooks_status": 1, "approximate_user_authorization_count": 0,
    }  # fmt: skip
