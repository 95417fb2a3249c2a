"""How the commands, acts and nudges of a room become part of the product: found by pkgutil, never by static import.

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
    """What a command is called: the name shown in each language, then what is accepted besides."""

    en: str
    fr: str
    also_en: tuple[str, ...] = ()
    also_fr: tuple[str, ...] = ()

    def shown(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en

    def all(self) -> tuple[str, ...]:
        return (self.en, self.fr, *self.also_en, *self.also_fr)


@dataclass(frozen=True, slots=True)
class Guide:
    """What help says of a command in one language: one line, how it is typed, and examples that work as they stand."""

    help: str
    usage: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """A second word of a command, shown and explained in each language, and what follows it (see `Command.takes`)."""

    en: str
    fr: str
    help_en: str
    help_fr: str
    takes: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand of `/cm`. `answer` and `reads` are known before the handler runs (DESIGN §1, decision 2).

    `takes` is the rest of its line for platforms with fields to fill in: `[{task}] [to {person}]`. A hole names what is
    asked for, `{kind}` or `{kind=name}`, or the words to choose from, `{team/équipe=whose}`; what stands in brackets is
    left out with its hole. None: one field takes whatever the usage says. `verbs` are its second words, each with its
    own.
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
    """Something done to an item: one code path, whatever the trigger (command, button, reaction)."""

    id: str
    right: Right
    handler: Callable[[Call, Tx, Item], Line | Message]
    """Does it and says so; a whole message when something has to be asked first."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a button, select or form does that is neither an act on an item nor a typed line."""

    id: str
    right: Right | None
    handler: Callable[[Call, Tx], Reply]


class Parcel(NamedTuple):
    """What a nudge wants said: where, about which items. Parcels for one destination share one message.

    `subject` names what the message speaks of (a local date, an item's id). A tuple, because a tick makes thousands.
    """

    destination: Destination
    subject: str
    items: tuple[str, ...] = ()
    capped: bool = False
    """Of an asked nudge: it keeps its hour, but counts for the day's cap as any other does."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A scheduled message. `plan` decides what is said to whom, `render` draws it from the state at send time (None:
    nothing to say any more).

    When several nudges share a message, each draws its part, lowest `rank` first.
    """

    id: str
    rank: int
    plan: Callable[[View, Occurrence], Iterable[Parcel]]
    render: Callable[[View, Card], Message | None] | None = None
    rhythm: Callable[[Team, Defaults], Rhythm] | None = None
    """When it recurs; None: with the template of the same name, if the team has it."""
    within: str | None = None
    """The nudge whose part of a shared message speaks of this one too."""
    asked: bool = False
    """Somebody asked for it at that very moment: neither working hours nor caps move it."""
    catch_up: CatchUp = CatchUp.SKIP
    """What becomes of its moments during a stop, where the catalogue's entry of the same name does not say."""
    digest: bool = False
    """Lists what the day's cap has held back: it is never held back itself, and its place is kept."""
    urgent: bool = False
    """Never waits for the end of lunch, shares its message with nothing else, and counts for no cap."""
    heavy: bool = False
    """Writes much for each team: planned in small batches."""


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """Every entry of the product, by id. There is one."""

    commands: Mapping[str, Command] = field(default_factory=dict)
    acts: Mapping[str, Act] = field(default_factory=dict)
    presses: Mapping[str, Press] = field(default_factory=dict)
    nudges: Mapping[str, Nudge] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Folded name → command id, in both languages."""

    def nudge(self, name: str) -> Nudge | None:
        """The nudge of a schedule or a posting; a team's own templates are spoken of by the nudge `task`.

        What stands after a colon is the nudge's own business (`urgent:ITEM:2`).
        """
        known = self.nudges
        return known.get(name) or known.get(name.partition(":")[0]) or known.get("task")

    @lru_cache(maxsize=256)  # noqa: B019  # it lives as long as the process; a line is looked at more than once
    def resolve(self, line: str) -> tuple[Command | None, str]:
        """The command that a line begins with, and the rest of it as typed; (None, line) if it is none of ours.

        The longest name wins, so that « suivi temps » is found before « suivi » would be.
        """
        words = line.split()
        for count in range(min(len(words), LONGEST_NAME), 0, -1):
            found = self.spellings.get(fold(" ".join(words[:count])))
            if found:
                return self.commands[found], line.split(maxsplit=count)[count] if len(words) > count else ""
        return None, line

    def names(self, language: Language) -> Sequence[str]:
        """The names shown in a language, in the order of the help."""
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
    entries: dict[type, dict[str, Any]] = {Command: {}, Act: {}, Press: {}, Nudge: {}}
    for entry in _collect_entries():
        same_kind = entries[type(entry)]
        if same_kind.setdefault(entry.id, entry) is not entry:
            raise ValueError(entry.id)
    commands, acts, presses, nudges = (MappingProxyType(dict(sorted(kind.items()))) for kind in entries.values())
    spellings = {fold(name): command.id for command in commands.values() for name in command.names.all()}
    return Registry(commands, acts, presses, nudges, spellings=MappingProxyType(spellings))


def _collect_entries() -> Iterable[Any]:
    for module in _find_modules():
        for value in vars(importlib.import_module(module)).values():
            if isinstance(value, Command | Act | Press | Nudge):
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
