"""The neutral message: frozen blocks of spans, which each platform renders.

Nothing here is escaped: a renderer escapes for its own platform. A `Line` is a tuple of spans; a bare `str` is a span.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  # pydantic reads it at run time
from typing import Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Strong:
    """Emphasised words."""

    text: str
    kind: Literal["strong"] = "strong"


@dataclass(frozen=True, slots=True)
class At:
    """An instant: platforms with native times show it in the reader's zone; `text` is the wording elsewhere."""

    instant: datetime
    text: str
    style: Literal["time", "day", "full"] = "time"
    kind: Literal["at"] = "at"


@dataclass(frozen=True, slots=True)
class Who:
    """A member, by internal id. `notify` makes it a mention; otherwise only the name is shown."""

    member: str
    name: str
    notify: bool = False
    kind: Literal["who"] = "who"


@dataclass(frozen=True, slots=True)
class Where:
    """A channel, by the platform's id: platforms make it a link; `text` is its name elsewhere."""

    channel: str
    text: str
    kind: Literal["where"] = "where"


Span = str | Strong | At | Who | Where
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A button. `action` is a registered act, or `say` (then `target` is a line of the grammar, run as if typed)."""

    label: str
    action: str
    target: str = ""
    style: Literal["plain", "primary", "danger"] = "plain"
    kind: Literal["button"] = "button"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `title` heads a card, `note` is secondary."""

    line: Line
    style: Literal["plain", "title", "note"] = "plain"
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class TaskLine:
    """The line of a task on a card; `position` (from 1) is frozen at the first posting."""

    position: int
    state: Literal["open", "done", "skipped", "late"]
    line: Line
    under: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    kind: Literal["item"] = "item"


@dataclass(frozen=True, slots=True)
class Table:
    """A small table: the first row is the header; all rows have the same length."""

    rows: tuple[tuple[str, ...], ...]
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Chart:
    """A series of (label, value) pairs; `alternative` says the same in words, for screen readers and plain text."""

    title: str
    points: tuple[tuple[str, float | None], ...]
    alternative: str
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice: the label that people read, and the value that a selection sends."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A select that runs `action` with the chosen value as target."""

    label: str
    action: str
    options: tuple[Option, ...]
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form. `input` is its widget; `error` is shown beside it after a refusal."""

    name: str
    label: str
    input: Literal["text", "options", "member"] = "text"
    options: tuple[Option, ...] = ()
    many: bool = False
    required: bool = False
    value: tuple[str, ...] = ()
    hint: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form; submitting runs `action` with the values by field name.

    `typed` is the equivalent line of the grammar, for platforms without forms.
    """

    title: str
    fields: tuple[Field, ...]
    action: str
    submit: str
    typed: str = ""
    kind: Literal["form"] = "form"


@dataclass(frozen=True, slots=True)
class Link:
    """An address to open (http or https only)."""

    label: str
    url: str
    kind: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class File:
    """A file to download; `content` is its bytes as UTF-8 text."""

    name: str
    content: str
    kind: Literal["file"] = "file"


Block = Text | TaskLine | Table | Chart | Button | Choice | Form | Link | File


@dataclass(frozen=True, slots=True)
class Message:
    """A message to post or to answer. `summary` is the line that notifications and plain clients show."""

    blocks: tuple[Block, ...]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request.

    `visibility` may narrow the declaration of the command (never widen it). Without a message, the updated card is the
    answer. `fault`: a failure of Vigie, nothing was stored; an adapter shows it and lets its platform retry.
    `refused`: the request was not carried out; a platform with forms keeps the submitted form open.
    """

    message: Message | None = None
    visibility: Literal["private", "channel", "form"] = "private"
    fault: bool = False
    refused: bool = False


_REPLY = TypeAdapter(Reply)


def reply_to_json(reply: Reply) -> str:
    """Serialise a reply, to answer duplicates of its request."""
    return _REPLY.dump_json(reply).decode()


def reply_from_json(text: str) -> Reply:
    """Parse a reply (the inverse of :func:`reply_to_json`)."""
    return _REPLY.validate_json(text)


def figure(value: float) -> str:
    """Format a figure of a chart for both languages: thousands separated by a narrow no-break space."""
    return f"{value:,.12g}".replace(",", "\u202f")


def plain(line: Line) -> str:
    """Return the text of a line without markup."""
    return "".join(
        span if isinstance(span, str) else span.name if isinstance(span, Who) else span.text for span in line
    )
