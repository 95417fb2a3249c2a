"""The demo's own lines: their names in both languages. What they do is adapters.console.session's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.grammar.spelling import fold

if TYPE_CHECKING:
    from bot.i18n import Language


@dataclass(frozen=True, slots=True)
class Verb:
    """A line that begins with a slash; the texts `console.type.<id>` and `console.help.<id>` are its help."""

    id: str
    fr: str
    en: str
    also: tuple[str, ...] = ()

    def name(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


VERBS = (
    Verb("cm", "cm", "cm"),
    Verb("forward", "avance", "forward", ("avancer",)),
    Verb("react", "reagir", "react"),
    Verb("unreact", "retirer", "unreact"),
    Verb("click", "clic", "click", ("clique", "cliquer")),
    Verb("as", "comme", "as"),
    Verb("show", "voir", "show"),
    Verb("help", "aide", "help", ("?",)),
    Verb("quit", "quitter", "quit", ("exit", "sortir")),
)
BY_NAME = {fold(name): verb for verb in VERBS for name in (verb.fr, verb.en, *verb.also)}
