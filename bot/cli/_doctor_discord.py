"""What `vigie doctor` looks at in Discord: the token, the gateway, the commands, the cards’ channels, the clock."""

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
from storage.looking import tables

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
    """A line for each check; none where no Discord is set. Nothing is posted or changed."""
    if not settings.discord_token.get_secret_value():
        return []
    return asyncio.run(_all(settings, clock))


async def _all(settings: Settings, clock: Clock) -> list[Row]:
    head = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    async with aiohttp.ClientSession(headers=head, timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        look = _Look(session, (settings.discord_api_url or DISCORD).rstrip("/"))
        try:
            return [row async for row in _rows(look, settings, clock)]
        except (aiohttp.ClientError, TimeoutError, OSError):
            return [(False, say("discord.unreachable", method="GET"))]


class _Look:
    """Reads with one token; remembers Discord's clock."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base
        self.date = ""

    async def __call__(self, path: str) -> tuple[int, Any]:
        """The status and what was read."""
        async with self._session.get(self._base + path) as given:
            self.date = given.headers.get("Date", self.date)
            return given.status, await given.json(content_type=None)


async def _rows(look: _Look, settings: Settings, clock: Clock) -> AsyncIterator[Row]:
    status, me = await look("/users/@me")
    if status != 200:  # noqa: PLR2004
        yield False, say("discord.token", code=str(status))
        return
    _, application = await look("/applications/@me")
    yield True, say("doctor.discord.fine", name=str(me.get("username")), count=_count(application))
    yield True, say("doctor.discord.invite", address=invite(str(application.get("id"))))
    yield _clock(look, clock)
    yield await _gateway(look)
    yield await _commands(look, str(application.get("id")), settings)
    try:
        homes = _homes(settings)
    except StoreError as error:
        yield False, explain(error)
        return
    for guild, channel in homes:
        yield await _home(look, str(me.get("id")), guild, channel)


def _count(application: Json) -> int:
    return int(application.get("approximate_guild_count") or 0)


def _clock(look: _Look, clock: Clock) -> Row:
    skew = 0.0
    with suppress(ValueError, TypeError):
        skew = abs((parsedate_to_datetime(look.date).astimezone(UTC) - clock.now()).total_seconds())
    return skew <= SKEW, say(f"doctor.discord.skew_{'fine' if skew <= SKEW else 'wrong'}", seconds=int(skew))


async def _gateway(look: _Look) -> Row:
    """No privileged intent is asked for; what can run out is the number of connections a day."""
    status, about = await look("/gateway/bot")
    left = int(about.get("session_start_limit", {}).get("remaining", 0)) if status == 200 else 0  # noqa: PLR2004
    return left > 0, say(f"doctor.discord.gateway_{'fine' if left else 'wrong'}", left=left)


async def _commands(look: _Look, application: str, settings: Settings) -> Row:
    """Whether those that are declared are those of this version."""
    from adapters.discord.command_tree import commands

    _, there = await look(f"/applications/{application}/commands")
    wanted = {_shape(one) for one in commands(load(), settings.language)}
    fine = isinstance(there, list) and {_shape(one) for one in there} == wanted
    return fine, say(f"doctor.discord.commands_{'fine' if fine else 'wrong'}", count=len(wanted))


def _shape(command: Json) -> tuple[object, ...]:
    """The names of a command and of all that is in it."""
    return command.get("name"), *(_shape(one) for one in command.get("options") or [])


def _homes(settings: Settings) -> list[tuple[str, str]]:
    """(guild, channel) of everybody's cards, for each team of the database."""
    with tables(settings.database_url.get_secret_value()) as tx:
        if tx is None:
            return []
        teams = tx.teams
        found = []
        for team, installation in teams.installations(teams.ids()).items():
            about = teams.get(team) if installation.platform == "discord" else None
            channel = teams.channel(team, about.home) if about and about.home else None
            if channel is not None:
                found.append((installation.external_id, channel.external_id))
        return found


async def _home(look: _Look, me: str, guild: str, channel: str) -> Row:
    """Whether the bot may do in a channel all that it has to."""
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
    """What a member may do in a channel (https://docs.discord.com/developers/topics/permissions#permission-overwrites)."""
    mine = {guild, *member.get("roles", [])}
    may = 0
    for role in roles:
        if role["id"] in mine:
            may |= int(role["permissions"])
    if may & ADMINISTRATOR:
        return -1
    of_roles = [one for one in overwrites if one["id"] in mine - {guild}]
    steps = [[one for one in overwrites if one["id"] == guild], of_roles,
             [one for one in overwrites if one["id"] == member["user"]["id"]]]  # fmt: skip
    for step in steps:
        deny = allow = 0
        for one in step:
            deny, allow = deny | int(one["deny"]), allow | int(one["allow"])
        may = may & ~deny | allow
    return may
