"""Human moments and rhythms, in French and English: a closed grammar that refuses or asks rather than guesses.

Read `words_fr` and `words_en` for the words, `day`, `clock`, `span` and `rules` for the grammar. What is said back
(`say_…`) reads again as the same value. See docs/adr/0006-own-date-grammar.md.
"""

from __future__ import annotations

from bot.grammar.when.beyond import beyond, ends_with_length, goes_on, left_over, tells_time
from bot.grammar.when.lexer import may_mean
from bot.grammar.when.moments import Ask, Moment, moment
from bot.grammar.when.rhythms import AskRhythm, Hours, hours, rhythm
from bot.grammar.when.say import (
    say_date,
    say_delay,
    say_moment,
    say_rhythm,
    say_rhythm_with_next,
    say_time,
    usual_policy,
)

__all__ = [
    "Ask",
    "AskRhythm",
    "Hours",
    "Moment",
    "beyond",
    "ends_with_length",
    "goes_on",
    "hours",
    "left_over",
    "may_mean",
    "moment",
    "rhythm",
    "say_date",
    "say_delay",
    "say_moment",
    "say_rhythm",
    "say_rhythm_with_next",
    "say_time",
    "tells_time",
    "usual_policy",
]
