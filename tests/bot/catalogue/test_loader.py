from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from bot.catalogue.loader import OURS, load
from bot.errors import ConfigurationError
from bot.i18n import Texts

if TYPE_CHECKING:
    from pathlib import Path

STAND = """
tasks:
  stand:
    title: {fr: Tour du stand, en: Round of the stand}
    short: {fr: le tour du stand, en: the round of the stand}
    text: {fr: Passe voir le stand., en: Go and see the stand.}
    cadence: daily
    role: community
    rhythm: {rule: working_days, at: [9:30]}
    minutes: 10
    closing: drop
"""


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> ConfigurationError:
    write(folder, "ours.yaml", text)
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    for language in ("fr", "en"):
        said = Texts(language).text(caught.value.key, **caught.value.params)
        assert "ours.yaml" in said
        assert "{" not in said
    return caught.value


def test_without_a_folder_the_catalogue_is_ours_and_read_once() -> None:
    assert load() is load()
    assert load(team="anyone") is load()


def test_a_folder_adds_an_entry(tmp_path: Path) -> None:
    write(tmp_path, "stand.yaml", STAND)

    catalogue = load(tmp_path)

    assert len(catalogue.tasks) == len(load().tasks) + 1
    assert catalogue.tasks["stand"].id == "stand"
    assert "stand" not in load().tasks


def test_a_folder_replaces_an_entry_whole(tmp_path: Path) -> None:
    write(tmp_path, "ours.yaml", STAND.replace("  stand:", "  veille:"))

    catalogue = load(tmp_path)

    assert catalogue.tasks["veille"].title.fr == "Tour du stand"
    assert catalogue.tasks["veille"].nudge is None
    assert list(catalogue.tasks) == list(load().tasks)


def test_defaults_are_laid_over_ours_value_by_value(tmp_path: Path) -> None:
    write(tmp_path, "defaults.yaml", "defaults: {moments: {recap: 17:00, lunch: {end: 13:30}}}")

    ours, theirs = load().defaults.moments, load(tmp_path).defaults.moments

    assert f"{theirs.recap:%H:%M} {theirs.lunch.end:%H:%M}" == "17:00 13:30"
    assert (theirs.morning, theirs.lunch.start, theirs.friday) == (ours.morning, ours.lunch.start, ours.friday)


def test_a_team_sees_its_own_sub_folder_and_nobody_else_does(tmp_path: Path) -> None:
    write(tmp_path, "everybody.yaml", "defaults: {moments: {recap: 17:00}}")
    write(tmp_path, "T1/stand.yaml", STAND)

    assert "stand" in load(tmp_path, "T1").tasks
    assert "stand" not in load(tmp_path, "T2").tasks
    assert load(tmp_path, "T2") is load(tmp_path)
    assert f"{load(tmp_path, 'T1').defaults.moments.recap:%H:%M}" == "17:00"


@pytest.mark.parametrize("team", ["..", "../other", "/etc", "a/b", "", ".hidden", "a\x00b", "é", "x" * 65, "T1\n"])
def test_a_team_id_never_leads_out_of_the_folder(tmp_path: Path, team: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, team)

    assert caught.value.key == "catalogue.bad_team"


def test_a_linked_team_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/stand.yaml", STAND)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "T1").symlink_to(tmp_path / "elsewhere")

    assert "stand" not in load(folder, "T1").tasks


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "nowhere")

    assert caught.value.key == "catalogue.no_folder"


def test_times_and_on_and_off_are_read_as_people_write_them(tmp_path: Path) -> None:
    """YAML 1.1 reads 9:30 as 570 and `on` as true."""
    write(tmp_path, "stand.yaml", STAND + "    default: on\n")

    task = load(tmp_path).tasks["stand"]

    rhythm = task.rhythm.to_rhythm()
    assert rhythm is not None
    assert [f"{at:%H:%M}" for at in rhythm.times] == ["09:30"]
    assert task.default == "on"


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "where"),
    [
        ("rule: working_days", "rule: sometimes", "catalogue.choices", 9, "tasks.stand.rhythm"),
        ("[9:30]", "[9h30]", "catalogue.bad_time", 9, "tasks.stand.rhythm.working_days.at.0"),
        ("[9:30]", '["17:00", "9:00"]', "catalogue.bad_value", 9, "tasks.stand.rhythm.working_days"),
        ("closing: drop", "closing: maybe", "catalogue.choices", 11, "tasks.stand.closing"),
        ("closing: drop", "closing: drop\n    carry_until: 5", "catalogue.carry_until", 3, "tasks.stand"),
        ("closing: drop", "closing: drop\n    colour: red", "catalogue.unknown_field", 12, "tasks.stand.colour"),
        ("closing: drop", "closing: drop\n    deadline: {}", "catalogue.bad_deadline", 12, "tasks.stand.deadline"),
        ("    closing: drop\n", "", "catalogue.missing", 3, "tasks.stand.closing"),
        ("minutes: 10", "minutes: ten", "catalogue.bad_value", 10, "tasks.stand.minutes"),
        ("Tour du stand", "T" * 41, "catalogue.too_long", 4, "tasks.stand.title.fr"),
        ("Tour du stand", "Tour  du stand", "catalogue.one_line", 4, "tasks.stand.title.fr"),
        ("role: community", "role: captain", "catalogue.unknown_reference", 8, "tasks.stand.role"),
        ("  stand:", "  Le Stand:", "catalogue.bad_value", 3, "tasks.Le Stand"),
        ("tasks:", "taches:", "catalogue.unknown_field", 2, "taches"),
        (", en: Round of the stand", "", "catalogue.missing", 4, "tasks.stand.title.en"),
    ],
)
def test_a_bad_entry_is_told_with_its_file_and_line(  # noqa: PLR0917 - one row is one fault
    tmp_path: Path, old: str, new: str, key: str, line: int, where: str
) -> None:
    assert old in STAND

    error = refused(tmp_path, STAND.replace(old, new))

    assert (error.key, error.params["line"], error.params["where"]) == (key, line, where)


def test_what_may_be_written_instead_is_listed(tmp_path: Path) -> None:
    error = refused(tmp_path, STAND.replace("closing: drop", "closing: maybe"))

    assert error.params["expected"] == "drop, carry, ask"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("tasks:\n  a: {}\n  a: {}\n", "catalogue.twice"),
        ("tasks: &all {}\nroles: *all\n", "catalogue.alias"),
        ("tasks: [\n", "catalogue.bad_yaml"),
        ("tasks:\n\t- a\n", "catalogue.bad_yaml"),
        ("!!python/object/apply:os.system [ls]\n", "catalogue.bad_yaml"),
        ("a: 1\n---\nb: 2\n", "catalogue.bad_yaml"),
        ("- veille\n", "catalogue.not_sections"),
        ("tasks: {? [a] : b}\n", "catalogue.bad_yaml"),
        ("#" * 2_000_001, "catalogue.too_large"),
        ("networks: {here: {title: {fr: Ici, en: Here}, checks: []}}", "catalogue.bad_value"),
        ("defaults: {moments: {lunch: {start: 15:00}}}", "catalogue.block_in_order"),
        ("defaults: {first_week: [siesta]}", "catalogue.unknown_reference"),
        ("defaults: {reactions: {seen: {unicode: [✅], slack: [eyes]}}}", "catalogue.one_meaning"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, text: str, key: str) -> None:
    assert refused(tmp_path, text).key == key


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)

    assert caught.value.key == "catalogue.unreadable"


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, "empty.yaml", "# later\n")

    assert dict(load(tmp_path).tasks) == dict(load().tasks)


def test_only_yaml_is_read(tmp_path: Path) -> None:
    write(tmp_path, "notes.txt", "not yaml: [")
    write(tmp_path, "stand.yml", STAND)

    assert "stand" in load(tmp_path).tasks


def test_our_files_are_the_ones_that_are_expected() -> None:
    expected = "blocks categories defaults examples networks playbooks roles rules tasks"

    assert expected.split() == sorted(file.stem for file in OURS.glob("*.yaml"))
