"""A team in a database, its chat and its clock, to play steps on: each is judged by the invariants."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Self

from structlog.testing import capture_logs

from adapters.console.platform import ConsolePlatform
from adapters.console.render import buttons
from bot.civil import local
from bot.cli import _demo_team as demo
from bot.ids import new_id
from bot.message import Reply, reply_to_json
from bot.platforms.profiles import Profile, follow_profile
from bot.ports import Address
from bot.request import Clicked, Reacted, Request, Typed
from bot.teams.member import Identity, Member, Permission
from bot.teams.team import Installation, Team
from tests.contracts.world import dump
from tests.simulation.invariants import check
from tests.simulation.look import Look, Passage, added, look
from tests.story import PARIS, Story, easy, tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from adapters.console.platform import Shown
    from bot.i18n import Language
    from bot.ports import Tx
    from bot.request import What
    from storage.store import UnitOfWork
    from tests.simulation.step import Step

ACCOUNTS = (*demo.PEOPLE.values(), "nora")
NAMES = {account: name for name, account in demo.PEOPLE.items()} | {"nora": "Nora"}
"""Account → name. Nora is a colleague whom the team does not know until somebody mentions her."""
SHOWN = 4
"""Violations of one step that are printed."""
ELSEWHERE = "elsewhere"
"""Workspace of another team on the same database; its only member is `lea`."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a story plays: the address of its database (tables and no row), its language and its first moment."""

    address: str
    language: Language = "fr"
    start: str = "2026-11-23T08:55"


class ViolationError(AssertionError):
    """An invariant that does not hold, with the steps that led there."""

    def __init__(self, scene: Scene, steps: list[Step], violations: list[str]) -> None:
        self.steps, self.violations = steps, violations
        lines = [
            f"from {scene.start} ({scene.language})",
            *map(str, steps),
            *(f"→ {line}" for line in violations[:SHOWN]),
        ]
        super().__init__("\n".join(lines))


class World:
    """Plays steps; raises ViolationError after the first one that breaks an invariant."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.steps: list[Step] = []
        self._loop = asyncio.new_event_loop()  # a Runner writes out each result, for its signal handler
        self._logs = capture_logs()
        self._stack = AsyncExitStack()
        self._keys = count(1)
        self._last: tuple[Request, Reply] | None = None
        self.counts: dict[Any, int] = {}
        """Messages by place and day, for the caps."""

    def __enter__(self) -> Self:
        self._logged = self._logs.__enter__()
        self.platform = ConsolePlatform(lambda _shown, _event: None)
        self._loop.run_until_complete(self._open(self.scene.start))
        self.story.app.store.run_now(self.story.app.store.engines.write, _add_stranger)
        self.state = self._read(self._look)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.run_until_complete(self._stack.aclose())
        self._loop.close()
        self._logs.__exit__(kind, error, trace)

    async def _open(self, start: str) -> None:
        self.story: Story = await self._stack.enter_async_context(
            tell(self.scene.address, language=self.scene.language, start=start, chat=self.platform)
        )

    def _read(self, work: Callable[[UnitOfWork], Any]) -> Any:
        store = self.story.app.store
        return store.run_now(store.engines.read, work)

    def _look(self, tx: UnitOfWork) -> Look:
        return look(tx, self.story.place.team)

    def shown(self) -> list[Shown]:
        """List the last messages and answers, newest first."""
        numbers = range(self.platform.last, max(0, self.platform.last - 12), -1)
        return [shown for number in numbers if (shown := self.platform.numbered(number))]

    def play(self, step: Step) -> Passage:
        """Play a step and judge it."""
        self.steps.append(step)
        passage = self._loop.run_until_complete(self._play(step))
        violations = check(passage, self)
        if violations:
            raise ViolationError(self.scene, self.steps, violations)
        self.state = passage.after
        return passage

    async def _play(self, step: Step) -> Passage:
        self._logged.clear()
        before, first = self.state, len(self.story.events)
        if step.kind == "stop":
            await self._stop(step.minutes)
            first = 0
        reply = await self._act(step)
        acted = before if step.kind == "forward" else self._read(self._look)
        acted_events = len(self.story.events) - first
        entries = self._read(lambda tx: added(tx, before)).entries if acted.recorded > before.recorded else []
        await (self.story.forward(minutes=step.minutes) if step.kind == "forward" else self.story.app.engine.settle())
        if step.kind == "forward":
            await self.story.app.engine.settle()
        after, changes = self._read(self._look), self.platform.changes
        await self.story.app.engine.settle()
        again = self._read(self._look) if step.kind in ("forward", "stop") else after
        different = [name for name in ("items", "messages", "recorded", "waiting") if _differs(name, after, again)]
        if self.platform.changes != changes:
            different.append("chat")
        events = self.story.events[first:]
        return Passage(
            step, before, acted, after, entries, self._read(lambda tx: added(tx, before)), events, acted_events, reply,
            different, [f"{line['event']}" for line in self._logged if line["log_level"] in ("error", "critical")],
            self._locate([event.number for event in events], after),
        )  # fmt: skip

    def _locate(self, numbers: list[int], state: Look) -> dict[int, tuple[str, str]]:
        by_ref = {row.ref_message: row for row in state.messages.values()}
        shown = {number: self.platform.numbered(number) for number in numbers}
        return {
            number: (by_ref[message.ref.message].id, message.to.member or "")
            for number, message in shown.items()
            if message and message.ref and message.ref.message in by_ref
        }

    async def _act(self, step: Step) -> Reply | None:
        match step.kind:
            case "say":
                return await self._request(step.account, Typed(step.text))
            case "click":
                return await self._click(step.account, step.number, step.index)
            case "react" | "unreact":
                shown = self.platform.numbered(step.number)
                event = Reacted(step.text, shown.ref, step.kind == "react") if shown and shown.ref else None
                return await self._request(step.account, event) if event else None
            case "leave" | "come_back":
                profile = Profile(step.account, closed=step.kind == "leave")
                await follow_profile(self.story.app.store, "console", demo.WORKSPACE, profile)
            case "again" if self._last is not None:
                await self._repeat(*self._last)
            case "stranger":
                await self._intrude(step.number, step.index)
            case "undo":
                await self._take_back(step)
        return None

    async def _request(self, account: str, event: What) -> Reply:
        request = Request(
            f"simulation-{next(self._keys)}", "console", demo.WORKSPACE, account, event, self.story.place.channel,
            NAMES[account], {"nora": "Nora"},
        )  # fmt: skip
        reply = await self.story.app.pipeline.receive(request)
        self._last = request, reply
        if reply.message is not None:
            self.platform.answer(Address(demo.WORKSPACE, member=account), reply.message)
        return reply

    async def _click(self, account: str, number: int, index: int) -> Reply | None:
        shown = self.platform.numbered(number)
        choices = buttons(shown.message) if shown else []
        if shown is None or index >= len(choices):
            return None
        return await self._request(account, Clicked(choices[index].action, choices[index].target, shown.ref))

    async def _repeat(self, request: Request, reply: Reply) -> None:
        """Deliver a request again: the reply is the same and nothing changes, unless it only reads."""
        before = self._read(self._look)
        repeated = await self.story.app.pipeline.receive(request)
        after = self._read(self._look)
        if after.recorded != before.recorded:
            self._logged.append({"event": "a repeated request changed something", "log_level": "error"})
        stored = self._read(lambda tx: tx.requests.find(self.story.place.team, request.key))
        if stored is not None and reply_to_json(repeated) != reply_to_json(reply):
            self._logged.append({"event": "a repeated request is answered otherwise", "log_level": "error"})

    async def _intrude(self, number: int, index: int) -> None:
        """Let a member of another team click a button and react: it changes nothing here."""
        shown = self.platform.numbered(number)
        choices = buttons(shown.message) if shown else []
        if shown is None or index >= len(choices):
            return
        team = self.story.place.team
        before = self._read(lambda tx: dump(tx, team))
        clicked = Clicked(choices[index].action, choices[index].target, shown.ref)
        for event in (clicked, Reacted("✅", shown.ref)) if shown.ref else (clicked,):
            key = f"stranger-{next(self._keys)}"
            await self.story.app.pipeline.receive(Request(key, "console", ELSEWHERE, "lea", event, "", "Léa"))
        if self._read(lambda tx: dump(tx, team)) != before:
            self._logged.append({"event": "a stranger changed the team", "log_level": "error"})

    async def _take_back(self, step: Step) -> None:
        """Say a line, then « annuler »: the items are what they were before."""
        before = self._read(self._look)
        first = await self._request(step.account, Typed(step.text))
        acted = self._read(self._look)
        changed = [item for item in before.items if acted.items[item] != before.items[item]]
        if first.refused or len(changed) != 1:
            return
        undone = await self._request(step.account, Typed("annuler" if self.scene.language == "fr" else "undo"))
        after = self._read(self._look).items[changed[0]]
        if undone.refused or any(
            getattr(after, name) != getattr(before.items[changed[0]], name)
            for name in ("state", "holder_id", "later_at")
        ):
            words = easy(undone.message) if undone.message else ""
            self._logged.append({"event": f"not undone: {step.text!r} → {words!r}", "log_level": "error"})

    async def _stop(self, minutes: int) -> None:
        end = local(self.story.clock.now() + timedelta(minutes=minutes), PARIS)
        await self._stack.aclose()
        await self._open(end.replace(tzinfo=None).isoformat())


def _differs(name: str, before: Look, after: Look) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _add_stranger(tx: Tx) -> None:
    team = Team(new_id(tx.now), "Elsewhere")
    tx.teams.add(team, Installation(team.id, "console", ELSEWHERE))
    member = Member(team.id, new_id(tx.now), "Léa", Permission.LEAD)
    tx.members.add(member, Identity(team.id, member.id, "console", "lea"))
