"""Forms as modals, and back: what was filled in, by field name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapters.slack.mrkdwn import clipped, simple
from adapters.slack.render import BLOCKS, OPTION_VALUE, OPTIONS, render, single

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.message import Field, Form, Message, Option

Json = dict[str, Any]
TITLE = 24
LABEL = 2000
HINT = 2000
TYPED = 3000
VALUE = "value"
"""The action_id of every input: block_id names the field."""


def modal(form: Form, metadata: str, accounts: Mapping[str, str] = MappingProxyType({})) -> Json:
    """The view of a form; `metadata` comes back with its submission. A title that is cut stands in full inside."""
    blocks = [_input(field, accounts) for field in form.fields]
    if len(form.title) > TITLE:
        blocks.insert(0, {"type": "header", "text": simple(form.title, 150)})
    return {
        "type": "modal",
        "callback_id": form.action,
        "title": simple(form.title, TITLE),
        "submit": simple(form.submit, TITLE),
        "private_metadata": metadata,
        "blocks": blocks[: BLOCKS["view"]],
    }


def panel(message: Message, metadata: str, accounts: Mapping[str, str] = MappingProxyType({})) -> Json:
    """A modal that only shows an answer (to a press in a view, where there is no conversation to answer in)."""
    drawn = single(render(message, accounts, surface="view"))
    blocks = list(drawn.blocks) or [{"type": "section", "text": simple(drawn.text, LABEL)}]
    return {"type": "modal", "callback_id": "answer", "title": simple("Vigie"), "private_metadata": metadata,
            "blocks": blocks}  # fmt: skip


def _input(field: Field, accounts: Mapping[str, str]) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": simple(field.label, LABEL),
        "element": _element(field, accounts),
        "optional": not field.required,
    }
    return block | ({"hint": simple(field.hint, HINT)} if field.hint else {})


def _element(field: Field, accounts: Mapping[str, str]) -> Json:
    match field.input:
        case "member":
            return _people(field, [accounts[one] for one in field.value if one in accounts])
        case "options" if options := [_option(one) for one in field.options if 0 < len(one.value) <= OPTION_VALUE]:
            return _select(field, options)
        case _:
            value = "\n".join(field.value)[:TYPED]
            element: Json = {"type": "plain_text_input", "action_id": VALUE}
            return element | ({"initial_value": value} if value else {})


def _people(field: Field, chosen: Sequence[str]) -> Json:
    if field.many:
        several: Json = {"type": "multi_users_select", "action_id": VALUE}
        return several | ({"initial_users": list(chosen)} if chosen else {})
    one: Json = {"type": "users_select", "action_id": VALUE}
    return one | ({"initial_user": chosen[0]} if chosen else {})


def _select(field: Field, options: Sequence[Json]) -> Json:
    initial = [one for one in options if one["value"] in field.value]
    shown: Json = {"options": list(options)}
    if len(options) > OPTIONS:
        shown = {"option_groups": [_group(options[at : at + OPTIONS], at) for at in range(0, len(options), OPTIONS)]}
    if field.many:
        kind = {"type": "multi_static_select", "action_id": VALUE}
        return kind | shown | ({"initial_options": initial} if initial else {})
    kind = {"type": "static_select", "action_id": VALUE}
    return kind | shown | ({"initial_option": initial[0]} if initial else {})


def _option(option: Option) -> Json:
    return {"text": simple(option.label), "value": option.value}


def _group(options: Sequence[Json], start: int) -> Json:
    return {"label": simple(f"{start + 1}–{start + len(options)}"), "options": list(options)}


def filled(state: object) -> dict[str, tuple[str, ...]]:
    """The values of a submitted view by field name (people by their Slack ids); fields left empty have none."""
    values = state.get("values") if isinstance(state, dict) else None
    return {
        str(name): tuple(
            value for element in elements.values() if isinstance(element, dict) for value in _values(element)
        )
        for name, elements in (values if isinstance(values, dict) else {}).items()
        if isinstance(elements, dict)
    }


def _values(element: Mapping[str, Any]) -> Sequence[str]:
    """What one input holds."""
    match element:
        case {"type": "users_select", "selected_user": str(user)}:
            return [user]
        case {"type": "multi_users_select", "selected_users": list(users)}:
            return [one for one in users if isinstance(one, str)]
        case {"selected_option": {"value": str(value)}}:
            return [value]
        case {"selected_options": list(chosen)}:
            return [one["value"] for one in chosen if isinstance(one, dict) and isinstance(one.get("value"), str)]
        case {"value": str(value)} if value:
            return [value]
        case _:
            return []


def picked(state: object) -> tuple[str, ...]:
    """The people who were picked anywhere in a submitted view."""
    values = state.get("values") if isinstance(state, dict) else None
    fields = [one for one in (values if isinstance(values, dict) else {}).values() if isinstance(one, dict)]
    inputs = [element for field in fields for element in field.values() if isinstance(element, dict)]
    people = [one for one in inputs if one.get("type") in {"users_select", "multi_users_select"}]
    return tuple(user for one in people for user in _values(one))


def errors(form: Form) -> dict[str, str]:
    """What stands beside the fields of a form that came back."""
    return {field.name: clipped(field.error, LABEL) for field in form.fields if field.error}
