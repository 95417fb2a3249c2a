"""Checks of `vigie doctor` where several Slack workspaces install the app: settings, keys, each one's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import check, several
from bot.cli._messages import explain, say
from bot.config import keys_of
from bot.errors import TransportError, VigieError
from storage.grants import installed
from storage.read_only import open_read_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from bot.config import Settings
    from bot.platforms.grants import Grant

Row = tuple[bool, str]
MOST = 20
"""Workspaces whose token is tried."""


async def in_workspaces(settings: Settings, clock: Clock) -> list[Row]:
    """Run the checks. Writes nothing: an expired token is left to `vigie run`."""
    try:
        several(settings)
        check(settings)
        with open_read_only(settings.database_url.get_secret_value()) as connection:
            keys = keys_of(settings)
            grants: Sequence[Grant] = installed(connection, "slack", keys) if connection is not None else []
    except VigieError as error:
        return [(False, explain(error))]
    rows = [(True, say("doctor.workspaces", count=len(grants)))]
    unexpired = [grant for grant in grants[:MOST] if grant.expires_at is None or grant.expires_at > clock.now()]
    return rows + [await _check_token(settings, grant) for grant in unexpired]


async def _check_token(settings: Settings, grant: Grant) -> Row:
    from adapters.slack.api import Api
    from adapters.slack.manifest import SCOPES
    from adapters.slack.platform import SLACK

    api = Api(grant.token, settings.slack_api_url or SLACK)
    try:
        await api.look("auth.test")
    except TransportError as error:
        return False, f"{grant.name or grant.place}: {explain(error)}"
    finally:
        await api.close()
    missing = sorted(set(SCOPES) - api.scopes)
    if missing:
        return False, f"{grant.name}: {say('doctor.scopes.wrong', names=', '.join(missing))}"
    return True, say("doctor.slack.fine", name=grant.name)
