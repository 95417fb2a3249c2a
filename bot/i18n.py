"""Texts in two languages: `.po` files compiled in memory, plurals by their own rules, and words for dates and numbers.

A text is a `Line`: placeholders `{name}` become spans, `**words**` become emphasis.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Literal, get_args

from bot.message import At, Line, Span, Strong, Where, Who, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

NNBSP = "\u202f"
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages (a team's own task has the same text in each)."""

    fr: str
    en: str

    def say(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


_Step = tuple[tuple[Span, ...], str | None, str, bool]
"""Literal spans, then the name of a value with its format, and whether it is emphasised."""


class _Catalogue:
    """The messages of a language: key → plural forms, chosen by the file's own Plural-Forms."""

    def __init__(self, forms: Mapping[str, tuple[str, ...]], choose: Callable[[int], int]) -> None:
        self._forms = forms
        self._choose = choose

    def __contains__(self, key: str) -> bool:
        return key in self._forms

    def keys(self) -> frozenset[str]:
        return frozenset(self._forms)

    def forms(self, key: str) -> tuple[str, ...]:
        return self._forms[key]

    def template(self, key: str, count: int | None) -> str:
        forms = self._forms[key]
        return forms[0] if count is None or len(forms) == 1 else forms[self._choose(abs(count))]


@cache
def catalogue(language: Language) -> _Catalogue:
    """Read and compile one `.po` file (once a process)."""
    from babel.messages.pofile import read_po

    with files("bot.locale").joinpath(f"{language}.po").open("rb") as source:
        po = read_po(source, locale=language)
    forms = {
        str(entry.id[0] if isinstance(entry.id, tuple | list) else entry.id): (
            tuple(entry.string) if isinstance(entry.string, tuple | list) else (str(entry.string),)
        )
        for entry in po
        if entry.id
    }
    return _Catalogue(forms, gettext.c2py(po.plural_expr))


class Texts:
    """The texts of one language. French has formal variants (« vous ») under the keys that end in `|vous`."""

    def __init__(self, language: Language, *, formal: bool = False) -> None:
        self.language = language
        self._formal = formal
        self._catalogue = catalogue(language)
        self._phrases: dict[str, tuple[Line, str]] = {}
        """Cache of texts without placeholders: key → spans and plain text."""

    def line(self, key: str, /, **values: object) -> Line:
        """Return the text of `key` as spans. `count` chooses the plural form. Raises KeyError for an unknown key."""
        return self._fill_template(key, values) if values else self._get_phrase(key)[0]

    def text(self, key: str, /, **values: object) -> str:
        """Return the text of `key` as plain text (see :meth:`line`)."""
        return plain(self._fill_template(key, values)) if values else self._get_phrase(key)[1]

    def _get_phrase(self, key: str) -> tuple[Line, str]:
        phrase = self._phrases.get(key)
        if phrase is None:
            line = self._fill_template(key, {})
            phrase = self._phrases[key] = line, plain(line)
        return phrase

    def _fill_template(self, key: str, values: Mapping[str, object]) -> Line:
        count = values.get("count")
        chosen = f"{key}|vous" if self._formal and f"{key}|vous" in self._catalogue else key
        steps = _parse_template(self._catalogue.template(chosen, count if isinstance(count, int) else None))
        spans: list[Span] = []
        for words, name, spec, strong in steps:
            spans += words
            if name is not None:
                filled = self.spans(values[name], spec)
                spans += [Strong(span) if isinstance(span, str) else span for span in filled] if strong else filled
        return _merge_strings(spans)

    def spans(self, value: object, spec: str = "") -> Line:
        """Format a value as spans: spans stay, dates and numbers follow the language, other values use `str`."""
        match value:
            case str() | Strong() | At() | Who() | Where():
                return (value,)
            case tuple():
                return value
            case bool():
                raise TypeError(value)
            case int():
                return (self.number(value),)
            case datetime():
                raise TypeError(value)  # an instant has no words without a zone: callers pass At, date or time
            case Words():
                return (value.say(self.language),)
            case date():
                return (self.date(value, spec),)
            case time():
                return (self.time(value),)
            case _:
                return (str(value),)

    def number(self, value: int) -> str:
        """Format an integer, grouped by three digits from 10,000 up (French) or 1,000 up (English)."""
        grouped = f"{value:,}"
        if self.language == "en":
            return grouped
        return str(value) if abs(value) < 10_000 else grouped.replace(",", NNBSP)  # noqa: PLR2004

    def time(self, value: time) -> str:
        """Format a time of day: « 9 h », « 16 h 30 » or "9:00", "16:30"."""
        if self.language == "en":
            return f"{value.hour}:{value.minute:02}"
        return f"{value.hour}{NNBSP}h" + (f"{NNBSP}{value.minute:02}" if value.minute else "")

    def duration(self, minutes: int) -> str:
        """Format a duration: « 20 min », « 3 h », « 1 h 30 » or "20 min", "3 h", "1 h 30"."""
        hours, rest = divmod(minutes, 60)
        gap = NNBSP if self.language == "fr" else " "
        if not hours:
            return f"{rest}{gap}min"
        return f"{hours}{gap}h{gap}{rest:02}" if rest else f"{hours}{gap}h"

    def date(self, value: date, spec: str = "") -> str:
        """Format a date: « mardi 24 novembre »; spec `day`: the weekday, `short`: without it, `month`: the month."""
        weekday, month = _load_names(self.language)
        number = f"{value.day}er" if self.language == "fr" and value.day == 1 else str(value.day)
        match spec:
            case "day":
                return weekday[value.weekday()]
            case "short":
                return f"{number} {month[value.month]}"
            case "month":
                return month[value.month]
            case _:
                return f"{weekday[value.weekday()]} {number} {month[value.month]}"

    def listing(self, parts: Iterable[str], key: str = "word.and") -> str:
        """Join parts as a list: « a, b et c »; "a, b, and c" (serial comma). `key` names the conjunction."""
        *head, last = parts
        joint = self.text(key)
        if not head:
            return last
        comma = "," if self.language == "en" and len(head) > 1 else ""
        return f"{', '.join(head)}{comma}{joint}{last}"


@cache
def _load_names(language: Language) -> tuple[Mapping[int, str], Mapping[int, str]]:
    from babel.dates import get_day_names, get_month_names

    return get_day_names("wide", locale=language), get_month_names("wide", locale=language)


@cache
def _parse_template(template: str) -> tuple[_Step, ...]:
    """Parse a template into steps of spans and placeholders (cached)."""
    steps: list[_Step] = []
    strong = False
    for literal, name, spec, _ in Formatter().parse(template):
        words: list[Span] = []
        for index, part in enumerate(literal.split("**")):
            strong = strong != (index > 0)
            if part:
                words.append(Strong(part) if strong else part)
        steps.append((tuple(words), name, spec or "", strong))
    return tuple(steps)


def _merge_strings(spans: Iterable[Span]) -> Line:
    """Merge neighbouring plain strings into one span, so that equal texts are equal lines."""
    merged: list[Span] = []
    words = ""
    for span in spans:
        if isinstance(span, str):
            words += span
            continue
        if words:
            merged.append(words)
            words = ""
        merged.append(span)
    return (*merged, words) if words else tuple(merged)


@cache
def texts(language: Language, *, formal: bool = False) -> Texts:
    """Return the texts of a language (shared by all callers)."""
    return Texts(language, formal=formal)


def language_of(locale: str) -> Language | None:
    """Return the language for a locale; None for an empty locale."""
    match locale.replace("_", "-").partition("-")[0].lower():
        case "fr":
            return "fr"
        case "":
            return None
        case _:
            return "en"


def capital(words: str) -> str:
    """Capitalise the first letter and keep the rest (a date at the start of a card)."""
    return words[:1].upper() + words[1:]
