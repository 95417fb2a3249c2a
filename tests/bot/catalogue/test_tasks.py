from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.catalogue.loader import load
from bot.engine.rhythm import Closed, MonthlyWorkingDay, Rhythm, Weekly, WorkingDays, next_nominal
from bot.tasks.deadline import OnWeekday, OnWorkingDay, SameDay
from bot.tasks.task import Closing
from bot.teams.calendar import WorkCalendar

if TYPE_CHECKING:
    from bot.catalogue.schema import Task

CATALOGUE = load()
TASKS = list(CATALOGUE.tasks.values())
NINE, TEN, NOON = time(9), time(10), time(12)


def at_home(task: Task) -> str:
    """The line of the trade's texts that the task stands for."""
    return task.sources[0]


def test_the_32_tasks_of_text_001_are_there_by_cadence() -> None:
    counts = Counter(task.cadence for task in TASKS if at_home(task).startswith("001-"))

    assert counts == {
        "arrival": 6,
        "foundations": 7,
        "several_a_day": 2,
        "daily": 6,
        "weekly": 3,
        "monthly": 3,
        "occasional": 5,
    }


def test_each_task_of_text_001_is_one_entry_of_the_cadence_that_its_letter_says() -> None:
    cadences = {
        "A": "arrival",
        "B": "foundations",
        "M": "several_a_day",
        "D": "daily",
        "W": "weekly",
        "K": "monthly",
        "O": "occasional",
    }
    homes = [at_home(task) for task in TASKS if at_home(task).startswith("001-")]

    assert len(set(homes)) == 32
    assert all(task.cadence == cadences[at_home(task)[4]] for task in TASKS if at_home(task) in homes)


def test_a_team_has_seven_tasks_without_asking_and_sees_five_in_its_first_week() -> None:
    on = {task.id for task in CATALOGUE.on_by_default()}

    assert on == {"veille", "replies", "calendar", "influencer", "statistics", "strategy", "about"}
    assert CATALOGUE.defaults.first_week == ("veille", "replies", "calendar", "influencer", "statistics")


@pytest.mark.parametrize(
    ("task", "rhythm", "deadline", "role"),
    [
        ("veille", Rhythm(WorkingDays(), (NINE,)), SameDay(NOON), "veille"),
        ("replies", Rhythm(WorkingDays(), (time(11, 30), time(16, 30))), None, "community"),
        ("calendar", Rhythm(WorkingDays(), (NINE,)), SameDay(time(17)), "planner"),
        ("influencer", Rhythm(Weekly((1,)), (TEN,), Closed.AFTER), OnWeekday(5, time(17)), "influencer"),
        ("statistics", Rhythm(MonthlyWorkingDay(1), (TEN,)), OnWorkingDay(3, time(18)), "lead"),
        ("strategy", Rhythm(MonthlyWorkingDay(3), (TEN,)), OnWorkingDay(5, time(18)), "lead"),
        ("about", Rhythm(MonthlyWorkingDay(4), (TEN,)), OnWorkingDay(6, time(18)), "lead"),
    ],
)
def test_the_first_tasks_stand_at_their_moments(task: str, rhythm: Rhythm, deadline: object, role: str) -> None:
    entry = CATALOGUE.tasks[task]

    assert rhythm == entry.rhythm.to_rhythm()
    assert deadline == (entry.deadline and entry.deadline.to_deadline())
    assert role == entry.role
    assert task == entry.nudge


@pytest.mark.parametrize(
    ("line", "role"),
    [("D1", "ads"), ("D2", "community"), ("D4", "each"), ("D5", "creator"), ("W1", "creator"), ("M1", "planner")]
    + [(line, "lead") for line in ("K1", "K2", "K3", "W3")],
)
def test_the_other_roles_are_those_of_the_trade(line: str, role: str) -> None:
    assert role == next(task.role for task in TASKS if at_home(task) == f"001-{line}")


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_every_rhythm_and_deadline_reaches_the_domain(task: Task) -> None:
    rhythm = task.rhythm.to_rhythm()
    deadline = task.deadline and task.deadline.to_deadline()
    calendar = WorkCalendar("FR", None, (1, 2, 3, 4, 5), frozenset(), whit_monday=True)

    assert (rhythm is None) == (task.rhythm.rule == "none")
    assert deadline is None or rhythm is not None
    if rhythm is not None:
        after = datetime(2026, 11, 20, 18)  # noqa: DTZ001 - nominal moments are naive
        found = next_nominal(rhythm, calendar, after)
        assert found is not None
        assert after < found < after + timedelta(days=40)


def test_closing_follows_the_product() -> None:
    closing = {task.id: task.closing for task in TASKS}

    assert {closing[name] for name in ("veille", "replies", "learning")} == {Closing.DROP}
    assert {closing[name] for name in ("statistics", "influencer", "calendar")} == {Closing.CARRY}
    assert [name for name, policy in closing.items() if policy is Closing.ASK] == ["publish"]
    assert CATALOGUE.tasks["influencer"].carry_until == 5


def test_foundations_are_for_a_brand_and_ask_for_what_was_made() -> None:
    foundations = [*CATALOGUE.by_cadence("foundations"), CATALOGUE.tasks["baseline"]]

    assert len(foundations) == 8
    assert all(task.scope == "brand" and task.asks_artefact for task in foundations)


def test_arrival_is_for_the_person_who_arrives() -> None:
    personal = [task for task in CATALOGUE.by_cadence("arrival") if task.id != "baseline"]

    assert len(personal) == 5
    assert all(task.scope == "person" and task.role == "newcomer" for task in personal)


def test_nothing_of_the_catalogue_falls_within_lunch() -> None:
    lunch = CATALOGUE.defaults.moments.lunch
    rhythms = [task.rhythm.to_rhythm() for task in TASKS]

    assert not [at for rhythm in rhythms if rhythm for at in rhythm.times if lunch.start <= at < lunch.end]


def test_the_veille_is_reminded_at_11_45_before_lunch() -> None:
    deadline = CATALOGUE.tasks["veille"].deadline
    assert deadline is not None
    due = deadline.to_deadline()
    assert isinstance(due, SameDay)
    reminded = datetime.combine(date(2026, 11, 20), due.at) - timedelta(minutes=CATALOGUE.defaults.ladder.remind_before)

    assert reminded.time() == time(11, 45)


def test_the_entry_becomes_the_task_of_the_domain() -> None:
    task = CATALOGUE.tasks["veille"].to_task()

    assert (task.key, task.title.say("fr"), task.short.say("en")) == ("veille", "Veille du jour", "today’s watch")
    assert "e-réputation" in task.names


def test_the_task_of_a_formal_team_says_vous() -> None:
    entry = CATALOGUE.tasks["veille"]

    assert entry.to_task().text.fr.startswith("Fais ")
    assert entry.to_task(formal=True).text.fr.startswith("Faites ")


def test_nothing_can_be_changed_once_read() -> None:
    with pytest.raises(TypeError):
        CATALOGUE.tasks["mine"] = TASKS[0]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        TASKS[0].minutes = 3  # type: ignore[misc]
