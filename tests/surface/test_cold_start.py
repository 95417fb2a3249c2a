"""`vigie --help` answers at once: it imports nothing of what the verbs need (how fast: tests/benchmarks)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "adapters", "aiohttp", "alembic", "apscheduler", "asyncio", "babel", "bot.catalogue", "bot.config", "bot.engine",
    "bot.i18n", "bot.registry", "cryptography", "discord", "feedparser", "holidays", "icalendar", "prometheus_client",
    "prompt_toolkit", "psycopg", "pydantic", "pydantic_settings", "rapidfuzz", "resvg_py", "rich", "slack_bolt",
    "slack_sdk", "sqlalchemy", "sqlite3", "stamina", "storage", "structlog", "tzdata", "xlsxwriter", "yaml", "zoneinfo",
)  # fmt: skip
"""What `vigie --help` must not import."""
ASKING = """
import json, sys
sys.argv = ["vigie", *json.loads(sys.argv[1])]
from bot.cli import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["db", "--help"], ["demo", "--help"], ["preview", "--help"], ["nonsense"]]
)
def test_asking_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    line = [sys.executable, "-c", ASKING, json.dumps(arguments)]
    ran = subprocess.run(line, capture_output=True, text=True, check=True)

    loaded = json.loads(ran.stderr.splitlines()[-1])

    assert "bot.cli" in loaded
    assert [name for name in loaded if any(name == one or name.startswith(f"{one}.") for one in HEAVY)] == []
