"""Renders neutral messages as Block Kit, without input or output. Slack's limits hold, and every cut is shown.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, assert_never

from adapters.slack.charts import MOST, chart_block
from adapters.slack.mrkdwn import LONGEST, clipped, escaped, mrkdwn, parts, rich, simple
from bot.message import (
    Button,
    Chart,
    Choice,
    File,
    Form,
    Link,
    Message,
    Strong,
    Table,
    TaskLine,
    Text,
    Who,
    figure,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.message import Block, Line, Option

Surface = Literal["message", "view"]
Json = dict[str, Any]

BLOCKS: dict[Surface, int] = {"message": 50, "view": 100}
TEXT = 3000
"""Characters of the notification text; what follows stands in the blocks."""
PAGE = 12_000
"""Characters of one message's blocks."""
HEADER = 150
VALUE = 2000
OPTIONS = 100
OPTION_VALUE = 150
ROW = 10
"""Buttons of one row (Slack takes 25)."""
CELLS = (100, 20)
"""Rows and columns of a native table."""
CELL = 500
"""Characters of a cell, beyond which a table is no table any more."""
FILE_PARTS = 3
"""Pieces of a file that a message shows."""
FILE_PIECES = 20
"""Messages of text that stand for a file which cannot be uploaded."""
MARKS = {"open": "○", "late": "●", "done": "✓", "skipped": "–"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """Holds a rendered page: the mandatory text of notifications and screen readers, and the blocks."""

    text: str
    blocks: tuple[Json, ...]

    def payload(self) -> Json:
        """Return the arguments of chat.postMessage and the like."""
        return {"text": self.text, "blocks": list(self.blocks)}


def render(
    message: Message,
    accounts: Mapping[str, str] = MappingProxyType({}),
    *,
    surface: Surface = "message",
    charts: bool = True,
) -> list[Drawn]:
    """Render a message in as many pages as Slack's limits ask for (nearly always one).

    `charts` False renders charts as words, for a workspace that refuses the native block.
    """
    pen = _Pen(accounts, surface, charts=charts)
    blocks = list(pen.all(message.blocks))
    text = clipped(escaped(message.summary or _first_words(message)), TEXT)
    return [Drawn(text, tuple(page)) for page in _deal_pages(blocks, BLOCKS[surface])]


def single(pages: Sequence[Drawn]) -> Drawn:
    """Return the first page alone, with the count of pages when there are more."""
    return first(pages, 1)[0]


def first(pages: Sequence[Drawn], most: int) -> list[Drawn]:
    """Return the first `most` pages; the last shows the count when there are more (a place is kept for it)."""
    if len(pages) <= most:
        return list(pages)
    last = pages[most - 1]
    return [*pages[: most - 1], Drawn(last.text, (*last.blocks, _build_context(f"… {most}/{len(pages)}")))]


def together(parts: Sequence[Sequence[Json]], surface: Surface) -> list[Json]:
    """Join blocks, one part under the other, up to the surface's limit; a cut is shown."""
    blocks = [block for part in parts if part for block in ({"type": "divider"}, *part)][1:]
    most = BLOCKS[surface]
    return blocks if len(blocks) <= most else [*blocks[: most - 1], _build_context(f"… {most - 1}/{len(blocks)}")]


def pieces(file: File) -> list[Drawn]:
    """Render a file as messages of text, where files cannot be uploaded."""
    pages = [Drawn(clipped(escaped(file.name), TEXT), (block,)) for block in _build_preformatted(file.content)]
    return first(pages, FILE_PIECES)


def mentioned(message: Message) -> set[str]:
    """Return the members that a message mentions, whose Slack accounts the renderer needs."""
    lines = [line for block in message.blocks for line in _list_lines(block)]
    members = {span.member for line in lines for span in line if isinstance(span, Who) and span.notify}
    forms = [field for block in message.blocks if isinstance(block, Form) for field in block.fields]
    return members | {value for field in forms if field.input == "member" for value in field.value}


def _list_lines(block: Block) -> Sequence[Line]:
    return (
        (block.line,) if isinstance(block, Text) else (block.line, *block.under) if isinstance(block, TaskLine) else ()
    )


def _first_words(message: Message) -> str:
    return next((plain(line) for block in message.blocks for line in _list_lines(block) if plain(line).strip()), "")


def _deal_pages(blocks: Sequence[Json], limit: int) -> list[list[Json]]:
    """Deal blocks into pages; one place a page is kept for the notice of :func:`single`."""
    if len(blocks) < limit and len(repr(blocks)) <= PAGE:  # with all that is no text: they need not be weighed
        return [list(blocks)]
    pages: list[list[Json]] = [[]]
    size = 0
    for block in blocks:
        weight = _count_characters(block)
        if pages[-1] and (len(pages[-1]) >= limit - 1 or size + weight > PAGE):
            pages.append([])
            size = 0
        pages[-1].append(block)
        size += weight
    return pages


def _count_characters(value: object) -> int:
    """Count the characters of text in a block."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_count_characters, value.values()))
    return sum(map(_count_characters, value)) if isinstance(value, list) else 0


@dataclass
class _Pen:
    """Renders the blocks of one message; counts its actions, whose ids must differ, and its one native table."""

    accounts: Mapping[str, str]
    surface: Surface
    charts: bool
    actions: count[int] = field(default_factory=count)
    tables: int = 0
    charted: int = 0

    def all(self, blocks: Sequence[Block]) -> Iterator[Json]:
        """Render all blocks; neighbouring buttons share a row."""
        row: list[Json] = []
        for block in blocks:
            if isinstance(block, Button) and len(block.target) <= VALUE:
                row.append(self.button(block))
                continue
            yield from _list_rows(row)
            row = []
            yield from self.block(block)
        yield from _list_rows(row)

    def block(self, block: Block) -> Iterator[Json]:
        match block:
            case Text():
                yield from self.text(block)
            case TaskLine():
                yield from self.item(block)
            case Table():
                yield from self.table(block)
            case Chart():
                yield from self.chart(block)
            case Button():  # only those too long to be pressed: then the line can be typed
                yield from self.paragraph((Strong(block.label), f"\u00a0: /cm {block.target}"))
            case Choice():
                yield from self.choice(block)
            case Form():
                yield from self.form(block)
            case Link():
                yield from self.link(block)
            case File():
                yield from self.file(block)
            case _:
                assert_never(block)

    def text(self, block: Text) -> Iterator[Json]:
        words = plain(block.line)
        if not words.strip():
            return
        match block.style:
            case "title" if len(words) <= HEADER and all(isinstance(span, str | Strong) for span in block.line):
                yield {"type": "header", "text": simple(words, HEADER)}
            case "title":
                yield from self.paragraph(tuple(Strong(span) if isinstance(span, str) else span for span in block.line))
            case "note":
                yield from self.note(block.line)
            case "plain":
                yield from self.paragraph(block.line)

    def paragraph(self, line: Line) -> Iterator[Json]:
        marked = mrkdwn(line, self.accounts)
        if marked is not None:
            yield _build_section(marked)
            return
        yield from _build_rich([rich(line, self.accounts)])

    def note(self, line: Line) -> Iterator[Json]:
        marked = mrkdwn(line, self.accounts)
        if marked is not None:
            yield {"type": "context", "elements": [_build_mrkdwn(marked)]}
            return
        yield from (_build_context(part) for part in parts(plain(line)))

    def item(self, block: TaskLine) -> Iterator[Json]:
        line: Line = (f"{MARKS[block.state]} ", *block.line)
        lines = [line, *(("      ", *under) for under in block.under)]
        whole = tuple(span for index, line in enumerate(lines) for span in (("\n", *line) if index else line))
        buttons = [self.button(button) for button in block.buttons if len(button.target) <= VALUE]
        marked = mrkdwn(whole, self.accounts)
        if marked is not None and len(buttons) == 1:
            yield _build_section(marked) | {"accessory": buttons[0]}
            return
        yield from self.paragraph(whole)
        yield from _list_rows(buttons)

    def button(self, button: Button) -> Json:
        drawn: Json = {"type": "button", "action_id": self.id(button.action), "text": simple(button.label)}
        if button.target:
            drawn["value"] = button.target
        return drawn if button.style == "plain" else drawn | {"style": button.style}

    def id(self, action: str) -> str:
        """Return an action_id that is unique in its message and names its action."""
        return f"{next(self.actions)}:{action}"

    def table(self, table: Table) -> Iterator[Json]:
        if self.surface == "message" and not self.tables and _fits_table(table):
            self.tables += 1
            yield {
                "type": "table",
                "rows": [[{"type": "raw_text", "text": cell or " "} for cell in row] for row in table.rows],
            }
            return
        yield from _build_preformatted("\n".join(_align_rows(table)))

    def chart(self, chart: Chart) -> Iterator[Json]:
        native = chart_block(chart) if self.charts and self.surface == "message" and self.charted < MOST else None
        if native is None:
            yield from self.paragraph((Strong(chart.title),))
            yield from self.figures(chart)
        else:
            self.charted += 1
            yield native
            if native["title"] != chart.title:
                yield from self.paragraph((Strong(chart.title),))
        yield from self.note((chart.alternative,))

    def figures(self, chart: Chart) -> Iterator[Json]:
        """Render a curve that cannot be drawn as a table, where the message has no better words for it."""
        rows = tuple((label, "–" if value is None else figure(value)) for label, value in chart.points)
        table = Table((("", chart.title), *rows))
        if rows and self.surface == "message" and not self.tables and _fits_table(table):
            yield from self.table(table)

    def choice(self, choice: Choice) -> Iterator[Json]:
        """Render a select a hundred options; options whose value a select cannot carry become buttons."""
        fit = [option for option in choice.options if len(option.value) <= OPTION_VALUE and option.value]
        for start in range(0, len(fit), OPTIONS):
            chosen = [_build_option(option) for option in fit[start : start + OPTIONS]]
            select: Json = {"type": "static_select", "action_id": self.id(choice.action), "options": chosen}
            yield _build_actions([select | {"placeholder": simple(choice.label, 150)}])
        long = [Button(option.label, choice.action, option.value) for option in choice.options if option not in fit]
        yield from self.all(long)

    def form(self, form: Form) -> Iterator[Json]:
        """Render the fields of a form that cannot open by itself, and the line that does the same."""
        yield from self.paragraph((Strong(form.title),))
        for row in form.fields:
            options = ", ".join(option.label for option in row.options)
            yield from self.paragraph((f"• {row.label}" + (f" ({options})" if options else ""),))
            if row.error:
                yield from self.paragraph((Strong(row.error),))
        if form.typed:
            yield from self.note((f"→ /cm {form.typed}",))

    def link(self, link: Link) -> Iterator[Json]:
        if len(link.url) > LONGEST or not link.url.startswith(("http://", "https://")):
            yield from self.paragraph((f"{link.label}\u00a0: {link.url}",))
            return
        element: Json = {"type": "link", "url": link.url}
        yield from _build_rich([[element | ({"text": clipped(link.label, 1000)} if link.label else {})]])

    def file(self, file: File) -> Iterator[Json]:
        yield from self.paragraph((Strong(file.name),))
        pieces = list(parts(file.content))
        for piece in pieces[:FILE_PARTS]:
            yield from _build_preformatted(piece)
        if len(pieces) > FILE_PARTS:
            yield _build_context(f"… {FILE_PARTS}/{len(pieces)}")


def _build_section(marked: str) -> Json:
    return {"type": "section", "text": _build_mrkdwn(marked)}


def _build_mrkdwn(marked: str) -> Json:
    """Build a mrkdwn object. `verbatim`: Slack adds no links of its own to what people typed."""
    return {"type": "mrkdwn", "text": marked, "verbatim": True}


def _build_context(words: str) -> Json:
    return {"type": "context", "elements": [simple(words, TEXT)]}


def _build_rich(lines: Sequence[list[Json]]) -> Iterator[Json]:
    """Build rich text blocks, each within Slack's limit."""
    block: list[Json] = []
    size = 0
    for element in (element for line in lines for element in line):
        weight = _count_characters(element)
        if block and size + weight > LONGEST:
            yield _rich_block(block)
            block, size = [], 0
        block.append(element)
        size += weight
    if block:
        yield _rich_block(block)


def _rich_block(elements: list[Json]) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _build_preformatted(text: str) -> Iterator[Json]:
    for part in parts(text):
        inner = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": part}]}
        yield {"type": "rich_text", "elements": [inner]}


def _fits_table(table: Table) -> bool:
    """Return whether Slack's own table takes it."""
    cells = [len(cell) for row in table.rows for cell in row]
    columns = max((len(row) for row in table.rows), default=0)
    return (
        0 < len(table.rows) <= CELLS[0] and 0 < columns <= CELLS[1] and max(cells) <= CELL and sum(cells) <= PAGE // 2
    )


def _align_rows(table: Table) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*table.rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table.rows
    ]


def _list_rows(elements: Sequence[Json]) -> Iterator[Json]:
    for start in range(0, len(elements), ROW):
        yield _build_actions(list(elements[start : start + ROW]))


def _build_actions(elements: list[Json]) -> Json:
    return {"type": "actions", "elements": elements}


def _build_option(option: Option) -> Json:
    return {"text": simple(option.label), "value": option.value}
