"""A neutral message as Discord's components (V2): pure. Nothing is left out without saying so.

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
"""Before a line that can only be typed."""
COMPONENTS = 38
"""Of the 40, one is the card itself and one the notice that there is more."""
WORDS = 3800
"""Of the 4,000, a few are the notice's."""
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
"""What the small button opens of a card that has none: a card must carry a component to be found again by its key."""
_ADDRESS = 400


@dataclass(frozen=True, slots=True)
class Drawn:
    """One message: its components, whom it may notify, and the files that are uploaded with it."""

    components: tuple[Json, ...]
    notified: tuple[str, ...] = ()
    files: tuple[Upload, ...] = ()

    def payload(self, *, private: bool = False) -> Json:
        """The body of a message, an edit, or an answer's data. Nobody is notified but those who are named here."""
        attached = [{"id": str(number), "filename": one.name} for number, one in enumerate(self.files)]
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
    """The message in as many pages as Discord's limits ask for (nearly always one).

    `accounts`: Discord ids of members. `team`: the guild, where the message stands in none. `key`: what the posting is
    found by afterwards (:func:`key_of`), at most 25 letters and digits. `language`: in which commands are called.
    """
    pen = _Pen(accounts, team, SAY[language], numbered=sum(isinstance(block, TaskLine) for block in message.blocks) > 1)
    parts = list(pen.all(message.blocks)) or [_display(escaped(label(message.summary, WORDS // 2)))]
    people = _notified(message, accounts)
    pages = [_keyed(page, team, key) for page in _pages(parts)]
    return [Drawn(tuple(page), people, _beside(page, pen.files)) for page in pages]


def _beside(page: Sequence[Json], files: Sequence[Upload]) -> tuple[Upload, ...]:
    """The files that stand on a page."""
    if not files:
        return ()
    named = {one["file"]["url"] for one in page if one["type"] == FILE}
    return tuple(one for one in files if ATTACHED + one.name in named)


def single(pages: Sequence[Drawn]) -> Drawn:
    """The first page alone, saying how many there are when there are more."""
    first = pages[0]
    if len(pages) == 1:
        return first
    return replace(first, components=(*first.components, _display(f"-# … 1/{len(pages)}")))


def fallback(message: Message, accounts: Mapping[str, str] = MappingProxyType({})) -> Json:
    """The body of a message in plain words, should Discord refuse the components; never for an edit."""
    shown = next(packed([one for line in lines(message) for one in (*marked(line, accounts), "\n")], PLAIN), "")
    text = shown.strip() or escaped(label(message.summary, PLAIN // 2))
    return {"content": text, "allowed_mentions": {"parse": [], "users": list(_notified(message, accounts))}}


def mentioned(message: Message) -> set[str]:
    """The members whom a message mentions: those whose account the renderer needs."""
    found = {span.member for line in lines(message) for span in line if isinstance(span, Who) and span.notify}
    fields = [one for block in message.blocks if isinstance(block, Form) for one in block.fields]
    return found | {value for one in fields if one.input == "member" for value in one.value}


def key_of(message: Json) -> str:
    """The key that a message was posted for; empty when it has none."""
    found = (read(one["custom_id"]) for one in every(message.get("components") or []) if "custom_id" in one)
    return next((one.key for one in found if one is not None and one.key), "")


def every(components: Sequence[Json]) -> Iterator[Json]:
    """All components of a message or a form, however deep."""
    for one in components:
        yield one
        if one.get("components"):
            yield from every(one["components"])
        for inner in (one.get("component"), one.get("accessory")):
            if isinstance(inner, dict):
                yield from every((inner,))


def _notified(message: Message, accounts: Mapping[str, str]) -> tuple[str, ...]:
    if not accounts:
        return ()
    spans = [span for line in lines(message) for span in line]
    found = [accounts.get(span.member, "") for span in spans if isinstance(span, Who) and span.notify]
    return tuple(dict.fromkeys(one for one in found if one))


def lines(message: Message) -> Iterator[Line]:
    """The lines of words of a message."""
    for block in message.blocks:
        match block:
            case Text():
                yield block.line
            case TaskLine():
                yield from (block.line, *block.under)
            case _:
                pass


def _pages(parts: Sequence[Json]) -> list[list[Json]]:
    """Parts dealt into pages; neighbouring texts share one component."""
    pages: list[list[Json]] = [[]]
    size = words = 0
    for part in parts:
        count, weight = _size(part)
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


def _size(part: Json) -> tuple[int, int]:
    """How many components a part is, and how many characters of text."""
    match part["type"]:
        case 10:  # DISPLAY
            return 1, units(part["content"])
        case 1:  # ROW: buttons or a select, no text
            return 1 + len(part["components"]), 0
        case _:
            within = list(every((part,)))
            return len(within), sum(units(one["content"]) for one in within if one["type"] == DISPLAY)


def _keyed(page: list[Json], team: str, key: str) -> list[Json]:
    """The page with the key in its first component that has room for it, else in a small button of its own."""
    if not key:
        return page
    for one in every(page):
        mark = read(one.get("custom_id", ""))
        if mark is not None and fits(replace(mark, key=key)):
            one["custom_id"] = str(replace(mark, key=key))
            return page
    small = {"type": BUTTON, "style": 2, "label": MORE, "custom_id": str(Mark("say", DAY, team, key))}
    return [*page, _row([small])]


@dataclass
class _Pen:
    """Draws the blocks of one message; counts its components, whose custom_ids must differ."""

    accounts: Mapping[str, str]
    team: str
    say: str
    numbered: bool
    """Positions are shown: a keycap reaction names one."""
    used: dict[str, int] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)

    def all(self, blocks: Sequence[Block]) -> Iterator[Json]:
        """Neighbouring buttons share a row."""
        row: list[Json] = []
        for block in blocks:
            drawn = self.button(block) if isinstance(block, Button) else None
            if drawn is not None:
                row.append(drawn)
                continue
            if row:
                yield from _rows(row)
                row = []
            yield from self.one(block)
        yield from _rows(row)

    def one(self, block: Block) -> Iterator[Json]:
        match block:
            case Text():
                yield from self.text(block)
            case TaskLine():
                yield from self.item(block)
            case Table():
                yield from _preformatted("\n".join(_aligned(block)))
            case Chart():
                yield from self.lines((Strong(block.title),), (block.alternative,), small=(1,))
            case Button():  # only those that carry too much to be pressed: the line can be typed
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
        """A line as texts; a prefix that rules one line of Discord's is repeated on each."""
        if not plain(line).strip():
            return
        pieces = marked(line, self.accounts)
        for text in packed([one.replace("\n", f"\n{prefix}") for one in pieces], WORDS // 2):
            if text.strip():
                yield _display(prefix + text)

    def lines(self, *lines: Line, small: tuple[int, ...] = ()) -> Iterator[Json]:
        for index, line in enumerate(lines):
            yield from self.line(line, "-# " if index in small else "")

    def item(self, block: TaskLine) -> Iterator[Json]:
        """One button stands beside its line, several under it."""
        number = f"{block.position} " if self.numbered else ""
        lines: list[Line] = [(f"{number}{STATES[block.state]} ", *block.line)]
        lines += [("\u2003\u2003", *under) for under in block.under if plain(under).strip()]
        texts = list(self.lines(*lines))
        buttons = [(one, self.button(one)) for one in block.buttons]
        drawn = [one for _, one in buttons if one is not None]
        if len(drawn) == len(texts) == 1:
            yield {"type": SECTION, "components": texts, "accessory": drawn[0]}
        else:
            yield from texts
            yield from _rows(drawn)
        yield from (part for one, there in buttons if there is None for part in self.one(one))

    def button(self, button: Button) -> Json | None:
        """None when it carries more than a custom_id holds."""
        custom_id = self.custom_id(button)
        if not custom_id:
            return None
        said = label(button.label, LABEL)
        return {"type": BUTTON, "style": STYLES[button.style], "label": said, "custom_id": custom_id}

    def custom_id(self, button: Button | Choice) -> str:
        """A custom_id that is alone in its message; empty when it would be too long."""
        mark = Mark(button.action, button.target if isinstance(button, Button) else "", self.team)
        name = str(mark)
        number = self.used.get(name, 0)
        if len(name) + len(f"~{max(number, 99)}") > LONGEST:
            return ""
        self.used[name] = number + 1
        return str(replace(mark, number=number)) if number else name

    def choice(self, choice: Choice) -> Iterator[Json]:
        """A select each 25 options; those whose value a select cannot carry are buttons."""
        once = {one.value: one for one in choice.options if 0 < units(one.value) <= LONGEST}
        fit = list(once.values())
        for start in range(0, len(fit), OPTIONS):
            options = [{"label": label(one.label, 100), "value": one.value} for one in fit[start : start + OPTIONS]]
            select = {"type": SELECT, "custom_id": self.custom_id(choice), "options": options}
            yield _row([select | {"placeholder": label(choice.label, 150)}])
        others = [Button(one.label, choice.action, one.value) for one in choice.options if one not in fit]
        yield from self.all(others)

    def form(self, form: Form) -> Iterator[Json]:
        """Where a form cannot open by itself: what it asks, and the line that does the same."""
        yield from self.line((Strong(form.title),))
        for one in form.fields:
            options = ", ".join(option.label for option in one.options)
            yield from self.line((f"• {one.label}" + (f" ({options})" if options else ""),))
            yield from self.line((Strong(one.error),))
        if form.typed:
            yield from self.line((f"→ {self.say} {form.typed}",), "-# ")

    def link(self, link: Link) -> Iterator[Json]:
        """A masked link, where nothing in the address could end it early."""
        safe = link.url.startswith(("http://", "https://")) and not any(one in link.url for one in "()<>\\ \n")
        if not safe or len(link.url) > _ADDRESS:
            yield from self.line((f"{link.label}\u00a0: {link.url}",))
        elif link.label.strip():
            yield _display(f"[{escaped(label(link.label, 300))}](<{link.url}>)")
        else:
            yield _display(f"<{link.url}>")

    def file(self, file: File) -> Iterator[Json]:
        """An upload, under its own name; what cannot be one is shown as far as there is room."""
        upload = uploaded(file, self.files)
        if upload is None or upload.name != file.name:
            yield from self.line((Strong(file.name),))
        if upload is not None:
            self.files.append(upload)
            yield {"type": FILE, "file": {"url": ATTACHED + upload.name}}
            return
        pieces = cut(file.content, PRE)
        for piece in pieces[:FILE_PARTS]:
            yield from _preformatted(piece)
        if len(pieces) > FILE_PARTS:
            yield _display(f"-# … {FILE_PARTS}/{len(pieces)}")


def _display(content: str) -> Json:
    return {"type": DISPLAY, "content": content}


def _row(elements: list[Json]) -> Json:
    return {"type": ROW, "components": elements}


def _rows(elements: Sequence[Json]) -> Iterator[Json]:
    for start in range(0, len(elements), BUTTONS):
        yield _row(list(elements[start : start + BUTTONS]))


def _preformatted(text: str) -> Iterator[Json]:
    """As it stands, in one width. Three backticks within would end it."""
    for part in cut(text, PRE):
        if part.strip():
            yield _display("```\n" + part.replace("```", "`\u200b`\u200b`") + "\n```")


def _aligned(table: Table) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*table.rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table.rows
    ]
