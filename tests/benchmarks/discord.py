"""What answering in Discord costs, and what guilds weigh, beside a bare discord.py client, in one run.

    python -m tests.benchmarks.discord --json [--full]

Discord is a process of its own, and so is each client. Answers: thirty-two people at a time ask for their day, and the
product, as `vigie run` composes it, reads it from the database; the bare client answers a constant. Counted by the
clock and by the processor's time, of which the worse is the figure: a client may wait for the load. Memory: the
adapter when it has heard of every guild, and a bare client that asks for no guilds; the whole product beside them.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Json = dict[str, Any]
PEOPLE = 32
OVER_BARE = 0.5
WEIGHT = 1.3
CHANNELS, ROLES = 20, 10
"""Of each guild, as GUILD_CREATE tells of them."""


# Discord, and the people in it


async def _discord(guilds: int) -> None:
    """The fake, told on standard input what to do; says on standard output what came of it."""
    from tests.fakes.discord import FakeDiscord

    fake = FakeDiscord()
    fake.pace, fake.judged, fake.gateway.history = None, False, 1000
    fake.gateway.interval = 20.0
    for number in range(guilds - 1):
        guild = str((10_000_000_000 + number) << 22)
        fake.guilds[guild] = _Large(guild)  # type: ignore[assignment]
    await fake.start()
    print(json.dumps({"api": fake.api, "gateway": fake.gateway_url, "token": fake.token}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        print(json.dumps(await _done(fake, asked)), flush=True)
        fake.calls.clear()
    await fake.stop()


class _Large:
    """A guild that is made up when it is told of: ten thousand in memory would weigh more than what is measured."""

    unavailable = False

    def __init__(self, guild: str) -> None:
        self.id = guild

    def created(self) -> Json:
        from tests.fakes.discord import LEA, payloads

        about = payloads.guild(self.id, f"Atelier {self.id}", LEA)
        about["roles"] += [payloads.role(f"{self.id}{n}", f"rôle {n}", n) for n in range(ROLES)]
        channels = [payloads.channel(f"{self.id}{n}", self.id, f"salon-{n}") for n in range(CHANNELS)]
        return payloads.created(about, channels, [])


async def _done(fake: Any, asked: Json) -> Any:
    from tests.fakes.discord import Someone

    await fake.gateway.ready()
    match asked["do"]:
        case "set up":
            while not fake.commands.get(""):  # noqa: ASYNC110  # declared when the client is ready
                await asyncio.sleep(0.01)
            lea = Someone(fake)
            return (await lea.submits(await lea.types("/cm-equipe configurer"), **asked["form"])).kind
        case "ask":
            return await _asked(fake, asked["line"], asked["times"])
        case _:
            return None


async def _asked(fake: Any, line: str, times: int) -> Json:
    from tests.fakes.discord import INES, KARIM, LEA, TOM, Someone, shown

    answered: list[str] = []

    async def one(number: int) -> None:
        person = Someone(fake, (LEA, KARIM, TOM, INES)[number % 4])
        for _ in range(times):
            answer = await person.types(line)
            assert answer.message is not None, answer.kind
            answered.append(shown(answer.message))

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(PEOPLE)))
    took = time.perf_counter() - began
    fake.private.clear()
    fake.interactions.open.clear()
    return {"seconds": took, "answered": len(answered), "said": sorted(set(answered))[:8]}


class Process:
    """A child that is told and asked in lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def begin(cls, *arguments: str) -> Process:
        command = [sys.executable, "-m", "tests.benchmarks.discord", *arguments]
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=10_000_000))

    async def ask(self, **what: Any) -> Any:
        """Tell it, and wait for what it says; without words, only wait."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if what:
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
        return json.loads(await self._process.stdout.readline())

    async def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


@contextlib.asynccontextmanager
async def _beside(*arguments: str) -> AsyncIterator[tuple[Process, Json]]:
    """A child while the block runs, and the first thing that it says."""
    child = await Process.begin(*arguments)
    try:
        yield child, await child.ask()
    finally:
        await child.end()


# the clients


async def _client(kind: str, where: Json) -> None:
    """One of the clients; when it is ready, and at each line of input, it tells what it has used up."""
    from bot.logs import configure

    configure("warning")
    async with {"bare": _bare, "adapter": _adapter, "vigie": _vigie, "answering": _answering}[kind](where):
        while True:
            gc.collect()
            used = {"mb": _resident_mb(), "cpu": time.process_time()}
            print(json.dumps(used), flush=True)
            if not await asyncio.to_thread(sys.stdin.readline):
                return


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _pointed(where: Json) -> None:
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = where["api"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(where["gateway"])


@contextlib.asynccontextmanager
async def _bare(where: Json) -> AsyncIterator[None]:
    """discord.py that asks for no guilds, and so keeps none but their ids."""
    import discord

    _pointed(where)
    async with _running(discord.Client(intents=discord.Intents(guild_reactions=True, dm_reactions=True)), where):
        yield


@contextlib.asynccontextmanager
async def _answering(where: Json) -> AsyncIterator[None]:
    """discord.py that answers a constant, as its documentation has it."""
    import discord
    from discord import app_commands

    _pointed(where)
    client = discord.Client(intents=discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True))
    tree = app_commands.CommandTree(client)
    group = app_commands.Group(name="cm", description="parler à Vigie")

    @group.command(name="day", description="ma journée")
    async def day(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Rien à faire aujourd’hui.", ephemeral=True)

    tree.add_command(group)
    async with _running(client, where):
        await tree.sync()
        yield


@contextlib.asynccontextmanager
async def _running(client: Any, where: Json) -> AsyncIterator[None]:
    async with client:
        await client.login(where["token"])
        running = asyncio.create_task(client.connect())
        await client.wait_until_ready()
        yield
        await client.close()
        await running


@contextlib.asynccontextmanager
async def _adapter(where: Json) -> AsyncIterator[None]:
    """The adapter as it is, before a product that remembers in memory."""
    from adapters.discord.platform import Credentials, DiscordPlatform
    from tests.adapters.discord.plain import Ear, Heard, Memory

    platform = DiscordPlatform(Credentials(where["token"], where["api"], where["gateway"]), Memory(), Ear)
    await platform.start(Heard().receive)
    await _heard_of_all(platform, where["guilds"])
    yield
    await platform.stop()


async def _heard_of_all(platform: Any, guilds: int) -> None:
    while len(platform.guilds) < guilds:  # noqa: ASYNC110  # they come by themselves
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def _vigie(where: Json) -> AsyncIterator[None]:
    """The product as `vigie run` composes it."""
    from adapters.discord.platform import Credentials
    from bot.cli._compose import compose
    from bot.cli._discord import build_platform
    from bot.cli._gc import tune_collector
    from bot.cli._platforms import serve_platform
    from bot.clock import SystemClock
    from bot.config import Settings

    app = compose(where["address"], SystemClock())
    platform = build_platform(Credentials(where["token"], where["api"], where["gateway"]), app)
    app.add(platform)
    async with serve_platform(app, platform, Settings()):
        await _heard_of_all(platform, where["guilds"])
        tune_collector()
        yield
    await app.store.close()


# what is measured


async def _answers(address: str, rounds: int, times: int) -> list[Json]:
    """Both clients asked in turns, each before a Discord of its own."""
    from tests.adapters.discord.world import SETUP

    async with (
        _beside("--discord", "1") as (one, there),
        _beside("--discord", "1") as (two, elsewhere),
        _beside("--client", "answering", json.dumps(there)) as (bare, _),
        _beside("--client", "vigie", json.dumps(elsewhere | {"address": address, "guilds": 1})) as (vigie, _),
    ):
        assert await two.ask(do="set up", form=SETUP) == 4
        both: dict[str, list[Json]] = {"discord.py": [], "vigie": []}
        for turn in range(rounds + 1):  # the first warms up
            for name, fake, client in (("discord.py", one, bare), ("vigie", two, vigie)):
                found = await _figures(fake, client, times)
                both[name] += [found] if turn else []
        return _compared(both, rounds * times * PEOPLE)


async def _figures(fake: Process, client: Process, times: int) -> Json:
    before = (await client.ask(do="tell"))["cpu"]
    found = await fake.ask(do="ask", line="/cm day", times=times)
    cpu = (await client.ask(do="tell"))["cpu"] - before
    return {
        "rps": found["answered"] / found["seconds"], "cpu_ms": cpu / found["answered"] * 1000,
        "answered": found["answered"], "said": found["said"],
    }  # fmt: skip


def _compared(both: dict[str, list[Json]], asked: int) -> list[Json]:
    rows: list[Json] = []
    middle: dict[str, Json] = {}
    for name, found in both.items():
        answered = sum(one["answered"] for one in found)
        middle[name] = {key: statistics.median(one[key] for one in found) for key in ("rps", "cpu_ms")}
        rows.append({"name": name, **middle[name], "answered": answered, "target": asked, "ok": answered == asked})
    read = all("Veille du jour" in " ".join(one["said"]) for one in both["vigie"])
    by_clock = middle["vigie"]["rps"] / middle["discord.py"]["rps"]
    by_cpu = middle["discord.py"]["cpu_ms"] / middle["vigie"]["cpu_ms"]
    ratio = min(by_clock, by_cpu)
    return [
        *rows,
        {"name": "answers read from the database", "ok": read},
        {"name": "answered over bare discord.py", "ratio": ratio, "by_clock": by_clock, "by_cpu": by_cpu,
         "target": f">= {OVER_BARE}", "ok": ratio >= OVER_BARE},
    ]  # fmt: skip


async def _weights(guilds: int, address: str) -> list[Json]:
    """MB of each client when it is ready."""
    mb: dict[str, float] = {}
    for kind in ("bare", "adapter", "vigie"):
        async with _beside("--discord", str(guilds)) as (_, where):
            about = where | {"guilds": guilds, "address": address}
            async with _beside("--client", kind, json.dumps(about)) as (_, used):
                mb[kind] = used["mb"]
    ratio = mb["adapter"] / mb["bare"]
    return [
        {"name": f"memory with {guilds} guilds", "bare_mb": mb["bare"], "adapter_mb": mb["adapter"],
         "product_mb": mb["vigie"], "ratio": ratio, "target": f"<= {WEIGHT}", "ok": ratio <= WEIGHT}
    ]  # fmt: skip


async def _run(*, full: bool) -> list[Json]:
    from bot.zones import use_packaged_tzdata

    use_packaged_tzdata()
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'vigie.db'}"
        rows = await _answers(address, *((9, 40) if full else (5, 12)))
        for guilds in (1_000, 10_000):
            rows += await _weights(guilds, f"sqlite:///{Path(folder) / f'{guilds}.db'}")
    return rows


def main() -> None:
    """Print one JSON object per line; exit 1 when a target is missed."""
    if "--discord" in sys.argv:
        asyncio.run(_discord(int(sys.argv[2])))
    elif "--client" in sys.argv:
        asyncio.run(_client(sys.argv[2], json.loads(sys.argv[3])))
    else:
        rows = asyncio.run(_run(full="--full" in sys.argv))
        for row in rows:
            shown = {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}
            print(json.dumps(shown, ensure_ascii=False))
        sys.exit(0 if all(row.get("ok", True) for row in rows) else 1)


if __name__ == "__main__":
    main()
