"""Documentation that cannot rot: what it shows is run, what it names exists, what exists is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import pytest

from bot.catalogue.loader import load as load_catalogue
from bot.cli._reference import page as reference
from bot.config import Settings, example
from bot.registry import load
from tests.surface.pages import (
    ENV,
    GUIDE,
    LANGUAGES,
    READMES,
    ROOT,
    TABLE,
    pages,
    reference_page,
    run,
    table,
    transcripts,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bot.i18n import Language

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
MACHINE = re.compile(r"(?<![\w.:/~])/(?:home|root|Users|mnt|work|tmp|opt|private)/|\b[A-Z]:\\")
TRANSCRIPTS = [(page, *one) for page in pages() for one in transcripts(page)]
FIRST_COMMANDS = ("pip install uv && uv run vigie demo", "pip install uv && uv run pytest")


def _without_code(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


def _levels(page: Path) -> list[int]:
    return [len(marks) for marks, _ in HEADING.findall(_without_code(page))]


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    titles = (title.lower() for _, title in HEADING.findall(_without_code(page)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def _of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_first_two_command_lines_of_the_readme_stand_alone_and_in_order() -> None:
    blocks = [body for _, body in FENCE.findall(READMES["en"].read_text("utf-8"))]

    assert blocks[:2] == [f"{line}\n" for line in FIRST_COMMANDS]


@pytest.mark.parametrize(
    ("page", "line", "shown"),
    TRANSCRIPTS,
    ids=[f"{_of(page)}-{number}" for number, (page, *_) in enumerate(TRANSCRIPTS)],
)
def test_a_transcript_shows_what_is_printed(page: Path, line: str, shown: str) -> None:
    assert run(line) == shown, f"{_of(page)}: `just docs` writes it again"


def test_each_readme_and_each_guide_shows_a_transcript() -> None:
    shown = {page for page, *_ in TRANSCRIPTS}

    assert shown >= {*READMES.values(), *(GUIDE / language / "day.md" for language in LANGUAGES)}


def test_the_two_readmes_have_the_same_structure() -> None:
    assert _levels(READMES["fr"]) == _levels(READMES["en"])


def test_the_two_guides_have_the_same_pages() -> None:
    french, english = ({page.name for page in (GUIDE / language).iterdir()} for language in LANGUAGES)

    assert french == english


@pytest.mark.parametrize("name", sorted(page.name for page in (GUIDE / "en").glob("*.md")))
def test_a_page_of_the_guide_has_the_same_structure_in_both_languages(name: str) -> None:
    french, english = (GUIDE / language / name for language in LANGUAGES)

    assert _levels(french) == _levels(english)
    assert len(list(transcripts(french))) == len(list(transcripts(english)))


@pytest.mark.parametrize("page", pages(), ids=_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(_without_code(page)):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("page", pages(), ids=_of)
def test_no_page_names_a_folder_of_somebodys_machine(page: Path) -> None:
    assert MACHINE.findall(page.read_text("utf-8")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_in_the_readmes_table_with_its_default(language: Language) -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (`[^`]*`)? ?\|", READMES[language].read_text("utf-8"), re.MULTILINE))

    assert rows == {
        str(field.validation_alias): f"`{default}`" if (default := _default(field.default)) else ""
        for field in Settings.model_fields.values()
    }


def _default(value: object) -> str:
    secret = getattr(value, "get_secret_value", None)
    return "" if value is None else str(secret() if secret else value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_holds_every_command_as_it_is(language: Language) -> None:
    assert reference_page(language).read_text("utf-8") == reference(load(), language), "`just docs` writes it again"


def test_the_example_of_settings_holds_every_one_of_them() -> None:
    assert ENV.read_text("utf-8") == example(), "`just docs` writes it again"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readmes_table_holds_every_command(language: Language) -> None:
    found = TABLE.search(READMES[language].read_text("utf-8"))

    assert found
    assert found["rows"] == table(language), "`just docs` writes it again"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_names_only_commands_that_exist(language: Language) -> None:
    registry = load()
    for page in [READMES[language], *(GUIDE / language).glob("*.md")]:
        for typed in re.findall(r"`/cm ([^`]+)`", page.read_text("utf-8")):
            assert registry.resolve(typed)[0] is not None, f"{_of(page)}: /cm {typed}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guides_catalogue_entries_are_read(language: Language, tmp_path: Path) -> None:
    examples = [
        body for kind, body in FENCE.findall((GUIDE / language / "tasks.md").read_text("utf-8")) if kind == "yaml"
    ]
    for number, entry in enumerate(examples):
        (tmp_path / f"{number}.yaml").write_text(entry, "utf-8")

    ours, theirs = load_catalogue(), load_catalogue(tmp_path)

    assert set(theirs.tasks) - set(ours.tasks) == {"press-review"}


def test_both_guides_show_the_same_catalogue_entry() -> None:
    french, english = (
        [body for kind, body in FENCE.findall((GUIDE / language / "tasks.md").read_text("utf-8")) if kind == "yaml"]
        for language in LANGUAGES
    )

    assert french == english


def test_french_pages_use_the_no_break_spaces_of_french() -> None:
    for page in [READMES["fr"], *(GUIDE / "fr").glob("*.md")]:
        prose = re.sub(r"`[^`]*`|\]\([^)]*\)|<!--.*?-->", "", TABLE.sub("", _without_code(page)))
        assert cast("list[str]", re.findall(r".{0,20}(?: [:;!?»](?=\s)|« |\d h\b).{0,10}", prose)) == [], _of(page)
