"""Secrets are never logged: not by us, not by libraries, not in traces."""

from __future__ import annotations

import io
import logging
import sys
from typing import TYPE_CHECKING

import pytest
import structlog
from pydantic import SecretStr

from bot.logs import _RedactingFormatter, configure, redact

if TYPE_CHECKING:
    from collections.abc import Iterator

# Put together here so that no file of ours holds what a scanner of secrets would stop at.
SLACK_BOT = "xoxb-" + "123456789012-123456789012-" + "a" * 24
SLACK_APP = "xapp-" + "1-A0000000000-1111111111111-" + "f" * 32
DISCORD = "M" + "T" * 23 + "." + "GabcdE" + "." + "z" * 38
ADDRESS = "postgresql://vigie:pa55-Word%21@db.example.org/vigie"
PASSWORD = "pa55-Word%21"
SECRETS = [SLACK_BOT, SLACK_APP, DISCORD, PASSWORD]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a process that is set up writes on standard error."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    root.handlers.clear()  # pytest's own would be closed by a forced set-up
    configure("debug")
    yield sys.stderr  # type: ignore[misc]  # the one set above
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("secret", [SLACK_BOT, SLACK_APP, DISCORD, ADDRESS], ids=["bot", "app", "discord", "address"])
def test_a_text_loses_its_secrets_and_keeps_the_rest(secret: str) -> None:
    shown = redact(f"before {secret} after")

    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert not [one for one in SECRETS if one in shown]


LONG = "aBcDeFgHiJkLmNoPqRsTuVwXyZ-0123"


@pytest.mark.parametrize(
    "address",
    [
        f"POST https://hooks.slack.com/services/{LONG}",
        f"POST https://discord.com/api/v10/webhooks/123456/{LONG}",
        f"POST https://discord.com/api/v10/interactions/123456/{LONG}/callback",
        f"GET /calendar/{LONG}.ics",
        f"GET /ws?token={LONG}&x=1",
        f"Authorization: Bearer {LONG}",
    ],
    ids=["slack", "webhook", "interaction", "calendar", "query", "header"],
)
def test_an_address_that_is_a_secret_loses_it(address: str) -> None:
    assert LONG not in redact(address)


def test_an_ordinary_text_is_left_alone() -> None:
    text = "https://example.org/a:b@c?x=1 user@example.org 12:30 Mon-Fri /healthz"

    assert redact(text) == text


@pytest.mark.parametrize("secret", SECRETS[:3], ids=["bot", "app", "discord"])
def test_our_own_lines_hold_no_secret(written: io.StringIO, secret: str) -> None:
    structlog.get_logger().info(f"started {secret}", where=ADDRESS, deep={"a": [secret, (ADDRESS,)]})

    shown = written.getvalue()
    assert "started" in shown
    assert secret not in shown
    assert PASSWORD not in shown


@pytest.mark.parametrize("name", ["token", "slack_bot_token", "password", "Authorization", "signing_secret"])
def test_a_value_is_hidden_by_its_name(written: io.StringIO, name: str) -> None:
    structlog.get_logger().info("opened", **{name: "plain words"}, deep={name: "plain words"})

    assert "opened" in written.getvalue()
    assert "plain words" not in written.getvalue()


def test_a_secret_of_pydantic_stays_hidden(written: io.StringIO) -> None:
    structlog.get_logger().info("settings", value=SecretStr("open sesame"))

    assert "settings" in written.getvalue()
    assert "open sesame" not in written.getvalue()


def test_lines_of_libraries_hold_no_secret(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("connecting with %s to %s", SLACK_BOT, ADDRESS)

    shown = written.getvalue()
    assert "connecting with" in shown
    assert not [one for one in SECRETS if one in shown]


def fail() -> None:
    raise RuntimeError(f"cannot use {DISCORD} at {ADDRESS}")


def test_traces_of_ours_hold_no_secret(written: io.StringIO) -> None:
    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("failed")

    shown = written.getvalue()
    assert "RuntimeError" in shown
    assert not [one for one in SECRETS if one in shown]


def test_traces_of_libraries_hold_no_secret(written: io.StringIO) -> None:
    try:
        fail()
    except RuntimeError:
        logging.getLogger("some.library").exception("failed with %s", SLACK_APP)

    shown = written.getvalue()
    assert "RuntimeError" in shown
    assert not [one for one in SECRETS if one in shown]


def test_a_record_that_cannot_be_formatted_is_still_logged(written: io.StringIO) -> None:
    ours = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, _RedactingFormatter))

    ours.handle(logging.LogRecord("some.library", logging.WARNING, "file", 1, "%d of them", (SLACK_BOT,), None))

    assert "of them" in written.getvalue()
    assert SLACK_BOT not in written.getvalue()
