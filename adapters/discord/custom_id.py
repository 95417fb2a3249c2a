"""What a component carries back when it is pressed, after any restart: `team.key~n:action:target`, in 100 characters.

All but the action may be empty. `team` stands where Discord will not say the guild (in a direct conversation). `key`
is the delivery that the message was posted for: it is looked for when nobody knows whether the posting went through.
`n` tells two components with one purpose apart.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 100
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Mark:
    """A custom_id, taken apart. `team` is a guild's id in decimal, as everywhere else."""

    action: str
    target: str = ""
    team: str = ""
    key: str = ""
    number: int = 0

    def __str__(self) -> str:
        key = f".{self.key}" if self.key else ""
        number = f"~{self.number}" if self.number else ""
        return f"{_short(self.team)}{key}{number}:{self.action}:{self.target}"


def fits(mark: Mark) -> bool:
    """Whether Discord takes it (an emoji beyond the basic plane may count twice)."""
    return len(str(mark).encode("utf-16-le")) // 2 <= LONGEST


def read(custom_id: str) -> Mark | None:
    """The inverse of `str(mark)`; None for what is none of ours."""
    head, _, rest = custom_id.partition(":")
    action, colon, target = rest.partition(":")
    if not colon or not action:
        return None
    head, _, number = head.partition("~")
    team, _, key = head.partition(".")
    if not (number or "0").isdecimal() or any(char not in _DIGITS for char in team):
        return None
    return Mark(action, target, _long(team), key, int(number or "0"))


def _short(team: str) -> str:
    """A snowflake in base 62 (11 characters for 19 digits)."""
    if not team:
        return ""
    value, digits = int(team), ""
    while value:
        value, digit = divmod(value, 62)
        digits = _DIGITS[digit] + digits
    return digits


def _long(short: str) -> str:
    value = 0
    for char in short:
        value = value * 62 + _DIGITS.index(char)
    return str(value) if value else ""
