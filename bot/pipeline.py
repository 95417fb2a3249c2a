"""Request → de-duplicate → language → permission → handler → reply, outbox and record, in ONE transaction.

1. Find the team and the member behind the platform's ids. A reaction without a meaning ends here: most are on
   messages that are not Vigie's.
2. Look for the request's key; a duplicate gets the stored reply and changes nothing.
3. Run the handler that the request names, if the member has the right.
4. Store the reply with the key. All writes are committed together; a refusal or a fault stores nothing, so that the
   platform's own retry is a fresh request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

import structlog

from bot.call import Call
from bot.engine.metrics import NoMetrics
from bot.errors import RefusalError
from bot.grammar.line import LONGEST_LINE, interpret, run_line
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
    """The single entry point of the core."""

    store: Store
    registry: Registry
    clock: Clock
    catalogue: Callable[[str], Catalogue]
    language: Language = "fr"
    """The language of answers to people of an unknown team."""
    metrics: Metrics = field(default_factory=NoMetrics)

    async def receive(self, request: Request) -> Reply:
        """Answer a request. Never raises: a fault of Vigie is logged and answered with a reference, `fault` set."""
        try:
            return await self._answer(request)
        except Exception:
            ref = reference(new_id(self.clock.now()))
            log.exception("request failed", ref=ref, key=request.key, platform=request.platform)
            self.metrics.fault(request.platform)
            return fault(texts(self.language), ref)

    async def _answer(self, request: Request) -> Reply:
        if isinstance(request.what, Reacted) and not await self.store.read(lambda tx: self._is_meaningful(tx, request)):
            return Reply()
        reads = self._is_read_only(request)
        try:
            if reads:
                return await self.store.read(lambda tx: self._answer_without_key(tx, request))
            return await self.store.write(lambda tx: self._answer_once(tx, request))
        except _RefusedError as refused:  # raised, so that whatever was written is rolled back
            if reads:  # replies of read-only requests are not stored
                return refused.reply
            return await self.store.read(lambda tx: self._find_stored_reply(tx, request)) or refused.reply

    def _find_stored_reply(self, tx: Tx, request: Request) -> Reply | None:
        """Return the reply that another process has stored for the same request meanwhile, if any."""
        team = tx.teams.find(request.platform, request.team)
        stored = tx.requests.find(team.id, request.key) if team else None
        return None if stored is None else reply_from_json(stored)

    def _is_read_only(self, request: Request) -> bool:
        """Return whether the request only reads: it then needs neither the writer nor a key."""
        if not isinstance(request.what, Typed):
            return False
        command, _ = self.registry.resolve(interpret(request.what.text[:LONGEST_LINE], self.registry))
        return command is None or command.reads

    def _is_meaningful(self, tx: Tx, request: Request) -> bool:
        """Return whether a reaction has a meaning: it is on a message of Vigie, or raises an alert about another."""
        team, event = tx.teams.find(request.platform, request.team), request.what
        if team is None or not isinstance(event, Reacted):
            return False
        means = heeded(self.catalogue(team.id).defaults.reactions, event.emoji)
        return means is not None and (tx.postings.at(team.id, event.ref) is not None or _raises_alert(event, means))

    def _answer_without_key(self, tx: Tx, request: Request) -> Reply:
        team = tx.teams.find(request.platform, request.team)
        return self._run_handler(tx, team, request) if team else self._reply_unknown_team()

    def _answer_once(self, tx: Tx, request: Request) -> Reply:
        team = tx.teams.find(request.platform, request.team)
        if team is None:
            return self._reply_unknown_team()
        stored = tx.requests.find(team.id, request.key)
        if stored is not None:
            return reply_from_json(stored)
        reply = self._run_handler(tx, team, request)
        tx.requests.put(team.id, request.key, tx.now, reply_to_json(reply))
        return reply

    def _reply_unknown_team(self) -> Reply:
        return Reply(Message((Text(texts(self.language).line("team.unknown")),)))

    def _run_handler(self, tx: Tx, team: Team, request: Request) -> Reply:
        call = Call(
            request=request,
            roster=roster(tx, team),
            member=tx.members.find(team.id, request.platform, request.actor),
            rest="",
            now=tx.now,
            registry=self.registry,
            catalogue=self.catalogue(team.id),
            act_id=new_id(tx.now),
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
                return self._run_press(call._replace(rest=target, posting=posting), tx, action)
            case Submitted(action):
                return self._run_press(call, tx, action)
            case Reacted() as reacted:
                return self._apply_reaction(call, tx, reacted)
            case _:
                assert_never(call.request.what)

    def _run_press(self, call: Call, tx: Tx, action: str) -> Reply:
        if action in self.registry.acts:
            call.permit(Right.SEE)
            return trigger.by_button(call, tx, action)
        press = self.registry.presses.get(action)
        if press is None:
            raise RefusalError("button.unknown")
        call.permit(press.right)
        return press.handler(call, tx)

    def _apply_reaction(self, call: Call, tx: Tx, reaction: Reacted) -> Reply:
        """Apply a reaction of a member to a message of Vigie; ignore other reactions in silence."""
        posting = tx.postings.at(call.team.id, reaction.ref)
        means = sense(call, reaction.emoji)
        if posting is None and _raises_alert(reaction, means) and call.member is not None:
            return self._run_press(call._replace(rest=reaction.link), tx, "alert")
        if posting is None or means is None or call.member is None or not call.member.may(Right.SEE):
            return Reply()  # a reader of the server who is no member gets no message, however often they react
        return reacted(call._replace(posting=posting), tx, reaction)


def _raises_alert(reaction: Reacted, means: str | None) -> bool:
    """Return whether the reaction is an alert emoji on a message that has a link."""
    return means == "alert" and reaction.added and bool(reaction.link)


class _RefusedError(Exception):
    """A refusal's reply, raised to roll its unit of work back."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply
