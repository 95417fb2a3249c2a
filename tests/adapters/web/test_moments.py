"""The page's dates and hours, as JavaScript's own formats give them. Without node they are not looked at."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files

import pytest

MOMENTS = (files("adapters.web") / "static" / "moments.js").read_text(encoding="utf-8")
LONG = {"weekday": "long", "day": "numeric", "month": "long", "hour": "numeric", "minute": "2-digit"}


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no node here")
    return found


def _said(node: str, language: str, moment: str) -> str:
    asked = json.dumps([moment, LONG, {"language": language, "zone": "Europe/Paris"}])
    ask = f"const [at, how, who] = {asked}; setReader(who); process.stdout.write(formatted(new Date(at), how));"
    command = [node, "--input-type=module", "-"]
    done = subprocess.run(
        command, input=f"{MOMENTS}\n{ask}", capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    return done.stdout


@pytest.mark.parametrize(
    ("language", "moment", "day", "hour"),
    [
        ("fr", "2026-12-01T08:00Z", "mardi 1er décembre ", " 9\u202fh"),
        ("fr", "2026-12-01T00:05Z", "mardi 1er décembre ", " 1\u202fh\u202f05"),
        ("fr", "2026-12-11T13:30Z", "vendredi 11 décembre ", " 14\u202fh\u202f30"),
        ("fr", "2027-01-31T10:00Z", "dimanche 31 janvier ", " 11\u202fh"),
        ("en", "2026-12-01T08:00Z", "Tuesday", "9:00"),
    ],
)
def test_moments(node: str, language: str, moment: str, day: str, hour: str) -> None:
    """What stands between the day and the hour is up to the language data."""
    said = _said(node, language, moment)
    assert said.startswith(day)
    assert said.endswith(hour)
