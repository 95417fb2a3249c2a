"""Every text of the product: none is missing, none is left over, and all are written as a reader expects.

What the two languages owe each other is in tests/bot/test_i18n.py; the catalogue's words are in
tests/bot/catalogue/test_words.py.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from bot.i18n import LANGUAGES, Language, Texts, catalogue
from bot.registry import load

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "adapters", "storage")
NBSP, NNBSP = "\u00a0", "\u202f"
SAYING = {"line", "text", "say", "refuse"}
"""Functions whose first argument is the key of a text."""
KEY = re.compile(r"[a-z_]+(?:\.[a-zA-Z_-]+)+|fault")
COMPUTED = (r"(?:week|month)\.(?:mine|nothing|team_title)", r"snooze\.said(?:_to)?_today")
"""Keys that are put together from the front: bot/tasks/cards/week.py, bot/tasks/acts/snooze.py."""
COUNTS = (0, 1, 2, 5, 1_000_000, 2_000_000)


@cache
def trees() -> tuple[ast.AST, ...]:
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts]
    return tuple(ast.parse(file.read_text("utf-8")) for file in files)


def nodes() -> Iterator[ast.AST]:
    for tree in trees():
        yield from ast.walk(tree)


@cache
def literals() -> frozenset[str]:
    return frozenset(node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str))


@cache
def computed() -> tuple[re.Pattern[str], ...]:
    """Keys that are put together: of a section, such as `doctor.{name}.fine`, or of those in COMPUTED."""
    found = []
    for node in nodes():
        if not isinstance(node, ast.JoinedStr):
            continue
        parts = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"[\w.|-]+" for one in node.values]
        if re.match(r"[a-z_]+\\\.", parts[0]):
            found.append(re.compile("".join(parts)))
    return (*found, *map(re.compile, COMPUTED))


def test_every_text_that_is_named_exists_in_both_languages() -> None:
    named = {key for node in nodes() if isinstance(node, ast.Call) for key in _named(node)}

    assert len(named) > 50
    for language in LANGUAGES:
        assert sorted(named - catalogue(language).keys()) == []


def _named(node: ast.Call) -> Iterator[str]:
    """The key that a call names: of a text, or of an error."""
    called = _called(node)
    first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    if isinstance(first, str) and KEY.fullmatch(first) and (called in SAYING or called.endswith("Error")):
        yield first


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@cache
def of_the_page() -> tuple[re.Pattern[str], ...]:
    """The keys that the web page's own script says, without their section."""
    found = []
    for file in (ROOT / "adapters" / "web" / "static").glob("*.*"):
        if file.suffix in {".js", ".html"}:
            for quoted in re.findall(r"""["'`]([\w.]+(?:\$\{[^}]*\})?)["'`]""", file.read_text("utf-8")):
                parts = re.split(r"\$\{[^}]*\}", quoted)
                found.append(re.compile(r"web\." + r"[\w.]+".join(map(re.escape, parts))))
    return tuple(found)


def test_no_text_is_left_over() -> None:
    keys = {key.removesuffix("|vous") for key in catalogue("fr").keys()}  # noqa: SIM118  # not a mapping
    known = (*computed(), *of_the_page())

    assert sorted(key for key in keys - literals() if not any(one.fullmatch(key) for one in known)) == []


def written(language: Language, *, examples: bool = True) -> list[str]:
    """Every text in one language: of the .po file and of the commands' guides, with the lines to type or without."""
    po = catalogue(language)
    texts = [form for key in sorted(po.keys()) for form in po.forms(key)]
    for command in load().commands.values():
        guide = command.guide(language)
        texts += [guide.help, *((guide.usage, *guide.examples) if examples else ())]
    return [_without_code(text) for text in texts if text]


CODE = (
    r"\{\w+(?::\w+)?\}",  # placeholders with their format
    r"\w+://\S+",
    r"pip install '[^']+'",
    r"vigie run\b",
    r"\b\w+:(?:write|read|127)\b",
    r"closing: carry",
    r"«\u00a0tasks:\u00a0»",
    r"(?:[A-Z_]+=)?\d+(?:\.\d+){3}:\d+",
)
TYPED = (r"«[^»]*»", r"/avance lundi 9h", r"\(2h30, 3 jours, lundi 9h\)")
"""What people type, which is written as people type: « 9h » without a space."""


def _without_code(text: str) -> str:
    """Placeholders, addresses and lines of code keep their own typography."""
    return re.sub("|".join(CODE), "X", text)


def test_french_keeps_a_number_with_its_unit() -> None:
    wrong = re.compile(rf"\d(?!{NNBSP})\s?(?:h|%|min)\b")
    said = [text for text in written("fr", examples=False) if wrong.search(re.sub("|".join(TYPED), "X", text))]

    assert said == []


@pytest.mark.parametrize(
    ("why", "wrong"),
    [
        ("straight apostrophe or quote", r"['\"“”]"),
        ("no narrow no-break space before ; ! ?", rf"(?<!{NNBSP})[;!?]"),
        ("no no-break space before a colon", rf"(?<![{NBSP}\d]):(?!\d)"),
        ("no no-break space inside « »", rf"«(?!{NBSP})|(?<!{NBSP})»"),
        ("double space", rf"[ {NBSP}{NNBSP}]{{2}}"),
        ("(e), (s) or a middle dot", r"\((?:e|s|es)\)|·e\b|\.e\.s"),
        ("exclamation mark", r"!"),
        ("three dots instead of an ellipsis", r"\.\.\."),
        ("a word that people never see", r"\b(?:nudge|run|occurrence|lead|backup|ladder|handover|template)\b"),
        ("capital letter without its accent", r"\bA (?:propos|la)\b|\b(?:Evenement|Echange|Etat)"),
        ("space before a comma or a full stop", rf"[ {NBSP}{NNBSP}][,.](?!\w)"),
    ],
)
def test_french_typography(why: str, wrong: str) -> None:
    assert [text for text in written("fr") if re.search(wrong, text)] == [], why


@pytest.mark.parametrize(
    ("why", "wrong"),
    [
        ("straight apostrophe or quote", r"['\"«»]"),
        ("space before punctuation", rf"[ {NBSP}{NNBSP}][;:!?](?!\w)"),
        ("double space", r" {2}"),
        ("exclamation mark", r"!"),
        ("three dots instead of an ellipsis", r"\.\.\."),
        ("a word that people never see", r"\b(?:nudge|occurrence|ladder)\b"),
    ],
)
def test_english_typography(why: str, wrong: str) -> None:
    assert [text for text in written("en") if re.search(wrong, text)] == [], why


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_is_composed_and_printable(language: Language) -> None:
    for text in written(language):
        assert text == unicodedata.normalize("NFC", text)
        assert all(one.isprintable() or one in {NBSP, NNBSP, "\n"} for one in text), text


def plurals(language: Language) -> list[str]:
    po = catalogue(language)
    return sorted(key for key in po.keys() if len(po.forms(key)) > 1)  # noqa: SIM118  # not a mapping


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", COUNTS)
def test_a_plural_can_be_said_of_any_number(language: Language, count: int) -> None:
    """What is not a number is given as a word: no form asks for a value that the others do not know."""
    texts, po = Texts(language), catalogue(language)
    for key in plurals(language):
        names = {name for form in po.forms(key) for _, name, _, _ in Formatter().parse(form) if name} - {"count"}
        said = texts.text(key, count=count, **dict.fromkeys(names, "x"))
        assert said.strip(), key
        assert "{" not in said, key


def test_french_says_a_million_with_de() -> None:
    """« 1 000 000 de choses », never « 1 000 000 choses »."""
    forms = {key: catalogue("fr").forms(key)[1] for key in plurals("fr")}

    assert [key for key, form in forms.items() if re.search(r"\{count\} (?!de |d’|sur |fois )\w", form)] == []
