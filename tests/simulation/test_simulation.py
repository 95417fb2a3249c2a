"""Random stories of a team: whatever people do and whatever becomes of the process, the invariants hold."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.simulation.rules import ACTIONS
from tests.simulation.world import Scene, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from tests.simulation.step import Step

STARTS = ("2026-11-23T08:55", "2026-03-27T13:10", "2026-10-23T22:15", "2026-12-23T08:55", "2026-04-30T17:30")
"""First moments: an ordinary Monday, both changes of the clocks, Christmas, the bridges of May."""
WEIGHTED = [action for action, weight in ACTIONS.items() for _ in range(weight)]
_randoms = st.randoms(use_true_random=False)


class Stories(RuleBasedStateMachine):
    """Plays an action at a time; hypothesis chooses, and shortens a story that fails."""

    def __init__(self, new_address: Callable[[], str]) -> None:
        super().__init__()
        self._new_address = new_address
        self._world: World | None = None

    @initialize(language=st.sampled_from(["fr", "en"]), start=st.sampled_from(STARTS))
    def begin(self, language: str, start: str) -> None:
        scene = Scene(self._new_address(), "fr" if language == "fr" else "en", start)
        self._world = World(scene).__enter__()

    @rule(action=st.sampled_from(WEIGHTED), chance=_randoms)
    def act(self, action: Callable[[World, Random], Step], chance: Random) -> None:
        assert self._world is not None
        self._world.play(action(self._world, chance))

    def teardown(self) -> None:
        if self._world is not None:
            self._world.__exit__(None, None, None)


def _run(new_address: Callable[[], str], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: Stories(new_address),  # type: ignore[arg-type]  # a factory will do
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=True,
            phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_the_invariants_hold_in_random_stories(template: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files = (tmp_path / f"{number}.db" for number in range(1_000_000))

    def new_address() -> str:
        return f"sqlite:///{shutil.copy(template, next(files))}"

    is_long = request.config.getoption("--long")
    _run(new_address, 100 if is_long else 6, 60 if is_long else 20)


@pytest.mark.slow
def test_the_invariants_hold_on_postgresql(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("--long runs random stories on PostgreSQL")
    server = request.getfixturevalue("postgres")
    _run(server.new, 20, 40)
