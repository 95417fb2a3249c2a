"""The renderer: pure, within every limit of Discord's whatever the message, and nothing typed is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.custom_id import Mark, fits, read
from adapters.discord.render import EPHEMERAL, V2, Drawn, every, fallback, key_of, render, single
from adapters.discord.spans import escaped, units
from bot.message import At, Button, Choice, File, Form, Link, Message, Option, Strong, TaskLine, Text, Where, Who
from tests.adapters.messages import EVERYTHING, MANY, MESSAGES
from tests.fakes.discord import judge, limits, shown

GUILD = "1200000000000000001"
KEY = "0Bv7Kq2mX9LpZr4TtYw1aS"
ACCOUNTS = {"m1": "1400000000000000001"}
SEND = "/channels/{channel_id}/messages"


def sent(page: Drawn, **about: Any) -> dict[str, Any]:
    """The body with its files, as the fake takes them."""
    files = {str(number): (one.name, one.content) for number, one in enumerate(page.files)}
    return page.payload(**about) | {"files": files}


def refused(body: dict[str, Any]) -> list[str]:
    said = {key: one for key, one in body.items() if key != "files"}
    return limits.message(body) + judge.complaints("POST", SEND, said)


def drawn(*blocks: Any, **about: Any) -> dict[str, Any]:
    return single(render(Message(blocks), ACCOUNTS, **about)).payload()


def texts(body: dict[str, Any]) -> str:
    return "\n".join(one["content"] for one in every(body["components"]) if "content" in one)


def custom_ids(body: dict[str, Any]) -> list[str]:
    return [one["custom_id"] for one in every(body["components"]) if "custom_id" in one]


@given(MESSAGES, st.sampled_from(["", GUILD]), st.sampled_from(["", KEY]))
@MANY
def test_any_message_is_one_that_discord_takes(message: Message, team: str, key: str) -> None:
    pages = render(message, ACCOUNTS, team=team, key=key)
    assert pages
    assert refused(sent(single(pages), private=True)) == []  # Discord's own file takes its time: one page is enough
    for page in pages:
        assert limits.message(sent(page)) == []
    assert limits.message(fallback(message, ACCOUNTS)) == []


@given(MESSAGES)
@MANY
def test_every_page_of_any_message_can_be_found_by_its_key(message: Message) -> None:
    for page in render(message, ACCOUNTS, team=GUILD, key=KEY):
        assert key_of(page.payload()) == KEY


@given(MESSAGES)
@MANY
def test_nobody_is_notified_but_those_whom_the_message_mentions(message: Message) -> None:
    for page in render(message, ACCOUNTS):
        body = page.payload()
        assert body["allowed_mentions"]["parse"] == []
        assert set(body["allowed_mentions"]["users"]) <= set(ACCOUNTS.values())


@pytest.mark.parametrize("count", [1, 40, 500])
def test_however_many_tasks_none_is_left_out(count: int) -> None:
    tasks = [
        TaskLine(n, "open", (f"Tâche n° {n} 🌿",), (), (Button("C’est fait", "done", f"i{n}"),))
        for n in range(1, count)
    ]
    pages = render(Message((Text(("Vendredi",), "title"), *tasks)))
    words = "\n".join(shown(page.payload()) for page in pages)
    assert all(f"Tâche n° {n} 🌿" in words for n in range(1, count))
    assert all(refused(page.payload()) == [] for page in pages)


def test_a_message_cut_short_says_so() -> None:
    pages = render(Message(tuple(Text((f"{n} " + "mot " * 300,)) for n in range(9))))
    assert texts(single(pages).payload()).endswith(f"-# … 1/{len(pages)}")


TYPED = [
    "*gras*", "_italique_", "~~barré~~", "`code`", "||caché||", "> cité", ">>> cité", "# titre", "-# petit", "- liste",
    "1. liste", "[lien](https://x.y)", "https://x.y/z", "<https://x.y>", "@everyone", "@here", "<@1>", "<@&1>", "<#1>",
    "<t:1:R>", ":tada:", "<:perso:1>", "</cm:1>", "\\*", "a\n# b", "a\n  - b",
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_typed_is_no_markup_and_reads_as_it_was_typed(typed: str) -> None:
    text = escaped(typed)
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text) == typed
    assert text != typed
    bare = re.sub(r"\\[^0-9A-Za-z\s]", "x", text)
    assert not re.search(r"[*_~`|<>\[@]|^\s*([#>+-]|\d+[.)])|://|:[\w+-]+:", bare, re.MULTILINE)


@given(st.text(max_size=80))
@MANY
def test_escaping_changes_nothing_that_is_read(typed: str) -> None:
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escaped(typed)) == typed


def test_a_name_is_escaped_and_a_mention_is_asked_for() -> None:
    body = drawn(Text((Who("m1", "Léa_*", notify=False), " et ", Who("m1", "Léa", notify=True))))
    assert texts(body) == "Léa\\_\\* et <@1400000000000000001>"
    assert body["allowed_mentions"]["users"] == ["1400000000000000001"]


def test_a_channel_is_a_link_to_it() -> None:
    assert texts(drawn(Text(("pour ", Where("1400000000000000002", "#équipe"))))) == "pour <#1400000000000000002>"


def test_somebody_whose_account_is_unknown_is_named() -> None:
    assert texts(drawn(Text((Who("m9", "Zoé", notify=True),)))) == "Zoé"


def test_moments_are_discords_own() -> None:
    at = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    stamp = int(at.timestamp())
    line = tuple(At(at, "x", style) for style in ("time", "day", "full"))
    assert texts(drawn(Text(line))) == f"<t:{stamp}:t><t:{stamp}:D><t:{stamp}:F> (<t:{stamp}:R>)"


def test_emphasis_stands_beside_its_spaces_and_neighbours_share_it() -> None:
    assert texts(drawn(Text((Strong(" a "), Strong("b"), "c")))) == " **a b**c"


def test_one_button_stands_beside_its_line_and_several_under_it() -> None:
    one, several = (
        drawn(
            TaskLine(1, "open", ("seule",), (), (Button("Fait", "done", "i1"),)),
        ),
        drawn(TaskLine(1, "open", ("deux",), (), (Button("Fait", "done", "i1"), Button("Non", "skip", "i1")))),
    )
    kinds = [[part["type"] for part in body["components"][0]["components"]] for body in (one, several)]
    assert kinds == [[9], [10, 1]]


def test_positions_are_shown_where_there_are_several() -> None:
    assert "1" not in texts(drawn(TaskLine(1, "open", ("seule",))))
    assert texts(drawn(TaskLine(1, "open", ("une",)), TaskLine(2, "done", ("deux",)))) == "1 ○ une\n2 ✓ deux"


def test_a_button_carries_what_it_does_and_for_whom_across_restarts() -> None:
    item = "0Bv7Kq2mX9LpZr4TtYw1aS"
    found = read(custom_ids(drawn(Button("Oui", "assign", f"{item}={item}"), team=GUILD))[0])
    assert found == Mark("assign", f"{item}={item}", GUILD)


def test_two_buttons_with_one_purpose_differ() -> None:
    ids = custom_ids(drawn(Button("a", "say", "jour"), Button("b", "say", "jour")))
    assert len(set(ids)) == 2
    assert {(mark.action, mark.target) for one in ids if (mark := read(one))} == {("say", "jour")}


def test_what_a_button_cannot_carry_is_a_line_to_type() -> None:
    said = texts(drawn(Button("Encore", "say", "tâche ajouter " + "mot " * 40)))
    assert said.startswith("**Encore**\u00a0: /cm say tâche ajouter mot")


def test_a_select_has_at_most_25_entries_each_once() -> None:
    options = tuple(Option(f"Nom {n}", f"v{n % 50}") for n in range(60))
    rows = [one for one in every(drawn(Choice("Qui ?", "assign", options))["components"]) if one["type"] == 3]
    assert [len(one["options"]) for one in rows] == [25, 25]


def test_a_link_is_masked_only_where_its_address_cannot_end_it_early() -> None:
    assert texts(drawn(Link("Le guide", "https://x.y/z?a=1"))) == "[Le guide](<https://x.y/z?a=1>)"
    assert "](" not in texts(drawn(Link("Le guide", "https://x.y/z>) @everyone")))
    assert "](" not in texts(drawn(Link("Le guide", "javascript:alert(1)")))


def test_a_posted_card_without_a_button_gets_a_small_one_that_opens_the_day() -> None:
    (found,) = custom_ids(drawn(Text(("bonjour",)), key=KEY, team=GUILD))
    assert read(found) == Mark("say", "day", GUILD, KEY)
    assert custom_ids(drawn(Text(("bonjour",)))) == []


def test_a_button_too_long_for_the_key_leaves_it_to_another() -> None:
    body = drawn(Button("a", "assign", "x" * 70), Button("b", "done", "i1"), key=KEY, team=GUILD)
    assert [bool(mark and mark.key) for mark in map(read, custom_ids(body))] == [False, True]


@pytest.mark.parametrize("given_id", ["", "done", ":x", "a:b", "~z:done:x", "é:done:x", ":::", "confirm-delete"])
def test_a_foreign_custom_id_is_none_of_ours(given_id: str) -> None:
    assert read(given_id) is None


@given(st.integers(0, 2**64 - 1), st.text("abcXYZ019", max_size=25), st.integers(0, 99), st.text(max_size=30))
@MANY
def test_a_mark_is_read_as_it_was_written(team: int, key: str, number: int, target: str) -> None:
    mark = Mark("done", target, str(team or ""), key, number)
    assert read(str(mark)) == mark
    assert fits(replace(mark, target=""))


def test_private_is_a_flag_and_components_are_of_the_second_kind() -> None:
    page = render(EVERYTHING)[0]
    assert page.payload()["flags"] == V2
    assert page.payload(private=True)["flags"] == V2 | EPHEMERAL


def test_the_fallback_says_it_in_words_within_2000() -> None:
    body = fallback(Message((Text(("mot " * 900,)),)))
    assert 1000 < units(body["content"]) <= 2000


def test_a_file_is_uploaded_under_its_own_name() -> None:
    page = single(render(Message((File("bilan.csv", "a;b\né;2"),))))
    assert [(one.name, one.content) for one in page.files] == [("bilan.csv", "a;b\né;2".encode())]
    assert refused(sent(page)) == []
    assert texts(page.payload()) == "", "its name is Discord's to show"


def test_a_file_whose_name_discord_would_change_is_named_beside_it() -> None:
    pages = render(Message((File("Bilan d’été.csv", "a"), File("Bilan d’ete.csv", "b"), File("…", "c"))))
    assert [one.name for one in pages[0].files] == ["Bilan-d-ete.csv", "2-Bilan-d-ete.csv", "file"]
    assert refused(sent(pages[0])) == []
    assert "Bilan d’été.csv" in texts(pages[0].payload())


@pytest.mark.parametrize("content", ["", "x" * 9_000_000], ids=["empty", "too heavy"])
def test_a_file_that_discord_would_refuse_is_shown_as_far_as_there_is_room(content: str) -> None:
    pages = render(Message((File("export.csv", content),)))
    assert [one.files for one in pages] == [()] * len(pages)
    assert "export.csv" in texts(pages[0].payload())
    assert content[:100] in texts(pages[0].payload())


def test_files_leave_with_the_page_that_shows_them() -> None:
    page = "mot " * 700
    pages = render(Message((File("un.csv", "1"), Text((page,)), Text((page,)), File("deux.csv", "2"))))
    assert [[one.name for one in page.files] for page in pages] == [["un.csv"], ["deux.csv"]]
    assert [refused(sent(one)) for one in pages] == [[], []]


def test_no_more_files_leave_than_discord_takes() -> None:
    (page,) = render(Message(tuple(File(f"{n}.csv", "x") for n in range(12))))
    assert len(page.files) == 10
    assert refused(sent(page)) == []


@pytest.mark.parametrize(("language", "command"), [("fr", "/cm dire"), ("en", "/cm say")])
def test_what_can_only_be_typed_is_called_as_discord_calls_it_in_that_language(
    language: Literal["fr", "en"], command: str
) -> None:
    target, typed = "tâche ajouter " + "x" * 100, Form("Trois questions", (), "setup", "OK", "configurer Paris")
    (page,) = render(Message((Button("Demain", "say", target), typed)), language=language)
    assert f"{command} {target}" in shown(page.payload())
    assert f"{command} configurer Paris" in shown(page.payload())
