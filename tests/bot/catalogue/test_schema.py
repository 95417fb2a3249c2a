from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from bot.catalogue.export import FILE, json_schema
from bot.catalogue.loader import OURS, load
from bot.catalogue.schema import Example, RangeQuota, TargetQuota
from bot.catalogue.timing import DeadlineEntry, RhythmEntry
from bot.engine.rhythm import (
    Closed,
    Daily,
    MonthlyDate,
    MonthlyWeekday,
    MonthlyWorkingDay,
    Once,
    Rhythm,
    Weekly,
    WorkingDays,
    Yearly,
)
from bot.tasks.deadline import OnWeekday, OnWorkingDay, SameDay, Within

CATALOGUE = load()
NINE = time(9)


def test_the_json_schema_is_current() -> None:
    assert json_schema() == FILE.read_text(encoding="utf-8"), "run: uv run python -m bot.catalogue.export"


@pytest.mark.parametrize("name", sorted(file.name for file in OURS.glob("*.yaml")))
def test_our_files_satisfy_the_json_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="a judge: uv run --group judges")
    data = yaml.load((OURS / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)

    errors = jsonschema.Draft202012Validator(json.loads(json_schema())).iter_errors(numbers(data))

    assert [error.message for error in errors] == []


def numbers(value: Any) -> Any:
    """YAML 1.2's own reading of plain words, as an editor sees them."""
    match value:
        case dict():
            return {key: numbers(each) for key, each in value.items()}
        case list():
            return [numbers(each) for each in value]
        case "true" | "false":
            return value == "true"
        case str() if value.isdecimal():
            return int(value)
        case _:
            return value


@pytest.mark.parametrize("name", sorted(file.name for file in OURS.glob("*.yaml")))
def test_our_files_name_the_schema_for_editors(name: str) -> None:
    first = (OURS / name).read_text(encoding="utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=catalogue.schema.json"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"rule": "daily"}, Daily()),
        ({"rule": "working_days"}, WorkingDays()),
        ({"rule": "weekly", "days": [1, 4]}, Weekly((1, 4))),
        (
            {"rule": "weekly", "days": [5], "every": 2, "anchor": "2026-11-16"},
            Weekly((5,), 2, date(2026, 11, 16)),
        ),
        ({"rule": "monthly_date", "day": 31}, MonthlyDate(31)),
        ({"rule": "monthly_weekday", "nth": -1, "day": 5}, MonthlyWeekday(-1, 5)),
        ({"rule": "monthly_working_day", "nth": -1}, MonthlyWorkingDay(-1)),
        ({"rule": "yearly", "month": 2, "day": 29}, Yearly(2, 29)),
        ({"rule": "once", "day": "2026-12-24"}, Once(date(2026, 12, 24))),
    ],
)
def test_every_rule_of_the_domain_can_be_written(written: dict[str, Any], meant: Any) -> None:
    entry: Any = TypeAdapter(RhythmEntry).validate_python({**written, "at": ["9:00"], "closed": "before"})

    assert Rhythm(meant, (NINE,), Closed.BEFORE) == entry.to_rhythm()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"same_day": "9:00"}, SameDay(NINE)),
        ({"weekday": 5, "at": "9:00"}, OnWeekday(5, NINE)),
        ({"working_day": -1, "at": "9:00"}, OnWorkingDay(-1, NINE)),
        ({"minutes": 60}, Within(60)),
    ],
)
def test_every_deadline_of_the_domain_can_be_written(written: dict[str, Any], meant: Any) -> None:
    entry: Any = TypeAdapter(DeadlineEntry).validate_python(written)

    assert meant == entry.to_deadline()


@pytest.mark.parametrize(
    "written",
    [
        {"rule": "weekly", "at": ["9:00"]},
        {"rule": "weekly", "days": [8], "at": ["9:00"]},
        {"rule": "weekly", "days": [1], "every": 2, "at": ["9:00"]},
        {"rule": "monthly_working_day", "nth": 0, "at": ["9:00"]},
        {"rule": "daily", "at": []},
        {"rule": "daily", "at": ["24:00"]},
        {"rule": "daily", "at": ["9:00", "9:00"]},
        {"rule": "daily", "at": ["9:00"], "days": [1]},
        {"rule": "once", "day": "2026-02-30", "at": ["9:00"]},
        {"rule": "yearly", "month": 4, "day": 31, "at": ["9:00"]},
        {"rule": "none", "at": ["9:00"]},
        {"at": ["9:00"]},
    ],
)
def test_a_rhythm_that_means_nothing_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(RhythmEntry).validate_python(written)


@pytest.mark.parametrize(
    "written",
    [{}, {"weekday": 5}, {"same_day": "9:00", "minutes": 5}, {"working_day": 0, "at": "9:00"}, {"minutes": 0}, "9:00"],
)
def test_a_deadline_that_means_nothing_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(DeadlineEntry).validate_python(written)


def test_quotas_are_those_of_the_trade_and_no_other_network_has_one() -> None:
    quotas = {network.id: network.quota for network in CATALOGUE.networks.values() if network.quota}

    assert quotas == {
        "facebook": RangeQuota(kind="range", minimum=1, maximum=2),
        "x": RangeQuota(kind="range", minimum=3, maximum=6),
        "instagram": RangeQuota(kind="range", minimum=1, maximum=3),
        "pinterest": RangeQuota(kind="range", minimum=1, maximum=3),
        "linkedin": TargetQuota(kind="target", target=1),
        "snapchat": TargetQuota(kind="target", target=6),
    }


def test_every_network_of_the_product_is_there_with_its_checklist() -> None:
    names = (
        "facebook instagram x linkedin pinterest snapchat tiktok threads bluesky mastodon youtube twitch discord "
        "reddit telegram whatsapp google-reviews newsletter blog"
    )

    assert set(names.split()) == set(CATALOGUE.networks)
    assert all(len(network.checks) >= 2 for network in CATALOGUE.networks.values())


def test_the_first_typical_day_keeps_its_hours() -> None:
    hours = [f"{block.start:%H:%M}-{block.end:%H:%M}" for block in CATALOGUE.blocks["agency"].blocks]

    assert hours == ["07:30-08:00", "09:00-10:00", "10:00-12:00", "12:00-14:00", "14:00-17:00", "17:00-18:00"]


def test_the_second_typical_day_runs_without_a_hole_and_its_evening_is_off() -> None:
    blocks = CATALOGUE.blocks["measured"].blocks

    assert [before.end for before in blocks[:-1]] == [after.start for after in blocks[1:]]
    assert [source for block in blocks for source in block.sources] == [f"004-S{n}" for n in range(1, 26)]
    assert [block.title.en for block in blocks if block.default == "off"] == ["Evening"]


def test_lunch_lets_urgent_matters_through_only() -> None:
    lunches = [block for day in CATALOGUE.blocks.values() for block in day.blocks if block.urgent_only]

    assert [lunch.start for lunch in lunches] == [time(12), time(12)]


def test_there_are_five_activities_and_a_mix_of_70_20_10() -> None:
    kinds = [category.kind for category in CATALOGUE.categories.values()]

    assert kinds.count("activity") == 5
    assert {each.id: each.share for each in CATALOGUE.categories.values() if each.kind == "mix"} == {
        "now": 70,
        "new": 20,
        "next": 10,
    }


def score(example: Example) -> float:
    return round((example.impact + example.confidence + example.ease) / 3, 1)


def test_the_worked_example_ranks_as_its_text_does() -> None:
    ranked = sorted(CATALOGUE.examples.values(), key=score, reverse=True)

    assert [(each.id, score(each)) for each in ranked] == [
        ("engagement", 7.0),
        ("video", 6.7),
        ("curation", 6.3),
        ("article", 6.0),
    ]


def test_there_is_exactly_one_role_of_one_person_and_the_veille_falls_to_the_community() -> None:
    assert [role.id for role in CATALOGUE.roles.values() if role.single] == ["lead"]
    assert {role.id: role.fallback for role in CATALOGUE.roles.values() if role.fallback} == {"veille": "community"}


def test_the_crisis_plan_has_a_track_inside_and_one_outside() -> None:
    tracks = CATALOGUE.playbooks["crisis"].tracks

    assert set(tracks) == {"team", "public"}
    for track in tracks.values():
        moments = [step.after for step in track.steps if step.after is not None]
        assert moments == sorted(moments)
        assert track.steps[-1].after is None


def test_moments_and_limits_are_those_of_the_product() -> None:
    moments, limits = CATALOGUE.defaults.moments, CATALOGUE.defaults.limits

    assert (moments.morning, moments.recap, moments.friday.at) == (time(9), time(17, 30), time(16, 30))
    assert (moments.lunch.start, moments.lunch.end) == (time(12), time(14))
    assert (moments.working_hours.start, moments.working_hours.end) == (time(9), time(18))
    assert moments.working_days == (1, 2, 3, 4, 5)
    assert (limits.window_minutes, limits.notifications_a_day, limits.channel_messages_a_day) == (30, 4, 2)


def test_faces_are_those_of_the_product() -> None:
    faces = {meaning: "".join(face.unicode) for meaning, face in CATALOGUE.defaults.reactions.items()}

    assert faces == {
        "done": "✅✔️☑️",
        "mine": "🙋✋🫡",
        "seen": "👀👍👌",
        "later": "⏰⏳💤",
        "skip": "⏭️⏩",
        "alert": "🚨🆘",
        "asked": "❌",
    }
