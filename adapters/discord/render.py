"""A neutral message as Discord's components (V2). Pure; a cut is always marked as one.

Limits: 40 components a message, however deep; 4,000 characters of displayed text; five buttons a row; 25 options.
https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, assert_never

from adapters.discord.custom_id import LONGEST, Mark, fits, read
from adapters.discord.files import Upload, uploaded
from adapters.discord.spans import cut, escaped, label, marked, packed, units
from bot.message import Button, Chart, Choice, File, Form, Link, Message, Strong, Table, TaskLine, Text, Who, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.i18n import Language
    from bot.message import Block, Line

Json = dict[str, Any]

V2, EPHEMERAL = 1 << 15, 1 << 6
ROW, BUTTON, SELECT, SECTION, DISPLAY, FILE, CONTAINER = 1, 2, 3, 9, 10, 13, 17
ATTACHED = "attachment://"
SAY: Mapping[Language, str] = MappingProxyType({"fr": "/cm dire", "en": "/cm say"})
"""Shown before a line that can only be typed."""
COMPONENTS = 38
"""Of the 40 components, one is the container and one the notice that more follows."""
WORDS = 3800
"""Of the 4,000 characters, a few belong to the notice."""
BUTTONS = 5
OPTIONS = 25
LABEL = 80
PLAIN = 2000
FILE_PARTS = 3
PRE = 1500
STYLES = {"plain": 2, "primary": 1, "danger": 4}
STATES = {"open": "○", "late": "●", "done": "✓", "skipped": "–"}
MORE = "⋯"
DAY = "day"
"""Line of the small button on a card without any: the look-up by key needs a component."""
_ADDRESS = 400


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rendered message: its components, the accounts that it notifies, and the files uploaded with it."""

    components: tuple[Json, ...]
    notified: tuple[str, ...] = ()
    files: tuple[Upload, ...] = ()

    def payload(self, *, private: bool = False) -> Json:
        """Build the body of a message, of an edit, or the data of an answer. Only `notified` are notified."""
        attached = [{"id": str(number), "filename": upload.name} for number, upload in enumerate(self.files)]
        return {
            "flags": V2 | (EPHEMERAL if private else 0),
            "components": [{"type": CONTAINER, "components": list(self.components)}],
            "allowed_mentions": {"parse": [], "users": list(self.notified)},
        } | ({"attachments": attached} if attached else {})


def render(
    message: Message,
    accounts: Mapping[str, str] = MappingProxyType({}),
    *,
    team: str = "",
    key: str = "",
    language: Language = "en",
) -> list[Drawn]:
    """Render a message in as many pages as Discord's limits require (nearly always one).

    `accounts`: Discord ids of members. `team`: the guild, for a direct conversation. `key`: finds the posting later
    (:func:`key_of`), at most 25 letters and digits. `language`: that of the names of commands.
    """
    pen = _Pen(accounts, team, SAY[language], numbered=sum(isinstance(block, TaskLine) for block in message.blocks) > 1)
    parts = list(pen.blocks(message.blocks)) or [_display(escaped(label(message.summary, WORDS // 2)))]
    people = _list_notified(message, accounts)
    pages = [_add_key(page, team, key) for page in _split_pages(parts)]
    return [Drawn(tuple(page), people, _select_files(page, pen.files)) for page in pages]


def _select_files(page: Sequence[Json], files: Sequence[Upload]) -> tuple[Upload, ...]:
    """Return the files that a page shows."""
    if not files:
        return ()
    named = {part["file"]["url"] for part in page if part["type"] == FILE}
    return tuple(part for part in files if ATTACHED + part.name in named)


def single(pages: Sequence[Drawn]) -> Drawn:
    """Return the first page, with the number of pages when there are several."""
    first = pages[0]
    if len(pages) == 1:
        return first
    return replace(first, components=(*first.components, _display(f"-# … 1/{len(pages)}")))


def fallback(message: Message, accounts: Mapping[str, str] = MappingProxyType({})) -> Json:
    """Build the body of a message in plain text, for a message whose components Discord refuses."""
    shown = next(packed([piece for line in lines(message) for piece in (*marked(line, accounts), "\n")], PLAIN), "")
    text = shown.strip() or escaped(label(message.summary, PLAIN // 2))
    return {"content": text, "allowed_mentions": {"parse": [], "users": list(_list_notified(message, accounts))}}


def mentioned(message: Message) -> set[str]:
    """Return the members that a message mentions, whose accounts the renderer needs."""
    members = {span.member for line in lines(message) for span in line if isinstance(span, Who) and span.notify}
    fields = [field for block in message.blocks if isinstance(block, Form) for field in block.fields]
    return members | {value for field in fields if field.input == "member" for value in field.value}


def key_of(message: Json) -> str:
    """Return the key that a message was posted for; empty when it has none."""
    marks = (
        read(component["custom_id"]) for component in every(message.get("components") or []) if "custom_id" in component
    )
    return next((component.key for component in marks if component is not None and component.key), "")


def every(components: Sequence[Json]) -> Iterator[Json]:
    """Yield all components of a message or a form, at any depth."""
    for component in components:
        yield component
        if component.get("components"):
            yield from every(component["components"])
        for inner in (component.get("component"), component.get("accessory")):
            if isinstance(inner, dict):
                yield from every((inner,))


def _list_notified(message: Message, accounts: Mapping[str, str]) -> tuple[str, ...]:
    if not accounts:
        return ()
    spans = [span for line in lines(message) for span in line]
    ids = [accounts.get(span.member, "") for span in spans if isinstance(span, Who) and span.notify]
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))


def lines(message: Message) -> Iterator[Line]:
    """Yield the lines of text of a message."""
    for block in message.blocks:
        match block:
            case Text():
                yield block.line
            case TaskLine():
                yield from (block.line, *block.under)
            case _:
                pass


def _split_pages(parts: Sequence[Json]) -> list[list[Json]]:
    """Distribute parts over pages; neighbouring texts share one component."""
    pages: list[list[Json]] = [[]]
    size = words = 0
    for part in parts:
        count, weight = _measure(part)
        if pages[-1] and (size + count > COMPONENTS or words + weight > WORDS):
            pages.append([])
            size = words = 0
        page = pages[-1]
        if page and part["type"] == page[-1]["type"] == DISPLAY:
            page[-1] = _display(f"{page[-1]['content']}\n{part['content']}")
            words += weight + 1
        else:
            page.append(part)
            size, words = size + count, words + weight
    return pages


def _measure(part: Json) -> tuple[int, int]:
    """Return the number of components of a part, and its characters of text."""
    match part["type"]:
        case 10:  # DISPLAY
            return 1, units(part["content"])
        case 1:  # ROW: buttons or a select, no text
            return 1 + len(part["components"]), 0
        case _:
            within = list(every((part,)))
            return len(within), sum(units(component["content"]) for component in within if component["type"] == DISPLAY)


def _add_key(page: list[Json], team: str, key: str) -> list[Json]:
    """Put the key into the first component that has room for it, else into a small button of its own."""
    if not key:
        return page
    for component in every(page):
        mark = read(component.get("custom_id", ""))
        if mark is not None and fits(replace(mark, key=key)):
            component["custom_id"] = str(replace(mark, key=key))
            return page
    small = {"type": BUTTON, "style": 2, "label": MORE, "custom_id": str(Mark("say", DAY, team, key))}
    return [*page, _row([small])]


@dataclass
class _Pen:
    """Renders the blocks of one message; counts its components, whose custom_ids must differ."""

    accounts: Mapping[str, str]
    team: str
    say: str
    numbered: bool
    """Positions are shown, which a keycap reaction refers to."""
    used: dict[str, int] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)

    def blocks(self, blocks: Sequence[Block]) -> Iterator[Json]:
        """Render blocks; neighbouring buttons share a row."""
        row: list[Json] = []
        for block in blocks:
            drawn = self.button(block) if isinstance(block, Button) else None
            if drawn is not None:
                row.append(drawn)
                continue
            if row:
                yield from _rows(row)
                row = []
            yield from self.block(block)
        yield from _rows(row)

    def block(self, block: Block) -> Iterator[Json]:
        match block:
            case Text():
                yield from self.text(block)
            case TaskLine():
                yield from self.item(block)
            case Table():
                yield from _render_code("\n".join(_align_columns(block)))
            case Chart():
                yield from self.lines((Strong(block.title),), (block.alternative,), small=(1,))
            case Button():  # only a button whose target is too long: the line can be typed
                yield from self.line((Strong(block.label), f"\u00a0: {self.say} {block.target}"))
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
        match block.style:
            case "title":
                yield from self.line(block.line, "### ")
            case "note":
                yield from self.line(block.line, "-# ")
            case "plain":
                yield from self.line(block.line)

    def line(self, line: Line, prefix: str = "") -> Iterator[Json]:
        """Render a line as texts; a prefix that Discord applies to one line only is repeated on each."""
        if not plain(line).strip():
            return
        pieces = marked(line, self.accounts)
        for text in packed([piece.replace("\n", f"\n{prefix}") for piece in pieces], WORDS // 2):
            if text.strip():
                yield _display(prefix + text)

    def lines(self, *lines: Line, small: tuple[int, ...] = ()) -> Iterator[Json]:
        for index, line in enumerate(lines):
            yield from self.line(line, "-# " if index in small else "")

    def item(self, block: TaskLine) -> Iterator[Json]:
        """Render an item: a single button stands beside its line, several stand under it."""
        number = f"{block.position} " if self.numbered else ""
        lines: list[Line] = [(f"{number}{STATES[block.state]} ", *block.line)]
        lines += [("\u2003\u2003", *under) for under in block.under if plain(under).strip()]
        texts = list(self.lines(*lines))
        buttons = [(button, self.button(button)) for button in block.buttons]
        drawn = [button for _, button in buttons if button is not None]
        if len(drawn) == len(texts) == 1:
            yield {"type": SECTION, "components": texts, "accessory": drawn[0]}
        else:
            yield from texts
            yield from _rows(drawn)
        yield from (part for button, shape in buttons if shape is None for part in self.block(button))

    def button(self, button: Button) -> Json | None:
        """Render a button; None when its target is too long for a custom_id."""
        custom_id = self.custom_id(button)
        if not custom_id:
            return None
        words = label(button.label, LABEL)
        return {"type": BUTTON, "style": STYLES[button.style], "label": words, "custom_id": custom_id}

    def custom_id(self, button: Button | Choice) -> str:
        """Return a custom_id that is unique in its message; empty when it would be too long."""
        mark = Mark(button.action, button.target if isinstance(button, Button) else "", self.team)
        name = str(mark)
        number = self.used.get(name, 0)
        if len(name) + len(f"~{max(number, 99)}") > LONGEST:
            return ""
        self.used[name] = number + 1
        return str(replace(mark, number=number)) if number else name

    def choice(self, choice: Choice) -> Iterator[Json]:
        """Render a select for each 25 options; an option whose value is too long for a select becomes a button."""
        once = {option.value: option for option in choice.options if 0 < units(option.value) <= LONGEST}
        fit = list(once.values())
        for start in range(0, len(fit), OPTIONS):
            options = [
                {"label": label(option.label, 100), "value": option.value} for option in fit[start : start + OPTIONS]
            ]
            select = {"type": SELECT, "custom_id": self.custom_id(choice), "options": options}
            yield _row([select | {"placeholder": label(choice.label, 150)}])
        unfit = [Button(option.label, choice.action, option.value) for option in choice.options if option not in fit]
        yield from self.blocks(unfit)

    def form(self, form: Form) -> Iterator[Json]:
        """List the fields of a form that cannot open here, and the line that does the same."""
        yield from self.line((Strong(form.title),))
        for entry in form.fields:
            options = ", ".join(option.label for option in entry.options)
            yield from self.line((f"• {entry.label}" + (f" ({options})" if options else ""),))
            yield from self.line((Strong(entry.error),))
        if form.typed:
            yield from self.line((f"→ {self.say} {form.typed}",), "-# ")

    def link(self, link: Link) -> Iterator[Json]:
        """Render a masked link, unless a character of the address could end it early."""
        safe = link.url.startswith(("http://", "https://")) and not any(char in link.url for char in "()<>\\ \n")
        if not safe or len(link.url) > _ADDRESS:
            yield from self.line((f"{link.label}\u00a0: {link.url}",))
        elif link.label.strip():
            yield _display(f"[{escaped(label(link.label, 300))}](<{link.url}>)")
        else:
            yield _display(f"<{link.url}>")

    def file(self, file: File) -> Iterator[Json]:
        """Render a file as an upload; a file that cannot be uploaded is shown as text, as far as there is room."""
        upload = uploaded(file, self.files)
        if upload is None or upload.name != file.name:
            yield from self.line((Strong(file.name),))
        if upload is not None:
            self.files.append(upload)
            yield {"type": FILE, "file": {"url": ATTACHED + upload.name}}
            return
        pieces = cut(file.content, PRE)
        for piece in pieces[:FILE_PARTS]:
            yield from _render_code(piece)
        if len(pieces) > FILE_PARTS:
            yield _display(f"-# … {FILE_PARTS}/{len(pieces)}")


def _display(content: str) -> Json:
    return {"type": DISPLAY, "content": content}


def _row(elements: list[Json]) -> Json:
    return {"type": ROW, "components": elements}


def _rows(elements: Sequence[Json]) -> Iterator[Json]:
    for start in range(0, len(elements), BUTTONS):
        yield _row(list(elements[start : start + BUTTONS]))


def _render_code(text: str) -> Iterator[Json]:
    """Show a text in a code block; three backticks inside it would end the block."""
    for part in cut(text, PRE):
        if part.strip():
            yield _display("```\n" + part.replace("```", "`\u200b`\u200b`") + "\n```")


def _align_columns(table: Table) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*table.rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table.rows
    ]
