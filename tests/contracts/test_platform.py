"""adapters/CONTRACT.md, law by law, on every platform. A platform joins by one bench in BENCHES."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, get_args

import pytest

import adapters
from adapters.console.platform import ConsolePlatform, Shown
from adapters.console.render import render
from adapters.console.session import Place, Session
from bot.errors import TransportError
from bot.message import (
    At,
    Block,
    Button,
    Chart,
    Choice,
    Field,
    File,
    Form,
    Link,
    Message,
    Option,
    Reply,
    Strong,
    Table,
    TaskLine,
    Text,
    Who,
)
from bot.platforms.first_contact import Newcomer
from bot.platforms.missed_reactions import ReactedMessage
from bot.ports import Address, Platform
from bot.request import Clicked, Reacted, Typed
from tests.adapters.discord.bench import DiscordBench
from tests.adapters.slack.bench import SlackBench
from tests.adapters.web.bench import WebBench
from tests.contracts.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.engine.posting import Ref
    from bot.request import Request

HELLO = Message((Text(("bonjour",)),), "bonjour")
OTHER = Message((Text(("au revoir",)),), "au revoir")

BLOCKS: tuple[Block, ...] = (
    Text(("un titre",), "title"),
    Text(("à ", Who("m1", "Karim", notify=True), " avant ", At(NOW, "9 h"), ", ", Strong("vraiment"))),
    TaskLine(1, "open", ("une veille",), (("sous elle",),), (Button("Fait", "done", "i1"),)),
    TaskLine(2, "done", ("une autre",)),
    TaskLine(3, "skipped", ("une troisième",)),
    TaskLine(4, "late", ("une tardive",)),
    Table((("réseau", "posts"), ("Instagram", "12"))),
    Chart("La courbe", (("lundi", 1.0), ("mardi", None)), "un lundi à 1"),
    Button("Annuler", "reopen", "i1"),
    Choice("Qui ?", "assign", (Option("Léa", "m1"), Option("Inès", "m2"))),
    Form("Trois questions", (Field("networks", "Les réseaux", "options", (Option("LinkedIn", "li"),)),), "setup", "OK"),
    Link("le guide", "https://example.org/guide"),
    File("bilan.csv", "a;b\n1;2\n"),
)
WORDS = (
    "un titre", "Karim", "9 h", "vraiment", "une veille", "sous elle", "Fait", "une autre", "une troisième",
    "une tardive", "réseau", "posts", "Instagram", "12", "La courbe", "un lundi à 1", "Annuler", "Qui ?", "Léa", "Inès",
    "Trois questions", "Les réseaux", "LinkedIn", "le guide", "https://example.org/guide", "bilan.csv",
)  # fmt: skip


PORT = (
    "name", "ended", "why", "reconciles", "routes", "start", "stop", "introduce", "reconcile",
    "post", "edit", "delete", "find", "budget",
)  # fmt: skip


class Bench(Protocol):
    """A platform over its fake server, and what that server sees and does."""

    @property
    def platform(self) -> Platform: ...

    @property
    def channel(self) -> Address:
        """The team's channel."""
        ...

    @property
    def private(self) -> Address:
        """The person who types, clicks and reacts."""
        ...

    def screen(self) -> list[str]:
        """Every message that stands in the chat, as people read it, oldest first."""
        ...

    async def types(self, line: str) -> None:
        """Somebody types a line; returns when it is answered."""
        ...

    async def clicks(self, ref: Ref) -> None:
        """Somebody clicks the first button of a posted message."""
        ...

    async def reacts(self, ref: Ref, emoji: str) -> None:
        """Somebody puts an emoji on a posted message."""
        ...

    def reacts_unheard(self, ref: Ref, emoji: str) -> bool:
        """Put the person's emoji on a message while nobody listens; False where that cannot happen."""
        ...

    def restarted(self) -> Bench:
        """Our process again, in front of the same chat."""
        ...


CHANNEL = Address("atelier", channel="équipe")
PRIVATE = Address("atelier", member="lea")


class Still:
    """A demo whose clock stands still."""

    def now(self) -> datetime:
        return NOW

    def reach(self, typed: str) -> datetime:
        return NOW

    async def upcoming(self) -> None: ...

    async def forward(self, end: datetime) -> None: ...

    async def settle(self) -> None: ...


@dataclass
class ConsoleBench:
    """The console is its own server."""

    shown: list[tuple[str, Shown]] = field(default_factory=list)
    channel: Address = CHANNEL
    private: Address = PRIVATE

    def __post_init__(self) -> None:
        self.platform = ConsolePlatform(lambda shown, event: self.shown.append((event, shown)))
        self.session = Session(self.platform, Place("atelier", "équipe", {"Léa": "lea"}), Still(), print)

    def screen(self) -> list[str]:
        now: dict[int, str] = {}
        for event, one in self.shown:
            now[one.number] = "" if event == "delete" else "\n".join(render(one.message))
        return [text for text in now.values() if text]

    async def types(self, line: str) -> None:
        await self.session.line(f"/cm {line}")

    async def clicks(self, ref: Ref) -> None:
        await self.session.line(f"/clic {self._number(ref)} 1")

    async def reacts(self, ref: Ref, emoji: str) -> None:
        await self.session.line(f"/reagir {emoji} {self._number(ref)}")

    def reacts_unheard(self, ref: Ref, emoji: str) -> bool:
        return False

    def _number(self, ref: Ref) -> int:
        return next(one.number for _, one in self.shown if one.ref == ref)

    def restarted(self) -> ConsoleBench:
        return ConsoleBench()


BENCHES: dict[str, Callable[[], Bench]] = {
    "console": ConsoleBench, "discord": DiscordBench, "slack": SlackBench, "web": WebBench,
}  # fmt: skip


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest) -> Bench:
    made: Bench = BENCHES[request.param]()
    return made


class Core:
    """Stands for the pipeline: keeps what came in, answers when it may."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.requests: list[Request] = []
        self.reply = reply or Reply()
        self.may = asyncio.Event()
        self.may.set()

    async def receive(self, request: Request) -> Reply:
        self.requests.append(request)
        await self.may.wait()
        return self.reply


@pytest.fixture
async def core(bench: Bench) -> AsyncIterator[Core]:
    made = Core()
    await bench.platform.start(made.receive)
    yield made
    made.may.set()
    await bench.platform.stop()


# What comes in


async def test_law_1_a_typed_line_comes_in_as_ids_and_strings(bench: Bench, core: Core) -> None:
    await bench.types("fait veille")
    (request,) = core.requests
    assert request.what == Typed("fait veille")
    assert (request.platform, request.team, request.channel) == (
        bench.platform.name, bench.channel.team, bench.channel.channel,
    )  # fmt: skip
    assert request.actor == bench.private.member


async def test_law_1_a_click_names_the_button_and_the_message(bench: Bench, core: Core) -> None:
    ref = await bench.platform.post(bench.channel, Message((Button("Fait", "done", "i1"),), "x"), key="k1")
    await bench.clicks(ref)
    assert core.requests[0].what == Clicked("done", "i1", ref)


async def test_law_1_a_reaction_names_the_emoji_and_the_message(bench: Bench, core: Core) -> None:
    ref = await bench.platform.post(bench.channel, HELLO, key="k1")
    await bench.reacts(ref, "✅")
    what = core.requests[0].what
    assert isinstance(what, Reacted)
    assert replace(what, link="") == Reacted("✅", ref, added=True)  # a platform may say where the message is


async def test_law_2_every_event_has_a_key_of_its_own(bench: Bench, core: Core) -> None:
    for _ in range(3):
        await bench.types("jour")
    again = bench.restarted()
    await again.platform.start(core.receive)
    await again.types("jour")
    keys = [request.key for request in core.requests]
    assert all(keys)
    assert len(set(keys)) == 4
    await again.platform.stop()


async def test_law_3_an_answer_is_shown_and_silence_is_not(bench: Bench, core: Core) -> None:
    await bench.types("jour")
    assert bench.screen() == []
    core.reply = Reply(HELLO)
    await bench.types("jour")
    core.reply = Reply(OTHER, fault=True)
    await bench.types("jour")
    assert ["bonjour" in bench.screen()[0], "au revoir" in bench.screen()[1]] == [True, True]


async def test_law_4_stop_waits_until_everything_taken_in_is_answered(bench: Bench, core: Core) -> None:
    core.reply = Reply(HELLO)
    core.may.clear()
    typing = asyncio.ensure_future(bench.types("jour"))
    while not core.requests:  # noqa: ASYNC110  # a law of the platform, not of ours, decides when it comes in
        await asyncio.sleep(0.001)
    stopping = asyncio.ensure_future(bench.platform.stop())
    await asyncio.sleep(0.02)
    assert not stopping.done()

    core.may.set()
    async with asyncio.timeout(10):
        await stopping
    await typing
    assert "bonjour" in bench.screen()[-1]


# What goes out


@pytest.mark.parametrize("place", ["channel", "private"])
async def test_law_5_a_key_is_posted_once(bench: Bench, core: Core, place: str) -> None:
    to: Address = getattr(bench, place)
    first = await bench.platform.post(to, HELLO, key="k1")
    again = await bench.platform.post(to, HELLO, key="k1")
    assert first == again
    assert len(bench.screen()) == 1


async def test_law_6_no_two_messages_share_a_reference(bench: Bench, core: Core) -> None:
    refs = {await bench.platform.post(bench.channel, HELLO, key=f"k{n}") for n in range(3)}
    again = bench.restarted()
    await again.platform.start(core.receive)
    refs |= {await again.platform.post(again.channel, HELLO, key=f"l{n}") for n in range(3)}
    assert len(refs) == 6
    await again.platform.stop()


async def test_law_7_an_edit_replaces_the_message(bench: Bench, core: Core) -> None:
    ref = await bench.platform.post(bench.channel, HELLO, key="k1")
    await bench.platform.edit(ref, OTHER)
    (screen,) = bench.screen()
    assert "au revoir" in screen
    assert "bonjour" not in screen


async def test_law_7_an_edit_of_a_message_that_is_gone_fails_for_good(bench: Bench, core: Core) -> None:
    ref = await bench.platform.post(bench.channel, HELLO, key="k1")
    await bench.platform.delete(ref)
    with pytest.raises(TransportError) as caught:
        await bench.platform.edit(ref, OTHER)
    assert caught.value.permanent


async def test_law_8_a_message_is_deleted_and_doing_it_again_is_fine(bench: Bench, core: Core) -> None:
    ref = await bench.platform.post(bench.channel, HELLO, key="k1")
    await bench.platform.delete(ref)
    await bench.platform.delete(ref)
    assert bench.screen() == []


async def test_law_9_find_gives_what_was_posted_and_only_that(bench: Bench, core: Core) -> None:
    since = NOW - timedelta(days=3650)
    assert await bench.platform.find(bench.channel, "k1", since) is None
    ref = await bench.platform.post(bench.channel, HELLO, key="k1")
    assert await bench.platform.find(bench.channel, "k1", since) == ref
    assert await bench.platform.find(bench.channel, "k2", since) is None
    assert await bench.platform.find(bench.private, "k1", since) is None


async def test_law_11_the_budget_is_at_least_one_and_grows(bench: Bench) -> None:
    few, many = bench.platform.budget(0.001), bench.platform.budget(600)
    assert 1 <= few <= many


# What is drawn


def test_the_message_of_these_tests_has_every_block() -> None:
    assert {type(block) for block in BLOCKS} == set(get_args(Block))


async def test_law_12_every_block_is_drawn_with_all_its_words(bench: Bench, core: Core) -> None:
    await bench.platform.post(bench.channel, Message(BLOCKS, "tout"), key="k1")
    (screen,) = bench.screen()
    assert [word for word in WORDS if word not in screen] == []


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.kind}")
async def test_law_12_a_block_is_drawn_alone(bench: Bench, core: Core, block: Block) -> None:
    await bench.platform.post(bench.channel, Message((block,), "seul"), key="k1")
    assert bench.screen()[0].strip()


async def test_law_12_an_answer_draws_the_same_blocks(bench: Bench, core: Core) -> None:
    core.reply = Reply(Message(BLOCKS, "tout"))
    await bench.types("jour")
    assert [word for word in WORDS if word not in bench.screen()[-1]] == []


# Its life


async def test_law_15_the_workspace_of_a_request_is_introduced(bench: Bench, core: Core) -> None:
    await bench.types("jour")
    newcomer = await bench.platform.introduce(core.requests[0])
    assert isinstance(newcomer, Newcomer)
    assert all(isinstance(getattr(newcomer, column.name), str) for column in fields(newcomer))


async def test_law_15_a_workspace_that_cannot_be_looked_up_is_still_introduced(bench: Bench, core: Core) -> None:
    await bench.types("jour")
    stranger = core.requests[0]._replace(actor="9000000000000000009")
    assert isinstance(await bench.platform.introduce(stranger), Newcomer)


def test_law_16_a_platform_is_named_as_its_folder(bench: Bench) -> None:
    folder = type(bench.platform).__module__.split(".")[1]
    assert bench.platform.name == folder


async def test_law_17_a_reaction_that_nobody_heard_is_handed_over(bench: Bench, core: Core) -> None:
    ref = await bench.platform.post(bench.channel, HELLO, key="k1")
    unheard = bench.reacts_unheard(ref, "✅")
    count = await bench.platform.reconcile(bench.channel.team, [ReactedMessage(ref, frozenset())])
    assert count == len(core.requests) == unheard
    for request in core.requests:
        assert isinstance(request.what, Reacted)
        assert (request.actor, request.what.emoji, request.what.ref) == (bench.private.member, "✅", ref)


async def test_law_17_a_reaction_that_is_known_is_not_handed_over_again(bench: Bench, core: Core) -> None:
    ref = await bench.platform.post(bench.channel, HELLO, key="k1")
    bench.reacts_unheard(ref, "✅")
    known = frozenset({(str(bench.private.member), "✅")})
    if bench.reacts_unheard(ref, "✅"):
        assert await bench.platform.reconcile(bench.channel.team, [ReactedMessage(ref, known)]) == 0
    assert core.requests == []


async def test_law_18_a_platform_that_is_well_has_not_ended(bench: Bench, core: Core) -> None:
    await bench.types("jour")
    assert not bench.platform.ended.is_set()
    assert bench.platform.why is None


async def test_law_19_routes_stand_before_the_start_and_take_no_path_of_the_server(bench: Bench) -> None:
    before = [route.path for route in bench.platform.routes()]
    assert not {"/healthz", "/readyz", "/metrics"} & set(before)


def test_every_platform_keeps_the_port(bench: Bench) -> None:
    """mypy reads this too: each bench's own platform is assigned to the Protocol."""
    platform: Platform = bench.platform
    missing = [name for name in PORT if not hasattr(platform, name)]
    assert missing == []


def test_every_platform_has_a_bench() -> None:
    """A folder of adapters/ with a platform.py is a platform."""
    rooms = Path(next(iter(adapters.__path__))).glob("*/platform.py")
    assert {room.parent.name for room in rooms} == set(BENCHES)


def test_every_law_that_can_be_tested_here_is_named_by_a_test() -> None:
    """10, 13 and 14 need a server that fails and markup that means something: see the platform's own tests."""
    laws = {int(name.split("_")[2]) for name in globals() if name.startswith("test_law_")}
    assert laws | {10, 13, 14} == set(range(1, 20))
