"""The page's protocol, version 1: JSON frames over one WebSocket. What comes in is checked to the last character."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from adapters.web.room import Step  # pydantic reads it at run time
from bot.i18n import Language, catalogue
from bot.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.web.board import Posted
    from adapters.web.room import Scene
    from bot.message import Reply

VERSION = 1
LARGEST_FRAME = 64 * 1024
"""Bytes of a frame that comes in; more closes the connection."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Account = Annotated[str, StringConstraints(max_length=64)]
Short = Annotated[str, StringConstraints(max_length=200)]
Words = Annotated[str, StringConstraints(max_length=8000)]
Value = Annotated[str, StringConstraints(max_length=4000)]
Values = Annotated[list[Value], Field(max_length=100)]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Hello(_Frame):
    """Show me the room; I speak as `account`."""

    type: Literal["hello"]
    v: Literal[1]
    account: Account = ""


class Say(_Frame):
    """A typed line. `id` is made by the page: the same id is the same line, sent again after a broken connection."""

    type: Literal["say"]
    id: Id
    text: Words


class Press(_Frame):
    """A button or a select, of a posted message or of an answer (`message` empty)."""

    type: Literal["press"]
    id: Id
    action: Short
    target: Value = ""
    message: Short = ""


class Submit(_Frame):
    """A form."""

    type: Literal["submit"]
    id: Id
    action: Short
    values: Annotated[dict[Short, Values], Field(max_length=50)]


class React(_Frame):
    """An emoji put on a posted message, or taken off it."""

    type: Literal["react"]
    id: Id
    message: Short
    emoji: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    added: bool


class Forward(_Frame):
    """Move the demo's clock."""

    type: Literal["forward"]
    id: Id
    by: Step


class Arrive(_Frame):
    """Let somebody into the team."""

    type: Literal["arrive"]
    id: Id
    name: Short
    language: Language


Asked = Say | Press | Submit | React | Forward | Arrive
"""What is answered with the same `id`."""
Frame = Hello | Asked
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])
_MESSAGE = TypeAdapter(Message)


def read(text: str) -> Frame | None:
    """Read the frame that a text holds; None when it is none of ours."""
    try:
        return _FRAME.validate_json(text)
    except (ValidationError, RecursionError):
        return None


def frame(type_: str, **values: Any) -> str:
    """Build a frame to send."""
    return json.dumps({"type": type_, **values}, ensure_ascii=False, separators=(",", ":"))


def scene(room: Scene, account: str) -> str:
    """Build the frame of the room, with the page's own words."""
    return frame("scene", v=VERSION, me=account, texts=texts(room.language), **asdict(room))


def drawn(message: Message) -> Any:
    """Turn a neutral message into JSON values."""
    return _MESSAGE.dump_python(message, mode="json")


def posted(card: Posted, previews: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a posted message. `previews`: what other platforms would be sent, by those with a renderer."""
    return {
        "id": card.ref.message,
        "place": card.ref.channel,
        "at": card.at.isoformat(),
        "edited": card.edited.isoformat() if card.edited else None,
        "message": drawn(card.message),
        "reactions": {emoji: sorted(accounts) for emoji, accounts in card.reactions.items() if accounts},
        "previews": {name: render(card.message) for name, render in previews.items()},
    }


def answer(reply: Reply, previews: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an answer, which one person alone is shown."""
    message = reply.message
    return {
        "message": drawn(message) if message else None,
        "form": reply.visibility == "form",
        "refused": reply.refused,
        "previews": {name: render(message) for name, render in previews.items()} if message else {},
    }


@cache
def texts(language: Language) -> dict[str, str]:
    """Return the page's words, as they stand in the `.po` file (placeholders are filled by the page)."""
    words = catalogue(language)
    return {key.removeprefix("web."): words.template(key, None) for key in words.keys() if key.startswith("web.")}  # noqa: SIM118
