"""A message as a card for a terminal: at most 80 columns, and no meaning that only a colour carries. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, assert_never

from rich.box import ROUNDED
from rich.cells import cell_len
from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text as Rich

from adapters.console.render import MARKS, buttons, render
from adapters.console.transcript import clean
from bot.message import Button, Chart, Choice, File, Form, Link, Message, Strong, Table, TaskLine, Text, Who

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from bot.message import Block, Line

WIDEST = 80
NARROWEST = 20
MARGIN = 4
"""Columns that a card's frame takes."""
STYLES = {"open": "", "late": "yellow", "done": "green", "skipped": "dim"}
TEXTS = {"plain": "", "title": "bold", "note": "dim"}
BUTTONS = {"plain": "cyan", "primary": "bold cyan", "danger": "red"}
FRAMES = {"channel": "blue", "private": "magenta", "answer": "dim"}


@dataclass(frozen=True, slots=True)
class Look:
    """How wide the terminal is, and whether colours are wanted (https://no-color.org)."""

    columns: int
    colour: bool = True

    @property
    def width(self) -> int:
        return max(NARROWEST, min(WIDEST, self.columns))


def card(
    message: Message, headings: Sequence[str], look: Look, frame: str, only: AbstractSet[int] | None = None
) -> str:
    """Draw a message in a frame under the longest of its `headings` that fits; `only`: the blocks to show, by index."""
    body = Group(*_body(message, look.width - MARGIN, only)) if message.blocks else Rich("")
    fitting = [heading for heading in headings if cell_len(heading) <= look.width - MARGIN - 2]
    title = Rich(clean(fitting[0] if fitting else headings[-1]), style="bold")
    panel = Panel(body, box=ROUNDED, title=title, title_align="left", border_style=FRAMES[frame], width=look.width)
    return _printed(panel, look)


def note(words: str, look: Look, style: str = "") -> str:
    """Draw a note between the cards, which is no message of the product; `**words**` are emphasised."""
    lines = []
    for row in words.split("\n"):
        text = Rich()
        for index, part in enumerate(clean(row).split("**")):
            text.append(part, style=f"{style} bold".strip() if index % 2 else style)
        deep = len(row) - len(row.lstrip())
        after = " " * (deep + 2 if deep else 0)
        body = _words(text[deep:] if deep else text)
        lines += _indented(wrapped(body, look.width - 2 - len(after)), " " * deep, after)
    return "".join(_printed(Rich("  ") + line, look) for line in lines)


def changed(old: Message, new: Message) -> set[int] | None:
    """Return the blocks that say something else than before; None (show all) when the message only lost some."""
    indexes = {index for index, block in enumerate(new.blocks) if block not in old.blocks}
    return indexes or None


def _printed(renderable: Panel | Rich, look: Look) -> str:
    out = StringIO()
    console = Console(
        file=out, width=look.width, force_terminal=True, color_system="standard", no_color=not look.colour,
        legacy_windows=False, highlight=False, markup=False, emoji=False, _environ={},
    )  # fmt: skip
    console.print(renderable, soft_wrap=False, overflow="ignore", no_wrap=True)
    return out.getvalue()


def _body(message: Message, width: int, only: AbstractSet[int] | None) -> list[Rich]:
    """Draw the lines of a card; buttons keep their numbers whatever is left out."""
    lines: list[Rich] = []
    row: list[Rich] = []
    labels = [_label(number, button) for number, button in enumerate(buttons(message), 1)]
    for index, block in enumerate(message.blocks):
        own_labels = [labels.pop(0) for _ in buttons(Message((block,)))]
        if only is not None and index not in only:
            continue
        if isinstance(block, Button):
            row += own_labels
            continue
        lines += wrapped(row, width)
        row = []
        lines += _lines(block, width)
        lines += _indented(wrapped(own_labels, width - 3), "   ", "   ")
    return lines + wrapped(row, width)


def _label(number: int, button: Button) -> Rich:
    return Rich(clean(f"[{number} {button.label}]"), style=BUTTONS[button.style])


def _lines(block: Block, width: int) -> list[Rich]:
    match block:
        case Text():
            return [
                line
                for part in _spans(block.line, TEXTS[block.style]).split("\n")
                for line in wrapped(_words(part), width)
            ]
        case TaskLine():
            style = STYLES[block.state]
            lines = _indented(
                wrapped(_words(_spans(block.line, style)), width - 2), f"{MARKS[block.state]} ", "  ", style
            )
            for under in block.under:
                lines += _indented(wrapped(_words(_spans(under, "dim")), width - 3), "   ", "   ")
            return lines
        case Table():
            return _table(block, width)
        case Chart() | Choice() | Form() | Link() | File():
            rows = render(Message((block,)))
            if isinstance(block, Choice):
                rows = rows[:1]
            return [line for row in rows for line in wrapped(_words(Rich(clean(row))), width)]
        case Button():
            return []
        case _:
            assert_never(block)


def _table(table: Table, width: int) -> list[Rich]:
    """Aligned when it fits; else each row in a paragraph of its own."""
    rows = render(Message((table,)))
    if all(cell_len(row) <= width for row in rows):
        return [Rich(clean(row), style="bold" if at == 0 else "") for at, row in enumerate(rows)]
    joined = (" · ".join(cell for cell in row if cell) for row in table.rows)
    return [line for row in joined for line in _hanging(Rich(clean(row)), width)]


def _hanging(text: Rich, width: int) -> list[Rich]:
    return _indented(wrapped(_words(text), width - 2), "", "  ")


def _spans(line: Line, style: str) -> Rich:
    text = Rich()
    for span in line:
        match span:
            case str():
                text.append(_kept(span), style=style)
            case Strong():
                text.append(_kept(span.text), style=f"{style} bold".strip())
            case Who():
                text.append(_kept(span.name), style=style)
            case _:
                text.append(_kept(span.text), style=style)
    return text


def _kept(words: str) -> str:
    return "\n".join(clean(row) for row in words.split("\n"))


def _indented(lines: Iterable[Rich], first: str, following: str, style: str = "") -> list[Rich]:
    return [Rich(following if at else first, style=style) + line for at, line in enumerate(lines)]


def _words(text: Rich) -> list[Rich]:
    """Split a text at ordinary spaces only: rich's own wrapping breaks « 9 h » at its no-break space."""
    return list(text.split(" ")) if text.plain else []


def wrapped(words: Iterable[Rich], width: int) -> list[Rich]:
    """Join words by spaces into lines of at most `width` columns; a longer word is cut."""
    lines: list[Rich] = []
    for word in words:
        for piece in _pieces(word, width):
            if lines and lines[-1].cell_len + 1 + piece.cell_len <= width:
                lines[-1] = lines[-1] + Rich(" ") + piece
            else:
                lines.append(piece)
    return lines


def _pieces(word: Rich, width: int) -> list[Rich]:
    if word.cell_len <= width:
        return [word]
    return list(word.divide(range(max(1, width), len(word.plain), max(1, width))))
