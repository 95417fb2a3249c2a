"""deploy/: what is written there can be built and run, as far as that shows without Docker or a systemd that runs."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import tomllib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bot.cli import group
from bot.config import CREDENTIALS, Settings
from tests.surface.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "vigie.service"
FIELDS = {str(field.validation_alias): field for field in Settings.model_fields.values()}
STOPS_WITHIN = 10
"""Seconds that `vigie run` may take after SIGTERM."""


def _seconds(said: str) -> int:
    return int(said.removesuffix("s"))


# the image


def _instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) of the Dockerfile, continued lines joined."""
    lines = [one for one in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines() if not one.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())]


def _of(name: str) -> list[str]:
    return [rest for instruction, rest in _instructions() if instruction == name]


def _final() -> dict[str, str]:
    """The instructions of the last stage; the last of each kind counts."""
    every = _instructions()
    begin = max(number for number, (name, _) in enumerate(every) if name == "FROM")
    return dict(every[begin:])


def test_every_base_image_is_pinned_to_a_patch() -> None:
    images = [rest.split()[0] for rest in _of("FROM")]
    images += [one["image"] for one in _compose()["services"].values() if "build" not in one]

    assert len(images) == 4
    assert [one for one in images if not re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)*$", one)] == []


def test_both_stages_have_the_same_python_and_it_is_one_that_we_support() -> None:
    pythons = {rest.split()[0] for rest in _of("FROM") if rest.startswith("python:")}
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]

    (python,) = pythons
    assert f"Programming Language :: Python :: {python.split(':')[1].rpartition('.')[0]}" in classifiers


def test_the_image_is_made_from_the_lock_file_without_tools() -> None:
    syncs = re.findall(r"uv sync ([^&]*)", " & ".join(_of("RUN")))

    assert len(syncs) == 2
    for one in syncs:
        assert {"--locked", "--no-dev", "--extra all"} <= set(re.findall(r"--extra all|--[\w-]+", one))
    assert "--no-editable" in syncs[-1]


def _copied() -> set[str]:
    return {
        source for rest in _of("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]
    }  # fmt: skip


def test_what_is_copied_is_there_and_is_all_that_a_wheel_needs() -> None:
    about = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = {*about["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"], about["project"]["readme"],
              *about["project"]["license-files"], "pyproject.toml", "uv.lock"}  # fmt: skip

    assert _copied() == needed
    assert [one for one in needed if not (ROOT / one).exists()] == []


def test_the_ignore_file_lets_in_what_is_copied_and_nothing_else() -> None:
    lines = [one for one in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not one.startswith("#")]

    assert lines[0] == "*"
    assert {one.removeprefix("!") for one in lines if one.startswith("!")} == _copied()


def test_nobody_runs_it_and_signals_reach_it() -> None:
    final = _final()

    assert int(final["USER"].partition(":")[0]) > 0
    assert final["STOPSIGNAL"] == "SIGTERM"
    assert "ENTRYPOINT" not in final
    program, verb = json.loads(final["CMD"])
    assert program == "vigie"
    assert verb in group.list_commands(None)  # type: ignore[arg-type]


def test_health_is_asked_of_the_port_that_is_listened_on() -> None:
    final = _final()
    _, _, command = final["HEALTHCHECK"].partition("CMD ")
    program, option, code = json.loads(command)

    compile(code, "healthcheck", "exec")
    assert (program, option) == ("python", "-c")
    assert "/healthz" in code
    assert final["EXPOSE"] == str(Settings.model_fields["port"].default)


def test_every_variable_of_the_image_is_a_setting() -> None:
    named = re.findall(r"(\w+)=", _final()["ENV"])

    assert "DATABASE_URL" in named
    assert [one for one in named if one != "PATH" and not one.startswith("PYTHON") and one not in FIELDS] == []


# compose


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def _ours() -> dict[str, Any]:
    return {name: one for name, one in _compose()["services"].items() if "build" in one}


def test_compose_runs_one_process_on_sqlite_and_two_on_postgresql() -> None:
    by_default = {name: one for name, one in _compose()["services"].items() if "profiles" not in one}
    scaled = {name: one for name, one in _compose()["services"].items() if one.get("profiles") == ["scale"]}

    assert list(by_default) == ["vigie"]
    assert make_url(by_default["vigie"]["environment"]["DATABASE_URL"]).database == "/data/vigie.db"
    assert "data:/data" in by_default["vigie"]["volumes"]
    assert scaled["scaled"]["deploy"]["replicas"] == 2
    address = make_url(scaled["scaled"]["environment"]["DATABASE_URL"].replace("${POSTGRES_PASSWORD:-}", "x"))
    assert (address.get_backend_name(), address.host) == ("postgresql", "postgres")
    assert address.host in scaled


@pytest.mark.parametrize("name", _ours())
def test_a_service_writes_nothing_but_its_data_and_has_time_to_stop(name: str) -> None:
    service = _ours()[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert _seconds(service["stop_grace_period"]) > STOPS_WITHIN
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("name", _ours())
def test_every_variable_of_a_service_is_a_setting(name: str) -> None:
    assert [one for one in _ours()[name]["environment"] if one not in {*FIELDS, CREDENTIALS}] == []


def test_volumes_that_are_mounted_are_declared() -> None:
    mounted = {one.partition(":")[0] for service in _compose()["services"].values() for one in service["volumes"]}

    assert {one for one in mounted if not one.startswith(".")} == set(_compose()["volumes"])
    assert [one for one in mounted if one.startswith(".") and not (DEPLOY / one).is_dir()] == []


def test_no_secret_of_the_deployment_can_be_committed() -> None:
    assert (DEPLOY / "secrets" / ".gitignore").read_text("utf-8").split() == ["*", "!.gitignore"]


# systemd


def _unit() -> dict[str, list[str]]:
    """Every directive of the unit with its values."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text("utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and re.fullmatch(r"[A-Z]\w+", name):
            found[name].append(value)
    return found


def test_the_unit_is_one_that_can_be_read() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT)

    assert parser.sections() == ["Unit", "Service", "Install"]


def test_every_credential_is_a_setting_that_is_secret() -> None:
    lines = re.findall(r"^#?LoadCredential=(\w+):(\S+)$", UNIT.read_text("utf-8"), re.MULTILINE)
    secret = {name for name, field in FIELDS.items() if field.annotation is SecretStr}

    assert {name for name, _ in lines} == secret
    assert [path for name, path in lines if path != f"/etc/vigie/credentials/{name}"] == []


def test_every_variable_of_the_unit_is_a_setting() -> None:
    named = [one.partition("=")[0] for one in _unit()["Environment"]]

    assert named
    assert [one for one in named if one not in FIELDS] == []


def test_the_unit_stops_it_as_it_wants_to_be_stopped() -> None:
    unit = _unit()

    assert unit["KillSignal"] == ["SIGTERM"]
    assert _seconds(unit["TimeoutStopSec"][0]) > STOPS_WITHIN
    assert unit["RestartPreventExitStatus"] == ["2"]
    assert unit["DynamicUser"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    there = tmp_path / "vigie.service"
    there.write_text(UNIT.read_text("utf-8").replace("/srv/vigie/bin/vigie run", "/bin/true"), "utf-8")

    done = subprocess.run(["systemd-analyze", "verify", there], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
