"""Whatever is typed: an answer in the person's language, never a fault, one line of the record per real change.

2,000 lines, 10,000 with --long. Every text of ours is given an invisible mark of its language for the time of the test.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue.loader import load as load_catalogue
from bot.cli import _demo_team as demo
from bot.i18n import Language, Texts, Words
from bot.ids import new_id
from bot.message import Reply, reply_to_json
from bot.registry import load as load_registry
from bot.request import Request, Typed
from bot.teams.member import Identity, Member, Permission
from storage import schema as s
from tests.story import Story, tell

if TYPE_CHECKING:
    from pathlib import Path

    from bot.message import Line
    from bot.ports import Tx
    from storage.store import UnitOfWork

LINES, MANY_LINES = 2_000, 10_000
MARKS: dict[Language, str] = {"fr": "\u2063", "en": "\u2064"}
"""Invisible, and never typed below."""

FOLLOWS = frozenset({
    "requests", "audit", "messages", "message_items", "message_occurrences", "deliveries", "occurrences", "reactions",
    "facts", "runs", "notes",
})  # fmt: skip
"""Tables that keep the traffic, or that go with a change of another table: no change in themselves."""

SPEAKERS: dict[str, tuple[str, Language]] = {
    "lea": ("Léa", "fr"), "karim": ("Karim", "en"), "ines": ("Inès", "fr"), "olga": ("Olga", "en"),
    "cleo": ("Cléo", "fr"), "zoe": ("Zoé", "fr"),
}  # fmt: skip
"""Account → name and language. Olga observes, Cléo contributes, Zoé is a stranger (answered as the team speaks)."""

OFTEN = [*SPEAKERS, "lea", "lea", "karim", "karim"]

REGISTRY, CATALOGUE = load_registry(), load_catalogue()
COMMANDS = sorted({name for command in REGISTRY.commands.values() for name in command.names.all()})
TASKS = sorted({words for task in CATALOGUE.tasks.values() for words in (task.title.fr, task.title.en, task.id)})
EXAMPLES = sorted({line for one in REGISTRY.commands.values() for guide in (one.fr, one.en) for line in guide.examples})
"""What the help gives as examples: lines that mean something, to begin from."""
OWN = sorted({words for task in CATALOGUE.on_by_default() for words in (task.title.fr, task.title.en, task.id)})
PEOPLE = ["Léa", "lea", "Karim", "@Inès", "Tom", "moi", "me", "personne", "<@lea>", "<@nobody>", "<@zoe>", "Xavier"]
MOMENTS = [
    "demain", "tomorrow", "lundi", "every monday", "tous les lundis", "9h", "9:00", "25h", "midi", "dans 2 heures",
    "in 2 hours", "le 31 février", "2026-11-24", "99/99/9999", "fin du mois", "chaque jour", "10 minutes",
]  # fmt: skip
MARKUP = [
    "**gras**", "<!channel>", "@everyone", "`code`", "[a](http://b)", "<script>alert(1)</script>",
    "{name}", "{0}", "%s",
    "{count}", "&amp;", "<@U1|x>", "<#C1>", "\\", "\n", "\t", "${HOME}", "```", "_x_", "~x~", "|", "\u202edroite\u202c",
]  # fmt: skip
SQL = ["'; DROP TABLE teams; --", '" OR 1=1', "' UNION SELECT * FROM members", "%", "_", "NULL", "\\x00", "/* */"]
WORDS = [
    "veille", "watch", "tout", "all", "aide", "help", "équipe", "team", "de", "à", "et", "and", "parce que", "?", "oui",
    "Instagram", "facebook", "réponses", "replies", "non", "1", "-1", "1e9", "٣", "½", "🦄", "é" * 50,
]  # fmt: skip

_word = st.sampled_from([*TASKS, *PEOPLE, *MOMENTS, *MARKUP, *SQL, *WORDS, *COMMANDS])
_free = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[*MARKS.values()]), max_size=30)
_rest = st.lists(st.one_of(_word, _word, _word, _free), max_size=5).map(" ".join)
_example = st.sampled_from(EXAMPLES)
_sense = st.tuples(
    st.sampled_from(COMMANDS), st.lists(st.sampled_from([*OWN, *OWN, *PEOPLE, *MOMENTS]), min_size=1, max_size=3)
)
_line = st.one_of(
    _example,
    _example,
    st.tuples(_example, _word).map(" ".join),
    _sense.map(lambda parts: " ".join((parts[0], *parts[1]))),
    _sense.map(lambda parts: " ".join((parts[0], *parts[1]))),
    st.tuples(st.sampled_from(COMMANDS), _rest).map(" ".join),
    st.tuples(st.sampled_from(COMMANDS), _word).map(" ".join),
    st.tuples(st.sampled_from(["/cm", "/CM", "cm", "/"]), _rest).map(" ".join),
    _rest,
    _free,
    st.tuples(st.sampled_from(COMMANDS), _free.filter(bool), st.sampled_from([100, 4_000, 10_000])).map(
        lambda parts: f"{parts[0]} {(parts[1] * parts[2])[: parts[2]]}"
    ),
)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text of `.po` files and of the catalogue carries the mark of its language."""
    line, text, say = Texts.line, Texts.text, Words.say

    def marked_line(self: Texts, key: str, /, **values: object) -> Line:
        return (MARKS[self.language], *line(self, key, **values))

    def marked_text(self: Texts, key: str, /, **values: object) -> str:
        return MARKS[self.language] + text(self, key, **values)

    def marked_say(self: Words, language: Language) -> str:
        return MARKS[language] + say(self, language)

    monkeypatch.setattr(Texts, "line", marked_line)
    monkeypatch.setattr(Texts, "text", marked_text)
    monkeypatch.setattr(Words, "say", marked_say)


Rows = dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]


def _rows(tx: UnitOfWork) -> Rows:
    """What the team is and has to do, by table and key; not the marks, which only say that something was written."""

    def read(table: sa.Table) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        query = sa.select(*(column for column in table.c if column.name != "mark"))
        return {tuple(row[: len(table.primary_key)]): tuple(row) for row in tx.connection.execute(query)}

    return {table.name: read(table) for table in s.metadata.sorted_tables if table.name not in FOLLOWS}


@dataclass
class Watcher:
    """Types lines and compares what changed with what was recorded."""

    story: Story
    rows: Rows = field(default_factory=dict)
    recorded: int = 0
    keys: count[int] = field(default_factory=count)
    changes: int = 0

    async def settle_in(self) -> None:
        """People of every permission, and a morning that has begun."""
        await self.story.app.store.write(self._join)
        await self.story.until("09:05")
        self.rows, entries = await self._look()
        self.recorded = len(entries)

    def _join(self, tx: Tx) -> None:
        team = self.story.place.team
        for account, permission in {"olga": Permission.OBSERVER, "cleo": Permission.CONTRIBUTOR}.items():
            member = Member(team, new_id(tx.now), SPEAKERS[account][0], permission)
            tx.members.add(member, Identity(team, member.id, "console", account))
        for account, (_, language) in SPEAKERS.items():
            found = tx.members.find(team, "console", account)
            if found:
                tx.members.save(replace(found, language=language))

    async def types(self, account: str, line: str) -> Reply:
        request = Request(
            f"fuzz-{next(self.keys)}", "console", demo.WORKSPACE, account, Typed(line), self.story.place.channel,
            SPEAKERS[account][0], {"zoe": "Zoé"},
        )  # fmt: skip
        return await self.story.app.pipeline.receive(request)

    async def _look(self) -> tuple[Rows, list[Any]]:
        def both(tx: UnitOfWork) -> tuple[Rows, list[Any]]:
            query = s.audit.select().order_by(s.audit.c.team_id, s.audit.c.number)
            return _rows(tx), list(tx.connection.execute(query.offset(self.recorded)))

        return await self.story.app.store.read(both)

    async def compare(self) -> None:
        """Exactly one line of the record for every item that changed; for whatever else changed or began, at least one.

        (Many things may begin by one line: set-up opens a day.)
        """
        rows, entries = await self._look()
        before, self.rows = self.rows, rows
        self.recorded += len(entries)
        self.changes += bool(entries)
        entries = [entry for entry in entries if not (entry.act == "reason" and entry.reason)]  # it is its own change
        differs = {
            name: [key for key in table.keys() | before[name].keys() if table.get(key) != before[name].get(key)]
            for name, table in rows.items()
        }
        touched = {key[1] for key in differs.pop("items")}
        known = {key[1] for key in before["items"]}
        told = Counter(entry.subject_id for entry in entries if entry.subject == "item")
        if told.keys() & known:  # the moments of its urgent ladder come and go with an item
            differs["schedules"] = []
        if any(
            entry.act == "undo" and entry.subject == "item" for entry in entries
        ):  # of a task that began with its item
            differs["templates"] = []
        others = sum(len(keys) for keys in differs.values())
        rest = len(entries) - sum(told.values())
        said = [(entry.act, entry.before, entry.after) for entry in entries], {k: v for k, v in differs.items() if v}
        assert {one: times for one, times in told.items() if one in known} == dict.fromkeys(known & touched, 1), said
        fresh = {one: times for one, times in told.items() if one not in known}
        assert fresh.items() <= dict.fromkeys(touched, 1).items(), said
        assert bool(rest or fresh) == bool(others or touched - known), said
        assert rest <= others, said

    def language(self, account: str) -> Language:
        """What the person reads now: people may change it, for themselves or for the team."""
        team = self.story.place.team
        whole = next(row for row in self.rows["teams"].values() if row[0] == team)
        who = next((row[1] for row in self.rows["identities"].values() if row[3] == account and row[0] == team), "")
        own = self.rows["members"].get((team, who))
        chosen: Language = (own[_LANGUAGE_OF_MEMBER] if own else None) or whole[_LANGUAGE_OF_TEAM]
        return chosen


_LANGUAGE_OF_MEMBER = list(s.members.c.keys()).index("language")
_LANGUAGE_OF_TEAM = list(s.teams.c.keys()).index("language")


def _check_language(reply: Reply, languages: set[Language]) -> None:
    """In one language, that of the person: the old one or the new one where the line has just changed it."""
    words = reply_to_json(reply)
    spoken = {language for language, mark in MARKS.items() if mark in words}
    assert len(spoken) == 1, f"an answer in {len(spoken)} languages"
    assert spoken <= languages, "an answer in the other language"


@pytest.mark.usefixtures("marked")
def test_any_line_is_answered_in_the_persons_language_and_recorded_once(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lines = MANY_LINES if request.config.getoption("--long") else LINES
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        watcher = Watcher(runner.run(stack.enter_async_context(tell(f"sqlite:///{tmp_path / 'vigie.db'}"))))
        runner.run(watcher.settle_in())

        async def one(account: str, line: str) -> None:
            before = watcher.language(account)
            reply = await watcher.types(account, line)
            assert not reply.fault
            assert reply.message is not None
            await watcher.compare()
            _check_language(reply, {before, watcher.language(account)})

        @settings(max_examples=lines, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.sampled_from(OFTEN), _line)
        def check(account: str, line: str) -> None:
            runner.run(one(account, line))

        try:
            check()
        finally:
            runner.run(stack.aclose())
    assert watcher.changes > lines / 100, "lines that change nothing prove little"
