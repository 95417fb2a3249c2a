"""Request → de-duplicate → language → permission → handler → reply, outbox and record, in ONE transaction.

1. Find the team and the member behind the platform's ids. A reaction that means nothing to us ends here: most are on
   messages that are not ours.
2. Look for the request's key; a duplicate gets the stored reply and changes nothing.
3. Run the one handler that the request names, if the asker may.
4. Store the reply with the key. All of it is committed together; a refusal or a fault leaves nothing behind, so that
   the platform's own retry is a fresh request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

import structlog

from bot.call import Call
from bot.engine.metrics import NoMetrics
from bot.errors import RefusalError
from bot.grammar.line import LONGEST_LINE, meant, run_line
from bot.help.refusal import fault, refusal
from bot.i18n import texts
from bot.ids import new_id, reference
from bot.message import Message, Reply, Text, reply_from_json, reply_to_json
from bot.request import Clicked, Reacted, Submitted, Typed
from bot.tasks import trigger
from bot.tasks.reactions import heeded, reacted, sense
from bot.teams.member import Right
from bot.teams.roster import roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.catalogue.loader import Catalogue
    from bot.clock import Clock
    from bot.engine.metrics import Metrics
    from bot.i18n import Language
    from bot.ports import Store, Tx
    from bot.registry import Registry
    from bot.request import Request
    from bot.teams.team import Team

log = structlog.get_logger()


@dataclass(frozen=True)
class Pipeline:
    """The core's only way in."""

    store: Store
    registry: Registry
    clock: Clock
    catalogue: Callable[[str], Catalogue]
    language: Language = "fr"
    """Of answers to people whose team we do not know."""
    metrics: Metrics = field(default_factory=NoMetrics)

    async def receive(self, request: Request) -> Reply:
        """Answer a request. Never raises: a fault of ours is logged and answered with a reference, `fault` set."""
        try:
            return await self._answer(request)
        except Exception:
            ref = reference(new_id(self.clock.now()))
            log.exception("request failed", ref=ref, key=request.key, platform=request.platform)
            self.metrics.fault(request.platform)
            return fault(texts(self.language), ref)

    async def _answer(self, request: Request) -> Reply:
        if isinstance(request.what, Reacted) and not await self.store.read(lambda tx: self._heeds(tx, request)):
            return Reply()
        reads = self._reads(request)
        try:
            if reads:
                return await self.store.read(lambda tx: self._look(tx, request))
            return await self.store.write(lambda tx: self._once(tx, request))
        except _RefusedError as refused:  # raised, so that whatever was written is rolled back
            if reads:  # nobody stores the answer to one who looks
                return refused.reply
            return await self.store.read(lambda tx: self._stored(tx, request)) or refused.reply

    def _stored(self, tx: Tx, request: Request) -> Reply | None:
        """What another process has answered to this very request meanwhile: what is done is not refused then."""
        team = tx.teams.find(request.platform, request.team)
        stored = tx.requests.find(team.id, request.key) if team else None
        return None if stored is None else reply_from_json(stored)

    def _reads(self, request: Request) -> bool:
        """Whether the request only looks: then it needs neither the writer nor a key."""
        if not isinstance(request.what, Typed):
            return False
        command, _ = self.registry.resolve(meant(request.what.text[:LONGEST_LINE]))
        return command is None or command.reads

    def _heeds(self, tx: Tx, request: Request) -> bool:
        """Whether a reaction is on a message of ours, or calls for help on another; looked at before anything waits."""
        team, what = tx.teams.find(request.platform, request.team), request.what
        if team is None or not isinstance(what, Reacted):
            return False
        means = heeded(self.catalogue(team.id).defaults.reactions, what.emoji)
        return means is not None and (tx.postings.at(team.id, what.ref) is not None or _calls(what, means))

    def _look(self, tx: Tx, request: Request) -> Reply:
        team = tx.teams.find(request.platform, request.team)
        return self._handle(tx, team, request) if team else self._unknown()

    def _once(self, tx: Tx, request: Request) -> Reply:
        team = tx.teams.find(request.platform, request.team)
        if team is None:
            return self._unknown()
        stored = tx.requests.find(team.id, request.key)
        if stored is not None:
            return reply_from_json(stored)
        reply = self._handle(tx, team, request)
        tx.requests.put(team.id, request.key, tx.now, reply_to_json(reply))
        return reply

    def _unknown(self) -> Reply:
        return Reply(Message((Text(texts(self.language).line("team.unknown")),)))

    def _handle(self, tx: Tx, team: Team, request: Request) -> Reply:
        call = Call(
            request=request,
            roster=roster(tx, team),
            member=tx.members.find(team.id, request.platform, request.actor),
            rest="",
            now=tx.now,
            registry=self.registry,
            catalogue=self.catalogue(team.id),
        )
        try:
            return self._dispatch(call, tx)
        except RefusalError as error:
            raise _RefusedError(refusal(call, error)) from error

    def _dispatch(self, call: Call, tx: Tx) -> Reply:
        match call.request.what:
            case Typed(text):
                return run_line(call, tx, text)
            case Clicked("say", target):
                return run_line(call, tx, target)
            case Clicked(action, target, ref):
                posting = tx.postings.at(call.team.id, ref) if ref else None
                return self._pressed(call._replace(rest=target, posting=posting), tx, action)
            case Submitted(action):
                return self._pressed(call, tx, action)
            case Reacted() as reacted:
                return self._reacted(call, tx, reacted)
            case _:
                assert_never(call.request.what)

    def _pressed(self, call: Call, tx: Tx, action: str) -> Reply:
        if action in self.registry.acts:
            call.permit(Right.SEE)
            return trigger.by_button(call, tx, action)
        press = self.registry.presses.get(action)
        if press is None:
            raise RefusalError("button.unknown")
        call.permit(press.right)
        return press.handler(call, tx)

    def _reacted(self, call: Call, tx: Tx, what: Reacted) -> Reply:
        """On one of our messages, by somebody of the team; what means nothing to us is ignored in silence."""
        posting = tx.postings.at(call.team.id, what.ref)
        means = sense(call, what.emoji)
        if posting is None and _calls(what, means) and call.member is not None:
            return self._pressed(call._replace(rest=what.link), tx, "alert")
        if posting is None or means is None:
            return Reply()
        call.permit(Right.SEE)
        return reacted(call._replace(posting=posting), tx, what)


def _calls(what: Reacted, means: str | None) -> bool:
    """🚨 on a message that is not ours."""
    return means == "alert" and what.added and bool(what.link)


class _RefusedError(Exception):
    """Carries a refusal's answer out of the unit of work that it rolls back."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply
