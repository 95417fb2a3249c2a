"""How a process that runs for months collects its garbage: seldom, and never what it started with."""

from __future__ import annotations

import gc

from bot.i18n import LANGUAGES, texts

YOUNG = 10_000
"""Values made and kept before the young ones are looked through (Python's own choice, 700, is for small programs). Five
times as many would stop everything for 20 to 40 ms, five times as seldom.
"""
OLDER = 100
"""Looks through the young before one through the older."""
ALL = 20
"""Of those, before one through all."""


def tune_collector() -> None:
    """Freeze what the process started with, and collect seldom. Call once, when everything is composed.

    A batch of the engine makes tens of thousands of values that all die with it, none of them in a cycle: looking
    through them, and through every module, cost a fifth of the batch and stopped the event loop for 40 ms at a time.
    """
    import holidays  # noqa: F401  # a tenth of a second, which would be the first nudge's

    for language in LANGUAGES:  # another one
        texts(language)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, ALL)
