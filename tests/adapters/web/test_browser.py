"""The page in a real browser: what people see, click, type and hear."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from bot.message import Message
from bot.ports import Address
from tests.adapters.web.browser import PHONE, WIDE, browsing, opened
from tests.adapters.web.visit import Visited, serve, settle_in
from tests.contracts.test_platform import BLOCKS, WORDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

DONE = "article .item.done >> text=Veille du jour"
OPEN = "article .item.open >> text=Veille du jour"
CARD = "article:not(.answer)"


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with browsing() as there:
        yield there


async def _morning(page: Any) -> None:
    await page.click("[data-step=next]")
    await page.wait_for_selector(CARD)


async def test_the_story_of_a_morning_in_two_pages(browser: Any, visited: Visited) -> None:
    """The clock, a typed line, a button, a reaction: each shows in the other page too, on the same card."""
    async with opened(browser, visited.address) as lea, opened(browser, visited.address) as tom:
        await tom.select_option("#speaker", "tom")
        await _morning(lea)
        await lea.locator("#now", has_text=re.compile(r"lundi 23 novembre à 9.h$")).wait_for()
        await tom.wait_for_selector(OPEN)
        card = await tom.get_attribute(CARD, "id")

        await lea.fill("#typed", "/cm fait veille")
        await lea.press("#typed", "Enter")
        await tom.wait_for_selector(DONE)
        await lea.click(".answer >> text=Annuler")
        await tom.wait_for_selector(f"{CARD} {OPEN.removeprefix('article ')}")

        await lea.click(f"{CARD} .chip.add")
        await lea.click(f"{CARD} .palette button >> nth=0")
        await tom.wait_for_selector(DONE)
        await lea.click(f"{CARD} .chip[aria-pressed=true]")
        await tom.wait_for_selector(OPEN)

        await lea.fill("#typed", "jour")
        await lea.press("#typed", "Enter")
        await lea.click(".answer >> text=C’est fait")
        await tom.wait_for_selector(DONE)
        assert await tom.locator(CARD).count() == 1
        assert await tom.get_attribute(CARD, "id") == card
        assert await tom.locator(".answer").count() == 0


async def test_a_form_says_what_is_wrong_beside_the_field_then_is_accepted(browser: Any, visited: Visited) -> None:
    async with opened(browser, visited.address) as lea:
        await lea.fill("#typed", "configurer")
        await lea.press("#typed", "Enter")
        await lea.wait_for_selector("dialog[open]")
        boxes = lea.locator("dialog fieldset >> nth=0 >> input")
        for box in await boxes.all():
            await box.uncheck()
        await lea.click("dialog button[type=submit]")
        assert "Réponds ici" in await lea.inner_text("dialog fieldset .error >> nth=0")
        assert await lea.evaluate("document.activeElement.type") == "checkbox"

        await boxes.first.check()
        await lea.click("dialog button[type=submit]")
        await lea.wait_for_selector("dialog", state="hidden")
        assert "J’ai compris" in await lea.inner_text(".answer >> nth=-1")


async def test_a_refused_form_keeps_what_was_filled_in(browser: Any, visited: Visited) -> None:
    """The lead's form, sent after somebody else became the speaker elsewhere: a refusal, not a lost form."""
    async with opened(browser, visited.address) as lea:
        await lea.fill("#typed", "configurer")
        await lea.press("#typed", "Enter")
        await lea.wait_for_selector("dialog[open]")
        await lea.evaluate("""() => {
            const select = document.querySelector('dialog select');
            select.append(new Option('Zoé', 'Zoé'));
            select.value = 'Zoé';
        }""")
        await lea.click("dialog button[type=submit]")
        await lea.wait_for_selector("dialog select[aria-invalid=true]")

        assert await lea.is_visible("dialog[open] .error:not(:empty)")


async def test_everything_can_be_done_from_the_keyboard(browser: Any, visited: Visited) -> None:
    async with opened(browser, visited.address) as lea:
        await lea.focus("[data-step=next]")
        await lea.keyboard.press("Enter")
        await lea.wait_for_selector(CARD)
        await lea.focus("#typed")
        await lea.keyboard.type("fai")
        await lea.keyboard.press("ArrowDown")
        assert await lea.get_attribute("#typed", "aria-activedescendant") == "hint-0"
        await lea.keyboard.press("Enter")
        await lea.keyboard.type("vei")
        await lea.keyboard.press("Tab")
        assert (await lea.input_value("#typed")).strip() == "fait veille"
        await lea.keyboard.press("Escape")
        await lea.keyboard.press("Enter")
        await lea.wait_for_selector(DONE)
        await lea.focus(f"{CARD} .chip.add")
        await lea.keyboard.press("Enter")
        assert await lea.evaluate("document.activeElement.closest('.palette') !== null")
        await lea.keyboard.press("Escape")
        assert await lea.evaluate("document.activeElement.classList.contains('add')")


async def test_the_focus_stays_where_it_was_when_a_card_is_edited(browser: Any, visited: Visited) -> None:
    async with opened(browser, visited.address) as lea, opened(browser, visited.address) as tom:
        await _morning(lea)
        await lea.focus(f"{CARD} >> text=Ma part")
        await tom.fill("#typed", "fait veille")
        await tom.press("#typed", "Enter")
        await lea.wait_for_selector(DONE)

        assert await lea.evaluate("document.activeElement.textContent") == "Ma part"


async def test_what_arrives_is_said_to_screen_readers(browser: Any, visited: Visited) -> None:
    async with opened(browser, visited.address) as lea:
        await _morning(lea)
        await lea.locator("#live", has_text="Lundi 23").wait_for(state="attached")

        assert await lea.get_attribute("#live", "role") == "status"


async def test_every_block_is_drawn_with_all_its_words(browser: Any, visited: Visited) -> None:
    async with opened(browser, visited.address) as lea:
        await visited.platform.post(Address("atelier", channel="équipe"), Message(BLOCKS, "tout"), key="all")
        await lea.wait_for_selector(CARD)
        shown = await lea.inner_text(f"{CARD} .card")
        written = shown + await lea.locator(f"{CARD} .card").evaluate(
            "one => [...one.querySelectorAll('option, [title]')].map((each) => each.text + each.title).join(' ')"
        )
        await lea.click(f"{CARD} >> text=Trois questions")
        written += await lea.inner_text("dialog")

        assert [word for word in WORDS if word not in written] == []


async def test_nothing_that_people_write_becomes_markup(browser: Any, visited: Visited) -> None:
    nasty = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    async with opened(browser, visited.address) as lea:
        await lea.fill("#typed", f"rappel {nasty} demain 9h")
        await lea.press("#typed", "Enter")
        await lea.wait_for_selector(".answer")

        assert await lea.locator("article img:not(.portrait), article script").count() == 0
        assert "owned" not in await lea.title()


async def test_older_messages_are_there_after_a_reload(browser: Any, visited: Visited) -> None:
    async with opened(browser, visited.address) as lea:
        await _morning(lea)
        await lea.reload()

        assert await lea.wait_for_selector(OPEN)


async def test_the_look_of_a_platform_that_is_not_installed_says_that_it_imitates(
    browser: Any, visited: Visited
) -> None:
    visited.platform.previews.clear()
    async with opened(browser, visited.address) as lea:
        await _morning(lea)
        await lea.select_option("#look", "slack")

        assert "imite Slack" in await lea.inner_text("#look-note")
        assert await lea.locator(f"{CARD} .kit").count() == 0


async def test_a_real_renderer_shows_what_its_platform_would_be_sent(browser: Any, visited: Visited) -> None:
    visited.platform.previews["slack"] = lambda message: {"text": f"({message.summary})", "blocks": []}
    async with opened(browser, visited.address) as lea:
        await _morning(lea)
        await lea.select_option("#look", "slack")
        await lea.click(".payload[data-for=slack] summary")

        assert '"text": "(Lundi 23' in (await lea.inner_text(".payload[data-for=slack] pre")).replace("\u00a0", " ")
        assert "exactement" in await lea.inner_text("#look-note")


@pytest.mark.parametrize(("look", "last"), [("slack", ".curve"), ("discord", "pre")])
async def test_in_a_platforms_look_every_block_is_drawn_from_its_payload(
    browser: Any, visited: Visited, look: str, last: str
) -> None:
    async with opened(browser, visited.address) as lea:
        await visited.platform.post(Address("atelier", channel="équipe"), Message(BLOCKS, "tout"), key="all")
        await lea.wait_for_selector(CARD)
        await lea.select_option("#look", look)
        await lea.wait_for_selector(f"{CARD} .kit {last}", state="attached")
        shown = await lea.locator(f"{CARD} .kit").evaluate(
            "one => one.textContent + [...one.querySelectorAll('a')].map((each) => each.href).join(' ')"
        )

        assert [word for word in WORDS if word not in shown and word != "9 h"] == []
        assert re.fullmatch(r"\d\d:\d\d", await lea.inner_text(f"{CARD} .kit time"))  # the reader's own wording


@pytest.mark.parametrize("look", ["slack", "discord"])
async def test_in_a_platforms_look_buttons_act_and_answers_are_drawn_too(
    browser: Any, visited: Visited, look: str
) -> None:
    async with opened(browser, visited.address) as lea:
        await lea.select_option("#look", look)
        await _morning(lea)
        await lea.click(f"{CARD} .kit button >> text=Ma part")
        await lea.click(".answer .kit button >> text=C’est fait")

        await lea.wait_for_selector(f"{CARD} .kit >> text=/✓ Veille du jour/")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_no_serious_fault_of_accessibility(
    browser: Any, language: Any, scheme: str, size: tuple[int, int]
) -> None:
    """axe-core, on each face of the page; and nothing is larger than the screen."""
    async with serve(language=language) as there, opened(browser, there.address, size=size, scheme=scheme) as lea:
        found = {"empty": await _axe(lea)}
        await _morning(lea)
        await there.platform.post(Address("atelier", channel=there.demo.channel), Message(BLOCKS, "tout"), key="all")
        await lea.fill("#typed", "jour" if language == "fr" else "day")
        await lea.press("#typed", "Enter")
        await lea.wait_for_selector(".answer")
        await lea.type("#typed", "a")
        found["hints"] = await _axe(lea)
        for look in ("slack", "discord", "vigie"):
            await lea.select_option("#look", look)
            found[look] = await _axe(lea)
        extent = await lea.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        await lea.fill("#typed", "configurer" if language == "fr" else "setup")
        await lea.press("#typed", "Enter")
        await lea.wait_for_selector("dialog[open]")
        found["form"] = await _axe(lea)

        assert {face: faults for face, faults in found.items() if faults} == {}
        assert extent == list(size), "only the messages scroll"
        assert await lea.get_attribute("html", "lang") == language


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_first_visit_from_a_name_to_a_team(browser: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    async with settle_in(tmp_path) as address, opened(browser, address, size=size) as page:
        faults = await _axe(page)
        await page.click("#welcome button")
        assert "Réponds ici" in await page.inner_text("#entry-error")
        await page.fill("#entry-name", "Zoé")
        await _picture(page, f"welcome-{size[0]}")
        await page.click("#welcome button")
        await page.wait_for_selector("dialog[open] fieldset")
        await _picture(page, f"setup-{size[0]}")
        await page.click("dialog label:has-text('LinkedIn')")
        await page.click("dialog button[type=submit]")
        await page.wait_for_selector(".answer >> text=LinkedIn")
        await _picture(page, f"ready-{size[0]}")
        await page.click("#add")
        await page.fill("#entry-name", "Tom")
        await page.click("dialog button[type=submit]")
        await page.wait_for_selector("#speaker option:has-text('Tom')", state="attached")
        faults += await _axe(page)

        assert faults == []
        assert await page.input_value("#speaker") == await page.get_attribute("#speaker option >> nth=0", "value")
        assert not await page.is_visible("#steps button")


async def test_the_question_for_the_token(browser: Any, tmp_path: Path) -> None:
    async with settle_in(tmp_path, token="secret") as address:
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(address)
        await _picture(page, "token")
        faults = await _axe(page)
        await page.fill("#token", "secret")
        await page.click("button")
        await page.wait_for_selector("#entry-name")

        assert faults == []


async def _picture(page: Any, name: str) -> None:
    """For somebody to look at: VIGIE_PICTURES names the folder."""
    folder = os.environ.get("VIGIE_PICTURES")
    if folder:
        await page.screenshot(path=f"{folder}/{name}.png")


async def _axe(page: Any) -> list[str]:
    """Serious and critical faults: the rule, and where."""
    axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="axe is not installed (group judges)")
    results = await axe.Axe().run(page)
    return [
        f"{one['id']}: {node['target']} {re.sub(chr(10), ' ', node['failureSummary'])[:200]}"
        for one in results.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
