"""Transcript in plain text: a heading that says where and when, then the message. The demo in a pipe."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from adapters.console.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.console.platform import Shown


class Transcript:
    """Writes line by line. `heading` gives what may stand over a message, longest first."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.heading: Callable[[Shown, str], Sequence[str]] = lambda shown, event: [f"[{shown.number}] {event}"]

    def show(self, shown: Shown, event: str) -> None:
        """Write a message with what happened to it."""
        self.line(f"— {self.heading(shown, event)[0]}")
        for line in render(shown.message) if event != "delete" else ():
            self.say(line)

    def say(self, words: str) -> None:
        """Write a note, which is no message of the product."""
        self.line(f"  {words}")

    def line(self, words: str) -> None:
        self._write(clean(words))


def clean(words: str) -> str:
    """Strip control characters, so that nothing that people typed steers the terminal."""
    return "".join("\ufffd" if unicodedata.category(char) == "Cc" and char != "\t" else char for char in words)
