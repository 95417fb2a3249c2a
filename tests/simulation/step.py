"""Steps of a random story: plain data, so that a story can be printed, replayed and shortened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["say", "click", "react", "unreact", "forward", "stop", "leave", "come_back", "again", "stranger", "undo"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step: a person (`account`) says `text`, clicks button `index` of message `number`, puts the emoji `text` on it
    or takes it off, leaves the workspace or comes back; or `minutes` go by, with the product running or stopped.

    `again`: the platform delivers the last request once more. `stranger`: a member of another team clicks the button.
    `undo`: the person says `text`, then takes it back.
    """

    kind: Kind
    account: str = ""
    text: str = ""
    number: int = 0
    index: int = 0
    minutes: int = 0

    def __str__(self) -> str:
        match self.kind:
            case "say" | "undo":
                return f"{self.kind} {self.account}: {self.text!r}"
            case "click" | "stranger":
                return f"{self.kind} {self.account}: button {self.index} of message {self.number}"
            case "react" | "unreact":
                return f"{self.kind} {self.account}: {self.text} on message {self.number}"
            case "forward" | "stop":
                return f"{self.kind} {self.minutes} min"
            case _:
                return f"{self.kind} {self.account}"
