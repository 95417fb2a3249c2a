"""The inbound side alone, over calls that are only recorded: deferred answers, their place, late answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord.custom_id import Mark
from adapters.discord.inbound import Inbound
from bot.engine.posting import Ref
from bot.errors import TransportError
from bot.message import Field, Form, Message, Reply, Text
from bot.registry import load
from bot.request import Clicked, Reacted, Submitted, Typed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from adapters.discord.files import Upload
    from bot.ports import Address
    from bot.request import Request

Json = dict[str, Any]
GUILD, CHANNEL, LEA, BOT = "1200000000000000001", "1300000000000000001", "1400000000000000001", "1100000000000000001"
HELLO = Reply(Message((Text(("bonjour",)),), "bonjour"))
FORM = Reply(Message((Form("Trois questions", (Field("a", "Où ?"),), "setup", "OK"),), "x"), "form")


class Calls:
    """Discord's calls and our messages, remembered."""

    application, me = "11", BOT

    def __init__(self) -> None:
        self.answers: list[Json] = []
        self.after: list[tuple[str, str, Json | None]] = []
        self.posted: list[tuple[Address, Message, str]] = []
        self.late = False
        self.broken = False

    async def answer(self, interaction: str, token: str, body: Json, files: Sequence[Upload] = ()) -> bool:
        if self.broken:
            raise TransportError("transport.refused", permanent=True, code=50035)
        self.answers.append(body)
        return not self.late

    async def follow(self, method: str, path: str, body: Json | None = None, files: Sequence[Upload] = ()) -> Json:
        self.after.append((method, path.removeprefix("/webhooks/11/token"), body))
        return {}

    async def look(self, path: str, query: Mapping[str, str | int] | None = None, /, **ids: str) -> Any:
        return {"nick": "Karim", "user": {"id": ids["user_id"], "username": "karim"}}

    async def accounts(self, team: str, members: Collection[str]) -> Mapping[str, str]:
        return {}

    async def post(self, to: Address, message: Message, key: str) -> Ref:
        self.posted.append((to, message, key))
        return Ref(CHANNEL, "9")

    async def team(self, ref: Ref) -> str:
        return GUILD

    async def speaking(self, channel: str) -> str:
        return GUILD if channel == CHANNEL else ""

    async def choices(self, payload: Json) -> list[Json]:
        return [{"name": "Veille", "value": "veille"}]


class Core:
    """Answers as it is told, after some seconds."""

    def __init__(self, reply: Reply = HELLO, seconds: float = 0.0) -> None:
        self.reply, self.seconds = reply, seconds
        self.requests: list[Request] = []

    async def receive(self, request: Request) -> Reply:
        self.requests.append(request)
        await asyncio.sleep(self.seconds)
        return self.reply


def inbound(core: Core, calls: Calls, meaning: Callable[[str], str | None] = lambda _: "done") -> Inbound:
    made = Inbound(calls, calls, load(), calls, meaning)
    made.receive = core.receive
    made.patience = made.longest = 0.02
    return made


def payload(kind: int, data: Json, **more: Any) -> Json:
    member = {"user": {"id": LEA, "username": "lea", "global_name": "Léa"}, "nick": None}
    return {"id": "7", "token": "token", "type": kind, "data": data, "guild_id": GUILD, "channel_id": CHANNEL,
            "member": member, "locale": "fr"} | more  # fmt: skip


def typed(*path: str) -> Json:
    options: list[Json] = []
    for depth, name in enumerate(reversed(path)):
        options = [{"type": 1 if depth == 0 else 2, "name": name, "options": options}]
    return payload(2, {"name": "cm", "type": 1, "options": options})


def pressed(mark: Mark | str, **more: Any) -> Json:
    message = {"id": "5", "channel_id": CHANNEL, "flags": 0}
    return payload(3, {"custom_id": str(mark), "component_type": 2}, message=message) | more


async def test_what_is_ready_answers_at_once_in_private() -> None:
    calls, core = Calls(), Core()
    await inbound(core, calls).interaction(typed("jour"))
    (answer,) = calls.answers
    assert (answer["type"], answer["data"]["flags"] & 64) == (4, 64)
    assert core.requests[0].what == Typed("day")
    assert (core.requests[0].key, core.requests[0].actor_name) == ("7", "Léa")


async def test_what_takes_long_is_announced_and_takes_that_place() -> None:
    calls = Calls()
    await inbound(Core(seconds=0.1), calls).interaction(typed("jour"))
    assert calls.answers == [{"type": 5, "data": {"flags": 64}}]
    ((method, path, body),) = calls.after
    assert (method, path) == ("PATCH", "/messages/@original")
    assert body is not None
    assert "bonjour" in str(body)


async def test_a_form_is_never_announced() -> None:
    calls = Calls()
    await inbound(Core(FORM, seconds=0.1), calls).interaction(typed("configurer"))
    (answer,) = calls.answers
    assert (answer["type"], answer["data"]["title"]) == (9, "Trois questions")


async def test_a_form_that_comes_after_the_announcement_is_opened_by_a_button() -> None:
    calls = Calls()
    at_work = inbound(Core(FORM, seconds=0.1), calls)
    await at_work.interaction(pressed(Mark("stats")))
    assert calls.answers == [{"type": 6}]
    ((_, _, body),) = calls.after
    assert body is not None
    button = body["components"][0]["components"][-1]["components"][0]

    calls.answers.clear()
    await at_work.interaction(pressed(button["custom_id"]))
    assert calls.answers[0]["type"] == 9


async def test_the_button_of_a_form_that_is_kept_no_more_asks_again() -> None:
    calls, core = Calls(), Core(FORM)
    await inbound(core, calls).interaction(pressed(Mark("-again", "old:setup")))
    assert core.requests[0].what == Clicked("say", "setup")
    assert calls.answers[0]["type"] == 9


async def test_a_press_with_nothing_to_say_leaves_the_message_as_it_is() -> None:
    calls = Calls()
    await inbound(Core(Reply()), calls).interaction(pressed(Mark("done", "i1")))
    assert calls.answers == [{"type": 6}]


async def test_a_command_with_nothing_to_say_leaves_no_trace() -> None:
    calls = Calls()
    await inbound(Core(Reply()), calls).interaction(typed("jour"))
    assert [one["type"] for one in calls.answers] == [5]
    assert [(method, path) for method, path, _ in calls.after] == [("DELETE", "/messages/@original")]


async def test_a_press_names_its_message_but_not_a_private_answer() -> None:
    core = Core(Reply())
    await inbound(core, Calls()).interaction(pressed(Mark("done", "i1")))
    await inbound(core, Calls()).interaction(pressed(Mark("done", "i1"), message={"id": "6", "flags": 64}))
    assert [one.what for one in core.requests] == [Clicked("done", "i1", Ref(CHANNEL, "5")), Clicked("done", "i1")]


async def test_in_a_direct_conversation_the_component_names_the_team() -> None:
    core = Core(Reply())
    data = pressed(Mark("done", "i1", GUILD)) | {
        "guild_id": None,
        "member": None,
        "user": {"id": LEA, "username": "lea"},
    }
    await inbound(core, Calls()).interaction(data)
    assert (core.requests[0].team, core.requests[0].channel) == (GUILD, "")


async def test_a_component_of_nobody_is_answered_without_the_core() -> None:
    calls, core = Calls(), Core()
    data = pressed("old-thing") | {"guild_id": None, "member": None, "user": {"id": LEA, "username": "lea"}}
    await inbound(core, calls).interaction(data)
    assert core.requests == []
    assert calls.answers[0]["type"] == 4


async def test_what_is_too_late_is_said_in_a_direct_message() -> None:
    calls = Calls()
    calls.late = True
    await inbound(Core(), calls).interaction(typed("jour"))
    ((to, message, key),) = calls.posted
    assert (to.member, message.summary, key) == (LEA, "bonjour", "re7")


async def test_an_answer_that_discord_refuses_is_said_in_a_direct_message() -> None:
    calls = Calls()
    calls.broken = True
    await inbound(Core(), calls).interaction(typed("jour"))
    assert calls.posted[0][1].summary == "bonjour"


async def test_an_answer_for_the_channel_that_is_too_late_is_posted_there() -> None:
    calls = Calls()
    calls.late = True
    await inbound(Core(Reply(HELLO.message, "channel")), calls).interaction(typed("jour"))
    assert calls.posted[0][0].channel == CHANNEL


async def test_a_form_is_submitted_by_field() -> None:
    core = Core(Reply())
    component = {"type": 18, "component": {"type": 3, "custom_id": "networks", "values": ["fb"]}}
    data = {"custom_id": str(Mark("setup", "setup")), "components": [component]}
    await inbound(core, Calls()).interaction(payload(5, data))
    assert core.requests[0].what == Submitted("setup", {"networks": ("fb",)})


async def test_somebody_named_in_a_line_is_looked_up() -> None:
    core = Core()
    line = {"type": 3, "name": "ligne", "value": "qui <@1400000000000000002>"}
    data = payload(2, {"name": "cm", "type": 1, "options": [{"type": 1, "name": "dire", "options": [line]}]})
    await inbound(core, Calls()).interaction(data)
    assert core.requests[0].people["1400000000000000002"] == "Karim"


async def test_suggestions_are_answered_as_such() -> None:
    calls = Calls()
    await inbound(Core(), calls).interaction(payload(4, {"name": "cm"}))
    assert calls.answers == [{"type": 8, "data": {"choices": [{"name": "Veille", "value": "veille"}]}}]


def reaction(**about: Any) -> Json:
    return {"user_id": LEA, "channel_id": CHANNEL, "message_id": "5", "guild_id": GUILD, "message_author_id": BOT,
            "emoji": {"id": None, "name": "✅"}, **about}  # fmt: skip


async def test_a_reaction_on_our_message_comes_in_and_what_is_said_of_it_is_private() -> None:
    calls, core = Calls(), Core()
    await inbound(core, calls).reaction(reaction(), added=True)
    assert core.requests[0].what == Reacted("✅", Ref(CHANNEL, "5"))
    assert calls.posted[0][0].member == LEA


@pytest.mark.parametrize(
    "foreign",
    [{"message_author_id": "1"}, {"user_id": BOT}, {"emoji": {"id": "3", "name": "perso"}}, {"message_id": ""},
     {"member": {"user": {"id": "4", "bot": True}}}],
)  # fmt: skip
async def test_a_reaction_that_is_none_of_ours_ends_at_the_desk(foreign: Json) -> None:
    core = Core()
    await inbound(core, Calls()).reaction(reaction(**foreign), added=True)
    assert core.requests == []


async def test_an_emoji_without_a_meaning_ends_at_the_desk() -> None:
    core = Core()
    await inbound(core, Calls(), lambda _: None).reaction(reaction(), added=True)
    assert core.requests == []


async def test_two_reactions_never_share_a_key() -> None:
    core = Core(Reply())
    at_work = inbound(core, Calls())
    for added in (True, False, True):
        await at_work.reaction(reaction(), added=added)
    assert len({one.key for one in core.requests}) == 3


@pytest.mark.parametrize("odd", [{}, {"type": 2}, {"type": 1}, {"type": 3, "data": 4}, {"type": 9, "data": {}}])
async def test_an_odd_interaction_is_left_alone(odd: Json) -> None:
    calls = Calls()
    await inbound(Core(), calls).interaction(odd)
    assert calls.answers == []


async def test_a_guild_without_an_owner_is_not_spoken_to() -> None:
    calls = Calls()
    await inbound(Core(), calls).joined({"id": GUILD})
    assert calls.posted == []


def said(**about: Any) -> Json:
    author = {"id": LEA, "username": "lea", "global_name": "Léa"}
    return {"id": "8", "channel_id": CHANNEL, "author": author, "content": "fait veille", "mentions": []} | about


async def test_a_line_in_private_comes_in_and_its_answer_is_private() -> None:
    calls, core = Calls(), Core()
    await inbound(core, calls).written(said())
    (request,) = core.requests
    assert (request.key, request.team, request.what, request.channel) == ("8", GUILD, Typed("fait veille"), "")
    ((to, message, key),) = calls.posted
    assert (to.member, message.summary, key) == (LEA, "bonjour", "re8")


@pytest.mark.parametrize(
    "foreign",
    [{"author": {"id": BOT, "username": "vigie"}}, {"author": {"id": "5", "username": "x", "bot": True}},
     {"content": ""}, {"guild_id": GUILD}, {"channel_id": "77"}, {"author": 4}],
)  # fmt: skip
async def test_words_that_are_none_for_us_end_at_the_desk(foreign: Json) -> None:
    core, calls = Core(), Calls()
    await inbound(core, calls).written(said(**foreign))
    assert (core.requests, calls.posted) == ([], [])
