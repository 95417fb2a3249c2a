"""The dependency rule: kept by the tree as it is, and reported for each contract when it is broken on purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "adapters", "storage")

BROKEN = {
    "core": ("bot/message.py", "import storage.schema"),
    "cli": ("bot/config.py", "import bot.cli"),
    "adapters": ("adapters/timer/__init__.py", "import adapters.console.platform"),
    "adapters-storage": ("adapters/console/render.py", "import storage.schema"),
    "rooms": ("bot/influencers/cards.py", "import bot.statistics.cards"),
    "storage": ("storage/repository.py", "import adapters.timer"),
}
"""Contract id → a file, and the import in it that the contract forbids."""

DRIVERS = ("slack_bolt", "slack_sdk", "discord", "sqlalchemy", "alembic", "apscheduler", "aiohttp", "psycopg")


def _contracts() -> set[str]:
    import tomllib

    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"] for contract in about["tool"]["importlinter"]["contracts"]}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    command = [str(lint), "--config", "pyproject.toml", "--no-cache"]
    here = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=here, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the rooms that the contracts are about."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _add(tree: Path, file: str, line: str) -> None:
    there = tree / file
    there.write_text(f"{there.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    done = _lint(tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", BROKEN)
def test_a_broken_contract_is_reported(tree: Path, contract: str) -> None:
    file, line = BROKEN[contract]
    _add(tree, file, line)
    done = _lint(tree)
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert done.returncode == 1, done.stdout
    assert "1 broken" in done.stdout
    assert f"{module} -> {line.removeprefix('import ')}" in done.stdout.replace("\n", " ")


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_in_the_core_is_reported(tree: Path, driver: str) -> None:
    _add(tree, "bot/grammar/line.py", f"import {driver}")
    done = _lint(tree)
    assert done.returncode == 1
    assert f"bot.grammar.line -> {driver}" in done.stdout


def test_every_contract_is_broken_once() -> None:
    assert set(BROKEN) == _contracts()


def test_only_the_command_line_names_adapters_and_storage() -> None:
    """What import-linter is told to leave alone is `bot.cli` and nothing else; string imports do not count there."""
    strangers = [
        file.relative_to(ROOT)
        for file in (ROOT / "bot").rglob("*.py")
        if "cli" not in file.relative_to(ROOT).parts
        and any(f'import_module("{room}' in file.read_text(encoding="utf-8") for room in ("adapters", "storage"))
    ]
    assert strangers == []
