"""A neutral message as plain lines of text: pure, and the same wherever text is all there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.message import Button, Chart, Choice, File, Form, Link, Table, TaskLine, Text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.message import Block, Message

MARKS = {"open": "○", "late": "●", "done": "✓", "skipped": "–"}


def render(message: Message) -> list[str]:
    """Draw the lines of a message; its buttons, numbered across the message, stand under what they belong to."""
    lines: list[str] = []
    row: list[str] = []
    for block, labels in _numbered(message.blocks):
        if isinstance(block, Button):
            row += labels
            continue
        lines += _row(row)
        row = []
        lines += [*_lines(block), *(f"   {line}" for line in _row(labels))]
    return lines + _row(row)


def buttons(message: Message) -> list[Button]:
    """Everything that can be clicked, in the order of its numbers (the options of a choice are buttons here)."""
    return [button for block in message.blocks for button in _buttons(block)]


def _buttons(block: Block) -> Sequence[Button]:
    match block:
        case Button():
            return (block,)
        case TaskLine():
            return block.buttons
        case Choice():
            return [Button(option.label, block.action, option.value) for option in block.options]
        case Text() | Table() | Chart() | Form() | Link() | File():
            return ()
        case _:
            assert_never(block)


def _numbered(blocks: Sequence[Block]) -> Iterator[tuple[Block, list[str]]]:
    number = 0
    for block in blocks:
        labels = []
        for button in _buttons(block):
            number += 1
            labels.append(f"[{number} {button.label}]")
        yield block, labels


def _row(labels: Sequence[str]) -> list[str]:
    return [" ".join(labels)] if labels else []


def _lines(block: Block) -> list[str]:
    match block:
        case Text():
            return plain(block.line).split("\n")
        case TaskLine():
            return [f"{MARKS[block.state]} {plain(block.line)}", *(f"   {plain(line)}" for line in block.under)]
        case Table():
            return _table(block)
        case Chart():
            return [block.title, block.alternative]
        case Choice():
            return [block.label]
        case Form():
            return _form(block)
        case Link():
            return [f"{block.label} → {block.url}"]
        case File():
            return [f"{block.name} ({len(block.content.encode())} o)"]
        case Button():
            return []
        case _:
            assert_never(block)


def _table(table: Table) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*table.rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table.rows
    ]


def _form(form: Form) -> list[str]:
    lines = [form.title]
    for field in form.fields:
        options = ", ".join(option.label for option in field.options)
        lines.append(f"  {field.label}" + (f" ({options})" if options else ""))
        lines += [f"  ! {field.error}"] if field.error else []
    return [*lines, f"→ /cm {form.typed}"] if form.typed else lines
