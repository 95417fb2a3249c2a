"""The judge `slackblocks`: what is sent to Slack, built again with its classes, which refuse what Slack would refuse.

Its own `from_dict` lacks most elements, hence this mapping. It knows no date in rich text: there its fallback stands.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


def rebuilt(kind: str, payload: Json) -> None:
    """Raise slackblocks' InvalidUsageError for a message or view that it would not have made."""
    import slackblocks as sb

    blocks = [_block(sb, one) for one in payload.get("blocks") or []]
    match kind:
        case "message":
            sb.Message(channel="C0", text=payload["text"], blocks=blocks)
        case "home":
            sb.HomeTabView(blocks)
        case _:
            submit = _text(sb, payload["submit"]) if "submit" in payload else None
            sb.ModalView(
                _text(sb, payload["title"]),
                blocks,
                submit=submit,
                private_metadata=payload.get("private_metadata"),
                callback_id=payload["callback_id"],
            )


def _block(sb: Any, block: Json) -> Any:
    made = BLOCKS[block["type"]](sb, block)
    resolved = json.loads(repr(made))
    assert resolved["type"] == block["type"]
    return made


def _text(sb: Any, text: Json) -> Any:
    kind = sb.TextType.MARKDOWN if text["type"] == "mrkdwn" else sb.TextType.PLAINTEXT
    return sb.Text(text["text"], kind, emoji=text.get("emoji", False), verbatim=text.get("verbatim", False))


def _section(sb: Any, block: Json) -> Any:
    accessory = _element(sb, block["accessory"]) if "accessory" in block else None
    return sb.SectionBlock(_text(sb, block["text"]), accessory=accessory)


def _input(sb: Any, block: Json) -> Any:
    return sb.InputBlock(
        _text(sb, block["label"]),
        _element(sb, block["element"]),
        block_id=block["block_id"],
        hint=_text(sb, block["hint"]) if "hint" in block else None,
        optional=block["optional"],
    )


def _rich(sb: Any, block: Json) -> Any:
    return sb.RichTextBlock([_rich_object(sb, one) for one in block["elements"]])


def _rich_object(sb: Any, one: Json) -> Any:
    kind = sb.RichTextCodeBlock if one["type"] == "rich_text_preformatted" else sb.RichTextSection
    return kind([_piece(sb, piece) for piece in one["elements"]])


def _piece(sb: Any, one: Json) -> Any:
    match one["type"]:
        case "user":
            return sb.RichTextUser(one["user_id"])
        case "link":
            return sb.RichTextLink(one["url"], one.get("text"))
        case "date":
            return sb.RichText(one["fallback"])
        case _:
            return sb.RichText(one["text"], bold=one.get("style", {}).get("bold"))


def _chart(sb: Any, block: Json) -> Any:
    chart = block["chart"]
    series = [
        sb.DataSeries(one["name"], [sb.DataPoint(point["label"], point["value"]) for point in one["data"]])
        for one in chart["series"]
    ]
    return sb.DataVisualizationBlock(block["title"], sb.LineChart(series, sb.AxisConfig(**chart["axis_config"])))


BLOCKS: dict[str, Callable[[Any, Json], Any]] = {
    "header": lambda sb, block: sb.HeaderBlock(_text(sb, block["text"])),
    "section": _section,
    "context": lambda sb, block: sb.ContextBlock([_text(sb, one) for one in block["elements"]]),
    "divider": lambda sb, _: sb.DividerBlock(),
    "actions": lambda sb, block: sb.ActionsBlock([_element(sb, one) for one in block["elements"]]),
    "input": _input,
    "rich_text": _rich,
    "table": lambda sb, block: sb.TableBlock([[sb.RawText(cell["text"]) for cell in row] for row in block["rows"]]),
    "data_visualization": _chart,
}


def _element(sb: Any, one: Json) -> Any:
    name = one["action_id"]
    match one["type"]:
        case "button":
            return sb.Button(_text(sb, one["text"]), name, value=one.get("value"), style=one.get("style"))
        case "plain_text_input":
            return sb.PlainTextInput(name, one.get("initial_value"), multiline=one.get("multiline", False))
        case "users_select":
            return sb.UserSelectMenu(name, one.get("initial_user"))
        case "multi_users_select":
            return sb.UserMultiSelectMenu(name, one.get("initial_users"))
        case "static_select":
            chosen = {"initial_option": _option(sb, one["initial_option"])} if "initial_option" in one else {}
            return sb.StaticSelectMenu(name, **_options(sb, one), **chosen)
        case _:
            assert one["type"] == "multi_static_select"
            start = [_option(sb, each) for each in one.get("initial_options", [])]
            about = _options(sb, one)
            if "option_groups" in about:  # its class wants options besides the groups
                about["options"] = about["option_groups"][0].options
                sb.StaticSelectMenu(name, option_groups=about.pop("option_groups"))
            return sb.StaticMultiSelectMenu(name, **about, initial_options=start or None)


def _options(sb: Any, one: Json) -> Json:
    placeholder = {"placeholder": _text(sb, one["placeholder"])} if "placeholder" in one else {}
    if "options" in one:
        return {"options": [_option(sb, each) for each in one["options"]]} | placeholder
    groups = [
        sb.OptionGroup(_text(sb, group["label"]), [_option(sb, each) for each in group["options"]])
        for group in one["option_groups"]
    ]
    return {"option_groups": groups} | placeholder


def _option(sb: Any, option: Json) -> Any:
    return sb.Option(_text(sb, option["text"]), option["value"])
