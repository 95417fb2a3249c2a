"""The schema of the catalogue's YAML: tasks and rules of the trade in both languages, with the ids of their sources.

A section is a mapping from id to entry; the key of an entry is its id. The same schema is exported as
`catalogue.schema.json` for editors. A source id such as `001-D3` names a line of the trade's facts; entries of our
own have no source.
"""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from bot.catalogue.defaults import Defaults  # noqa: TC001 - pydantic reads it at run time
from bot.catalogue.timing import At, DeadlineEntry, FaultError, Frozen, RhythmEntry, Weekday
from bot.engine.schedule import CatchUp  # noqa: TC001 - pydantic reads it at run time
from bot.i18n import Words
from bot.tasks import task as domain
from bot.tasks.task import Closing

if TYPE_CHECKING:
    from bot.i18n import Language

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=32)]
"""A name that can be typed in a chat: `veille`, `header-images`."""

SourceId = Annotated[str, Field(pattern=r"^00[0-4]-[A-Z]\d{1,2}$")]
Sources = tuple[SourceId, ...]
EntryId = SkipJsonSchema[str]
"""Filled in from the entry's key; not written in the file."""


def _check_one_line(text: str) -> str:
    if re.search(r"\s{2,}|^\s|\s$|\n", text):
        raise FaultError("catalogue.one_line", "one line, single spaces, none at the ends")
    return text


_Tidy = AfterValidator(_check_one_line)
Line = Annotated[str, Field(min_length=1, max_length=40), _Tidy]
Phrase = Annotated[str, Field(min_length=1, max_length=80), _Tidy]
Paragraph = Annotated[str, Field(min_length=1, max_length=300), _Tidy]


class Text(Frozen):
    """A text of one or two sentences in both languages. `fr` says « tu »; `vous` is its formal variant."""

    fr: Paragraph
    en: Paragraph
    vous: Paragraph | None = None

    def of(self, language: Language, *, formal: bool = False) -> str:
        """Return the text in a language."""
        if language == "fr" and formal and self.vous:
            return self.vous
        return self.fr if language == "fr" else self.en


class Title(Frozen):
    """The heading of a line: nominal, and short enough for a phone with a name after it."""

    fr: Line
    en: Line

    def of(self, language: Language) -> str:
        """Return the text in a language."""
        return self.fr if language == "fr" else self.en


class Short(Title):
    """A title for use inside a sentence, with its article."""


class Point(Title):
    """A point to check, in both languages."""

    fr: Phrase
    en: Phrase


class Names(Frozen):
    """Other names that people type for an entry."""

    fr: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Return the names in both languages: a typed line may be in either."""
        return self.fr + self.en


Cadence = Literal["arrival", "foundations", "several_a_day", "daily", "weekly", "monthly", "occasional"]
Nudge = Literal["morning", "veille", "replies", "calendar", "influencer", "statistics", "strategy", "about"]


class Task(Frozen):
    """A task of the trade, with its rhythm."""

    id: EntryId
    title: Title
    short: Short
    names: Names = Names()
    text: Text
    """What it is and how to do it."""
    sources: Sources = ()
    """The first is its home: the line of the trade's texts that it stands for."""
    cadence: Cadence
    scope: Literal["team", "person", "brand"] = "team"
    """`person`: for whoever arrives; `brand`: once for each brand."""
    role: Id
    rhythm: RhythmEntry
    deadline: DeadlineEntry | None = None
    minutes: Annotated[int, Field(ge=1, le=2400)]
    """About how long it takes."""
    exclusive: bool = False
    """A complex task: it takes a person's whole attention (000-R9, 000-R10)."""
    networks: tuple[Id, ...] = ()
    """Empty: any network."""
    category: Id | None = None
    closing: Closing
    catch_up: CatchUp | None = None
    """What becomes of its moments during a stop; none: as its nudge has it."""
    urgent_when_late: bool = False
    """Past its deadline it climbs the urgent ladder: its holder, the backup, the lead."""
    carry_until: Weekday | None = None
    """An item that is carried stops being so after this weekday."""
    asks_artefact: bool = False
    """Finishing it asks for the link of what was made, for the shelf of reference documents."""
    default: Literal["on", "off"] = "off"
    """`on`: a team has it from its first week."""
    nudge: Nudge | None = None
    """What speaks of it: its own nudge, the morning card, or nothing (it is only listed)."""

    @model_validator(mode="after")
    def _check_carry_until(self) -> Task:
        if self.carry_until is not None and self.closing is not Closing.CARRY:
            raise FaultError("catalogue.carry_until", "carry_until goes with closing: carry")
        return self

    def to_task(self, *, formal: bool = False) -> domain.Task:
        """Convert the entry to the domain's task, with the formal French text if `formal`.

        Its times are `rhythm.to_rhythm()` and `deadline.to_deadline()`.
        """
        return domain.Task(
            key=self.id,
            title=Words(self.title.fr, self.title.en),
            short=Words(self.short.fr, self.short.en),
            role=self.role,
            names=self.names.all(),
            text=Words(self.text.of("fr", formal=formal), self.text.en),
            minutes=self.minutes,
            exclusive=self.exclusive,
            urgent_when_late=self.urgent_when_late,
        )


class Role(Frozen):
    """A responsibility. `each` is everyone for oneself, `newcomer` whoever arrives; the others have holders."""

    id: EntryId
    title: Title
    names: Names = Names()
    text: Text
    sources: Sources = ()
    kind: Literal["holder", "each", "newcomer"] = "holder"
    fallback: Id | None = None
    """Who does it while nobody holds it, before the backup and the lead."""
    single: bool = False
    """Exactly one person, always."""
    rotates: bool = False
    """Usually held in turns."""
    default: Literal["on", "off"] = "on"


class RangeQuota(Frozen):
    """Between so many and so many posts; over it warns, never blocks."""

    kind: Literal["range"]
    minimum: Annotated[int, Field(ge=0, le=100)]
    maximum: Annotated[int, Field(ge=1, le=100)]
    per: Literal["day", "week"] = "day"

    @model_validator(mode="after")
    def _check_order(self) -> RangeQuota:
        if self.minimum > self.maximum:
            raise FaultError("catalogue.range_in_order", "minimum is above maximum")
        return self


class TargetQuota(Frozen):
    """So many posts: an aim, with no warning above."""

    kind: Literal["target"]
    target: Annotated[int, Field(ge=1, le=100)]
    per: Literal["day", "week"] = "day"


QuotaEntry = Annotated[RangeQuota | TargetQuota, Field(discriminator="kind")]


class Network(Frozen):
    """A place where a brand speaks, how often (averages, never hard limits), and what to look at there each day."""

    id: EntryId
    title: Title
    names: Names = Names()
    sources: Sources = ()
    quota: QuotaEntry | None = None
    checks: Annotated[tuple[Point, ...], Field(min_length=1, max_length=5)]


class Block(Frozen):
    """A slot of a typical day."""

    title: Title
    text: Text | None = None
    sources: Sources = ()
    start: At
    end: At
    category: Id | None = None
    urgent_only: bool = False
    """Only what is urgent gets through."""
    default: Literal["on", "off"] = "on"

    @model_validator(mode="after")
    def _check_order(self) -> Block:
        if self.start >= self.end:
            raise FaultError("catalogue.block_in_order", "a block ends after it starts")
        return self


class Day(Frozen):
    """A typical day in blocks: a starting point that each team bends (000-R6, 002-R6)."""

    id: EntryId
    title: Title
    text: Text
    sources: Sources = ()
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_overlap(self) -> Day:
        ends = time(0)
        for block in self.blocks:
            if block.start < ends:
                raise FaultError("catalogue.blocks_apart", "blocks follow one another without overlap")
            ends = block.end
        return self


class Category(Frozen):
    """A category of time: an activity, or a share of the 70/20/10 mix."""

    id: EntryId
    kind: Literal["activity", "mix"]
    title: Title
    names: Names = Names()
    text: Text
    sources: Sources = ()
    share: Annotated[int, Field(ge=0, le=100)] | None = None
    """Percent of the mix."""


Place = Annotated[str, Field(pattern=r"^(command|nudge|task|role|playbook|section|behaviour):[a-z][a-z0-9-]*$")]


class Maxim(Frozen):
    """A line of the trade's texts that is a rule of conduct rather than an entry, and where the product honours it."""

    id: EntryId
    text: Text
    places: tuple[Place, ...] = ()


class Step(Frozen):
    """A step of a playbook."""

    title: Title
    text: Text
    role: Id
    after: Annotated[int, Field(ge=0)] | None = None
    """Minutes from the start of the crisis; none: when it is over."""
    repeats: bool = False
    """Comes back every `alerts.status_every` minutes until the end."""


class Track(Frozen):
    """Steps that go on side by side with the other tracks'."""

    title: Title
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class Playbook(Frozen):
    """A procedure for a critical situation, by tracks."""

    id: EntryId
    title: Title
    names: Names = Names()
    text: Text
    sources: Sources = ()
    tracks: dict[Id, Track]


class Example(Frozen):
    """An idea scored from 1 to 10 for impact, confidence and ease."""

    id: EntryId
    title: Title
    sources: Sources = ()
    impact: Annotated[int, Field(ge=1, le=10)]
    confidence: Annotated[int, Field(ge=1, le=10)]
    ease: Annotated[int, Field(ge=1, le=10)]


SECTIONS = ("tasks", "networks", "roles", "blocks", "categories", "rules", "playbooks", "examples")


class CatalogueFile(Frozen):
    """The content of a YAML file: any of these sections, under any file name."""

    tasks: dict[Id, Task] = Field(default_factory=dict)
    networks: dict[Id, Network] = Field(default_factory=dict)
    roles: dict[Id, Role] = Field(default_factory=dict)
    blocks: dict[Id, Day] = Field(default_factory=dict)
    categories: dict[Id, Category] = Field(default_factory=dict)
    rules: dict[SourceId, Maxim] = Field(default_factory=dict)
    playbooks: dict[Id, Playbook] = Field(default_factory=dict)
    examples: dict[Id, Example] = Field(default_factory=dict)
    defaults: Defaults | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_ids(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {name: _add_ids(part) if name in SECTIONS else part for name, part in raw.items()}


def _add_ids(section: Any) -> Any:
    if not isinstance(section, dict):
        return section
    return {key: {**entry, "id": key} if isinstance(entry, dict) else entry for key, entry in section.items()}
