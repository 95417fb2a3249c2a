"""A real browser, where there is one: Debian's chromium through playwright (group `judges`)."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
)  # fmt: skip
WIDE, PHONE = (1280, 800), (360, 740)


def missing() -> str:
    """Why there is no browser here; empty when there is one."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError:
        return "playwright is not installed (uv sync --group judges)"
    return "" if shutil.which(CHROMIUM) else "there is no chromium here (apt-get install chromium)"


@asynccontextmanager
async def browsing() -> AsyncIterator[Any]:
    """A browser; the test is skipped, with the reason, where there is none."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def opened(
    browser: Any, address: str, *, size: tuple[int, int] = WIDE, scheme: str = "light", zone: str = "America/New_York"
) -> AsyncIterator[Any]:
    """An open page in a profile of its own. Whatever it reports on its console, or asks of elsewhere, is a fault.

    The visitor's own zone is another one than the team's: the page must show the team's.
    """
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, timezone_id=zone, reduced_motion="reduce"
    )
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if _ours(request.url, address) else faults.append(request.url))
    page.set_default_timeout(30_000)
    await page.goto(address)
    await page.wait_for_selector("#places button, #welcome:not([hidden])")
    try:
        yield page
    finally:
        await context.close()
    assert faults == []


def _ours(url: str, address: str) -> bool:
    return url.startswith((address, address.replace("http:", "ws:"), "blob:"))
