"""Curves: drawn by Slack, else as an image beside a table, else as the table alone; in words each time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.charts import build
from bot.message import Chart, File, Message, Reply, TaskLine, Text
from bot.ports import Address
from tests.adapters.slack.bench import HURRY, over_sockets
from tests.adapters.slack.judges import judged
from tests.fakes.slack import TEAM, FakeSlack, shown
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.platform import SlackPlatform
    from bot.engine.posting import Ref
    from bot.ports import Charts
    from bot.request import Request

CHANNEL = Address(TEAM, channel="C0EQUIPE")
CURVE = Chart(
    "Abonnés", (("oct.", 12100.0), ("nov.", None), ("déc.", 12350.0)), "12 100 en octobre, 12 350 en décembre"
)
LONG = Chart("Portée", tuple((f"{day} nov.", float(day)) for day in range(1, 31)), "de 1 à 30")
UNKNOWN = Chart("Clics", (("oct.", None),), "rien de connu")


class Drawn:
    """Says what it was asked to draw, in the bytes."""

    def png(self, chart: Chart) -> bytes:
        return f"PNG {chart.title} {chart.points}".encode()


class Core:
    """Answers with what it is given."""

    reply = Reply()

    async def receive(self, request: Request) -> Reply:
        return self.reply


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    fake.judge = judged
    yield fake
    await fake.stop()


@pytest.fixture
def core() -> Core:
    return Core()


@pytest.fixture
def charts() -> Charts | None:
    return Drawn()


@pytest.fixture
async def platform(slack: FakeSlack, core: Core, charts: Charts | None) -> AsyncIterator[SlackPlatform]:
    made = over_sockets(slack, replace(HURRY, timeout=20.0, charts=charts))
    await made.start(core.receive)
    yield made
    await made.stop()


def said(*charts: Chart) -> Message:
    return Message((Text(("Le bilan",)), *charts), "bilan")


async def _posted(platform: SlackPlatform, message: Message, key: str = "k1") -> Ref:
    ref = await platform.post(CHANNEL, message, key=key)
    await platform._post.threads.drain()
    return ref


def _kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


async def test_slack_draws_it_where_it_can(platform: SlackPlatform, slack: FakeSlack) -> None:
    await _posted(platform, said(CURVE))

    (card,) = slack.posted()
    assert _kinds(card) == ["section", "data_visualization", "context"]
    assert CURVE.alternative in shown(card)
    assert slack.files == {}


async def test_where_slack_refuses_it_there_is_a_table_and_an_image_in_the_thread(
    platform: SlackPlatform, slack: FakeSlack
) -> None:
    slack.charts = False

    ref = await _posted(platform, said(CURVE))

    (card,) = slack.posted()
    assert _kinds(card) == ["section", "section", "table", "context"]
    assert "déc. | 12\u202f350" in shown(card)
    assert "nov. | –" in shown(card)
    assert CURVE.alternative in shown(card)
    (file,) = slack.files.values()
    assert (file["title"], file["alt_txt"], file["thread_ts"]) == (CURVE.title, CURVE.alternative, ref.message)
    assert file["content"] == Drawn().png(CURVE)


async def test_a_workspace_that_refused_one_is_not_asked_again(platform: SlackPlatform, slack: FakeSlack) -> None:
    slack.charts = False
    await _posted(platform, said(CURVE))
    slack.calls.clear()

    await _posted(platform, said(CURVE), key="k2")

    assert [name for name, _ in slack.calls].count("chat.postMessage") == 1
    assert len(slack.files) == 2


@pytest.mark.parametrize("charts", [None])
async def test_where_nobody_draws_there_is_the_table_alone(platform: SlackPlatform, slack: FakeSlack) -> None:
    slack.charts = False
    await _posted(platform, said(CURVE))
    assert "table" in _kinds(slack.posted()[0])
    assert slack.files == {}


async def test_a_curve_that_slacks_block_cannot_say_is_an_image_at_once(
    platform: SlackPlatform, slack: FakeSlack
) -> None:
    await _posted(platform, said(LONG))

    assert _kinds(slack.posted()[0]) == ["section", "section", "table", "context"]
    assert [one["title"] for one in slack.files.values()] == ["Portée"]
    assert [name for name, _ in slack.calls].count("chat.postMessage") == 1


async def test_of_three_curves_slack_draws_two(platform: SlackPlatform, slack: FakeSlack) -> None:
    third = replace(CURVE, title="La troisième")
    await _posted(platform, said(CURVE, replace(CURVE, title="La deuxième"), third, UNKNOWN))

    assert _kinds(slack.posted()[0]).count("data_visualization") == 2
    assert [one["title"] for one in slack.files.values()] == ["La troisième"]


async def test_curves_among_more_than_a_page_are_images(platform: SlackPlatform, slack: FakeSlack) -> None:
    items = tuple(TaskLine(n, "open", (f"Tâche n° {n}",)) for n in range(100))
    await _posted(platform, Message((*items, CURVE), "tout"))

    (card,) = slack.posted()
    there = (card, *slack.thread("C0EQUIPE", card["ts"]))
    assert not [one for one in there if "data_visualization" in _kinds(one)]
    assert CURVE.alternative in "\n".join(map(shown, there))
    assert [one["title"] for one in slack.files.values()] == [CURVE.title]


@pytest.mark.parametrize("code", ["missing_scope", "file_uploads_disabled"])
async def test_an_image_that_may_not_be_uploaded_leaves_the_table(
    platform: SlackPlatform, slack: FakeSlack, code: str
) -> None:
    slack.charts = False
    slack.fail("error", "files.getUploadURLExternal", code=code)

    await _posted(platform, said(CURVE))

    (card,) = slack.posted()
    assert "table" in _kinds(card)
    assert slack.thread("C0EQUIPE", card["ts"]) == []


async def test_an_edit_brings_a_new_image_when_the_figures_are_others(
    platform: SlackPlatform, slack: FakeSlack
) -> None:
    slack.charts = False
    ref = await _posted(platform, said(CURVE))

    for message in (said(CURVE), said(replace(CURVE, points=(*CURVE.points, ("janv.", 13000.0))))):
        await platform.edit(ref, message)
        await platform._post.threads.drain()

    images = [one["content"].decode() for one in slack.files.values()]
    assert ["janv." in one for one in images] == [False, True]


async def test_a_private_answer_has_its_image_in_the_direct_conversation(
    platform: SlackPlatform, slack: FakeSlack, core: Core
) -> None:
    slack.charts = False
    core.reply = Reply(Message((Text(("Le bilan",)), CURVE, File("bilan.csv", "a;b")), "bilan"))
    lea = Someone(slack, "U0LEA")
    for _ in range(2):  # refused the first time, known the second
        await lea.types("bilan")
        await platform.inbound.drain()

    answers = slack.shown_to("U0LEA")
    assert [_kinds(one)[:4] for one in answers] == [["section", "section", "table", "context"]] * 2
    files = [(one["channel"], one["title"]) for one in slack.files.values()]
    assert files == [(slack.direct("U0LEA"), "bilan.csv"), (slack.direct("U0LEA"), "Abonnés")] * 2


async def test_an_answer_in_the_direct_conversation_loses_nothing(
    platform: SlackPlatform, slack: FakeSlack, core: Core
) -> None:
    slack.charts = False
    core.reply = Reply(said(CURVE))
    await Someone(slack, "U0LEA").writes("bilan")
    await platform.inbound.drain()

    (answer,) = slack.posted(slack.direct("U0LEA"))
    assert "table" in _kinds(answer)
    assert [one["title"] for one in slack.files.values()] == ["Abonnés"]


@pytest.mark.parametrize("charts", [build()])
async def test_the_image_that_arrives_is_a_picture(
    platform: SlackPlatform, slack: FakeSlack, charts: Charts | None
) -> None:
    if charts is None:
        pytest.skip("the extra `charts` is not installed, or this machine has no font")
    slack.charts = False
    await _posted(platform, said(CURVE))
    (file,) = slack.files.values()
    assert file["content"].startswith(b"\x89PNG")
