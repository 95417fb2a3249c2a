"""The manifest declares what is listened to, and what is listened to is declared; within Slack's limits."""

from __future__ import annotations

import json
import re
from typing import Any
from unittest.mock import AsyncMock

import pytest
from click.testing import CliRunner

from adapters.slack.manifest import SCOPES, manifest
from adapters.slack.routing import ANY, COMMAND, EVENTS, SHORTCUTS, build_app, build_request
from bot.cli.manifest import verb
from bot.errors import ConfigurationError
from bot.i18n import LANGUAGES, Language, texts
from tests.adapters.slack.bench import over_sockets
from tests.fakes.slack import FakeSlack

NEEDED = {
    "chat.postMessage": "chat:write", "chat.update": "chat:write", "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write", "conversations.open": "im:write", "users.info": "users:read",
    "conversations.history": "channels:history", "conversations.info": "channels:read",
    "reactions.get": "reactions:read", "conversations.replies": "channels:history",
    "files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write",
    "message.im": "im:history", "reaction_added": "reactions:read", "reaction_removed": "reactions:read",
    "user_change": "users:read", "/cm": "commands",
}  # fmt: skip
"""The scope of each method, event and command (docs.slack.dev)."""
NONE_NEEDED = {"app_home_opened", "app_uninstalled", "tokens_revoked"}


async def heard(kind: str) -> list[str]:
    """What the desk is told when an event of this type is delivered."""
    inbound = over_sockets(FakeSlack()).inbound
    told: list[str] = []

    async def event(body: dict[str, Any], *, retried: bool) -> None:
        told.append(body["event"]["type"])

    inbound.event = event  # type: ignore[method-assign]
    body = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {"type": kind, "user": "U1"}}
    answer = await build_app(AsyncMock(return_value=inbound)).async_dispatch(build_request(body))
    assert answer.status == 200
    return told


async def test_every_declared_event_reaches_the_desk() -> None:
    for name in manifest(texts("fr"))["settings"]["event_subscriptions"]["bot_events"]:
        kind = "message" if name == "message.im" else name
        assert await heard(kind) == [kind]


async def test_an_event_that_is_not_declared_is_acknowledged_and_reaches_nobody() -> None:
    assert await heard("channel_archive") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_listened_to_is_declared_and_every_declaration_listened_to(language: Language) -> None:
    declared = set(manifest(texts(language))["settings"]["event_subscriptions"]["bot_events"])
    assert declared == {"message.im" if one == "message" else one for one in EVENTS}


def test_the_command_and_the_shortcuts_are_declared() -> None:
    features = manifest(texts("fr"))["features"]
    assert [one["command"] for one in features["slash_commands"]] == [COMMAND]
    assert features["slash_commands"][0]["should_escape"] is True
    assert {one["callback_id"] for one in features["shortcuts"]} == set(SHORTCUTS)
    assert ANY.fullmatch(COMMAND)


def test_every_declared_event_and_used_method_has_its_scope() -> None:
    wanted = manifest(texts("fr"))["settings"]["event_subscriptions"]["bot_events"]
    assert set(wanted) <= set(NEEDED) | NONE_NEEDED
    assert set(NEEDED.values()) | {"groups:history", "groups:read"} == set(SCOPES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_keeps_the_limits_of_slack(language: Language) -> None:
    made: dict[str, Any] = manifest(texts(language), "https://vigie.example.org/")
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["slash_commands"]) <= 50
    assert len(made["features"]["shortcuts"]) <= 10
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in made["features"]["shortcuts"])
    assert all(len(one["description"]) <= 2000 for one in made["features"]["slash_commands"])
    assert "…" not in json.dumps(made["display_information"], ensure_ascii=False)


def test_over_http_every_delivery_has_its_address_and_socket_mode_is_off() -> None:
    made = manifest(texts("fr"), "https://vigie.example.org/")
    address = "https://vigie.example.org/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["socket_mode_enabled"] is False


def test_over_http_an_installation_comes_back_to_us() -> None:
    made = manifest(texts("fr"), "https://vigie.example.org/")
    assert made["oauth_config"]["redirect_urls"] == ["https://vigie.example.org/slack/oauth_redirect"]
    assert made["settings"]["token_rotation_enabled"] is False, "a token that was copied cannot be renewed"


def test_for_several_workspaces_tokens_rotate_and_organisations_may_install() -> None:
    done = CliRunner().invoke(verb, ["slack", "--lang", "en", "--several", "--http", "https://vigie.example.org"])
    made = json.loads(done.output)
    assert (made["settings"]["token_rotation_enabled"], made["settings"]["org_deploy_enabled"]) == (True, True)
    assert made["oauth_config"]["redirect_urls"]


def test_several_workspaces_need_an_address() -> None:
    refused = CliRunner().invoke(verb, ["slack", "--several"]).exception
    assert isinstance(refused, ConfigurationError)
    assert refused.key == "slack.manifest.several"


def test_over_socket_mode_no_address_is_asked_for() -> None:
    made = manifest(texts("fr"))
    assert not re.search(r"https?://", json.dumps(made))
    assert made["settings"]["socket_mode_enabled"] is True


def test_the_verb_prints_it() -> None:
    done = CliRunner().invoke(verb, ["slack", "--lang", "en"])
    assert done.exit_code == 0
    assert json.loads(done.output) == manifest(texts("en"))


def test_the_verb_refuses_an_address_that_slack_would_not_call() -> None:
    done = CliRunner().invoke(verb, ["slack", "--http", "http://vigie.example.org"])
    assert isinstance(done.exception, ConfigurationError)
