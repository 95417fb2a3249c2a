"""The core's only way in: one key one effect, all or nothing, everybody answered, rights kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.cli import _demo_team as demo
from bot.engine.posting import Ref
from bot.errors import RefusalError
from bot.grammar.line import LONGEST_LINE
from bot.grammar.spelling import fold
from bot.i18n import texts
from bot.ids import new_id
from bot.message import Message, Reply, Text, plain
from bot.registry import Command, Guide, Names, Press, Registry
from bot.request import Clicked, Reacted, Request, Submitted, Typed
from bot.teams.member import RIGHTS, Identity, Member, Permission, Right
from tests.contracts.world import dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.call import Call
    from bot.pipeline import Pipeline
    from bot.ports import Tx
    from bot.request import What
    from tests.story import Story

ANSWER = Reply(Message((Text(("fait",)),), "fait"), "channel")


@dataclass
class Probe:
    """Commands made for these tests, in place of the product's; what they did is counted."""

    story: Story
    calls: int = 0
    breaks: bool = False

    def pipeline(self) -> Pipeline:
        commands = {
            "write": self._command("write", self.write),
            "raise": self._command("raise", self.fail),
            "refuse": self._command("refuse", self.refuse),
            "look": self._command("look", self.write, reads=True),
            **{f"right {right}": self._command(f"right {right}", self.write, right=right) for right in Right},
            "anybody": self._command("anybody", self.write, right=None),
        }
        registry = Registry(
            commands, presses={"knob": Press("knob", Right.EDIT, self.write)},
            spellings={fold(name): name for name in commands},
        )  # fmt: skip
        return replace(self.story.app.pipeline, registry=registry)

    def _command(
        self, name: str, handler: Callable[[Call, Tx], Reply], *, reads: bool = False, right: Right | None = Right.SEE
    ) -> Command:
        return Command(Names(name, name), "day", Guide(""), Guide(""), handler, reads=reads, right=right)

    def write(self, call: Call, tx: Tx) -> Reply:
        self.calls += 1
        tx.notes.put(call.team.id, new_id(tx.now), "écrit")
        return ANSWER

    def fail(self, call: Call, tx: Tx) -> Reply:
        self.write(call, tx)
        if self.breaks:
            raise ZeroDivisionError
        return ANSWER

    def refuse(self, call: Call, tx: Tx) -> Reply:
        self.write(call, tx)
        raise RefusalError("item.gone")


@pytest.fixture
def probe(story: Story) -> Probe:
    return Probe(story)


def _request(what: What | str, *, key: str = "k1", actor: str = "lea", team: str = demo.WORKSPACE) -> Request:
    return Request(key, "console", team, actor, Typed(what) if isinstance(what, str) else what)


def _said(reply: Reply) -> str:
    assert reply.message is not None
    return " ".join(plain(block.line) for block in reply.message.blocks if isinstance(block, Text))


async def _rows(story: Story) -> object:
    return await story.app.store.read(dump)


# Once


async def test_a_key_that_comes_again_gets_the_stored_reply_and_changes_nothing(story: Story, probe: Probe) -> None:
    pipeline = probe.pipeline()
    first = await pipeline.receive(_request("write"))
    before = await _rows(story)

    assert await pipeline.receive(_request("write")) == first == ANSWER
    assert (probe.calls, await _rows(story)) == (1, before)


async def test_another_key_is_another_event(probe: Probe) -> None:
    pipeline = probe.pipeline()
    await pipeline.receive(_request("write", key="k1"))
    await pipeline.receive(_request("write", key="k2"))
    assert probe.calls == 2


async def test_a_duplicate_is_answered_even_when_the_line_means_something_else_by_now(probe: Probe) -> None:
    """The reply belongs to the event, not to what the event says."""
    pipeline = probe.pipeline()
    await pipeline.receive(_request("write"))
    assert await pipeline.receive(_request("refuse")) == ANSWER


# All or nothing


async def test_a_handler_that_fails_leaves_nothing_and_its_key_free(story: Story, probe: Probe) -> None:
    pipeline, before = probe.pipeline(), await _rows(story)
    probe.breaks = True
    assert (await pipeline.receive(_request("raise"))).fault
    assert await _rows(story) == before

    probe.breaks = False
    assert await pipeline.receive(_request("raise")) == ANSWER


async def test_a_fault_is_told_by_a_reference_that_the_log_has_too(probe: Probe) -> None:
    probe.breaks = True
    with capture_logs() as logs:
        reply = await probe.pipeline().receive(_request("raise"))
    (entry,) = [one for one in logs if one["event"] == "request failed"]
    assert entry["ref"] in _said(reply)
    assert (entry["key"], len(entry["ref"])) == ("k1", 4)
    assert reply.visibility == "private"


async def test_a_database_that_fails_is_a_fault_too(
    story: Story, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def down(_call: Call, _tx: Tx) -> Reply:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(probe, "write", down)
    assert (await probe.pipeline().receive(_request("write"))).fault


async def test_a_refusal_leaves_nothing_and_its_key_free(story: Story, probe: Probe) -> None:
    before = await _rows(story)
    reply = await probe.pipeline().receive(_request("refuse"))
    assert not reply.fault
    assert texts("fr").text("item.gone") in _said(reply)
    assert await _rows(story) == before


async def test_what_only_looks_cannot_write(story: Story, probe: Probe) -> None:
    """A command declared `reads` runs on the read engine, without a key."""
    before = await _rows(story)
    assert (await probe.pipeline().receive(_request("look"))).fault
    assert await _rows(story) == before


# Who


async def test_a_place_that_we_do_not_know_is_answered_and_nothing_is_kept(story: Story, probe: Probe) -> None:
    before = await _rows(story)
    for line in ("write", "look"):
        reply = await probe.pipeline().receive(_request(line, team="elsewhere"))
        assert texts("fr").text("team.unknown") in _said(reply)
    assert (probe.calls, await _rows(story)) == (0, before)


async def test_a_stranger_is_told_who_can_let_them_in(story: Story, probe: Probe) -> None:
    before = await _rows(story)
    reply = await probe.pipeline().receive(_request("write", actor="zoe"))
    assert texts("fr").text("refused.stranger", lead="Léa") in _said(reply)
    assert (probe.calls, await _rows(story)) == (0, before)


async def test_who_is_refused_a_look_is_told_after_one_read(
    story: Story, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer to a look is ever stored, so that there is none to look for."""
    reads, read = [], story.app.store.read

    async def counted(work: Callable[[Tx], Reply]) -> Reply:
        reads.append(work)
        return await read(work)

    monkeypatch.setattr(type(story.app.store), "read", lambda _, work: counted(work))
    reply = await probe.pipeline().receive(_request("look", actor="zoe"))
    assert texts("fr").text("refused.stranger", lead="Léa") in _said(reply)
    assert len(reads) == 1


async def test_what_anybody_may_do_a_stranger_may_do(probe: Probe) -> None:
    assert await probe.pipeline().receive(_request("anybody", actor="zoe")) == ANSWER


@pytest.mark.parametrize("permission", Permission)
async def test_each_permission_gives_its_rights_and_no_other(
    story: Story, probe: Probe, permission: Permission
) -> None:
    team = story.place.team

    def join(tx: Tx) -> None:
        member = Member(team, new_id(tx.now), "Zoé", permission)
        tx.members.add(member, Identity(team, member.id, "console", "zoe"))

    await story.app.store.write(join)
    pipeline = probe.pipeline()
    replies = {
        right: await pipeline.receive(_request(f"right {right}", key=f"{right}", actor="zoe")) for right in Right
    }
    assert {right for right, reply in replies.items() if reply == ANSWER} == RIGHTS[permission]
    assert probe.calls == len(RIGHTS[permission])


async def test_the_table_of_rights_is_the_one_of_the_product() -> None:
    """PRODUCT §3.17: an observer looks, a contributor does their own, a member does and gives, the lead decides."""
    assert {permission: len(rights) for permission, rights in RIGHTS.items()} == {
        Permission.LEAD: len(Right), Permission.MEMBER: 4, Permission.CONTRIBUTOR: 2, Permission.OBSERVER: 1,
    }  # fmt: skip
    assert Right.COMPLETE_OTHERS not in RIGHTS[Permission.CONTRIBUTOR]
    assert RIGHTS[Permission.OBSERVER] == {Right.SEE}


async def test_somebody_who_left_may_nothing(story: Story, probe: Probe) -> None:
    team = story.place.team

    def leave(tx: Tx) -> None:
        member = tx.members.find(team, "console", "karim")
        assert member is not None
        tx.members.save(replace(member, active=False))

    await story.app.store.write(leave)
    await probe.pipeline().receive(_request("write", actor="karim"))
    assert probe.calls == 0


async def test_a_refusal_is_in_the_language_of_the_asker(story: Story, probe: Probe) -> None:
    team = story.place.team

    def speak_english(tx: Tx) -> None:
        member = tx.members.find(team, "console", "karim")
        assert member is not None
        tx.members.save(replace(member, language="en"))

    await story.app.store.write(speak_english)
    reply = await probe.pipeline().receive(_request("refuse", actor="karim"))
    assert texts("en").text("item.gone") in _said(reply)


# What


async def test_a_button_needs_its_right(probe: Probe) -> None:
    pipeline = probe.pipeline()
    await pipeline.receive(_request(Clicked("knob", ""), actor="karim", key="k1"))
    assert probe.calls == 0
    assert await pipeline.receive(_request(Clicked("knob", ""), key="k2")) == ANSWER
    assert await pipeline.receive(_request(Submitted("knob", {}), key="k3")) == ANSWER


async def test_a_button_that_we_do_not_have_any_more_is_answered(probe: Probe) -> None:
    reply = await probe.pipeline().receive(_request(Clicked("gone", "x")))
    assert texts("fr").text("button.unknown") in _said(reply)


async def test_a_button_that_says_a_line_is_that_line(probe: Probe) -> None:
    assert await probe.pipeline().receive(_request(Clicked("say", "write"))) == ANSWER


@pytest.mark.parametrize("emoji", ["✅", "🦄", ""])
async def test_a_reaction_on_a_message_that_is_not_ours_is_silent(story: Story, emoji: str) -> None:
    reply = await story.app.pipeline.receive(_request(Reacted(emoji, Ref("C", "1"))))
    assert reply == Reply()


async def test_a_reaction_that_means_nothing_to_us_does_not_even_ask_for_the_writer(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.until("09:00")
    card = story.platform.numbered(story.last)
    assert card is not None
    assert card.ref is not None
    monkeypatch.setattr(type(story.app.store), "write", None)  # calling it would be a fault
    elsewhere = Ref("équipe", "99")
    for emoji, ref in (("✅", elsewhere), ("👍", elsewhere), ("🎉", card.ref), ("🚨", elsewhere)):
        assert await story.reply("Léa", Reacted(emoji, ref)) == Reply()
    assert (await story.reply("Léa", Reacted("✅", card.ref))).fault


async def test_a_line_longer_than_any_platform_takes_is_refused(probe: Probe) -> None:
    reply = await probe.pipeline().receive(_request("write " + "x" * LONGEST_LINE))
    assert texts("fr").text("line.too_long", limit=LONGEST_LINE) in _said(reply)
    assert probe.calls == 0


@pytest.mark.parametrize("line", ["", " ", "/cm", "/cm  "])
async def test_nothing_typed_is_the_day(story: Story, line: str) -> None:
    assert await story.says("Léa", line) == await story.says("Léa", "jour")
