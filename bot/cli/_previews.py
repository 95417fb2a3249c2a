"""The pure renderers of the platforms, for the page: it shows each message as each of them would be sent it."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.message import Message

PREVIEWS = {"slack": "adapters.slack.preview", "discord": "adapters.discord.preview"}
"""Modules with a function `preview(message)` that gives JSON values; what draws them is `static/<name>.js`."""

KEPT = 600
"""Messages whose drawing is kept: each page that is opened asks for all of them."""


def previews() -> Mapping[str, Callable[[Message], Any]]:
    """By platform; one whose extra is not installed is left out."""
    found = {}
    for name, module in PREVIEWS.items():
        try:
            found[name] = lru_cache(maxsize=KEPT)(import_module(module).preview)
        except ModuleNotFoundError:
            continue
    return found
