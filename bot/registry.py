"""Registration of the commands, acts and nudges of all rooms, found by pkgutil and never by static import.

A decorator turns a handler into a frozen entry; `load()` collects the entries of every room into one Registry.
Everything that is generated (help, Slack manifest, Discord trees, console, command reference) reads that Registry.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import bot
from bot.engine.schedule import CatchUp
from bot.grammar.spelling import fold
from bot.teams.member import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.call import Call
    from bot.catalogue.defaults import Defaults
    from bot.engine.posting import Card, Destination
    from bot.engine.rhythm import Rhythm
    from bot.engine.schedule import Occurrence
    from bot.engine.view import View
    from bot.i18n import Language
    from bot.message import Line, Message, Reply
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.tasks.checklist import Item
    from bot.teams.team import Team

Section = Literal["day", "team", "content"]
Answer = Literal["private", "channel", "form"]
ENTRY_MODULES = ("commands", "acts", "nudges")
"""Modules, or folders of modules, in which a room registers what it adds to the product."""
LONGEST_NAME = 4
"""Words in the longest name of a command (« je m’en charge »)."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a command: the one shown in each language, then the other accepted ones."""

    en: str
    fr: str
    also_en: tuple[str, ...] = ()
    also_fr: tuple[str, ...] = ()

    def shown(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en

    def also(self, language: Language) -> tuple[str, ...]:
        return self.also_fr if language == "fr" else self.also_en

    def all(self) -> tuple[str, ...]:
        return (self.en, self.fr, *self.also_en, *self.also_fr)


@dataclass(frozen=True, slots=True)
class Guide:
    """The help of a command in one language: one line, its syntax, and examples that work unchanged."""

    help: str
    usage: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """A second word of a command, with its help in each language and its own arguments (see `Command.takes`)."""

    en: str
    fr: str
    help_en: str
    help_fr: str
    takes: str = ""

    def shown(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand of `/cm`. `answer` and `reads` are known before the handler runs (DESIGN §1, decision 2).

    `takes` is the pattern of the rest of its line, for platforms with input fields: `[{task}] [to {person}]`. A
    placeholder names a kind of value, `{kind}` or `{kind=name}`, or its choices, `{team/équipe=whose}`; the text in
    brackets is omitted with its placeholder. None: one free field. `verbs` are its second words, each with its own
    pattern.
    """

    names: Names
    section: Section
    fr: Guide
    en: Guide
    handler: Callable[[Call, Tx], Reply]
    answer: Answer = "private"
    reads: bool = False
    right: Right | None = Right.SEE
    """None: also for people who are not members yet."""
    takes: str | None = None
    verbs: tuple[Verb, ...] = ()

    @property
    def id(self) -> str:
        return self.names.en

    def guide(self, language: Language) -> Guide:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Act:
    """An operation on an item, the same for every trigger (command, button, reaction)."""

    id: str
    right: Right
    handler: Callable[[Call, Tx, Item], Line | Message]
    """Apply the act and return its confirmation, or a message that asks a question first."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The way back from a change of one kind of subject of the record (`id`: item, template, role, team ...).

    The handler restores the state before a line of the record, writes a line of its own (bot.record.undo), and returns
    the answer; None when the subject is no longer as that line left it, or cannot be restored.
    """

    id: str
    handler: Callable[[Call, Tx, Entry], Line | None]


@dataclass(frozen=True, slots=True)
class Telling:
    """How the record tells changes of one kind of subject (`id`).

    The handler gets lines of one act, oldest first, and returns the values of the text `history.SUBJECT.ACT`: the
    thing's title, and what it was before and after.
    """

    id: str
    handler: Callable[[Call, Tx, Sequence[Entry]], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Press:
    """The effect of a button, select or form that is neither an act on an item nor a typed line."""

    id: str
    right: Right | None
    handler: Callable[[Call, Tx], Reply]


class Parcel(NamedTuple):
    """A planned message part: its destination and its items. Parcels for one destination share a message.

    `subject` identifies the topic of the message (a local date, an item's id). A tuple, because a tick makes thousands.
    """

    destination: Destination
    subject: str
    items: tuple[str, ...] = ()
    capped: bool = False
    """For a nudge on request: it keeps its time, but counts for the day's cap."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A scheduled message. `plan` yields its parcels; `render` draws it from the state at send time (None: nothing to
    send any more).

    When several nudges share a message, each draws its part, lowest `rank` first.
    """

    id: str
    rank: int
    plan: Callable[[View, Occurrence], Iterable[Parcel]]
    render: Callable[[View, Card], Message | None] | None = None
    rhythm: Callable[[Team, Defaults], Rhythm] | None = None
    """Its recurrence; None: that of the template of the same name, if the team has it."""
    within: str | None = None
    """The nudge whose part of a shared message covers this one too."""
    on_request: bool = False
    """Requested for that very moment: neither working hours nor caps move it."""
    catch_up: CatchUp = CatchUp.SKIP
    """The policy for its moments during a stop, unless the catalogue's entry of the same name sets one."""
    digest: bool = False
    """Lists the messages that the day's cap held back; never held back itself, its place is reserved."""
    urgent: bool = False
    """Never deferred by lunch, never shares its message, and counts for no cap."""
    heavy: bool = False
    """Writes many rows per team: planned in small batches."""
    reactions: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)
    """On its message without items: by an emoji's meaning, the press that it runs, and the one on its removal."""


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """All entries of the product, by id (a single instance)."""

    commands: Mapping[str, Command] = field(default_factory=dict)
    acts: Mapping[str, Act] = field(default_factory=dict)
    presses: Mapping[str, Press] = field(default_factory=dict)
    nudges: Mapping[str, Nudge] = field(default_factory=dict)
    undos: Mapping[str, Undo] = field(default_factory=dict)
    """By subject of the record."""
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Folded name → command id, in both languages."""

    def nudge(self, name: str) -> Nudge | None:
        """Return the nudge of a schedule or a posting; the nudge `task` covers a team's own templates.

        The part after a colon is private to the nudge (`urgent:ITEM:2`).
        """
        nudges = self.nudges
        return nudges.get(name) or nudges.get(name.partition(":")[0]) or nudges.get("task")

    @lru_cache(maxsize=256)  # noqa: B019  # the registry lives as long as the process; a line is resolved more than once
    def resolve(self, line: str) -> tuple[Command | None, str]:
        """Split a line into its command and the rest as typed; (None, line) for no known command.

        The longest name wins, so that « suivi temps » is found before « suivi » would be.
        """
        words = line.split()
        for count in range(min(len(words), LONGEST_NAME), 0, -1):
            command_id = self.spellings.get(fold(" ".join(words[:count])))
            if command_id:
                return self.commands[command_id], line.split(maxsplit=count)[count] if len(words) > count else ""
        return None, line

    def names(self, language: Language) -> Sequence[str]:
        """Return the names shown in a language, in the order of the help."""
        return [command.names.shown(language) for command in self.commands.values()]


def command(**about: Any) -> Callable[[Callable[[Call, Tx], Reply]], Command]:
    """Register a subcommand: the arguments are those of :class:`Command`."""
    return lambda handler: Command(handler=handler, **about)


def act(
    id: str,  # noqa: A002
    *,
    right: Right = Right.COMPLETE_OWN,
) -> Callable[[Callable[[Call, Tx, Item], Line | Message]], Act]:
    """Register an act on an item."""
    return lambda handler: Act(id, right, handler)


def undo(id: str) -> Callable[[Callable[[Call, Tx, Entry], Line | None]], Undo]:  # noqa: A002
    """Register how a change of a kind of subject is undone."""
    return lambda handler: Undo(id, handler)


def telling(id: str) -> Callable[[Callable[[Call, Tx, Sequence[Entry]], Mapping[str, object]]], Telling]:  # noqa: A002
    """Register how the record tells changes of a kind of subject."""
    return lambda handler: Telling(id, handler)


def press(id: str, *, right: Right | None = Right.SEE) -> Callable[[Callable[[Call, Tx], Reply]], Press]:  # noqa: A002
    """Register what a button, select or form does."""
    return lambda handler: Press(id, right, handler)


def nudge(
    id: str,  # noqa: A002
    *,
    rank: int,
    **about: Any,
) -> Callable[[Callable[[View, Occurrence], Iterable[Parcel]]], Nudge]:
    """Register a scheduled message: the decorated function is its plan, the arguments are those of :class:`Nudge`."""
    return lambda plan: Nudge(id, rank, plan, **about)


@cache
def load() -> Registry:
    """Import the commands, acts and nudges of every room and collect their entries, by id."""
    entries: dict[type, dict[str, Any]] = {Command: {}, Act: {}, Press: {}, Nudge: {}, Undo: {}, Telling: {}}
    for entry in _collect_entries():
        same_kind = entries[type(entry)]
        if same_kind.setdefault(entry.id, entry) is not entry:
            raise ValueError(entry.id)
    commands, acts, presses, nudges, undos, tellings = (
        MappingProxyType(dict(sorted(kind.items()))) for kind in entries.values()
    )
    spellings = {fold(name): command.id for command in commands.values() for name in command.names.all()}
    return Registry(commands, acts, presses, nudges, undos, tellings, spellings=MappingProxyType(spellings))


def command_line(language: Language, command: str, *words: str, verb: str = "") -> str:
    """Write a line as a person types it in a language, such as « tâche ajouter TITRE ».

    `command` and `verb` are named by their English words; `words` follow as they are, without the empty ones. KeyError:
    no such command or verb.
    """
    entry = load().commands[command]
    shown = {verb.en: verb.shown(language) for verb in entry.verbs}
    return " ".join(filter(None, (entry.names.shown(language), shown[verb] if verb else "", *words)))


def _collect_entries() -> Iterable[Any]:
    for module in _find_modules():
        for value in vars(importlib.import_module(module)).values():
            if isinstance(value, Command | Act | Press | Nudge | Undo | Telling):
                yield value


def _find_modules() -> Iterable[str]:
    """Yield `bot.ROOM.commands`, `.acts` and `.nudges` where they exist, and their files where they are folders."""
    for room in pkgutil.iter_modules(bot.__path__, "bot."):
        if not room.ispkg or room.name == "bot.cli":  # its commands are those of the terminal
            continue
        for module in pkgutil.iter_modules(importlib.import_module(room.name).__path__, f"{room.name}."):
            if module.name.rpartition(".")[2] not in ENTRY_MODULES:
                continue
            yield module.name
            if module.ispkg:
                folder = importlib.import_module(module.name).__path__
                yield from (file.name for file in pkgutil.iter_modules(folder, f"{module.name}."))
