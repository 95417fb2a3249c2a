"""Builds modals from forms, and reads the values of submitted ones by field name."""

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
    """Build a form's view; `metadata` comes back with its submission. A clipped title is repeated in full."""
    blocks = [_build_input(field, accounts) for field in form.fields]
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
    """Build a modal that shows an answer to a press in a view, where no conversation can show it."""
    drawn = single(render(message, accounts, surface="view"))
    blocks = list(drawn.blocks) or [{"type": "section", "text": simple(drawn.text, LABEL)}]
    return {"type": "modal", "callback_id": "answer", "title": simple("Vigie"), "private_metadata": metadata,
            "blocks": blocks}  # fmt: skip


def _build_input(field: Field, accounts: Mapping[str, str]) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": simple(field.label, LABEL),
        "element": _build_element(field, accounts),
        "optional": not field.required,
    }
    return block | ({"hint": simple(field.hint, HINT)} if field.hint else {})


def _build_element(field: Field, accounts: Mapping[str, str]) -> Json:
    match field.input:
        case "member":
            return _build_people_select(field, [accounts[member] for member in field.value if member in accounts])
        case "options" if options := [
            _build_option(option) for option in field.options if 0 < len(option.value) <= OPTION_VALUE
        ]:
            return _build_select(field, options)
        case _:
            value = "\n".join(field.value)[:TYPED]
            element: Json = {"type": "plain_text_input", "action_id": VALUE}
            return element | ({"initial_value": value} if value else {})


def _build_people_select(field: Field, chosen: Sequence[str]) -> Json:
    if field.many:
        several: Json = {"type": "multi_users_select", "action_id": VALUE}
        return several | ({"initial_users": list(chosen)} if chosen else {})
    single_select: Json = {"type": "users_select", "action_id": VALUE}
    return single_select | ({"initial_user": chosen[0]} if chosen else {})


def _build_select(field: Field, options: Sequence[Json]) -> Json:
    initial = [option for option in options if option["value"] in field.value]
    shown: Json = {"options": list(options)}
    if len(options) > OPTIONS:
        shown = {
            "option_groups": [_build_group(options[at : at + OPTIONS], at) for at in range(0, len(options), OPTIONS)]
        }
    if field.many:
        kind = {"type": "multi_static_select", "action_id": VALUE}
        return kind | shown | ({"initial_options": initial} if initial else {})
    kind = {"type": "static_select", "action_id": VALUE}
    return kind | shown | ({"initial_option": initial[0]} if initial else {})


def _build_option(option: Option) -> Json:
    return {"text": simple(option.label), "value": option.value}


def _build_group(options: Sequence[Json], start: int) -> Json:
    return {"label": simple(f"{start + 1}–{start + len(options)}"), "options": list(options)}


def filled(state: object) -> dict[str, tuple[str, ...]]:
    """Return the values of a submitted view by field name (people by their Slack ids), without empty fields."""
    values = state.get("values") if isinstance(state, dict) else None
    return {
        str(name): tuple(
            value for element in elements.values() if isinstance(element, dict) for value in _read_values(element)
        )
        for name, elements in (values if isinstance(values, dict) else {}).items()
        if isinstance(elements, dict)
    }


def _read_values(element: Mapping[str, Any]) -> Sequence[str]:
    """Return the values of one input."""
    match element:
        case {"type": "users_select", "selected_user": str(user)}:
            return [user]
        case {"type": "multi_users_select", "selected_users": list(users)}:
            return [user for user in users if isinstance(user, str)]
        case {"selected_option": {"value": str(value)}}:
            return [value]
        case {"selected_options": list(chosen)}:
            return [
                option["value"]
                for option in chosen
                if isinstance(option, dict) and isinstance(option.get("value"), str)
            ]
        case {"value": str(value)} if value:
            return [value]
        case _:
            return []


def picked(state: object) -> tuple[str, ...]:
    """Return the people chosen in any input of a submitted view."""
    values = state.get("values") if isinstance(state, dict) else None
    fields = [field for field in (values if isinstance(values, dict) else {}).values() if isinstance(field, dict)]
    inputs = [element for field in fields for element in field.values() if isinstance(element, dict)]
    selects = [element for element in inputs if element.get("type") in {"users_select", "multi_users_select"}]
    return tuple(user for select in selects for user in _read_values(select))


def errors(form: Form) -> dict[str, str]:
    """Return the error of each field of a form, by field name."""
    return {field.name: clipped(field.error, LABEL) for field in form.fields if field.error}
