"""Completion of a line, in the person's language: lines, commands, tasks, people, moments, cards, buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.console.render import buttons
from adapters.console.verbs import BY_NAME, VERBS
from bot.grammar.spelling import fold
from bot.message import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from adapters.console.platform import Shown
    from adapters.console.session import Place
    from bot.registry import Command

MOST = 12
CARDS = 8
"""Numbers of messages that are offered, the newest first."""
SHORT = 40
MOMENTS = {
    "fr": ("demain 9h", "demain 14h", "lundi 9h", "mardi 9h", "mercredi 9h", "jeudi 9h", "vendredi 9h", "lundi 14h",
           "vendredi 16h", "dans 15 minutes", "dans 1 heure", "lundi prochain 9h"),
    "en": ("tomorrow 9am", "tomorrow 2pm", "monday 9am", "tuesday 9am", "wednesday 9am", "thursday 9am", "friday 9am",
           "monday 2pm", "friday 4pm", "in 15 minutes", "in 1 hour", "next monday 9am"),
}  # fmt: skip
DURATIONS = {
    "fr": ("10 minutes", "1 heure", "2h30", "1 jour", "3 jours", "1 semaine", "1 mois"),
    "en": ("10 minutes", "1 hour", "2h30", "1 day", "3 days", "1 week", "1 month"),
}
KINDS = {
    "tasks": ("tache", "chose", "quoi", "task", "thing", "what"),
    "people": ("nom", "qui", "name", "who", "whom"),
    "moments": ("quand", "moment", "when"),
    "commands": ("commande", "ligne", "command", "line"),
}
"""Words of a command's usage that say what may be typed there."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to type: it replaces the last `over` characters; `about` says what it is."""

    text: str
    over: int
    about: str = ""


@dataclass
class Scene:
    """Words to complete from. `tasks` is renewed after each line; `faces` are emoji with their meaning."""

    place: Place
    messages: Callable[[], Iterable[Shown]]
    """Those that whoever speaks can see, newest first."""
    faces: Mapping[str, str]
    tasks: Sequence[str] = field(default_factory=tuple)


def suggestions(line: str, scene: Scene) -> Iterator[Suggestion]:
    """Suggest what can come next at the end of a line."""
    if line.startswith("/") and " " not in line:
        yield from _verbs(line, scene)
        return
    word, _, rest = line.removeprefix("/").partition(" ") if line.startswith("/") else ("cm", "", line)
    verb = BY_NAME.get(fold(word))
    rest = rest.lstrip()
    match verb.id if verb else "":
        case "cm":
            yield from _command(rest, scene)
        case "forward":
            language = scene.place.language
            yield from _of(rest, (*DURATIONS[language], *MOMENTS[language]))
        case "react" | "unreact":
            yield from _reaction(rest, scene)
        case "click":
            yield from _click(rest, scene)
        case "as":
            yield from _of(rest, scene.place.people)
        case "show":
            yield from _numbers(rest, scene.messages())


def _of(typed: str, words: Iterable[str], about: str = "") -> Iterator[Suggestion]:
    """Return the words that begin with what was typed, whatever its accents and case."""
    start = fold(typed)
    for word in words:
        if fold(word).startswith(start) and word != typed:
            yield Suggestion(word, len(typed), about)


def _verbs(line: str, scene: Scene) -> Iterator[Suggestion]:
    texts, typed = scene.place.texts, fold(line[1:])
    for verb in VERBS:
        names = (verb.name(scene.place.language), verb.fr, verb.en, *verb.also)
        if any(fold(name).startswith(typed) for name in (names if typed else names[:1])):
            yield Suggestion(f"/{names[0]} ", len(line), texts.text(f"console.help.{verb.id}"))


def _command(typed: str, scene: Scene) -> Iterator[Suggestion]:
    """Suggest the name of a command, then what its usage announces."""
    place = scene.place
    start = fold(typed)
    for candidate in place.registry.commands.values():
        name = candidate.names.shown(place.language)
        called = (name,) if not start else candidate.names.all()
        if any(fold(other).startswith(start) for other in called) and fold(name) != start:
            yield Suggestion(name, len(typed), candidate.guide(place.language).help)
    command, rest = place.registry.resolve(typed)
    if command is not None and (rest or typed.endswith(" ")):
        yield from _arguments(command, rest, scene)


def _arguments(command: Command, rest: str, scene: Scene) -> Iterator[Suggestion]:
    """At the end of what was typed after the command: the longest ending that begins something we know."""
    offered = _announced(command, scene)
    candidates = list(dict.fromkeys([*offered, *scene.tasks, *scene.place.people, *MOMENTS[scene.place.language]]))
    words = rest.split(" ") if rest else [""]
    for start in range(len(words)):
        ending = " ".join(words[start:])
        if not ending:
            yield from _of("", offered if start == 0 else [*scene.place.people, *MOMENTS[scene.place.language]])
            return
        suggested = list(_of(ending, candidates))
        if suggested:
            yield from suggested[:MOST]
            return


def _announced(command: Command, scene: Scene) -> list[str]:
    """Suggest its examples, and what its usage speaks of: tasks, people, moments, commands."""
    language, registry = scene.place.language, scene.place.registry
    guide = command.guide(language)
    kinds: dict[str, Iterable[str]] = {
        "tasks": scene.tasks,
        "people": scene.place.people,
        "moments": MOMENTS[language],
        "commands": registry.names(language),
    }
    examples = [example.partition(" ")[2] for example in guide.examples]
    announced = [example for example in examples if example]
    usage = {fold(word.strip("[]|…,.")) for word in guide.usage.split()}
    for kind, words in KINDS.items():
        if usage.intersection(words):
            announced += kinds[kind]
    return list(dict.fromkeys(announced))


def _reaction(typed: str, scene: Scene) -> Iterator[Suggestion]:
    emoji, space, number = typed.partition(" ")
    if space:
        yield from _numbers(number, (shown for shown in scene.messages() if shown.ref is not None))
        return
    for face, about in scene.faces.items():
        if face != emoji and (not emoji or fold(about).startswith(fold(emoji))):
            yield Suggestion(face, len(emoji), about)


def _click(typed: str, scene: Scene) -> Iterator[Suggestion]:
    number, space, label = typed.partition(" ")
    clickable = [shown for shown in scene.messages() if buttons(shown.message)]
    if not space:
        yield from _numbers(number, clickable)
        return
    for shown in clickable:
        if str(shown.number) == number.strip("#[]"):
            for place, button in enumerate(buttons(shown.message), 1):
                if fold(button.label).startswith(fold(label)) or str(place) == label.strip():
                    yield Suggestion(button.label, len(label), f"{place}")


def _numbers(typed: str, messages: Iterable[Shown]) -> Iterator[Suggestion]:
    matches = [shown for shown in messages if str(shown.number).startswith(typed)]
    for shown in matches[:CARDS]:
        first = next(
            (plain(block.line) for block in shown.message.blocks if hasattr(block, "line")), shown.message.summary
        )
        yield Suggestion(str(shown.number), len(typed), first[:SHORT])
