"""Random stories, one after the other; exit 1 when an invariant is violated.

python -m tests.simulation [--team-years 1] [--seed 1] [--story N] [--json] [--db sqlite|postgresql] [--keep-going]

Each story is that of one team, from a day of its own; `--seed S --story N` plays one of them again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.zones import use_packaged_tzdata
from tests.fakes.postgres import Postgres
from tests.simulation.rules import choose
from tests.simulation.world import Scene, ViolationError, World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.simulation.step import Step

YEAR = timedelta(days=365)
STORY = timedelta(days=91)
"""Length of a story, in its own time."""
STEPS = 150
"""Steps of a story at most."""
REPORTED = 1
"""Stories that are shortened and printed for one rule; others are counted."""
SHRINKING = 25
"""Replays, at most, that look for a shorter story with the same violation."""


@dataclass
class Total:
    """Figures of the run so far."""

    stories: int = 0
    steps: int = 0
    violations: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    """Violations by rule."""
    span: timedelta = timedelta(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--team-years", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2)))
    parser.add_argument("--story", type=int, help="play this story of the seed alone")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--db", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--keep-going", action="store_true", help="go on after a violation, and shorten no story")
    options = parser.parse_args()
    use_packaged_tzdata()
    total, started = Total(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres() if options.db == "postgresql" else None
        addresses = (server.new) if server else _new_files(Path(folder))
        try:
            _play_all(options, addresses, total)
        finally:
            if server:
                server.stop()
    _print_total(options, total, time.process_time() - started)
    sys.exit(1 if total.violations else 0)


def _new_files(folder: Path) -> Callable[[], str]:
    numbers = iter(range(1_000_000))
    return lambda: f"sqlite:///{folder / f'{next(numbers)}.db'}"


def _play_all(options: argparse.Namespace, new_address: Callable[[], str], total: Total) -> None:
    number = options.story or 0
    while total.span < YEAR * options.team_years:
        total.stories += 1
        try:
            _play_story(_set_scene(options.seed, number, new_address()), f"{options.seed}/{number}", total)
        except ViolationError as error:
            total.violations += 1
            total.rules[rule := _rule_of(error)] += 1
            if total.rules[rule] <= REPORTED:
                _report(options, number, error, new_address)
            if not options.keep_going:
                return
        if options.story is not None:
            return
        number += 1


def _set_scene(seed: int, number: int, address: str) -> Scene:
    chance = random.Random(f"scene {seed}/{number}")
    start = datetime(2026, 1, 1, 8, 55) + timedelta(days=chance.randrange(700), minutes=chance.choice((0, 0, 245, 800)))  # noqa: DTZ001
    return Scene(address, chance.choice(("fr", "fr", "en")), start.isoformat(timespec="minutes"))


def _play_story(scene: Scene, seed: str, total: Total) -> None:
    chance = random.Random(seed)
    with World(scene) as world:
        first_moment = world.state.now
        try:
            while world.state.now - first_moment < STORY and len(world.steps) < STEPS:
                world.play(choose(world, chance))
        finally:
            total.steps += len(world.steps)
            total.span += world.state.now - first_moment


def _report(options: argparse.Namespace, number: int, error: ViolationError, new_address: Callable[[], str]) -> None:
    scene = _set_scene(options.seed, number, "")
    shortest = error if options.keep_going else _shrink(scene, error, new_address)
    if options.json:
        story_facts = {"violations": shortest.violations, "steps": [str(step) for step in shortest.steps]}
        scene_facts = {"seed": options.seed, "story": number, "start": scene.start, "language": scene.language}
        print(json.dumps(scene_facts | story_facts, ensure_ascii=False), flush=True)
    else:
        print(f"violated by --seed {options.seed} --story {number} ({len(error.steps)} steps), as short as found:")
        print(shortest, flush=True)


def _shrink(scene: Scene, error: ViolationError, new_address: Callable[[], str]) -> ViolationError:
    """Leave out ever smaller spans of steps while the same rule is still violated."""
    best, size, replays = error, len(error.steps) // 2, 0
    while size and replays < SHRINKING:
        at = 0
        while at < len(best.steps) - 1 and replays < SHRINKING:
            replays += 1
            shorter = _replay(replace(scene, address=new_address()), best.steps[:at] + best.steps[at + size :])
            if shorter is not None and _rule_of(shorter) == _rule_of(error):
                best = shorter
            else:
                at += size
        size //= 2
    return best


def _replay(scene: Scene, steps: Sequence[Step]) -> ViolationError | None:
    with World(scene) as world:
        try:
            for step in steps:
                world.play(step)
        except ViolationError as error:
            return error
    return None


def _rule_of(error: ViolationError) -> str:
    return error.violations[0].partition(":")[0]


def _print_total(options: argparse.Namespace, total: Total, cpu: float) -> None:
    figures = {
        "seed": options.seed,
        "stories": total.stories,
        "steps": total.steps,
        "violations": total.violations,
        "rules": dict(total.rules),
        "team_years": round(total.span / YEAR, 2),
        "cpu_s": round(cpu, 1),
        "steps_per_cpu_s": round(total.steps / cpu, 1),
        "cpu_s_per_team_year": round(cpu / (total.span / YEAR or 1), 1),
    }
    print(json.dumps(figures) if options.json else ", ".join(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
