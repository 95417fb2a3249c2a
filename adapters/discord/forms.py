"""Forms as Discord's modals, and back. A modal holds five fields; what it does stands in its custom_id.

A submission cannot be answered by a form: one that is refused comes back as words, with a button that opens it again
as it was filled in, for as long as an interaction lives (:class:`Kept`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from adapters.discord.custom_id import LONGEST, Mark, fits
from adapters.discord.render import every
from adapters.discord.spans import clipped, label, units
from bot.message import Form, Message, Strong, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.message import Block, Field, Option, Reply

Json = dict[str, Any]

LABELLED, INPUT, SELECT, PEOPLE = 18, 4, 3, 5
FIELDS = 5
TITLE, NAME, HINT, PLACEHOLDER, TYPED = 45, 45, 100, 100, 4000
OPTIONS = 25
LIFE = 890.0
"""Seconds that a form is kept: an interaction's token lives fifteen minutes."""
MOST = 500


def modal(
    form: Form, mark: Mark, accounts: Mapping[str, str] = MappingProxyType({}), *, alone: Option | None = None
) -> Json:
    """The form; `mark` says what it does and, where Discord does not, for which team.

    `alone`: whoever asks, in a direct conversation. Nobody else can be picked there: people are chosen by name.
    """
    named = mark if fits(mark) else replace(mark, target="")
    fields = [_field(_by_name(one, alone) if alone else one, accounts) for one in form.fields[:FIELDS]]
    return {"custom_id": str(named), "title": label(form.title, TITLE), "components": fields}


def _by_name(field: Field, me: Option) -> Field:
    """A person is one of those who are known, or whoever asks."""
    if field.input != "member":
        return field
    others = tuple(one for one in field.options if one.label != me.label)
    return replace(field, input="options", options=(me, *others))


def _field(field: Field, accounts: Mapping[str, str]) -> Json:
    made: Json = {"type": LABELLED, "label": label(field.label, NAME), "component": _input(field, accounts)}
    about = " ".join((field.error or field.hint).split())
    return made | ({"description": clipped(about, HINT)} if about else {})


def _input(field: Field, accounts: Mapping[str, str]) -> Json:
    options = [one for one in field.options if 0 < units(one.value) <= LONGEST][:OPTIONS]
    match field.input:
        case "member":
            return _people(field, [accounts[one] for one in field.value if one in accounts])
        case "options" if options:
            return _select(field, options)
        case _:
            return _text(field)


def _people(field: Field, chosen: list[str]) -> Json:
    most = 25 if field.many else 1
    made: Json = {"type": PEOPLE, "custom_id": field.name, "required": field.required, "max_values": most}
    defaults = [{"id": one, "type": "user"} for one in chosen[:most]]
    return made | {"min_values": int(field.required)} | ({"default_values": defaults} if defaults else {})


def _select(field: Field, options: list[Option]) -> Json:
    once = {one.value: one for one in options}
    drawn = [
        {"label": label(one.label, 100), "value": one.value} | ({"default": True} if one.value in field.value else {})
        for one in once.values()
    ]
    return {
        "type": SELECT, "custom_id": field.name, "required": field.required, "options": drawn,
        "min_values": int(field.required), "max_values": len(drawn) if field.many else 1,
    }  # fmt: skip


def _text(field: Field) -> Json:
    value = clipped("\n".join(field.value), TYPED)
    style = 2 if "\n" in value else 1
    made: Json = {"type": INPUT, "custom_id": field.name, "style": style, "required": field.required}
    return made | ({"value": value} if value else {})


def filled(data: Json) -> dict[str, tuple[str, ...]]:
    """The values of a submitted form by field name (people by their Discord ids); empty fields have none."""
    components = data.get("components")
    found = {}
    for one in every([part for part in components if isinstance(part, dict)] if isinstance(components, list) else []):
        name = one.get("custom_id")
        if isinstance(name, str):
            values = one.get("values") if isinstance(one.get("values"), list) else [one.get("value")]
            found[name] = tuple(value for value in values or [] if isinstance(value, str) and value)
    return found


def asked(reply: Reply) -> Form | None:
    """The form that an answer asks to open."""
    blocks = reply.message.blocks if reply.message and reply.visibility == "form" else ()
    return next((block for block in blocks if isinstance(block, Form)), None)


def complaint(form: Form) -> Message:
    """What is wrong with a form that was sent, field by field."""
    wrong = [one for one in form.fields if one.error]
    blocks: list[Block] = [Text((Strong(form.title),))]
    blocks += [Text((Strong(f"{one.label}\u00a0: "), one.error)) for one in wrong]
    return Message(tuple(blocks), form.title)


@dataclass(frozen=True, slots=True)
class Held:
    """A form to be opened by a press, as it was filled in."""

    actor: str
    form: Form
    line: str
    """Typed again, it gives the form anew; empty when nothing does."""


class Kept:
    """Forms for a press that may follow, for fifteen minutes at most; they are gone after a restart."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._held: TTLCache[str, Held] = TTLCache(most, LIFE, timer=clock)

    def put(self, key: str, actor: str, form: Form, line: str) -> None:
        self._held[key] = Held(actor, form, line)

    def get(self, key: str, actor: str) -> Held | None:
        """What was kept under a key, for the person that it was kept for."""
        found = self._held.get(key)
        return found if found and found.actor == actor else None
