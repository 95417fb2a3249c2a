"""Forms as Discord's modals, and back. A modal holds five fields; its custom_id names its act.

Discord allows no modal as the answer to a submission: a refused form comes back as text, with a button that opens it
again as it was filled in, for as long as an interaction lives (:class:`Kept`).
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
    """Build the modal; `mark` names its act and, where Discord does not name the guild, its team.

    `alone`: the person who opens it in a direct conversation, where the only choice of people is by name.
    """
    named = mark if fits(mark) else replace(mark, target="")
    fields = [
        _render_field(_choose_by_name(field, alone) if alone else field, accounts) for field in form.fields[:FIELDS]
    ]
    return {"custom_id": str(named), "title": label(form.title, TITLE), "components": fields}


def _choose_by_name(field: Field, me: Option) -> Field:
    """Turn a field for a person into a choice between `me` and the options of the field."""
    if field.input != "member":
        return field
    options = tuple(option for option in field.options if option.label != me.label)
    return replace(field, input="options", options=(me, *options))


def _render_field(field: Field, accounts: Mapping[str, str]) -> Json:
    made: Json = {"type": LABELLED, "label": label(field.label, NAME), "component": _render_input(field, accounts)}
    about = " ".join((field.error or field.hint).split())
    return made | ({"description": clipped(about, HINT)} if about else {})


def _render_input(field: Field, accounts: Mapping[str, str]) -> Json:
    options = [option for option in field.options if 0 < units(option.value) <= LONGEST][:OPTIONS]
    match field.input:
        case "member":
            return _render_people(field, [accounts[option] for option in field.value if option in accounts])
        case "options" if options:
            return _render_select(field, options)
        case _:
            return _render_text(field)


def _render_people(field: Field, chosen: list[str]) -> Json:
    most = 25 if field.many else 1
    made: Json = {"type": PEOPLE, "custom_id": field.name, "required": field.required, "max_values": most}
    defaults = [{"id": user, "type": "user"} for user in chosen[:most]]
    return made | {"min_values": int(field.required)} | ({"default_values": defaults} if defaults else {})


def _render_select(field: Field, options: list[Option]) -> Json:
    once = {option.value: option for option in options}
    drawn = [
        {"label": label(option.label, 100), "value": option.value}
        | ({"default": True} if option.value in field.value else {})
        for option in once.values()
    ]
    return {
        "type": SELECT, "custom_id": field.name, "required": field.required, "options": drawn,
        "min_values": int(field.required), "max_values": len(drawn) if field.many else 1,
    }  # fmt: skip


def _render_text(field: Field) -> Json:
    value = clipped("\n".join(field.value), TYPED)
    style = 2 if "\n" in value else 1
    made: Json = {"type": INPUT, "custom_id": field.name, "style": style, "required": field.required}
    return made | ({"value": value} if value else {})


def filled(data: Json) -> dict[str, tuple[str, ...]]:
    """Read the values of a submitted form by field name (people by their Discord ids); empty fields have none."""
    components = data.get("components")
    values_by_name = {}
    for component in every(
        [part for part in components if isinstance(part, dict)] if isinstance(components, list) else []
    ):
        name = component.get("custom_id")
        if isinstance(name, str):
            values = component.get("values") if isinstance(component.get("values"), list) else [component.get("value")]
            values_by_name[name] = tuple(value for value in values or [] if isinstance(value, str) and value)
    return values_by_name


def find_form(reply: Reply) -> Form | None:
    """Return the form that a reply opens; None for a reply without one."""
    blocks = reply.message.blocks if reply.message and reply.visibility == "form" else ()
    return next((block for block in blocks if isinstance(block, Form)), None)


def complaint(form: Form) -> Message:
    """Build the message that lists the errors of a form, field by field."""
    wrong = [field for field in form.fields if field.error]
    blocks: list[Block] = [Text((Strong(form.title),))]
    blocks += [Text((Strong(f"{field.label}\u00a0: "), field.error)) for field in wrong]
    return Message(tuple(blocks), form.title)


@dataclass(frozen=True, slots=True)
class Held:
    """A form to be opened by a press, as it was filled in."""

    actor: str
    form: Form
    line: str
    """Opens the form anew when typed; empty when no line does."""


class Kept:
    """Keeps refused forms for a later press, for fifteen minutes at most and not over a restart."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._held: TTLCache[str, Held] = TTLCache(most, LIFE, timer=clock)

    def put(self, key: str, actor: str, form: Form, line: str) -> None:
        self._held[key] = Held(actor, form, line)

    def get(self, key: str, actor: str) -> Held | None:
        """Return the form kept under a key for this person; None when there is none."""
        held = self._held.get(key)
        return held if held and held.actor == actor else None
