"""The renderer before judges that we did not write: whatever the core may say is something that Slack takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from adapters.slack.forms import modal, panel
from adapters.slack.render import render, single, together
from bot.message import At, Button, Chart, Field, Form, Message, Strong, Table, TaskLine, Text, Where, Who
from tests.adapters.messages import FIELDS, MANY, MESSAGES, NINE, ODD
from tests.adapters.slack.judges import by_schema, judged, schema_folder
from tests.adapters.slack.rebuilt import rebuilt
from tests.fakes.slack import shown

ACCOUNTS = {"m1": "U0LEA"}


def _pages(message: Message) -> list[dict[str, Any]]:
    return [page.payload() for page in render(message, ACCOUNTS)]


@MANY
@given(MESSAGES)
def test_every_page_of_every_message_is_one_that_slack_takes(message: Message) -> None:
    for page in _pages(message):
        judged("message", page)
    judged("message", single(render(message, ACCOUNTS)).payload())


@MANY
@given(MESSAGES)
def test_every_message_drawn_in_a_view_is_one_that_slack_takes(message: Message) -> None:
    for page in filter(lambda page: page.blocks, render(message, ACCOUNTS, surface="view")):
        view = {"type": "home", "blocks": list(page.blocks)}
        judged("home", view)
        assert not {"table", "data_visualization"} & {block["type"] for block in page.blocks}


@MANY
@given(ODD, FIELDS, ODD)
def test_every_form_is_a_modal_that_slack_takes(title: str, fields: list[Field], submit: str) -> None:
    judged("modal", modal(Form(title, tuple(fields), "setup", submit), "{}", ACCOUNTS))


@MANY
@given(MESSAGES)
def test_every_message_and_view_is_one_that_slackblocks_would_make(message: Message) -> None:
    pytest.importorskip("slackblocks", reason="the group `judges` is not installed")
    for page in _pages(message):
        rebuilt("message", page)
    for drawn in filter(lambda page: page.blocks, render(message, ACCOUNTS, surface="view")):
        rebuilt("home", {"blocks": list(drawn.blocks)})
    rebuilt("modal", panel(message, "{}", ACCOUNTS))


@MANY
@given(ODD, FIELDS, ODD)
def test_every_form_is_a_modal_that_slackblocks_would_make(title: str, fields: list[Field], submit: str) -> None:
    pytest.importorskip("slackblocks", reason="the group `judges` is not installed")
    rebuilt("modal", modal(Form(title, tuple(fields), "setup", submit), "{}", ACCOUNTS))


@pytest.mark.skipif(schema_folder() is None, reason="JUDGES_DIR names no folder with the schemas of Block Kit")
@MANY
@given(MESSAGES)
def test_every_message_keeps_the_schema_of_slacks_own_types(message: Message) -> None:
    pytest.importorskip("jsonschema", reason="the group `judges` is not installed")
    for page in _pages(message):
        by_schema("Blocks", [block for block in page["blocks"] if block["type"] != "data_visualization"])


@pytest.mark.skipif(schema_folder() is None, reason="JUDGES_DIR names no folder with the schemas of Block Kit")
@MANY
@given(ODD, FIELDS, ODD)
def test_every_form_keeps_the_schema_of_slacks_own_types(title: str, fields: list[Field], submit: str) -> None:
    pytest.importorskip("jsonschema", reason="the group `judges` is not installed")
    by_schema("Modal", modal(Form(title, tuple(fields), "setup", submit), "{}", ACCOUNTS))


def test_five_hundred_tasks_are_all_drawn_over_pages() -> None:
    items = tuple(
        TaskLine(n, "open", (f"Tâche n° {n} · Léa",), (), (Button("C’est fait", "done", f"i{n}"),)) for n in range(500)
    )
    pages = _pages(Message(items, "tout"))
    words = "\n".join(shown(page) for page in pages)
    assert all(f"Tâche n° {n} ·" in words for n in range(500))
    assert len(pages) == 11


def test_a_single_page_says_that_there_are_more() -> None:
    items = tuple(TaskLine(n, "open", (f"Tâche n° {n}",)) for n in range(100))
    drawn = single(render(Message(items, "tout"))).payload()
    assert len(drawn["blocks"]) <= 50
    assert shown(drawn).endswith("… 1/3")


def test_a_home_that_is_full_says_so() -> None:
    parts = [[{"type": "divider"}] * 60] * 3
    blocks = together(parts, "view")
    assert len(blocks) == 100
    assert blocks[-1]["elements"][0]["text"] == "… 99/182"
    assert len(together(parts[:1], "view")) == 60


@pytest.mark.parametrize(
    "typed", ["<!channel>", "<@U0LEA>", "<https://evil.example|banque>", "<!date^1^{time}|x>", "&lt;!here&gt;"]
)
def test_nothing_typed_is_a_mention_a_link_or_a_token(typed: str) -> None:
    (page,) = _pages(Message((Text((typed,)), Text((Strong(typed),)), TaskLine(1, "open", (typed,))), typed))
    raw = json.dumps(page, ensure_ascii=False)
    assert typed not in raw.replace("&amp;", "AMP") or typed.startswith("&")
    assert shown(page).count(typed) == 3


@pytest.mark.parametrize("typed", ["*gras*", "_x_", "~x~", "`x`", "> cité", ":tada:", "```x```"])
def test_nothing_typed_is_formatted(typed: str) -> None:
    (page,) = _pages(
        Message((Text((typed,)), TaskLine(1, "open", ("a ", typed), (), (Button("Fait", "done", "i"),))), "x")
    )
    assert "mrkdwn" not in json.dumps(page)
    assert shown(page).count(typed) == 2


def test_a_moment_is_shown_in_the_readers_own_zone() -> None:
    (page,) = _pages(Message((Text(("avant ", At(NINE, "9 h"))),), "x"))
    assert page["blocks"][0]["text"]["text"] == f"avant <!date^{int(NINE.timestamp())}^{{time}}|9 h>"


def test_only_a_mention_that_is_asked_for_notifies() -> None:
    line = (Who("m1", "Léa", notify=True), " et ", Who("m1", "Léa"))
    (page,) = _pages(Message((Text(line),), "x"))
    assert page["blocks"][0]["text"]["text"] == "<@U0LEA> et Léa"


def test_a_channel_is_a_link_to_it() -> None:
    (page,) = _pages(Message((Text(("pour ", Where("C0TEAM", "#équipe"))),), "x"))
    assert page["blocks"][0]["text"]["text"] == "pour <#C0TEAM>"


def test_somebody_without_an_account_is_named() -> None:
    (page,) = _pages(Message((Text((Who("m9", "Zoé", notify=True),)),), "x"))
    assert shown(page) == "Zoé"


def test_a_chart_keeps_its_words_where_it_cannot_be_drawn() -> None:
    chart = Chart("Abonnés", (("oct.", 10.0), ("nov.", None)), "10 en octobre, rien en novembre")
    native, words = (render(Message((chart,), "x"), charts=charts)[0] for charts in (True, False))
    assert native.blocks[0]["type"] == "data_visualization"
    assert native.blocks[0]["chart"]["axis_config"]["categories"] == ["oct."]
    assert "rien en novembre" in shown(words.payload())


def test_a_second_table_is_drawn_as_text() -> None:
    table = Table((("réseau", "posts"), ("Instagram", "12")))
    (page,) = _pages(Message((table, table), "x"))
    assert [block["type"] for block in page["blocks"]] == ["table", "rich_text"]
