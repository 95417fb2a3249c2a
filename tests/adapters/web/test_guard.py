"""Who may open the page: DNS rebinding, foreign pages, the token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aiohttp
import pytest

from adapters.web.guard import Guard, is_loopback
from bot.cli._web import Listening
from bot.errors import ConfigurationError
from tests.adapters.web.visit import Visited, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = "a-long-and-secret-token"


@pytest.fixture
async def closed() -> AsyncIterator[Visited]:
    """A demo behind a token."""
    async with serve(token=TOKEN) as there:
        yield there


@pytest.mark.parametrize("path", ["", "socket", "static/page.js", "token"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[::2]", "x@evil", ""])
async def test_a_foreign_host_is_refused_everywhere(visited: Visited, path: str, host: str) -> None:
    async with visited.http.get(f"{visited.address}{path}", headers={"Host": host}) as answer:
        assert answer.status in (400, 421)
        assert "Atelier" not in await answer.text()


@pytest.mark.parametrize("origin", [
    "http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1", "http://localhost", "file://", "",
])  # fmt: skip
async def test_a_foreign_origin_opens_no_socket(visited: Visited, origin: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await visited.http.ws_connect(f"{visited.address}socket", headers={"Origin": origin})
    assert caught.value.status == 403


async def test_no_origin_opens_no_socket(visited: Visited) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await visited.http.ws_connect(f"{visited.address}socket")
    assert caught.value.status == 403


async def test_without_the_token_there_is_nothing_to_see(closed: Visited) -> None:
    async with closed.http.get(closed.address) as page:
        assert page.url.path == "/token"
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await closed.http.ws_connect(f"{closed.address}socket", origin=closed.address.rstrip("/"))
    assert caught.value.status == 401


async def test_the_token_opens_the_page_and_the_socket(closed: Visited) -> None:
    origin = {"Origin": closed.address.rstrip("/")}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        async with http.post(f"{closed.address}token", data={"token": TOKEN}, headers=origin) as page:
            assert page.url.path == "/"
            cookie = page.history[0].headers["Set-Cookie"]
        async with http.ws_connect(f"{closed.address}socket", headers=origin) as socket:
            assert not socket.closed
    assert TOKEN not in cookie
    assert {"HttpOnly", "SameSite=Strict"} <= set(re.split(r";\s*", cookie))


async def test_a_wrong_token_is_refused_and_costs_a_second(closed: Visited) -> None:
    origin = {"Origin": closed.address.rstrip("/")}
    async with closed.http.post(f"{closed.address}token", data={"token": "<b>no</b>"}, headers=origin) as page:
        text = await page.text()
        assert page.status == 403
        assert "Ce n’est pas ce jeton" in text
        assert "<b>" not in text
        assert "Set-Cookie" not in page.headers


async def test_the_token_is_not_taken_from_another_page(closed: Visited) -> None:
    headers = {"Origin": "http://evil.example"}
    async with closed.http.post(f"{closed.address}token", data={"token": TOKEN}, headers=headers) as page:
        assert page.status == 403
        assert "Set-Cookie" not in page.headers


async def test_a_forged_cookie_is_worth_nothing(closed: Visited) -> None:
    async with closed.http.get(closed.address, cookies={"vigie": TOKEN}, allow_redirects=False) as page:
        assert page.status == 303


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "vigie.example", ""])
def test_an_address_that_others_reach_asks_for_a_token(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(ConfigurationError) as caught:
        Listening(host, 8080, "", "fr")
    assert caught.value.key == "web.needs_token"
    assert Listening(host, 8080, TOKEN, "fr").token == TOKEN


async def test_no_token_is_no_password() -> None:
    """An empty token never opens anything by being sent back."""
    assert await Guard("").enter("") is None


async def test_the_page_may_load_nothing_from_elsewhere_and_no_inline_script(visited: Visited) -> None:
    async with visited.http.get(visited.address) as page:
        policy = page.headers["Content-Security-Policy"]
        text = await page.text()
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
    )
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text) == []
    assert re.findall(r"(?:src|href)=\"(?!/static/)", text) == []


async def test_every_file_that_the_page_names_is_served_as_what_it_is(visited: Visited) -> None:
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    async with visited.http.get(visited.address) as page:
        named = set(re.findall(r"/static/[\w.]+", await page.text()))
    for path in sorted(named):
        async with visited.http.get(f"{visited.address.rstrip('/')}{path}") as file:
            assert (file.status, file.content_type) == (200, kinds[path.rpartition(".")[2]]), path
            for imported in re.findall(r'from "\./([\w.]+)"', await file.text()):
                async with visited.http.get(f"{visited.address}static/{imported}") as module:
                    assert module.status == 200, imported


def test_no_script_of_ours_makes_markup_of_data() -> None:
    from importlib.resources import files

    scripts = [one for one in files("adapters.web").joinpath("static").iterdir() if one.name.endswith(".js")]
    for script in scripts:
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script.read_text("utf-8")
        )
        assert found == [], script.name
