"""Builds the app's manifest from its listeners: pasted into Slack, it makes an app that works.

Format and limits: https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.events import TRACK
from adapters.slack.http import PATH, REDIRECT
from adapters.slack.mrkdwn import clipped
from adapters.slack.routing import COMMAND, EVENTS, SHORTCUTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Texts

Json = dict[str, Any]

SCOPES = (
    "channels:history", "channels:read", "chat:write", "commands", "files:write", "groups:history", "groups:read",
    "im:history", "im:write", "reactions:read", "users:read",
)  # fmt: skip
"""Scopes of the bot token. History is read to find a message whose outcome is unknown by its key."""
_DECLARED_NAMES: Mapping[str, str] = {"message": "message.im"}
"""Events that are declared under another name than they arrive by."""
DESCRIPTION = 140
HINT = 100
SHORTCUT = 24


def manifest(texts: Texts, url: str = "", *, several: bool = False) -> Json:
    """Build the manifest for Socket Mode or, with the public address of the installation, for HTTP.

    `several`: workspaces and organisations install the app themselves, and their tokens rotate.
    """
    redirect: Json = {"redirect_urls": [url.rstrip("/") + REDIRECT]} if url else {}
    address = {"request_url": url.rstrip("/") + PATH} if url else {}
    command = {
        "command": COMMAND,
        "description": clipped(texts.text("slack.manifest.command"), HINT),
        "usage_hint": clipped(texts.text("slack.manifest.hint"), HINT),
        "should_escape": True,
    }
    return {
        "display_information": {"name": "Vigie", "description": clipped(texts.text("slack.manifest.app"), DESCRIPTION)},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Vigie", "always_online": True},
            "shortcuts": [_build_shortcut(texts, name) for name in SHORTCUTS],
            "slash_commands": [command | ({"url": address["request_url"]} if url else {})],
        },
        "oauth_config": redirect | {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": address | {"bot_events": sorted(_DECLARED_NAMES.get(name, name) for name in EVENTS)},
            "interactivity": {"is_enabled": True} | address,
            "org_deploy_enabled": several,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": several,
        },
    }


def _build_shortcut(texts: Texts, name: str) -> Json:
    assert name == TRACK, "a new shortcut says where it stands"
    label = clipped(texts.text(f"slack.manifest.{name}"), SHORTCUT)
    about = clipped(texts.text(f"slack.manifest.{name}_about"), 150)
    return {"name": label, "type": "message", "callback_id": name, "description": about}
