"""One command checks everything: what it runs, where it stops, and that nothing else decides."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.surface.pages import READMES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

RUN = ROOT / ".ci" / "run"
STEPS = ["ruff check", "ruff format --check", "lint-imports", "deptry .", "codespell", "mypy", "pytest"]
"""What takes seconds comes before what takes minutes."""


def _readme_tests() -> str:
    lines = READMES["en"].read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("pip install uv && uv run ")][1]


def _on_path(folder: Path, name: str, body: str) -> None:
    """A program of that name, which notes how it was called."""
    file = folder / name
    file.write_text(f'#!/bin/sh\necho "${{0##*/}} $*" >> "{folder}/called"\n{body}\n', "utf-8")
    file.chmod(0o755)


def _ci(folder: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run it with the programs of that folder before the system's; returns what they were called with."""
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), "CI": "true", "TMPDIR": str(folder)}
    done = subprocess.run(
        ["bash", str(RUN), *options],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    called = folder / "called"
    return done, called.read_text("utf-8").splitlines() if called.exists() else []


def test_it_can_be_executed() -> None:
    assert os.access(RUN, os.X_OK)


def test_it_runs_every_check_then_the_readmes_own_test_command(tmp_path: Path) -> None:
    _on_path(tmp_path, "uv", "")

    done, called = _ci(tmp_path, "--no-install")

    assert called == [f"uv run {step}" for step in STEPS]
    assert done.returncode == 0
    assert f"== {_readme_tests().removeprefix('pip install uv && ')}: ok in " in done.stdout


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A machine with pip, and nothing to install from: `apt-get` fails."""
    _on_path(tmp_path, "python3", 'mkdir -p "$3/bin" && cp "$(dirname "$0")/pip" "$3/bin/pip"')
    _on_path(tmp_path, "pip", "")
    _on_path(tmp_path, "uv", "")
    _on_path(tmp_path, "apt-get", "exit 100")
    return tmp_path


def test_it_installs_with_pip_in_an_environment_of_its_own(bare: Path) -> None:
    done, called = _ci(bare)

    assert done.returncode == 0, done.stdout
    assert called[0].startswith("python3 -m venv ")
    assert called[1:3] == ["pip install uv", "uv sync --locked --group judges"]


def test_it_runs_the_readmes_command_to_the_letter(bare: Path) -> None:
    done, called = _ci(bare)

    assert f"== {_readme_tests()}: ok in " in done.stdout
    assert "\n".join(called).count("pip install uv") == 2


def test_a_browser_that_cannot_be_installed_is_no_reason_to_fail(bare: Path) -> None:
    done, _ = _ci(bare)

    assert done.returncode == 0, done.stdout
    assert "== chromium: ok in " in done.stdout


def test_it_goes_on_where_python_makes_no_environment(bare: Path) -> None:
    _on_path(bare, "python3", "exit 1")
    _on_path(bare, "python", "exit 1")
    _on_path(bare, "pip", 'test "$PIP_BREAK_SYSTEM_PACKAGES" = 1')

    done, _ = _ci(bare)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("failing", STEPS)
def test_it_stops_at_the_first_step_that_fails(failing: str, tmp_path: Path) -> None:
    _on_path(tmp_path, "uv", f'test "$*" != "run {failing}"')

    done, called = _ci(tmp_path, "--no-install")

    assert done.returncode == 1
    assert called[-1] == f"uv run {failing}"
    assert "failed with 1 after" in done.stdout


def test_just_check_and_the_workflow_run_nothing_else() -> None:
    recipe = re.search(r"^check:\n((?:    .*\n)+)", (ROOT / "justfile").read_text("utf-8"), re.MULTILINE)
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()

    assert recipe
    assert recipe[1].strip() == "bash .ci/run --no-install"
    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]


def test_the_contributors_page_names_the_plain_command_of_every_recipe() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    recipes = re.findall(r"^([a-z]+)\b.*:\n    (.+)\n", (ROOT / "justfile").read_text("utf-8"), re.MULTILINE)
    commands = {name: re.split(r" ?\"?\{\{", command)[0] for name, command in recipes}

    assert len(commands) == 8
    assert [name for name, command in commands.items() if f"`{command}" not in page] == []
    assert [name for name in commands if f"| `just {name}" not in page] == []


def test_the_workflow_gives_no_permission_but_reading() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()

    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read"}


def test_the_workflow_tries_every_python_that_the_package_names() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(package["classifiers"]))

    assert job["strategy"]["matrix"]["python"] == named
