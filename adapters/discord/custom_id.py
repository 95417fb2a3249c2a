"""The custom_id of a component, which a press carries back: `team.key~n:action:target`, in 100 characters.

All but the action may be empty. `team` is set where Discord does not name the guild (in a direct conversation). `key`
is the delivery that the message was posted for: the look-up after a lost answer finds the message by it. `n` tells
apart two components of a message that do the same.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 100
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Mark:
    """A parsed custom_id. `team` is a guild's id in decimal, as everywhere else."""

    action: str
    target: str = ""
    team: str = ""
    key: str = ""
    number: int = 0

    def __str__(self) -> str:
        key = f".{self.key}" if self.key else ""
        number = f"~{self.number}" if self.number else ""
        return f"{_encode_snowflake(self.team)}{key}{number}:{self.action}:{self.target}"


def fits(mark: Mark) -> bool:
    """Return True if the custom_id is short enough for Discord, which counts in UTF-16 units."""
    return len(str(mark).encode("utf-16-le")) // 2 <= LONGEST


def read(custom_id: str) -> Mark | None:
    """Parse a custom_id (the inverse of `str(mark)`); return None for a foreign one."""
    head, _, rest = custom_id.partition(":")
    action, colon, target = rest.partition(":")
    if not colon or not action:
        return None
    head, _, number = head.partition("~")
    team, _, key = head.partition(".")
    if not (number or "0").isdecimal() or any(char not in _DIGITS for char in team):
        return None
    return Mark(action, target, _decode_snowflake(team), key, int(number or "0"))


def _encode_snowflake(team: str) -> str:
    """Write a snowflake in base 62 (11 characters for 19 digits)."""
    if not team:
        return ""
    value, digits = int(team), ""
    while value:
        value, digit = divmod(value, 62)
        digits = _DIGITS[digit] + digits
    return digits


def _decode_snowflake(short: str) -> str:
    value = 0
    for char in short:
        value = value * 62 + _DIGITS.index(char)
    return str(value) if value else ""
