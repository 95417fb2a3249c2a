"""The pictures of the README and the guide, taken from the page itself: `just pictures` (needs the group `judges`)."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from tests.adapters.web.browser import PHONE, WIDE, browsing, missing, opened
from tests.adapters.web.visit import serve
from tests.surface.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from bot.i18n import Language

FOLDER = ROOT / "docs" / "pictures"
LINES: dict[Language, str] = {"fr": "jour", "en": "day"}
FACES = {"day": (WIDE, "light"), "phone": (PHONE, "dark")}


async def _day(page: Any, language: Language) -> None:
    """The morning card, one thing ticked by a reaction, and what is left to somebody else."""
    await page.click("[data-step=next]")
    await page.click("article .chip.add")
    await page.click("article .palette button >> nth=0")
    await page.wait_for_selector(".item.done")
    await page.select_option("#speaker", "karim")
    await page.fill("#typed", LINES[language])
    await page.press("#typed", "Enter")
    await page.wait_for_selector(".answer")
    await page.evaluate("document.activeElement.blur()")
    await page.evaluate("document.querySelector('article').scrollIntoView({ behavior: 'instant' })")
    await page.wait_for_timeout(300)


async def take(folder: Path) -> list[Path]:
    """Take them all; gives the files."""
    files = []
    async with browsing() as browser:
        for language in LINES:
            for name, (size, scheme) in FACES.items():
                files.append(folder / f"{name}-{language}.png")
                async with (
                    serve(language=language) as there,
                    opened(browser, there.address, size=size, scheme=scheme) as page,
                ):
                    await _day(page, language)
                    await page.screenshot(path=files[-1])
    return files


if __name__ == "__main__":
    if missing():
        sys.exit(missing())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in asyncio.run(take(FOLDER)):
        print(file.relative_to(ROOT))
