"""What the documentation takes from the product: transcripts of the demo, commands, settings.

`python -m tests.surface.pages` (`just docs`) writes them again; test_docs.py compares them with the product as it is.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from bot.cli import group
from bot.cli._reference import page as reference
from bot.config import example
from bot.registry import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.i18n import Language
    from bot.registry import Command

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
READMES: dict[Language, Path] = {"en": ROOT / "README.md", "fr": ROOT / "README.fr.md"}
LANGUAGES: tuple[Language, ...] = ("fr", "en")
TRANSCRIPT = re.compile(r"```console\n\$ (?P<line>printf [^\n]*)\n(?P<shown>.*?)```", re.DOTALL)
TABLE = re.compile(r"(?P<begin><!-- commands[^\n]*-->\n)(?P<rows>.*?)(?P<end><!-- end -->)", re.DOTALL)


ENV = ROOT / ".env.example"


def reference_page(language: Language) -> Path:
    """Where the command reference of a language is kept."""
    return ROOT / "docs" / "reference" / f"commands.{language}.md"


def parity_page(language: Language) -> Path:
    """Where the table of what each platform does is kept."""
    return ROOT / "docs" / "reference" / f"parity.{language}.md"


def pages() -> list[Path]:
    """Every page that a person reads."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def transcripts(page: Path) -> Iterator[tuple[str, str]]:
    """(the shell line, what the page says that it prints) of each transcript of a page."""
    for found in TRANSCRIPT.finditer(page.read_text("utf-8")):
        yield found["line"], found["shown"]


def run(line: str) -> str:
    """What a transcript's line, `printf '…' | uv run vigie …`, prints."""
    printed, _, verb = line.partition(" | uv run vigie ")
    _, typed = shlex.split(printed)
    result = CliRunner().invoke(group, shlex.split(verb), input=typed.replace("\\n", "\n"), catch_exceptions=False)
    return result.stdout


def _by_section() -> Iterable[tuple[str, list[Command]]]:
    commands = list(load().commands.values())
    for section in ("day", "team", "content"):
        found = [command for command in commands if command.section == section]
        if found:
            yield section, found


def table(language: Language) -> str:
    """The README's table of commands: the name in this language, in the other, and what it does."""
    other: Language = "en" if language == "fr" else "fr"
    head = "| tape | ou, en anglais | effet |" if language == "fr" else "| type | or, in French | what it does |"
    rows = [
        f"| `/cm {one.names.shown(language)}` | `/cm {one.names.shown(other)}` | {_cell(one.guide(language).help)} |"
        for _, commands in _by_section()
        for one in commands
    ]
    return "\n".join([head, "|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def fresh(page: Path) -> str:
    """The page as it should read: its transcripts run again, its table of commands made again."""
    text = page.read_text("utf-8")
    text = TRANSCRIPT.sub(lambda found: f"```console\n$ {found['line']}\n{run(found['line'])}```", text)
    language: Language = "fr" if ".fr" in page.name else "en"
    return TABLE.sub(lambda found: f"{found['begin']}{table(language)}{found['end']}", text)


def main() -> None:
    """Write again whatever is not as it should be."""
    from tests.surface.parity import page as parity

    for language in LANGUAGES:
        _write(reference_page(language), reference(load(), language))
        _write(parity_page(language), parity(language))
    _write(ENV, example())
    for page in pages():
        _write(page, fresh(page))


def _write(page: Path, text: str) -> None:
    page.parent.mkdir(exist_ok=True)
    if not page.exists() or page.read_text("utf-8") != text:
        page.write_text(text, "utf-8")
        print(f"{page.relative_to(ROOT)} written")


if __name__ == "__main__":
    main()
