"""The pure renderers of the platforms, for the page: it shows each message as each of them would be sent it."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.cli._platforms import MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.message import Message

KEPT = 600
"""Messages whose drawing is kept: each page that is opened asks for all of them."""


def previews() -> Mapping[str, Callable[[Message], Any]]:
    """Load the function `preview(message)` of each platform whose adapter has one, and whose extra is installed.

    It returns JSON values, which the page's `static/<platform>.js` draws.
    """
    functions = {}
    for name in MODULES:
        try:
            functions[name] = lru_cache(maxsize=KEPT)(import_module(f"adapters.{name}.preview").preview)
        except ModuleNotFoundError:
            continue
    return functions
