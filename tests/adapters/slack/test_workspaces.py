"""Several workspaces over real sockets: installed in a browser, each with its own token, one taken out again."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet

from adapters.http import Server
from adapters.slack import workspaces
from adapters.slack.oauth import Application
from adapters.slack.workspaces import SlackWorkspaces
from bot.civil import instant
from bot.cli._compose import App, compose
from bot.cli._slack import product
from bot.clock import VirtualClock
from bot.platforms.first_contact import Reception
from storage.grants import open_vault
from tests.adapters.slack.bench import HURRY
from tests.adapters.slack.judges import judged
from tests.adapters.slack.world import MONDAY, PARIS, SETUP, easy, eventually
from tests.fakes.slack import BOT, SECRET, TEAM, FakeSlack, shown
from tests.fakes.slack.installs import CLIENT_ID, CLIENT_SECRET
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

OTHER, ORG = "T1VERGER", "E0GROUPE"
KEY = Fernet.generate_key().decode()


@dataclass
class Installed:
    """The product as `vigie run` composes it for several workspaces, and two of them in the fake."""

    slack: FakeSlack
    app: App
    platform: SlackWorkspaces
    clock: VirtualClock
    address: str
    people: dict[str, Someone] = field(init=False)

    def __post_init__(self) -> None:
        self.people = {"Léa": Someone(self.slack, "U0LEA"), "Zoé": Someone(self.slack, "U1ZOE", OTHER)}

    async def installs(self, place: str, *, cookie: bool = True, state: str = "") -> tuple[int, str]:
        """Through the two pages; the status and the text of the second."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(f"{self.address}/slack/install") as page:
                text = await page.text()
                said = page.headers.get("Set-Cookie", "").split(";")[0] if cookie else ""
            link = re.search(r'href="(https://slack\.com/oauth/v2/authorize[^"]*)"', text)
            assert link, text
            asked = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
            assert asked["client_id"] == [CLIENT_ID]
            query = {"code": self.slack.installs.allowed(place), "state": state or asked["state"][0]}
            return await self.returns(query, said)

    async def returns(self, query: Mapping[str, str], cookie: str) -> tuple[int, str]:
        headers = {"Cookie": cookie} if cookie else {}
        async with aiohttp.ClientSession() as browser:
            redirect = f"{self.address}/slack/oauth_redirect"
            async with browser.get(redirect, params=query, headers=headers, allow_redirects=False) as page:
                return page.status, easy(await page.text())

    async def set_up(self, name: str, channel: str) -> None:
        one = self.people[name]
        await one.types("configurer", channel)
        chosen = {field: {**value, "selected_user": one.user} if "selected_user" in value else value
                  for field, value in SETUP.items()}  # fmt: skip
        assert await one.submits(next(reversed(self.slack.views.values())), chosen) == {}
        await self.settle()

    async def settle(self) -> None:
        for office in list(self.platform._offices.values()):
            await office.inbound.drain()
        await self.app.engine.settle()

    async def until(self, moment: str) -> None:
        end = instant(datetime.fromisoformat(moment), PARIS)
        await self.settle()
        while (due := await self.app.engine.next_at()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock.now()))
            await self.app.engine.settle()
        self.clock.move_to(end)

    async def leaves(self, team: str, kind: str = "app_uninstalled", **about: Any) -> None:
        self.slack.installs.revoked(team)
        body = {"type": "event_callback", "event_id": self.slack.next("Ev"), "team_id": team}
        assert await self.slack.deliver("events_api", body | {"event": {"type": kind, **about}}) is not None

    def token_of(self, method: str, channel: str) -> set[str]:
        """The places whose tokens posted in a channel."""
        return {self.slack.installs.tokens[token] for name, given, token in self.slack.used
                if name == method and given.get("channel") == channel}  # fmt: skip


@asynccontextmanager
async def opened(address: str, slack: FakeSlack, clock: VirtualClock | None = None) -> AsyncIterator[Installed]:
    """A process of the product; several may stand on one database."""
    clock = clock or VirtualClock(instant(datetime.fromisoformat(MONDAY), PARIS))
    app = compose(address, clock)
    vault = open_vault(lambda: app.store, [KEY])
    application = Application(CLIENT_ID, CLIENT_SECRET, SECRET, slack.base)
    platform = SlackWorkspaces(application, vault, product(clock, "fr", app, ("day",)), HURRY)
    app.add(platform)
    reception = Reception(app.store, app.pipeline.receive, platform.introduce)
    await reception.warm()
    server = Server(platform.routes(), app.health.look)
    at = f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}"
    await platform.start(reception.receive)
    slack.target = f"{at}/slack/events"
    try:
        yield Installed(slack, app, platform, clock, at)
    finally:
        await platform.stop()
        await server.stop()
        await app.store.close()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    from tests.fakes.slack.server import person

    fake = FakeSlack()
    fake.judge = judged
    fake.patience = 30.0
    fake.people["U1ZOE"] = person("U1ZOE", "Zoé")
    fake.channels["C1VERGER"] = "verger"
    fake.members["C1VERGER"] = {BOT}
    fake.installs.places |= {OTHER: "Verger", ORG: "Groupe"}
    fake.installs.channels["C1VERGER"] = OTHER
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def world(current_address: str, slack: FakeSlack) -> AsyncIterator[Installed]:
    async with opened(current_address, slack) as found:
        yield found


async def _two(world: Installed) -> None:
    for place, name, channel in ((TEAM, "Léa", "C0EQUIPE"), (OTHER, "Zoé", "C1VERGER")):
        assert (await world.installs(place))[0] == 200
        await world.set_up(name, channel)


def _cards(world: Installed, channel: str) -> list[str]:
    return [easy(shown(one)) for one in world.slack.posted(channel)]


async def test_two_workspaces_each_get_their_card_with_their_own_token(world: Installed) -> None:
    await _two(world)
    await world.until("2026-11-23T09:30")

    for team, channel in ((TEAM, "C0EQUIPE"), (OTHER, "C1VERGER")):
        assert any("Veille du jour" in one for one in _cards(world, channel))
        assert world.token_of("chat.postMessage", channel) == {team}


async def test_what_is_ticked_in_one_is_edited_there_with_its_token(world: Installed) -> None:
    await _two(world)
    await world.until("2026-11-23T09:30")

    await world.people["Zoé"].types("fait veille", "C1VERGER")
    await world.settle()

    assert "✓ Veille du jour" in "\n".join(_cards(world, "C1VERGER"))
    assert "✓ Veille du jour" not in "\n".join(_cards(world, "C0EQUIPE"))
    assert world.token_of("chat.update", "C1VERGER") == {OTHER}


async def test_offices_that_nobody_uses_are_closed_and_open_again(
    world: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces, "OFFICES", 1)
    await _two(world)
    assert len(world.platform._offices) == 2, "used a moment ago"

    monkeypatch.setattr(workspaces, "IDLE", 0.0)
    await world.until("2026-11-24T09:00")
    assert len(world.platform._offices) == 1
    for name, channel in (("Léa", "C0EQUIPE"), ("Zoé", "C1VERGER")):
        assert "○ Veille du jour" in _cards(world, channel)[-1]
        await world.people[name].types("fait veille", channel)
        await world.settle()
        assert "✓ Veille du jour" in _cards(world, channel)[-1]
    assert len(world.platform._offices) == len(world.platform._grants) == len(world.platform._used) == 1


async def test_one_that_is_taken_out_hears_no_more_and_the_other_goes_on(world: Installed) -> None:
    await _two(world)
    await world.leaves(OTHER)
    before = len(world.slack.posted("C1VERGER"))
    calls = len(world.slack.used)

    await world.until("2026-11-24T09:30")

    assert any("Veille du jour" in one for one in _cards(world, "C0EQUIPE"))
    assert len(world.slack.posted("C1VERGER")) == before
    places = {world.slack.installs.tokens.get(token) for _, _, token in world.slack.used[calls:]}
    assert OTHER not in places, "nothing is even tried"


async def test_one_that_comes_back_is_reminded_again_from_then_on(world: Installed) -> None:
    await _two(world)
    await world.leaves(OTHER)
    await world.until("2026-11-25T10:00")
    assert (await world.installs(OTHER))[0] == 200
    before = len(world.slack.posted("C1VERGER"))
    await world.settle()
    assert len(world.slack.posted("C1VERGER")) == before, "nothing is made up for"

    await world.until("2026-11-26T09:30")

    assert any("Veille du jour" in one for one in _cards(world, "C1VERGER")[before:])


async def test_a_revoked_token_is_the_end_even_when_the_event_was_lost(world: Installed) -> None:
    await _two(world)
    world.slack.installs.revoked(OTHER, "account_inactive")

    await world.until("2026-11-24T09:30")

    assert await world.platform.places() == [TEAM]
    assert any("Veille du jour" in one for one in _cards(world, "C0EQUIPE"))


async def test_a_persons_own_token_is_no_reason_to_go(world: Installed) -> None:
    await _two(world)
    body = {"type": "event_callback", "event_id": "Ev1", "team_id": OTHER}
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1ZOE"], "bot": []}}
    assert await world.slack.deliver("events_api", body | {"event": event}) is not None
    assert set(await world.platform.places()) == {TEAM, OTHER}

    await world.leaves(OTHER, "tokens_revoked", tokens={"oauth": [], "bot": [BOT]})
    assert await world.platform.places() == [TEAM]


async def test_the_address_is_verified_before_anybody_installed(world: Installed) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    status, said = await world.slack.send(raw, world.slack.signed(raw) | {"Content-Type": "application/json"})
    assert (status, json.loads(said)) == (200, {"challenge": "abc"})


async def test_a_workspace_that_never_installed_is_told_so_and_nothing_else(world: Installed) -> None:
    answer = await world.people["Zoé"].types("jour", "C1VERGER")

    assert answer
    assert "n’est plus installée" in str(answer["text"])
    assert await world.app.store.read(lambda tx: tx.teams.find("slack", OTHER)) is None


async def test_an_organisations_installation_serves_its_workspaces(world: Installed) -> None:
    world.slack.installs.organisations[OTHER] = ORG
    assert (await world.installs(ORG))[0] == 200
    world.people["Zoé"].enterprise = ORG
    await world.set_up("Zoé", "C1VERGER")

    await world.until("2026-11-23T09:30")

    assert any("Veille du jour" in one for one in _cards(world, "C1VERGER"))
    assert world.token_of("chat.postMessage", "C1VERGER") == {ORG}


@pytest.mark.parametrize("way", ["no cookie", "other state", "twice", "refused"])
async def test_an_installation_that_did_not_begin_here_is_refused(world: Installed, way: str) -> None:
    if way == "no cookie":
        status, text = await world.installs(TEAM, cookie=False)
    elif way == "other state":
        status, text = await world.installs(TEAM, state="made-up")
    elif way == "twice":
        word = await world.platform._vault.issue()
        cookie = f"slack-app-oauth-state={word}"
        assert (await world.returns({"code": world.slack.installs.allowed(TEAM), "state": word}, cookie))[0] == 200
        await world.leaves(TEAM)
        status, text = await world.returns({"code": world.slack.installs.allowed(TEAM), "state": word}, cookie)
    else:
        status, text = await world.returns({"error": "access_denied", "state": "x"}, "")

    assert status == (200 if way == "refused" else 401 if way == "twice" else 400)
    assert "Vigie n’a pas été installée" in text
    assert await world.platform.places() == []


async def test_a_code_that_slack_refuses_installs_nothing(world: Installed) -> None:
    world.slack.fail("error", "oauth.v2.access", code="invalid_code")
    status, text = await world.installs(TEAM)

    assert (status, "Rien n’a été changé" in text) == (401, True)
    assert await world.platform.places() == []


async def test_a_token_that_expires_is_renewed_once_by_two_processes(current_address: str, slack: FakeSlack) -> None:
    slack.installs.rotating = True
    async with opened(current_address, slack) as one:
        assert (await one.installs(TEAM))[0] == 200
        await one.set_up("Léa", "C0EQUIPE")
        async with opened(current_address, slack, one.clock) as two:
            assert await two.people["Léa"].types("jour") is not None
            assert slack.installs.exchanges == []
            one.clock.move_to(instant(datetime.fromisoformat("2026-11-23T20:00"), PARIS))

            await asyncio.gather(*(each.platform._fresh_token(TEAM) for each in [one, two] * 5))
            await asyncio.gather(*(each.people["Léa"].types("jour") for each in (one, two)))

    assert len(slack.installs.exchanges) == 1
    assert len({token for token in slack.installs.tokens if token.startswith(f"xoxb-{TEAM}")}) == 2


async def test_a_process_beside_takes_the_token_of_a_new_installation(current_address: str, slack: FakeSlack) -> None:
    async with opened(current_address, slack) as one:
        assert (await one.installs(TEAM))[0] == 200
        await one.set_up("Léa", "C0EQUIPE")
        async with opened(current_address, slack, one.clock) as two:
            assert await two.people["Léa"].types("jour") is not None
            slack.installs.revoked(TEAM)
            assert (await one.installs(TEAM))[0] == 200

            await two.until("2026-11-23T09:30")

            assert any("Veille du jour" in text for text in _cards(two, "C0EQUIPE"))
            assert await two.platform.places() == [TEAM]


async def test_no_secret_is_logged(world: Installed, capsys: pytest.CaptureFixture[str]) -> None:
    world.slack.installs.rotating = True
    await _two(world)
    world.slack.fail("error", "oauth.v2.access", code="invalid_code")
    await world.installs(TEAM)
    world.slack.fail("error", "oauth.v2.access", times=2, code="fatal_error")
    world.clock.move_to(instant(datetime.fromisoformat("2026-11-23T20:00"), PARIS))
    await world.platform._fresh_token(TEAM)
    await world.leaves(OTHER)

    printed = "".join(capsys.readouterr())
    assert "slack installation" in printed
    for secret in ("xoxb-", "xoxe-", CLIENT_SECRET, KEY, "code-"):
        assert secret not in printed
    await eventually(lambda: True)
