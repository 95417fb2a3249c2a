"""The accuracy of the grammar over a corpus of its own: never a wrong value, and few needless refusals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from bot.engine.rhythm import Rhythm, to_text
from bot.errors import RefusalError
from bot.grammar.task_line import parse_task_line
from bot.grammar.when import Ask, AskRhythm
from bot.i18n import LANGUAGES, Language, texts
from tests.bot.grammar.test_kinds import Scene

if TYPE_CHECKING:
    from bot.call import Call

CORPUS = Path(__file__).parent / "corpus"
NOW = datetime(2026, 12, 8, 13, 10, tzinfo=UTC)
SCENE_DAY = date(2026, 12, 8)
REFUSE = "REFUSE"
BUDGET = 0.03
"""Share of lines with a value that may be refused or asked about."""
LEAST = 600


def corpus(language: Language) -> list[tuple[str, str]]:
    lines = (CORPUS / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(line, value) for line, value in pairs]


def read(line: str, language: Language) -> str:
    """The value of a line after a title, or REFUSE when it is refused, asked about, or left in the title."""
    scene = cast("Call", Scene(texts(language), now=NOW, today=SCENE_DAY))
    try:
        parts = parse_task_line(scene, f"Xyz {line}")
    except RefusalError:
        return REFUSE
    match parts.when:
        case None | Ask() | AskRhythm():
            return REFUSE
        case _ if parts.title != "Xyz":
            return f"{parts.title!r}: {parts.when}"
        case Rhythm() as rhythm:
            return to_text(rhythm)
        case moment:
            return ("by " if moment.kind == "by" else "") + moment.local.isoformat(" ", "minutes")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corpus_is_read_without_a_wrong_value(language: Language) -> None:
    pairs = corpus(language)
    readings = [(line, value, read(line, language)) for line, value in pairs]
    wrong = [reading for reading in readings if reading[2] not in (reading[1], REFUSE)]
    needless = [reading for reading in readings if reading[1] != REFUSE and reading[2] == REFUSE]
    right = len(readings) - len(wrong) - len(needless)
    print(f"{language}: {right} of {len(readings)} right, {len(wrong)} wrong, {len(needless)} needlessly refused")

    assert len(pairs) >= LEAST
    assert wrong == []
    assert len(needless) <= BUDGET * len(pairs), needless
