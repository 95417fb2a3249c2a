"""Recurrences that people say and that the grammar does not hold: recognised, so that none is taken for a title."""

from __future__ import annotations

import re

from bot.grammar.when.lexer import fold
from bot.grammar.when.words_en import ENGLISH
from bot.grammar.when.words_fr import FRENCH

_NUMBER = "|".join(["[0-9]{1,3}", "une", "a", *(fold(one) for words in (FRENCH, ENGLISH) for one in words.numbers)])
_WEEKDAY = "|".join(fold(one) for words in (FRENCH, ENGLISH) for one in words.weekdays)
_EVERY = "(?:tous les|toutes les|chaque|every|each)"
_MANY = f"(?:(?:{_NUMBER}) (?:fois|times)|once|twice)"
_WEEKS = "(?:semaines?|quinzaines?|weeks?|fortnights?)"
_PERIOD = (
    f"(?:{_WEEKS}|jours?|mois|ans?|annees?|heures?|minutes?|week ?ends?|douzaines?|trimestres?|semestres?|saisons?"
    "|matins?|apres midis?|soirs?|nuits?|days?|weekdays?|workdays?|months?|years?|hours?|quarters?|semesters?|seasons?"
    "|dozens?|mornings?|afternoons?|evenings?|nights?)"
)
_WHICH = f"(?:(?:{_NUMBER}|other|autres?|premiers?|derniers?|first|last|working|business) )?"
_OF = "(?:par|a|an|per|each|every)"
_RULE = (
    f"(?:{_EVERY} {_WHICH}(?:{_PERIOD}|(?:{_WEEKDAY})s?)|{_MANY} {_OF} {_PERIOD}"
    f"|(?:une?|one) (?:{_PERIOD}|{_WEEKDAY}) (?:sur|in|out of) (?:{_NUMBER}))"
)
_RECURS = f"(?:{_RULE}|(?:(?:le|les|on) )?(?:{_WEEKDAY})s)\\b"
_NO_DAY = "|".join(
    (
        f"{_EVERY} (?:other |(?:{_NUMBER}) )?(?:{_WEEKS}|(?:15|quinze) jours)",
        f"{_EVERY} (?:mois|ans?|annees?|months?|years?)",
        f"{_MANY} {_OF} {_WEEKS}",
        f"une semaine sur (?:{_NUMBER})",
        f"one week (?:in|out of) (?:{_NUMBER})",
    )
)
_KINDS = (
    ("rhythm.except", rf"{_RECURS}.*\b(?:sauf|hors|excepte|except|but)\b"),
    ("rhythm.which_days", rf"(?:{_NO_DAY})\b"),
    ("rhythm.spaced", _RECURS),
)
_PATTERNS = [(key, re.compile(pattern)) for key, pattern in _KINDS]
_LEFT = re.compile(rf"\b(?:{_RULE}|{_EVERY}(?: (?:{_NUMBER}|autres?))?)$")
_BUT = re.compile(r"\b(?:sauf|hors|excepte|except)(?: (?:le|la|les|the|on|pour|for))?$")
_JOINT = re.compile(r"\b(?:et|and|ou|or|puis|then)$")


def beyond(words: str) -> str | None:
    """Why a rule that begins these words is none of ours, as the key of a refusal; None when they begin no rule.

    For words that neither `rhythm` nor `moment` of this package understands. What follows may be a title.
    """
    folded = fold(words)
    return next((key for key, pattern in _PATTERNS if pattern.match(folded)), None)


def left_over(words: str) -> str | None:
    """Why what stands before a moment belongs to it (« tous les deux trimestres | à 9h »), as the key of a refusal."""
    folded = fold(words)
    if _BUT.search(folded):
        return "rhythm.except"
    if _JOINT.search(folded):
        return "rhythm.several"
    return "rhythm.unknown" if _LEFT.search(folded) else None
