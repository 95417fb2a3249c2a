"""Answers to what the page asks besides messages, over the product: the demo's room, and the one that lasts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.web.board import Posted
from adapters.web.room import STEPS, Hint, Person, Scene
from bot.engine.render import draw
from bot.engine.view import Views
from bot.errors import RefusalError
from bot.grammar.names import check_name
from bot.grammar.spelling import fold
from bot.i18n import texts
from bot.ids import new_id
from bot.platforms.emoji import ACTS
from bot.record.audit import Entry
from bot.tasks.today import items_of
from bot.teams.member import Identity, Member, Permission, Right
from bot.teams.team import Channel, Installation, Team

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from adapters.web.room import Step
    from bot.cli._compose import App
    from bot.cli._demo import Demo
    from bot.clock import Clock
    from bot.i18n import Language
    from bot.message import Reply
    from bot.ports import Tx
    from bot.request import Request

PLATFORM = "web"
WORKSPACE = "local"
CHANNEL = {"fr": "équipe", "en": "team"}
KEPT = 100
"""Messages of earlier runs that are shown again."""
ACCOUNTS = 200
"""People that a local team takes."""
_SPANS = {"10m": "10 minutes", "1h": "1 h", "1d": "1 day", "1w": "1 week"}


@dataclass
class DemoRoom:
    """A team of four whose clock is moved, by one page at a time (port: adapters.web.room.Room)."""

    demo: Demo
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def workspace(self) -> str:
        return self.demo.workspace

    def now(self) -> datetime:
        return self.demo.clock.now()

    async def receive(self, request: Request) -> Reply:
        """Answer, and let what follows from it happen at this very moment: no time passes here by itself."""
        reply = await self.demo.app.pipeline.receive(request)
        async with self.moving:
            await self.demo.journey.settle()
        return reply

    async def scene(self, account: str | None) -> Scene:
        app, workspace = self.demo.app, self.demo.workspace
        return await app.store.read(lambda tx: scene_of(tx, app, workspace, account, moves=True))

    async def arrive(self, account: str | None, name: str, language: Language) -> str:  # noqa: ARG002  # nobody comes in
        raise RefusalError("web.demo_team")

    async def forward(self, step: Step) -> None:
        async with self.moving:
            journey = self.demo.journey
            if step != "next":
                await journey.forward(journey.reach(_SPANS[step]))
                return
            ahead = await journey.upcoming()
            if ahead is None:
                raise RefusalError("web.nothing_ahead")
            await journey.forward(ahead.at)


@dataclass
class LastingRoom:
    """The local team of an installation, made by its first visitor (port: adapters.web.room.Room)."""

    app: App
    clock: Clock
    language: Language
    zone: str
    workspace: str = WORKSPACE

    def now(self) -> datetime:
        return self.clock.now()

    async def scene(self, account: str | None) -> Scene:
        scene = await self.app.store.read(lambda tx: scene_of(tx, self.app, self.workspace, account))
        return scene if scene.team else Scene(self.language, self.zone)

    async def arrive(self, account: str | None, name: str, language: Language) -> str:
        return await self.app.store.write(lambda tx: self._admit_visitor(tx, account, check_name(name), language))

    async def forward(self, step: Step) -> None:  # noqa: ARG002  # it goes by itself
        raise RefusalError("web.real_clock")

    def _admit_visitor(self, tx: Tx, account: str | None, name: str, language: Language) -> str:
        team = tx.teams.find(PLATFORM, self.workspace)
        if team is None:
            return self._found_team(tx, name, language)
        lead = tx.members.find(team.id, PLATFORM, account or "")
        if lead is None or not lead.may(Right.EDIT):
            raise RefusalError("web.lead_only")
        members = tx.members.all(team.id)
        if fold(name) in {fold(other.name) for other in members}:
            raise RefusalError("web.taken", name=name)
        if len(members) >= ACCOUNTS:
            raise RefusalError("web.full", count=ACCOUNTS)
        own = language if language != team.language else None
        member = Member(team.id, new_id(tx.now), name, Permission.MEMBER, own)
        return _store_member(tx, member, _build_entry(tx, "join", ("member", member.id), lead))

    def _found_team(self, tx: Tx, name: str, language: Language) -> str:
        """Make the team, its one channel, and its lead; set-up asks for the rest."""
        team_name = texts(language).text("web.team")
        team = Team(new_id(tx.now), team_name, language, self.zone)
        tx.teams.add(team, Installation(team.id, PLATFORM, self.workspace))
        tx.teams.add_channel(Channel(team.id, new_id(tx.now), CHANNEL[language], CHANNEL[language]))
        member = Member(team.id, new_id(tx.now), name, Permission.LEAD)
        return _store_member(tx, member, _build_entry(tx, "found", ("team", team.id), member))


def _store_member(tx: Tx, member: Member, entry: Entry) -> str:
    """Store somebody who came in, with the record of it; returns the account."""
    tx.members.add(member, Identity(member.team, member.id, PLATFORM, member.id))
    tx.audit.write(entry)
    return member.id


def _build_entry(tx: Tx, act: str, subject: tuple[str, str], by: Member) -> Entry:
    return Entry(by.team, new_id(tx.now), tx.now, act, *subject, actor=by.id, source="form")


def scene_of(tx: Tx, app: App, workspace: str, account: str | None, *, moves: bool = False) -> Scene:
    """Describe the team, with the words that complete what this account types."""
    team = tx.teams.find(PLATFORM, workspace)
    if team is None:
        return Scene("fr", "Europe/Paris")
    members = {member.id: member for member in tx.members.all(team.id)}
    accounts = _list_accounts(tx, team, members)
    people = [
        Person(accounts[key], member.name, member.permission is Permission.LEAD)
        for key, member in members.items()
        if key in accounts
    ]
    people.sort(key=lambda person: not person.lead)
    me = next((member for key, member in members.items() if account and accounts.get(key) == account), None)
    channel = tx.teams.channel(team.id, team.home) if team.home else None
    language = (me.language if me else None) or team.language
    faces = app.catalogue(team.id).defaults.reactions
    return Scene(
        language,
        team.zone,
        team.name,
        channel.external_id if channel else CHANNEL[team.language],
        tuple(people),
        tuple(_list_hints(tx, app, team, me, language)),
        tuple(face.unicode[0] for name, face in faces.items() if name in ACTS),
        STEPS if moves else (),
        team.ready,
    )


def _list_accounts(tx: Tx, team: Team, members: Iterable[str]) -> dict[str, str]:
    """Return the accounts of members on the page's platform."""
    accounts = tx.members.accounts([(team.id, member) for member in members])
    return {member: account for (_, member), account in accounts.items()}


def _list_hints(tx: Tx, app: App, team: Team, me: Member | None, language: Language) -> list[Hint]:
    commands = [
        Hint(command.names.shown(language), command.guide(language).help) for command in app.registry.commands.values()
    ]
    items = [item for item in items_of(tx, team, team.today(tx.now)) if item.is_open]
    visible = [item for item in items if not item.task.private or (me and item.holder == me.id)]
    tasks = {item.task.short.say(language): item.task.title.say(language) for item in visible}
    people = [Hint(member.name, "", "person") for member in tx.members.all(team.id)]
    return [*commands, *(Hint(_strip_article(word), title, "task") for word, title in tasks.items()), *people]


def _strip_article(words: str) -> str:
    """Strip the article: « la veille » → `veille`, as typed after a command."""
    first, _, rest = words.partition(" ")
    return rest if rest and first.casefold() in {"la", "le", "les", "the"} else words.removeprefix("l’")


def load_history(tx: Tx, app: App, workspace: str) -> list[Posted]:
    """Return the last messages of earlier runs, oldest first, drawn from the current state, with their reactions."""
    team = tx.teams.find(PLATFORM, workspace)
    if team is None:
        return []
    view = Views(tx, [team.id]).of(team.id)
    people = _list_accounts(tx, team, [member.id for member in tx.members.all(team.id)])
    postings = tx.postings.out(team.id, KEPT)
    reacted = tx.reactions.on(team.id, [posting.id for posting in postings])
    history = []
    for card in sorted(
        tx.postings.cards([(team.id, posting.id) for posting in postings]), key=lambda card: card.posting.id
    ):
        posting, message = card.posting, draw(app.registry, view, card)
        if posting.ref is None or message is None:
            continue
        reactions: dict[str, frozenset[str]] = {}
        for member, emoji in reacted.get(posting.id, ()):
            if member in people:
                reactions[emoji] = reactions.get(emoji, frozenset()) | {people[member]}
        edited = posting.created_at if posting.revision > 1 else None
        history.append(Posted(posting.ref, posting.id, posting.created_at, message, edited, reactions))
    return history
