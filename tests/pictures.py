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
PLATFORMS = {"slack": ".kit"}
"""Platforms whose guide has pictures, with what marks their rendering in the page."""
NARROW = (900, 900)
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


async def _look(page: Any, name: str, shown: str) -> None:
    """The morning's card as a platform draws it, and an answer to one person, without what belongs to the demo."""
    await page.select_option("#look", name)
    await page.click("[data-step=next]")
    await page.click("article .chip.add")
    await page.click("article .palette button >> nth=0")
    await page.wait_for_selector(f"article {shown} >> text=/✓ /")
    await page.select_option("#speaker", "karim")
    await page.click(f"article {shown} button")
    await page.wait_for_selector(f".answer {shown}")
    await page.evaluate(
        "document.querySelectorAll('.tour, .payload, .reactions').forEach(one => { one.style.display = 'none'; });"
        "document.activeElement.blur()"
    )
    await page.wait_for_timeout(300)


async def _platforms(browser: Any, folder: Path, language: Language) -> list[Path]:
    """What a guide to a platform shows: its own rendering, as the page draws it."""
    files = []
    for name, shown in PLATFORMS.items():
        files.append(folder / f"{name}-{language}.png")
        async with serve(language=language) as there, opened(browser, there.address, size=NARROW) as page:
            await _look(page, name, shown)
            first, last = page.locator("#messages article").first, page.locator("#messages article").last
            top, end = await first.bounding_box(), await last.bounding_box()
            height = end["y"] + end["height"] - top["y"] + 24
            await page.screenshot(
                path=files[-1], clip={"x": top["x"], "y": top["y"] - 12, "width": top["width"], "height": height}
            )
    return files


async def take(folder: Path) -> list[Path]:
    """Take them all; gives the files."""
    files: list[Path] = []
    async with browsing() as browser:
        for language in LINES:
            files += await _platforms(browser, folder, language)
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
