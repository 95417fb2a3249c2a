"""The page's protocol over real sockets: acts by button, reaction and line; two pages; forms; what is refused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest

from adapters.web.page import BURST, FAULTS, Page
from tests.adapters.web.visit import Visited, Visitor, button, easy, serve

if TYPE_CHECKING:
    from pathlib import Path

    from bot.record.audit import Entry

DONE = "[done] Veille du jour"
OPEN = "[open] Veille du jour"


async def _record(visited: Visited) -> list[Entry]:
    team = visited.demo.team.id
    return await visited.demo.app.store.read(lambda tx: list(tx.audit.latest(team, limit=1000)))


async def _until_private(lea: Visitor) -> None:
    """To the private reminder of the veille."""
    while not any(one["place"] == "@lea" for one in lea.cards.values()):
        await lea.ask("forward", by="next")


async def test_the_next_nudge_is_the_morning_card_at_nine(visited: Visited) -> None:
    async with visited.visitor() as lea:
        await lea.ask("forward", by="next")
        card = await lea.shows("Lundi 23 novembre")

        assert card["at"] == "2026-11-23T08:00:00+00:00"
        assert card["place"] == "équipe"
        assert OPEN in easy(card["message"])


async def test_a_typed_line_ticks_and_the_card_is_edited_in_place(visited: Visited) -> None:
    async with visited.visitor() as lea:
        await lea.ask("forward", by="next")
        before = await lea.shows("Lundi 23 novembre")
        await lea.ask("say", text="fait veille")
        after = await lea.shows(DONE)

        assert after["id"] == before["id"]
        assert after["edited"]


async def test_an_answer_about_the_team_is_shown_to_the_channel_by_a_button(visited: Visited) -> None:
    async with visited.visitor() as lea, visited.visitor("tom") as tom:
        answer = await lea.ask("say", text="jour équipe")
        assert tom.cards == {}
        await lea.ask("press", **button(answer["message"], "Montrer au canal"))
        shown = await tom.shows("Montré par Léa")
        assert shown["place"] == "équipe"


async def test_answers_come_with_what_other_platforms_would_be_sent(visited: Visited) -> None:
    async with visited.visitor() as lea:
        answer = await lea.ask("say", text="jour")
        assert answer["previews"]["slack"]["blocks"][0]["type"] == "header"
        assert "Ta journée, Léa" in answer["previews"]["slack"]["text"].replace("\u202f", " ")


async def test_a_button_of_a_private_answer_ticks(visited: Visited) -> None:
    async with visited.visitor() as lea:
        await lea.ask("forward", by="next")
        mine = await lea.ask("say", text="jour")
        await lea.ask("press", **button(mine["message"], "C’est fait"))

        assert await lea.shows(DONE)


async def test_a_reaction_ticks_and_its_removal_reopens(visited: Visited) -> None:
    async with visited.visitor() as lea:
        await lea.ask("forward", by="next")
        card = await lea.shows("Lundi 23 novembre")
        await lea.ask("react", message=card["id"], emoji="✅", added=True)
        ticked = await lea.shows(DONE)
        await lea.ask("react", message=card["id"], emoji="✅", added=False)
        reopened = await lea.shows(OPEN)

        assert ticked["reactions"] == {"✅": ["lea"]}
        assert reopened["reactions"] == {}


async def test_what_one_person_does_shows_in_everybodys_page(visited: Visited) -> None:
    async with visited.visitor("lea") as lea, visited.visitor("tom") as tom:
        await lea.ask("forward", by="next")
        await tom.shows(OPEN)
        await lea.ask("say", text="fait veille")

        assert await tom.shows(DONE)


async def test_an_answer_is_for_the_one_who_asked(visited: Visited) -> None:
    async with visited.visitor("lea") as lea, visited.visitor("tom") as tom:
        await lea.ask("say", text="jour")
        await tom.ask("say", text="jour")

        said = [easy(one["message"]) for one in tom.told if one["type"] == "answer"]
        assert ["Ta journée, Tom" in one for one in said] == [True]


async def test_private_messages_are_told_to_their_person_alone(visited: Visited) -> None:
    async with visited.visitor("lea") as lea, visited.visitor("tom") as tom:
        await _until_private(lea)
        await tom.ask("say", text="jour")

        assert {one["place"] for one in tom.cards.values()} == {"équipe"}


async def test_a_page_opened_later_sees_what_was_said_and_done(visited: Visited) -> None:
    async with visited.visitor() as lea:
        await lea.ask("forward", by="next")
        await lea.ask("say", text="fait veille")
        await lea.shows(DONE)
    async with visited.visitor() as again:
        assert DONE in easy(next(iter(again.cards.values()))["message"])


async def test_a_kept_demo_shows_its_messages_after_a_restart_and_they_still_work(tmp_path: Path) -> None:
    kept = f"sqlite:///{tmp_path / 'kept.db'}"
    async with serve(database=kept) as first, first.visitor() as lea:
        await lea.ask("forward", by="next")
        card = await lea.shows(OPEN)
        await lea.ask("react", message=card["id"], emoji="👀", added=True)
    async with serve(database=kept, start=None) as second, second.visitor() as lea:
        again = lea.cards[card["id"]]
        await lea.ask("react", message=card["id"], emoji="✅", added=True)

        assert OPEN in easy(again["message"])
        assert again["reactions"] == {"👀": ["lea"]}
        assert (await lea.shows(DONE))["id"] == card["id"]


async def test_a_form_is_refused_beside_its_field_then_accepted(visited: Visited) -> None:
    async with visited.visitor() as lea:
        asked = await lea.ask("say", text="configurer")
        before = await _record(visited)
        refused = await lea.ask("submit", action="setup", values={"networks": ["linkedin"], "veille": ["Zoé"]})
        between = await _record(visited)
        done = await lea.ask("submit", action="setup", values={"networks": ["linkedin"], "veille": []})

        assert asked["form"]
        errors = {one["name"] for one in refused["message"]["blocks"][0]["fields"] if one["error"]}
        assert (refused["form"], errors) == (True, {"veille"})
        assert between == before
        assert (done["form"], done["refused"]) == (False, False)
        assert "LinkedIn" in easy(done["message"])


async def test_a_refusal_is_marked_so_that_a_form_keeps_what_was_filled_in(visited: Visited) -> None:
    async with visited.visitor("tom") as tom:
        refused = await tom.ask("submit", action="setup", values={"networks": ["linkedin"]})

        assert refused["refused"]


async def test_a_line_sent_again_under_the_same_id_is_done_once(visited: Visited) -> None:
    async with visited.visitor() as lea:
        await lea.ask("forward", by="next")
        first = await lea.ask("say", id="the-very-same-line", text="fait veille")
        count = len(await _record(visited))
        again = await lea.ask("say", id="the-very-same-line", text="fait veille")

        assert len(await _record(visited)) == count
        assert again["message"] == first["message"]


@pytest.mark.parametrize(("by", "there"), [
    ("10m", "2026-11-23T08:05:00+00:00"),
    ("1h", "2026-11-23T08:55:00+00:00"),
    ("1d", "2026-11-24T07:55:00+00:00"),
    ("1w", "2026-11-30T07:55:00+00:00"),
])  # fmt: skip
async def test_the_clock_moves_by_what_its_button_says(visited: Visited, by: str, there: str) -> None:
    async with visited.visitor() as lea, visited.visitor("tom") as tom:
        await lea.ask("forward", by=by)
        moved = await tom.until(lambda frame: frame["type"] == "clock")

        assert moved["now"] == there


async def test_the_page_speaks_the_teams_language() -> None:
    async with serve(language="en") as there, there.visitor() as lea:
        assert lea.scene["texts"]["step.next"] == "Next message"
        assert lea.scene["channel"] == "team"


async def test_whoever_is_unknown_looks_through_the_leads_eyes(visited: Visited) -> None:
    async with visited.visitor("nobody") as page:
        assert page.scene["me"] == "lea"


async def test_a_line_is_completed_from_commands_tasks_and_people(visited: Visited) -> None:
    async with visited.visitor() as lea:
        hints = {(one["kind"], one["word"]) for one in lea.scene["hints"]}

        assert {("command", "fait"), ("task", "veille"), ("person", "Karim")} <= hints


async def test_text_is_never_markup(visited: Visited) -> None:
    """What people type comes back as it is, inside JSON strings: the page only makes text nodes of it."""
    nasty = "<img src=x onerror=alert(1)>"
    async with visited.visitor() as lea:
        answer = await lea.ask("say", text=nasty)

        assert nasty.split(maxsplit=1)[0] in easy(answer["message"])


# What is refused, and changes nothing


GARBAGE = [
    "", "x", "null", "[]", "{}", '{"type":"hello"}', '{"type":"hello","v":2,"account":"lea"}', '{"type":"nothing"}',
    '{"type":"say","id":"short","text":"jour"}', '{"type":"say","id":"long-enough","text":5}',
    '{"type":"say","id":"long-enough","text":"jour","more":1}', '{"type":"forward","id":"long-enough","by":"1y"}',
    '{"type":"submit","id":"long-enough","action":"setup","values":{"networks":"x"}}', "[" * 30_000,
]  # fmt: skip


@pytest.mark.parametrize("text", GARBAGE)
async def test_garbage_is_refused_and_changes_nothing(visited: Visited, text: str) -> None:
    async with visited.visitor() as lea:
        before = await _record(visited)
        await lea.socket.send_str(text)
        refused = await lea.until(lambda frame: frame["type"] == "refused")

        assert "Recharge la page" in refused["text"]
        assert await _record(visited) == before


async def test_a_megabyte_closes_the_page_and_changes_nothing(visited: Visited) -> None:
    before = await _record(visited)
    async with visited.visitor() as lea:
        await lea.socket.send_str("x" * 1024 * 1024)
        async with asyncio.timeout(10):
            while (raw := await lea.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass

        assert raw.type is not aiohttp.WSMsgType.BINARY
        assert lea.socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    async with visited.visitor() as again:
        assert again.scene["team"]
    assert await _record(visited) == before


async def test_whoever_sends_nothing_but_garbage_is_sent_away(visited: Visited) -> None:
    async with visited.visitor() as lea:
        for _ in range(FAULTS + 1):
            await lea.socket.send_str("garbage")
        async with asyncio.timeout(10):
            while (raw := await lea.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass

        assert raw.data == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_a_page_may_ask_twenty_times_at_once_then_ten_times_a_second() -> None:
    page = Page(None)  # type: ignore[arg-type]  # nothing is sent

    assert [page.too_fast() for _ in range(BURST + 2)] == [False] * BURST + [True] * 2


async def test_a_message_of_somebody_else_cannot_be_pressed(visited: Visited) -> None:
    async with visited.visitor("lea") as lea, visited.visitor("tom") as tom:
        await _until_private(lea)
        private = next(one for one in lea.cards.values() if one["place"] == "@lea")
        before = await _record(visited)
        refused = await tom.ask("press", message=private["id"], **button(private["message"], "C’est fait"))

        assert refused["type"] == "refused"
        assert await _record(visited) == before


async def test_nobody_comes_into_the_demo_team(visited: Visited) -> None:
    async with visited.visitor() as lea:
        refused = await lea.ask("arrive", name="Zoé", language="fr")

        assert refused["type"] == "refused"
        assert len(lea.scene["people"]) == 4


async def test_a_page_must_say_hello_first(visited: Visited) -> None:
    async with visited.http.ws_connect(f"{visited.address}socket", origin=visited.address.rstrip("/")) as socket:
        await socket.send_str('{"type":"say","id":"long-enough","text":"jour"}')
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.2)
