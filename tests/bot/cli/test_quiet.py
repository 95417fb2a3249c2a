"""A fault that a verb logs is a plain trace on standard error: no local variables, no secrets, nothing in its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot.cli import group

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.cli.conftest import Ran

TOKEN = "xoxb-" + "1" * 24
PLACES = {
    "commands": "bot.registry.load",
    "db check": "storage.backup.examine",
    "demo": "bot.cli._console.run",
    "doctor": "bot.cli._doctor.examine",
    "init --yes": "bot.cli._settings.write",
    "manifest slack": "adapters.slack.manifest.manifest",
    "preview --from 2026-11-23 --to 2026-11-24": "bot.cli._preview.foretell",
    "run": "bot.cli._running.run",
}
"""What is typed → something that it does, which fails here."""


def _fail(*_: object, **__: object) -> Any:
    kept = "open" + " sesame"  # only in memory: a trace shows the lines of a file
    try:
        int(f"refused {TOKEN}")
    except ValueError:
        structlog.get_logger().exception("it failed")
    raise SystemExit(len(kept))


@pytest.mark.parametrize("line", PLACES)
def test_a_logged_fault_is_a_plain_trace(vigie: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(PLACES[line], _fail)
    ran = vigie(*line.split())

    assert "it failed" in ran.err
    assert "ValueError" in ran.err
    assert ran.out == ""
    assert [one for one in (TOKEN, "open sesame") if one in ran.err] == []


def test_every_verb_is_tried() -> None:
    assert {line.split()[0] for line in PLACES} == set(group.commands) | set(group.list_commands(None))  # type: ignore[arg-type]
