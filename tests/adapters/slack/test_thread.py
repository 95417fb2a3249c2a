"""What does not fit in one message stands in its thread, whole, and follows it; files are files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.message import File, Message, Reply, TaskLine, Text
from bot.ports import Address
from tests.adapters.slack.bench import HURRY, over_sockets
from tests.adapters.slack.judges import judged
from tests.adapters.slack.world import eventually
from tests.fakes.slack import TEAM, FakeSlack, shown
from tests.fakes.slack.people import Someone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.platform import SlackPlatform
    from bot.engine.posting import Ref
    from bot.request import Request

CHANNEL = Address(TEAM, channel="C0EQUIPE")
CSV = File("bilan.csv", "réseau;posts\nInstagram;12\n" * 1000)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = await FakeSlack().start()
    fake.judge = judged
    yield fake
    await fake.stop()


class Core:
    """Answers with what it is given."""

    reply = Reply()

    async def receive(self, request: Request) -> Reply:
        return self.reply


@pytest.fixture
def core() -> Core:
    return Core()


@pytest.fixture
async def platform(slack: FakeSlack, core: Core) -> AsyncIterator[SlackPlatform]:
    made = over_sockets(slack, replace(HURRY, timeout=20.0))
    await made.start(core.receive)
    yield made
    await made.stop()


def listed(count: int, word: str = "Tâche") -> Message:
    return Message(tuple(TaskLine(n, "open", (f"{word} n° {n} ·",)) for n in range(count)), "tout")


async def _posted(platform: SlackPlatform, message: Message) -> Ref:
    ref = await platform.post(CHANNEL, message, key="k1")
    await platform._post.threads.drain()
    return ref


def _whole(slack: FakeSlack) -> str:
    (card,) = slack.posted()
    return "\n".join(map(shown, (card, *slack.thread("C0EQUIPE", card["ts"]))))


async def test_five_hundred_tasks_are_all_there_in_the_cards_thread(platform: SlackPlatform, slack: FakeSlack) -> None:
    await _posted(platform, listed(500))

    assert all(f"Tâche n° {n} ·" in _whole(slack) for n in range(500))
    assert shown(slack.posted()[0]).endswith("… 1/11")


@pytest.mark.parametrize("count", [1, 60, 120, 300])
async def test_an_edit_changes_what_stands_in_the_thread_too(
    platform: SlackPlatform, slack: FakeSlack, count: int
) -> None:
    ref = await _posted(platform, listed(120))

    await platform.edit(ref, listed(count, "Autre"))
    await platform._post.threads.drain()

    assert "Tâche" not in _whole(slack)
    assert all(f"Autre n° {n} ·" in _whole(slack) for n in range(count))


async def test_what_fits_is_asked_nothing_more(platform: SlackPlatform, slack: FakeSlack) -> None:
    ref = await _posted(platform, listed(3))
    await platform.edit(ref, listed(4))
    await platform._post.threads.drain()
    assert "conversations.replies" not in [name for name, _ in slack.calls]


async def test_a_file_is_put_in_the_thread_of_its_message(platform: SlackPlatform, slack: FakeSlack) -> None:
    ref = await _posted(platform, Message((Text(("Le bilan",)), CSV), "bilan"))

    (file,) = slack.files.values()
    assert (file["name"], file["title"], file["channel"]) == ("bilan.csv", "bilan.csv", "C0EQUIPE")
    assert file["thread_ts"] == ref.message
    assert file["content"].decode() == CSV.content


@pytest.mark.parametrize("code", ["missing_scope", "not_allowed_token_type"])
async def test_where_nothing_may_be_uploaded_the_file_is_text(
    platform: SlackPlatform, slack: FakeSlack, code: str
) -> None:
    slack.fail("error", "files.getUploadURLExternal", code=code)
    await _posted(platform, Message((Text(("Le bilan",)), CSV), "bilan"))
    (card,) = slack.posted()
    assert "".join(map(shown, slack.thread("C0EQUIPE", card["ts"]))) == CSV.content


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
async def test_an_upload_that_fails_leaves_the_message(platform: SlackPlatform, slack: FakeSlack, method: str) -> None:
    slack.fail("server", method)
    await _posted(platform, Message((Text(("Le bilan",)), CSV), "bilan"))
    assert "Le bilan" in shown(slack.posted()[0])
    assert not [one for one in slack.files.values() if "channel" in one]


async def test_the_file_of_a_private_answer_is_in_the_direct_conversation(
    platform: SlackPlatform, slack: FakeSlack, core: Core
) -> None:
    core.reply = Reply(Message((Text(("Ton export",)), CSV), "export"))
    await Someone(slack, "U0LEA").types("exporter")
    await platform.inbound.drain()
    (file,) = slack.files.values()
    assert (file["channel"], file["content"].decode()) == (slack.direct("U0LEA"), CSV.content)


async def test_a_long_private_answer_is_shown_whole(platform: SlackPlatform, slack: FakeSlack, core: Core) -> None:
    core.reply = Reply(listed(200))
    await Someone(slack, "U0LEA").types("tout")
    await eventually(lambda: "n° 199 ·" in "".join(map(shown, slack.shown_to("U0LEA"))))
    assert all(f"n° {n} ·" in "".join(map(shown, slack.shown_to("U0LEA"))) for n in range(200))


async def test_an_answer_longer_than_slack_takes_says_so(platform: SlackPlatform, slack: FakeSlack, core: Core) -> None:
    core.reply = Reply(listed(500))
    await Someone(slack, "U0LEA").types("tout")
    await platform.inbound.drain()
    assert shown(slack.shown_to("U0LEA")[-1]).endswith("… 6/11")
