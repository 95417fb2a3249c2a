from __future__ import annotations

import random
import string
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bot.engine.rhythm import Rhythm
from bot.errors import RefusalError
from bot.grammar.when import Ask, AskRhythm, Moment, may_mean, moment, rhythm, say_delay, say_moment, say_rhythm
from bot.grammar.when.lexer import fold, lex, vocabulary
from bot.i18n import LANGUAGES, texts
from tests.bot.grammar.when.scene import FRANCE, NOW, NOW_LOCAL, PARIS, TODAY
from tests.bot.grammar.when.test_moments import ENGLISH, FRENCH
from tests.bot.grammar.when.test_rhythms import ENGLISH as ENGLISH_RHYTHMS
from tests.bot.grammar.when.test_rhythms import FRENCH as FRENCH_RHYTHMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.i18n import Language

SHORT, LONG = 2_000, 20_000
KNOWN = [text for text, _ in [*FRENCH, *ENGLISH, *FRENCH_RHYTHMS, *ENGLISH_RHYTHMS]]
PHRASES = [
    name
    for language in LANGUAGES
    for names in (*vocabulary(language).phrases, *vocabulary(language).weekdays, *vocabulary(language).months)
    for name in names.split(" | ")
]
FRENCH_WORDS, ENGLISH_WORDS = vocabulary("fr"), vocabulary("en")
NAMES = [*FRENCH_WORDS.weekdays, *ENGLISH_WORDS.weekdays]
MONTHS = [*FRENCH_WORDS.months, *ENGLISH_WORDS.months]
RANKS = [*FRENCH_WORDS.ranks, *ENGLISH_WORDS.ranks, "le dernier", "last", "6e"]
UNITS = ["jours", "heures", "minutes", "semaines", "mois", "ans", "jours ouvrés", "days", "hours"]
ODD = "\u00a0\u202f\u0301’‘«»½٣９\0\ud800\U0001f600ßİ–—…\t\n" + string.printable


def strings(count: int, seed: int) -> Iterator[str]:
    """Words of the grammar in any order, known texts with faults, and plain noise."""
    chance = random.Random(seed)
    for number in range(count):
        match number % 5:
            case 0:
                yield " ".join(chance.choices([*PHRASES, *figures(chance)], k=chance.randint(1, 7)))
            case 1:
                yield faulty(chance.choice(KNOWN), chance)
            case 2:
                yield likely(chance)
            case 3:
                yield f"{chance.choice(KNOWN)} {chance.choice(KNOWN)}"[: chance.randint(1, 80)]
            case _:
                yield "".join(chance.choices(ODD, k=chance.randint(0, 400)))


def figures(chance: random.Random) -> list[str]:
    hour, minute, number = chance.randint(0, 25), chance.randint(0, 61), chance.randint(0, 9999)
    return [f"{hour}h", f"{hour}h{minute:02}", f"{hour}:{minute:02}", f"{hour}pm", str(number), f"{hour}/{minute}"] * 8


def likely(chance: random.Random) -> str:
    """A day or a rule with a time, of any values: most are moments or rhythms, many are past or do not exist."""
    number, month, hour = chance.randint(0, 33), chance.randint(0, 13), chance.randint(0, 25)
    weekday, name = chance.choice(NAMES), chance.choice(MONTHS)
    day = chance.choice(
        [
            f"{number}/{month}",
            f"{number} {name}",
            f"{weekday} {number} {name} {chance.randint(2024, 2038)}",
            f"le {number}",
            f"{weekday} prochain",
            f"next {weekday}",
            f"dans {number} {chance.choice(UNITS)}",
            f"un {weekday} sur {number}",
            f"every {number} weeks on {weekday}",
            f"le {number} de chaque mois",
            f"{chance.choice(RANKS)} {weekday} du mois",
            f"{chance.choice(RANKS)} working day of the month",
            f"tous les {weekday}s",
            f"d’ici {weekday}",
            f"before {weekday}",
        ]
    )
    said = chance.choice(
        ["", f"{hour}h", f"à {hour}h{chance.randint(0, 61):02}", f"at {hour}pm", f"{hour}:30", f"at {hour}"]
    )
    return f"{day} {said}" if chance.random() < 0.8 else f"{said} {day}"


def faulty(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(letters))
        letters[place : place + chance.randint(0, 2)] = chance.choice(ODD) if chance.random() < 0.5 else ""
    return "".join(letters)


def refusal_has_words(refusal: RefusalError) -> None:
    for language in LANGUAGES:
        assert texts(language).text(refusal.key, **refusal.params)


def check_moment(text: str, language: Language) -> bool:
    """Whether the text was understood; what it says is said back whole, in words that mean the same."""
    try:
        found = moment(text, now=NOW, zone=PARIS, calendar=FRANCE, language=language)
    except RefusalError as refusal:
        refusal_has_words(refusal)
        return False
    for one in found.choices if isinstance(found, Ask) else (found,):
        say = say_delay if one.kind == "by" else say_moment
        echo = say(one.local, language, now_local=NOW_LOCAL)
        assert one == moment(echo, now=NOW, zone=PARIS, calendar=FRANCE, language=language), text
        assert one.at > NOW
    return isinstance(found, Ask | Moment)


def check_rhythm(text: str, language: Language) -> bool:
    """The same for a rhythm."""
    try:
        found = rhythm(text, language=language, today=TODAY)
    except RefusalError as refusal:
        refusal_has_words(refusal)
        return False
    for one in found.choices if isinstance(found, AskRhythm) else (found,):
        assert one == rhythm(say_rhythm(one, language), language=language, today=TODAY), text
    return isinstance(found, AskRhythm | Rhythm)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_breaks_the_grammar_or_says_what_its_echo_does_not(
    language: Language, request: pytest.FixtureRequest
) -> None:
    count = LONG if request.config.getoption("--long", default=False) else SHORT
    understood = [0, 0]
    for text in strings(count, seed=len(language) + ord(language[0])):
        understood[0] += check_moment(text, language)
        understood[1] += check_rhythm(text, language)

    assert min(understood) > count / 40, "a fuzz whose strings all fail proves little"


@pytest.mark.parametrize(
    "text", ["1" * 300, "a " * 150, "9h " * 100, "à partir du " * 25, "lundi et " * 33, ", " * 150]
)
def test_long_strings_are_answered_at_once(text: str) -> None:
    begun = datetime.now(PARIS)
    for language in LANGUAGES:
        check_moment(text[:300], language)
        check_rhythm(text[:300], language)

    assert (datetime.now(PARIS) - begun).total_seconds() < 0.5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "key",
    [
        "when.which_day",
        "when.which_hour",
        "when.which_midnight",
        "when.which_date",
        "when.which_time",
        "when.before",
        "rhythm.which_week",
        "rhythm.which_rule",
        "rhythm.which_hour",
    ],
)
def test_every_question_has_words(key: str, language: Language) -> None:
    assert texts(language).text(key).endswith("?")


def test_what_may_mean_nothing_is_never_read_as_something() -> None:
    """The cheap question asked before reading: it may say yes to nonsense, never no to a moment."""
    read = [
        text
        for text in [*KNOWN, *strings(SHORT, seed=1)]
        if any(lex(fold(text), vocabulary(language)) for language in LANGUAGES)
    ]

    assert not [text for text in read if not may_mean(text)]
    assert len(read) > len(KNOWN)
    assert not may_mean("relancer l’imprimeur demain 9h")
