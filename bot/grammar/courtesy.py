"""Polite words, greetings, and the ways in which people say that something is done: the line that is meant by them."""

from __future__ import annotations

import re
from typing import Literal

from bot.grammar.spelling import fold

_ROOT = re.compile(r"^/?cm(?:\s+|$)", re.IGNORECASE)
_BEFORE = re.compile(
    r"^(?:(?:bonjour|salut|coucou|hello|hi|hey)(?:\s+(?:vigie|@vigie))?\s*[,!]\s*"
    r"|(?:est-ce que\s+)?(?:tu peux|peux[- ]tu|pourrais[- ]tu|vous pouvez|pouvez[- ]vous|pourriez[- ]vous)\s+"
    r"|merci de\s+|(?:can|could|would|will) you\s+(?:please\s+)?|please,?\s+|(?:stp|svp),?\s+"
    r"|s['’]il (?:te|vous) pla[iî]t,?\s+)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:[\s,]+(?:stp|svp|please|s['’]il (?:te|vous) pla[iî]t)"
    r"|\s*,\s*(?:merci(?: beaucoup)?|thanks|thank you|thx))+\s*[!.?]*$",
    re.IGNORECASE,
)
_DONE = r"(?:faite?s?|finie?s?|termin[ée]e?s?|done|finished)"
_ARTICLE = r"(?:(?:le|la|les|the|my|ma|mon|mes)\s+|l['’]\s*)?"
_IT_IS_DONE = re.compile(rf"^(?:c['’]\s*est|it['’]?s|all)\s+{_DONE}\s*[!.]*$", re.IGNORECASE)
_IS_DONE = re.compile(rf"^{_ARTICLE}(.+?)\s+(?:est|sont|is|are)\s+{_DONE}\s*[!.]*$", re.IGNORECASE)
_I_DID = re.compile(
    rf"^(?:j['’]\s*ai\s+(?:fini|termin[ée])(?:\s+avec)?|i['’]?(?:ve|\s+have)?\s+(?:just\s+)?(?:done|finished))\s+{_ARTICLE}(.+?)\s*[!.]*$",
    re.IGNORECASE,
)
_TASK_DONE = re.compile(rf"^{_ARTICLE}(\S+(?:\s+\S+){{0,3}}?)\s+{_DONE}\s*[!.]*$", re.IGNORECASE)
_DAYS = {
    "semaine prochaine": "semaine prochaine",
    "la semaine prochaine": "semaine prochaine",
    "next week": "week next",
    "demain": "jour demain",
    "tomorrow": "day tomorrow",
    "hier": "historique hier",
    "yesterday": "history yesterday",
}
_GREETINGS = {
    "bonjour",
    "salut",
    "coucou",
    "bonsoir",
    "hello",
    "hi",
    "hey",
    "good morning",
    "bonjour vigie",
    "salut vigie",
}
_THANKS = {
    "merci",
    "merci beaucoup",
    "merci vigie",
    "thanks",
    "thank you",
    "thx",
    "super merci",
    "cool merci",
    "parfait",
}


def without_courtesy(text: str) -> str:
    """Drop the command's root and the polite words around a line; a line of nothing else stays."""
    line = _ROOT.sub("", text.strip())
    rest = _BEFORE.sub("", line)
    if rest != line:
        rest = rest.rstrip(" ?")
    bare = _AFTER.sub("", rest).strip()
    return bare or line


def says_done(line: str) -> str | None:
    """Turn « la veille est faite », « j’ai fini la veille », "watch done" into the command; None for other lines."""
    if _IT_IS_DONE.match(line):
        return "done"
    for pattern in (_I_DID, _IS_DONE, _TASK_DONE):
        match = pattern.match(line)
        if match:
            return f"done {match[1]}"
    return None


def says_day(line: str) -> str | None:
    """Turn a day alone into the command that shows it."""
    return _DAYS.get(fold(line.rstrip(" ?!.")))


def small_talk(line: str) -> Literal["hello", "thanks"] | None:
    """Tell a greeting or thanks that ask for nothing."""
    words = fold(line.rstrip(" !.?,"))
    return "hello" if words in _GREETINGS else "thanks" if words in _THANKS else None
