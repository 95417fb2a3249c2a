"""A line of four thousand characters costs little more than any line: the one writer serves nobody else meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.story import Story

ORDINARY = (
    "tâche ajouter Relire la publication LinkedIn",
    "rappel relancer l’imprimeur",
    "décaler la chose à plus tard",
)
LONG = (
    "tâche ajouter " + "pour " * 780,
    "rappel de " + "a " * 1990,
    "rappel de " + "pour " * 70,
    "décaler " + "a " * 1990,
    "décaler veille " + "demain " * 500,
    "sauter " + "a " * 1990,
    "fait " + "x" * 3900,
    "fait " + "veille et " * 390,
    "décaler veille " + "tous les deux jours " * 190,
    "tâche ajouter " + "tous les deux jours sauf " * 150,
    "tâche modifier veille " + "à 10h et " * 400,
    "rappel bidules " + "à demain le " * 31 + "photo",
    "qui " + "personne " * 400,
    "aide " + "la journée " * 350,
)
SECONDS = 0.5
"""Each of these lines took between two and sixteen seconds of the processor; now some hundredths."""


async def cost(story: Story, line: str) -> float:
    begun = time.process_time()
    await story.says("Léa", line)
    return time.process_time() - begun


async def test_no_line_keeps_the_writer(story: Story) -> None:
    for line in ORDINARY:
        await story.says("Léa", line)  # whatever is read once is read by now

    slow = {f"{line[:20]}…": spent for line in LONG if (spent := await cost(story, line)) > SECONDS}

    assert not slow
