"""What a reader would notice: both languages, French and English typography, lengths, tone, « vous »."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.catalogue.loader import load
from bot.catalogue.schema import Names, Text, Title
from tests.bot.catalogue.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUE = load()
NBSP, NNBSP = "\u00a0", "\u202f"


def french() -> Iterator[str]:
    for part in parts(CATALOGUE):
        match part:
            case Text():
                yield from filter(None, (part.fr, part.vous))
            case Title():
                yield part.fr
            case Names():
                yield from part.fr
            case _:
                pass


def english() -> Iterator[str]:
    for part in parts(CATALOGUE):
        match part:
            case Text() | Title():
                yield part.en
            case Names():
                yield from part.en
            case _:
                pass


FRENCH, ENGLISH = list(french()), list(english())
FAMILIAR = re.compile(
    r"\b(?:tu|ta|tes|toi|te|tien|tienne)\b|\bt’|(?<!le )\bton\b(?!,)|(?<!ez)-(?:y|toi)\b", re.IGNORECASE
)
"""Words that speak to a « tu »; « le ton » and « rythme, ton, » are the noun."""
TEXTS = [part for part in parts(CATALOGUE) if isinstance(part, Text)]


def test_there_is_much_to_read() -> None:
    assert len(FRENCH) > 500
    assert len(ENGLISH) > 400


@pytest.mark.parametrize(
    ("why", "wrong"),
    [
        ("straight apostrophe or quote", r"['\"“”]"),
        ("no narrow no-break space before ; ! ?", rf"(?<!{NNBSP})[;!?]"),
        ("no no-break space before a colon", rf"(?<!{NBSP}):"),
        ("no no-break space inside « »", rf"«(?!{NBSP})|(?<!{NBSP})»"),
        ("no narrow no-break space before a unit", rf"\d(?!{NNBSP})\s?(?:h|%|min)\b"),
        ("double space", rf"[ {NBSP}{NNBSP}]{{2}}"),
        ("(e), (s) or a middle dot", r"\((?:e|s|es)\)|·e|\.e\.s"),
        ("exclamation mark", r"!"),
        ("capital on a day or month", r"(?<!^)\b(?:Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche|Janvier|Mai)\b"),
        ("three dots instead of an ellipsis", r"\.\.\."),
        ("a word that people never see", r"\b(?:nudge|run|occurrence|lead|backup|ladder|handover|template)\b"),
        ("capital letter without its accent", r"\bA (?:propos|la)\b|\b(?:Evenement|Echange|Etat)"),
    ],
)
def test_french_typography(why: str, wrong: str) -> None:
    assert [text for text in FRENCH if re.search(wrong, text)] == [], why


@pytest.mark.parametrize(
    ("why", "wrong"),
    [
        ("straight apostrophe or quote", r"['\"«»]"),
        ("space before punctuation", rf"[ {NBSP}{NNBSP}][;:!?,.]"),
        ("double space", r" {2}"),
        ("exclamation mark", r"!"),
        ("no serial comma", r"\w+, \w+ (?:and|or) \w+[.:]"),
        ("a word that people never see", r"\b(?:nudge|occurrence|ladder|handover)\b"),
    ],
)
def test_english_typography(why: str, wrong: str) -> None:
    assert [text for text in ENGLISH if re.search(wrong, text)] == [], why


def test_every_character_is_composed_and_printable() -> None:
    for text in FRENCH + ENGLISH:
        assert text == unicodedata.normalize("NFC", text)
        assert all(character.isprintable() or character in {NBSP, NNBSP} for character in text)


def test_titles_fit_a_phone_and_texts_a_card() -> None:
    titles = [title for part in parts(CATALOGUE) if type(part) is Title for title in (part.fr, part.en)]

    assert max(map(len, titles)) <= 40
    assert max(len(text) for text in FRENCH + ENGLISH) <= 300


def test_the_two_languages_are_not_the_same_text() -> None:
    assert not [text.fr for text in TEXTS if text.fr == text.en]


def test_every_task_and_step_has_its_polite_form() -> None:
    told = [task.text for task in CATALOGUE.tasks.values()]
    told += [
        step.text for book in CATALOGUE.playbooks.values() for track in book.tracks.values() for step in track.steps
    ]

    assert not [text.fr for text in told if text.vous is None]


def test_the_polite_form_says_no_tu_and_the_plain_form_no_polite_imperative() -> None:
    assert not [text.vous for text in TEXTS if text.vous and FAMILIAR.search(text.vous)]
    assert not [text.fr for text in TEXTS if re.match(r"\w+ez\b", text.fr)]


def test_what_speaks_to_nobody_has_one_form_only() -> None:
    others = [
        part.text for section in (CATALOGUE.roles, CATALOGUE.categories, CATALOGUE.rules) for part in section.values()
    ]

    assert not [text.fr for text in others if text.vous or FAMILIAR.search(text.fr) or "vous" in text.fr]


def test_the_reader_gets_the_form_of_the_team() -> None:
    text = CATALOGUE.tasks["veille"].text

    assert text.of("fr").startswith("Fais ")
    assert text.of("fr", formal=True).startswith("Faites ")
    assert text.of("en", formal=True).startswith("Go ")


def folded(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.casefold().replace("’", " ").replace("-", " "))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@pytest.mark.parametrize("section", ["tasks", "networks", "roles"])
def test_no_two_entries_answer_to_the_same_name(section: str) -> None:
    owners: Counter[str] = Counter()
    for entry in getattr(CATALOGUE, section).values():
        owners.update({folded(name) for name in (entry.id, entry.title.fr, entry.title.en, *entry.names.all())})

    assert [name for name, count in owners.items() if count > 1] == []
