"""Checks of `vigie doctor` in Slack: the token, its rights, the way in, the channel of the cards, the clock."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from bot.cli._messages import explain, say
from bot.errors import ConfigurationError, StoreError, TransportError, VigieError
from storage.read_only import tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.api import Api
    from bot.clock import Clock
    from bot.config import Settings
    from bot.teams.team import Channel

Row = tuple[bool, str]
SKEW = 60.0
"""Seconds that this machine's clock may differ from Slack's (at 300, Slack's deliveries look like replays)."""


def examine_slack(settings: Settings, clock: Clock) -> list[Row]:
    """Run the checks; none where no Slack is set. Posts and changes nothing."""
    bot_token, app_token = (token.get_secret_value() for token in (settings.slack_bot_token, settings.slack_app_token))
    if not bot_token and not settings.slack_client_id:
        return []
    try:
        from adapters.slack.platform import swapped

        swapped(bot_token, app_token)
    except ModuleNotFoundError:
        return [(False, say("slack.not_installed"))]
    except ConfigurationError as error:
        return [(False, explain(error))]
    if settings.slack_client_id:
        from bot.cli._doctor_workspaces import in_workspaces

        return asyncio.run(in_workspaces(settings, clock))
    return asyncio.run(_run_checks(settings, clock))


async def _run_checks(settings: Settings, clock: Clock) -> list[Row]:
    return [row async for row in _yield_rows(settings, clock)]


async def _yield_rows(settings: Settings, clock: Clock) -> AsyncIterator[Row]:
    from adapters.slack.api import Api
    from adapters.slack.manifest import SCOPES
    from adapters.slack.platform import SLACK

    base = settings.slack_api_url or SLACK
    api = Api(settings.slack_bot_token.get_secret_value(), base)
    try:
        about = await api.call("auth.test")
        yield True, say("doctor.slack.fine", name=str(about.get("team", "")))
        missing = sorted(set(SCOPES) - api.scopes)
        yield not missing, say(f"doctor.scopes.{'wrong' if missing else 'fine'}", names=", ".join(missing))
        yield _check_clock(api, clock)
        yield await _check_home(api, settings, str(about.get("team_id", "")))
    except TransportError as error:
        yield False, _explain_refusal(error)
    finally:
        await api.close()
    yield await _check_way_in(settings, base)


def _explain_refusal(error: TransportError) -> str:
    code = error.params.get("code")
    return say("slack.bot_token", code=str(code)) if code else explain(error)


def _check_clock(api: Api, clock: Clock) -> Row:
    skew = 0.0
    with suppress(ValueError, TypeError):
        skew = abs((parsedate_to_datetime(api.date).astimezone(UTC) - clock.now()).total_seconds())
    return skew <= SKEW, say(f"doctor.skew.{'fine' if skew <= SKEW else 'wrong'}", seconds=int(skew))


async def _check_home(api: Api, settings: Settings, team_id: str) -> Row:
    """Check that the bot is in the channel where the cards go."""
    try:
        channel = _find_home(settings, team_id)
    except StoreError as error:
        return False, explain(error)
    if channel is None:
        return True, say("doctor.home.none")
    try:
        about: dict[str, Any] = (await api.look("conversations.info", channel=channel.external_id)).get("channel", {})
    except TransportError as error:
        return False, explain(error)
    inside = about.get("is_member") is True
    return inside, say(f"doctor.home.{'fine' if inside else 'wrong'}", name=str(about.get("name", channel.external_id)))


def _find_home(settings: Settings, team_id: str) -> Channel | None:
    """Return the channel of everybody's cards, if a team has one already."""
    with tables(settings.database_url.get_secret_value()) as tx:
        team = tx.teams.find("slack", team_id) if tx else None
        return tx.teams.channel(team.id, team.home) if tx and team and team.home else None


async def _check_way_in(settings: Settings, base: str) -> Row:
    """Check Socket Mode's token, or the secret of HTTP mode."""
    from adapters.slack.api import Api

    token = settings.slack_app_token.get_secret_value()
    if not token:
        fine = bool(settings.slack_signing_secret.get_secret_value())
        return fine, say("doctor.signing.fine" if fine else "slack.no_secret")
    api = Api(token, base)
    try:
        await api.call("apps.connections.open")
    except VigieError as error:
        code = error.params.get("code")
        return False, say("slack.app_token", code=str(code)) if code else explain(error)
    finally:
        await api.close()
    return True, say("doctor.socket.fine")
