"""Words of time that the grammar does not hold: recognised, so that none of them is taken for a part of a title."""

from __future__ import annotations

import re

from bot.grammar.when.lexer import fold
from bot.grammar.when.words_en import ENGLISH
from bot.grammar.when.words_fr import FRENCH

_BOTH = (FRENCH, ENGLISH)
_NUMBER = "|".join(["[0-9]{1,3}", "une", "a", *(fold(name) for words in _BOTH for name in words.numbers)])
_WEEKDAY = "|".join(fold(name) for words in _BOTH for name in words.weekdays)
_MONTH = "|".join(fold(name) for words in _BOTH for name in words.months)
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
    ("rhythm.length", rf"(?:{_RECURS}|l[ea] ).*\b(?:pendant|durant|for) (?:{_NUMBER}) {_PERIOD}"),
    ("rhythm.which_days", rf"(?:{_NO_DAY})\b"),
    ("rhythm.spaced", _RECURS),
)
_PATTERNS = [(key, re.compile(pattern)) for key, pattern in _KINDS]
_BEGUN = re.compile(rf"\b(?:{_RULE}|{_EVERY}(?: (?:{_NUMBER}|autres?))?)$")
_BUT = re.compile(r"\b(?:sauf|hors|excepte|except)(?: (?:le|la|les|the|on|pour|for))?$")
_JOINT = re.compile(r"\b(?:et|and|ou|or|puis|then)$")

_ARTICLE = "(?: (?:le|la|les|l|un|une|the|a))?"
_HOLIDAYS = "(?:vacances|(?:jours? )?feries?|(?:public |bank |school )?holidays?|week ?ends?|weekends?)"
_SEASON = "(?:printemps|ete|automne|hiver|spring|summer|autumn|winter|noel|paques|toussaint|christmas|easter)"
_EDGE = "(?:fins?|debuts?|milieu|mi|mid|end|start|beginning|middle|courant|early|late)"
_NTH = "(?:avant dernier|penultieme|penultimate|second to last|premiere?|derniere?|first|second|third|fourth|last)"
_TITLES = ("de", "d", "du", "des", "of", "pour", "for", "de la", "des les", "pour les", "of the", "for the")
_UNTITLED = "".join(rf"(?<!\b{word} )" for word in _TITLES)
"""Small words that make what follows part of a title: « les visuels de Noël »."""
# They always belong to the moment after them, whatever it is.
_LEADS = re.compile(
    rf"\b(?:avant|apres|depuis|entre|jusqu(?: au| a| en)?|before|after|since|until|till|between){_ARTICLE}$"
    r"|\b(?:(?:bi|fort)?(?:weekly|nightly)|(?:bi|semi )?(?:monthly|annually|yearly|quarterly))$"
    r"|\b(?:bimensuel|bimestriel|trimestriel|semestriel|hebdomadaire|mensuel|quotidien)(?:le)?(?:ment)?$"
    rf"|\b(?:semaines?|jours?|(?:{_WEEKDAY})s) (?:im)?pair(?:e?s)?(?: (?:le|la|les))?$|\b(?:odd|even) (?:weeks?|days?)$"
    rf"|\b{_EDGE}(?: de)?$"
)
# They belong to a rule, or to an hour without a day, that follows them; « de », « pour » before them make a title.
_OF_A_PERIOD = rf"(?:du|de|of|de chaque|of every|of each) (?:la |l |the |chaque |every |each )?{_PERIOD}"
_PLACED = rf"(?:{_NTH}|{_EDGE}|(?:{_WEEKDAY})s?|jours? ouvres?|jours? ouvrables?|(?:working|business) days?)"
_TIMES = re.compile(
    rf"{_UNTITLED}\b(?:{_HOLIDAYS}|{_SEASON}|(?:{_MONTH})|(?:{_WEEKDAY})s?)(?: (?:prochaine?|next))?$"
    rf"|\b{_EDGE} (?:de |d |of |du |des )?(?:la |the |l )?(?:{_PERIOD}|{_SEASON}|{_HOLIDAYS}|(?:{_MONTH}))$"
    rf"|\b{_PLACED}(?: \w+)? {_OF_A_PERIOD}$"
    rf"|{_UNTITLED}\b(?:dans|in|durant|pendant|during) .{{0,30}}{_PERIOD}$"
    rf"|\b(?:next|this|last|ce|cette) {_PERIOD}$|\b{_PERIOD} (?:prochaine?|derniere?|suivante?)$"
    r"|\b(?:du|des|le|les|on the) [0-9]{1,2}(?:er|st|nd|rd|th)?$"
)
_LENGTH = re.compile(rf"(?<!\bde )(?<!\bof )(?<!\bdes )\b(?:{_NUMBER}) (?:{_PERIOD}|jours? ouvres?|working days?)$")
_HOUR = "(?:[0-9]{1,2}(?: ?h|:|am|pm| (?:am|pm))|midi|minuit|noon|midnight)"
_GOES_ON = re.compile(
    rf"^(?:entre|between) (?:[0-9]|(?:{_NUMBER})\b)|^(?:en|au|a la|in the|at the|mid|mi) ?{_EDGE}\b"
    rf"|^(?:a|vers|at|around|ou|or|puis|jusqu a|until|till|avant|apres|before|after) {_HOUR}"
    rf"|^(?:a|vers) (?:{_NUMBER}|[a-z]+ [a-z]+|[a-z]+ et [a-z]+) heures?\b"
    r"|^(?:utc|gmt)\b|^heure d\b|^heure de [a-z]|^(?:[a-z]+ ){1,2}time\b"
)
_ZONES = re.compile(r"^(?:UTC|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|CET|CEST|BST|ET|PT)\b")


def beyond(words: str) -> str | None:
    """Return why a rule that begins these words is none of ours, as the key of a refusal; None when none begins.

    For words that neither `rhythm` nor `moment` of this package understands. What follows may be a title.
    """
    folded = fold(words)
    return next((key for key, pattern in _PATTERNS if pattern.match(folded)), None)


def left_over(words: str) -> str | None:
    """Return why the words before a moment belong to it (« tous les deux trimestres | à 9h »), as a refusal's key."""
    folded = fold(words)
    if _BUT.search(folded):
        return "rhythm.except"
    if _JOINT.search(folded):
        return "rhythm.several"
    if _BEGUN.search(folded):
        return "rhythm.unknown"
    return "when.half" if _LEADS.search(folded) else None


def tells_time(words: str) -> bool:
    """Tell whether words end with a time of their own, which an hour or a rule after them belongs to (« en mai »)."""
    return bool(_TIMES.search(fold(words)))


def ends_with_length(words: str) -> bool:
    """Tell whether words end with a length (« deux jours | avant … »)."""
    return bool(_LENGTH.search(fold(words)))


def goes_on(words: str) -> bool:
    """Tell whether the words after a moment are still of it (« demain | entre 14h et 15h », « 15h | UTC »)."""
    return bool(_GOES_ON.search(fold(words)) or _ZONES.search(words))
