"""Checks of `vigie doctor` in Discord: the token, the gateway, the commands, the cards’ channels, the clock."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiohttp

from adapters.discord import invite
from bot.cli._messages import explain, say
from bot.errors import StoreError
from bot.registry import load
from storage.read_only import tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.clock import Clock
    from bot.config import Settings

Row = tuple[bool, str]
Json = dict[str, Any]

DISCORD = "https://discord.com/api/v10"
SKEW = 60.0
"""Seconds that this machine's clock may differ from Discord's."""
TIMEOUT = 10.0
NEEDED: Mapping[str, int] = {
    "view": 1 << 10, "send": 1 << 11, "embed": 1 << 14, "attach": 1 << 15, "history": 1 << 16, "react": 1 << 6,
}  # fmt: skip
"""Permissions without which the cards do not come, or cannot be found again."""
ADMINISTRATOR = 1 << 3


def examine_discord(settings: Settings, clock: Clock) -> list[Row]:
    """Run the checks; none where no Discord is set. Posts and changes nothing."""
    if not settings.discord_token.get_secret_value():
        return []
    return asyncio.run(_run_checks(settings, clock))


async def _run_checks(settings: Settings, clock: Clock) -> list[Row]:
    head = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    async with aiohttp.ClientSession(headers=head, timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        look = _Look(session, (settings.discord_api_url or DISCORD).rstrip("/"))
        try:
            return [row async for row in _yield_rows(look, settings, clock)]
        except (aiohttp.ClientError, TimeoutError, OSError):
            return [(False, say("transport.unreachable", platform="Discord", method="GET"))]


class _Look:
    """Reads with one token; remembers Discord's clock."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base
        self.date = ""

    async def __call__(self, path: str) -> tuple[int, Any]:
        """Return the status, and the body as JSON."""
        async with self._session.get(self._base + path) as response:
            self.date = response.headers.get("Date", self.date)
            return response.status, await response.json(content_type=None)


async def _yield_rows(look: _Look, settings: Settings, clock: Clock) -> AsyncIterator[Row]:
    status, me = await look("/users/@me")
    if status != 200:  # noqa: PLR2004
        yield False, say("discord.token", code=str(status))
        return
    _, application = await look("/applications/@me")
    yield True, say("doctor.discord.fine", name=str(me.get("username")), count=_count_guilds(application))
    yield True, say("doctor.discord.invite", address=invite(str(application.get("id"))))
    yield _check_clock(look, clock)
    yield await _check_gateway(look)
    yield await _check_commands(look, str(application.get("id")), settings)
    try:
        homes = _list_homes(settings)
    except StoreError as error:
        yield False, explain(error)
        return
    for guild, channel in homes:
        yield await _check_home(look, str(me.get("id")), guild, channel)


def _count_guilds(application: Json) -> int:
    return int(application.get("approximate_guild_count") or 0)


def _check_clock(look: _Look, clock: Clock) -> Row:
    skew = 0.0
    with suppress(ValueError, TypeError):
        skew = abs((parsedate_to_datetime(look.date).astimezone(UTC) - clock.now()).total_seconds())
    return skew <= SKEW, say(f"doctor.discord.skew_{'fine' if skew <= SKEW else 'wrong'}", seconds=int(skew))


async def _check_gateway(look: _Look) -> Row:
    """Check that connections remain for today; no privileged intent is needed."""
    status, about = await look("/gateway/bot")
    remaining = int(about.get("session_start_limit", {}).get("remaining", 0)) if status == 200 else 0  # noqa: PLR2004
    return remaining > 0, say(f"doctor.discord.gateway_{'fine' if remaining else 'wrong'}", left=remaining)


async def _check_commands(look: _Look, application: str, settings: Settings) -> Row:
    """Check that the declared commands are those of this version."""
    from adapters.discord.command_tree import commands

    _, declared = await look(f"/applications/{application}/commands")
    expected = {_list_names(command) for command in commands(load(), settings.language)}
    fine = isinstance(declared, list) and {_list_names(command) for command in declared} == expected
    return fine, say(f"doctor.discord.commands_{'fine' if fine else 'wrong'}", count=len(expected))


def _list_names(command: Json) -> tuple[object, ...]:
    """Return the names of a command and of all that is in it."""
    return command.get("name"), *(_list_names(option) for option in command.get("options") or [])


def _list_homes(settings: Settings) -> list[tuple[str, str]]:
    """Return (guild, channel) of everybody's cards, for each team of the database."""
    with tables(settings.database_url.get_secret_value()) as tx:
        if tx is None:
            return []
        teams = tx.teams
        homes = []
        for team, installation in teams.installations(teams.ids()).items():
            about = teams.get(team) if installation.platform == "discord" else None
            channel = teams.channel(team, about.home) if about and about.home else None
            if channel is not None:
                homes.append((installation.external_id, channel.external_id))
        return homes


async def _check_home(look: _Look, me: str, guild: str, channel: str) -> Row:
    """Check that the bot has every needed permission in a channel."""
    status, about = await look(f"/channels/{channel}")
    member_status, member = await look(f"/guilds/{guild}/members/{me}")
    roles_status, roles = await look(f"/guilds/{guild}/roles")
    if {status, member_status, roles_status} != {200}:
        return False, say("doctor.discord.hidden", channel=channel)
    may = permissions(guild, member | {"user": {"id": me}}, roles, about.get("permission_overwrites") or [])
    missing = [say(f"doctor.discord.may_{name}") for name, bit in NEEDED.items() if not may & bit]
    name = str(about.get("name", channel))
    return not missing, say(
        f"doctor.discord.home_{'wrong' if missing else 'fine'}", name=name, missing=", ".join(missing)
    )


def permissions(guild: str, member: Json, roles: list[Json], overwrites: list[Json]) -> int:
    """Compute a member's rights in a channel (https://docs.discord.com/developers/topics/permissions#permission-overwrites)."""
    role_ids = {guild, *member.get("roles", [])}
    may = 0
    for role in roles:
        if role["id"] in role_ids:
            may |= int(role["permissions"])
    if may & ADMINISTRATOR:
        return -1
    of_roles = [overwrite for overwrite in overwrites if overwrite["id"] in role_ids - {guild}]
    steps = [[overwrite for overwrite in overwrites if overwrite["id"] == guild], of_roles,
             [overwrite for overwrite in overwrites if overwrite["id"] == member["user"]["id"]]]  # fmt: skip
    for step in steps:
        deny = allow = 0
        for overwrite in step:
            deny, allow = deny | int(overwrite["deny"]), allow | int(overwrite["allow"])
        may = may & ~deny | allow
    return may
