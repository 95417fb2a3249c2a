"""How many calls of ours, and in how many files, answer `/cm fait veille` over signed HTTP.

    python -m tests.benchmarks.trace [--json] [--tree] [--line "fait veille"]

A new contributor reads this path first: its length is the price of the architecture. The product is warm (the same
command has been answered for other tasks) and its engine sleeps; every thread is traced. A call is an entry into a
function of bot/, adapters/ or storage/: comprehensions, and a generator or coroutine that goes on, are none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.zones import use_packaged_tzdata
from tests.adapters.slack.world import opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType, FrameType

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / folder}/" for folder in ("bot", "adapters", "storage"))
WARM = ("fait calendrier", "rouvrir calendrier", "fait calendrier")
CALLS, FILES = 220, 40
_RESUMABLE = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR


@dataclass(slots=True)
class Call:
    """One call: the file from the project's root, the function, and how many calls of ours stand above it."""

    file: str
    function: str
    depth: int


@dataclass(slots=True)
class Tracer:
    """Collects calls, in order, while `active`; :meth:`profile` is set in every thread (see `sys.setprofile`)."""

    active: bool = False
    calls: list[Call] = field(default_factory=list)
    _begun: list[FrameType] = field(default_factory=list)
    """Frames of generators and coroutines that were entered: held, so that no other frame gets their identity."""

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Take note of a call, unless it is not of ours or only goes on."""
        if not self.active or event != "call" or not _is_ours(frame.f_code):
            return
        if frame.f_code.co_flags & _RESUMABLE:
            if any(frame is begun for begun in self._begun):
                return
            self._begun.append(frame)
        file = str(Path(frame.f_code.co_filename).relative_to(ROOT))
        self.calls.append(Call(file, frame.f_code.co_qualname, _count_callers(frame)))


def _is_ours(code: CodeType) -> bool:
    comprehension = code.co_name.startswith("<") and code.co_name != "<lambda>"
    return code.co_filename.startswith(OURS) and not comprehension


def _count_callers(frame: FrameType) -> int:
    """Count the calls of ours that this one is made in, in its own thread."""
    count, caller = 0, frame.f_back
    while caller is not None:
        count += _is_ours(caller.f_code)
        caller = caller.f_back
    return count


async def trace(line: str) -> Sequence[Call]:
    """Answer the line once over HTTP, warm, and return the calls of ours that it took."""
    tracer = Tracer()
    threading.setprofile(tracer.profile)
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(f"sqlite:///{folder}/vigie.db", "http") as world:
                await world.set_up()
                world.slack.judge = lambda _kind, _payload: None
                for warm in WARM:
                    await world.people["Tom"].types(warm)
                    await world.settle()
                sys.setprofile(tracer.profile)
                tracer.active = True
                answer = await world.people["Léa"].types(line)
                tracer.active = False
                sys.setprofile(None)
                assert answer is not None
    finally:
        threading.setprofile(None)
    return tracer.calls


def summary(calls: Sequence[Call]) -> Iterator[dict[str, Any]]:
    """The two figures, each with its target."""
    files = len({call.file for call in calls})
    yield {"name": "calls", "count": len(calls), "target": f"<= {CALLS}", "ok": len(calls) <= CALLS}
    yield {"name": "files", "count": files, "target": f"<= {FILES}", "ok": files <= FILES}


def by_file(calls: Sequence[Call]) -> Iterator[str]:
    """Each file, most calls first, with its functions and how often each was called."""
    files = Counter(call.file for call in calls)
    for file, total in files.most_common():
        functions = Counter(call.function for call in calls if call.file == file)
        listed = ", ".join(name if count == 1 else f"{name} ×{count}" for name, count in functions.most_common())
        yield f"{total:4}  {file}: {listed}"


def tree(calls: Sequence[Call]) -> Iterator[str]:
    """The calls in order, each indented under the one that made it."""
    for call in calls:
        yield f"{'  ' * call.depth}{call.function}  ({call.file})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the calls of each file (`--tree`: in order) and the figures; 1 when a target is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--line", default="fait veille", help="what Léa types after /cm")
    options.add_argument("--tree", action="store_true", help="print every call in order")
    options.add_argument("--json", action="store_true", help="print the figures only, one JSON object a line")
    chosen = options.parse_args(arguments)
    use_packaged_tzdata()
    calls = asyncio.run(trace(chosen.line))
    if not chosen.json:
        print("\n".join(tree(calls) if chosen.tree else by_file(calls)))
    rows = list(summary(calls))
    for row in rows:
        print(json.dumps(row))
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
