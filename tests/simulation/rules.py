"""Actions of people, chat and clock: each chooses a step from what is on the screen, by a source of chance.

The source is a `random.Random`: seeded in the long run, hypothesis's own in the suite, which then can shrink it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from adapters.console.render import buttons
from bot.catalogue.loader import load as load_catalogue
from bot.registry import load as load_registry
from tests.simulation.step import Step
from tests.simulation.world import ACCOUNTS, NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from adapters.console.platform import Shown
    from bot.i18n import Language
    from tests.simulation.world import World

EMOJI = ("✅", "🙋", "👀", "⏰", "⏭️", "🚨", "❌", "🎉")
VERBS: dict[Language, Sequence[str]] = {
    "fr": ("fait", "sauter", "prendre", "rouvrir", "décaler", "confier", "fait tout", "jour", "tâche", "annuler"),
    "en": ("done", "skip", "take", "reopen", "snooze", "assign", "done all", "day", "task", "undo"),
}
ENDS: dict[Language, Sequence[str]] = {
    "fr": ("", "", "1h", "à demain 9h", "à vendredi", "à lundi", "à Karim", "à Tom", "à <@nora>", "client absent"),
    "en": ("", "", "1h", "tomorrow 9am", "friday", "monday", "to Karim", "to Tom", "to <@nora>", "client away"),
}
SETTINGS: dict[Language, Sequence[str]] = {
    "fr": ("horaires 8h-16h", "horaires 10h-19h", "jours mardi-samedi", "jours lundi-vendredi", "fermeture demain",
           "fermeture 24 décembre", "fuseau Montréal", "fuseau Paris", "pays Belgique", "pays France", "vous", "tu"),
    "en": ("hours 8am-4pm", "hours 10am-7pm", "days Tuesday-Saturday", "days Monday-Friday", "closure tomorrow",
           "closure 24 December", "zone America/Toronto", "zone Europe/Paris", "country Belgium", "country France"),
}  # fmt: skip
OWN_TASKS: dict[Language, Sequence[str]] = {
    "fr": ("tâche ajouter Trier chaque jour à 11h", "tâche ajouter Ranger lundi à 15h pour Tom",
           "tâche ajouter Relire chaque vendredi à 15h pour moi", "tâche supprimer Trier", "tâche pause veille",
           "tâche ajouter Payer le 1er du mois", "tâche ajouter Photo samedi à 10h",
           "tâche ajouter Bilan d’ici demain"),
    "en": ("task add Sort every day at 11am", "task add Tidy up monday at 3pm for Tom",
           "task add Proof-read every friday 3pm for me", "task delete Sort", "task pause watch",
           "task add Pay on the 1st of the month", "task add Picture saturday at 10am", "task add Report by tomorrow"),
}  # fmt: skip
PRIVATE: dict[Language, Sequence[str]] = {
    "fr": ("rappel demain 9h {}", "rappel dans 2 heures {}", "rappel samedi 20h {}", "rappel chaque lundi 8h {}"),
    "en": ("remind me tomorrow 9am to {}", "remind me in 2 hours to {}", "remind me saturday 8pm to {}"),
}
MINUTES = (1, 5, 20, 60, 60, 180, 180, 480, 960, 1440, 1440, 2 * 1440, 4 * 1440, 7 * 1440, 21 * 1440)
STOPS = (1, 6, 30, 60, 240, 720, 1500, 2 * 1440, 4 * 1440, 12 * 1440)


@cache
def _examples(language: Language) -> Sequence[str]:
    guides = [command.fr if language == "fr" else command.en for command in load_registry().commands.values()]
    return tuple(line for guide in guides for line in guide.examples)


@cache
def _tasks(language: Language) -> Sequence[str]:
    return tuple(getattr(task.title, language) for task in load_catalogue().on_by_default())


def say_example(world: World, chance: Random) -> Step:
    """Type a line of the help."""
    return Step("say", chance.choice(ACCOUNTS[:4]), chance.choice(_examples(world.scene.language)))


def say_act(world: World, chance: Random) -> Step:
    """Type an act on a task."""
    return Step("say", chance.choice(ACCOUNTS), _act_line(world, chance))


def _act_line(world: World, chance: Random) -> str:
    language = world.scene.language
    parts = (chance.choice(VERBS[language]), chance.choice(_tasks(language)), chance.choice(ENDS[language]))
    return " ".join(filter(None, parts))


def say_typo(world: World, chance: Random) -> Step:
    """Type a line with a letter lost, doubled or swapped with its neighbour."""
    line = chance.choice((_act_line(world, chance), chance.choice(_examples(world.scene.language))))
    at = chance.randrange(max(1, len(line) - 1))
    slips = (line[:at] + line[at + 1 :], line[:at] + line[at : at + 1] + line[at:],
             line[:at] + line[at + 1 : at + 2] + line[at : at + 1] + line[at + 2 :])  # fmt: skip
    return Step("say", chance.choice(ACCOUNTS[:4]), chance.choice(slips))


def say_task(world: World, chance: Random) -> Step:
    """Add a task of one's own, or change one."""
    return Step("say", chance.choice(ACCOUNTS[:4]), chance.choice(OWN_TASKS[world.scene.language]))


def say_reminder(world: World, chance: Random) -> Step:
    """Note a private reminder; its text names its owner."""
    account = chance.choice(ACCOUNTS[:4])
    return Step("say", account, chance.choice(PRIVATE[world.scene.language]).format(f"zq{account}"))


def say_setting(world: World, chance: Random) -> Step:
    """Change a setting of the team, as the lead."""
    word = "réglages" if world.scene.language == "fr" else "settings"
    return Step("say", "lea", f"{word} {chance.choice(SETTINGS[world.scene.language])}")


def click(world: World, chance: Random) -> Step:
    """Click a button that is on the screen, as somebody who sees it."""
    return _press(world, chance, "click")


def intrude(world: World, chance: Random) -> Step:
    """Let a member of another team click a button."""
    return _press(world, chance, "stranger")


def _press(world: World, chance: Random, kind: str) -> Step:
    shown = [message for message in world.shown() if buttons(message.message)]
    if not shown:
        return Step("forward", minutes=60)
    message = chance.choice(shown)
    index = chance.randrange(len(buttons(message.message)))
    return Step("stranger" if kind == "stranger" else "click", _reader(message, chance), "", message.number, index)


def _reader(message: Shown, chance: Random) -> str:
    return message.to.member if message.to.member in NAMES else chance.choice(ACCOUNTS[:4])


def react(world: World, chance: Random) -> Step:
    """Put an emoji on a message, or take it off."""
    shown = [message for message in world.shown() if message.ref]
    if not shown:
        return Step("forward", minutes=60)
    message = chance.choice(shown)
    return Step(
        "unreact" if chance.randrange(4) == 0 else "react",
        _reader(message, chance),
        chance.choice(EMOJI),
        message.number,
    )


def forward(_world: World, chance: Random) -> Step:
    """Let time go by."""
    return Step("forward", minutes=chance.choice(MINUTES))


def stop(_world: World, chance: Random) -> Step:
    """Stop the product for a while."""
    return Step("stop", minutes=chance.choice(STOPS))


def come_or_go(_world: World, chance: Random) -> Step:
    """Close somebody's account, or open it again."""
    return Step("leave" if chance.randrange(3) == 0 else "come_back", chance.choice(ACCOUNTS[1:]))


def repeat(_world: World, _chance: Random) -> Step:
    """Deliver the last request again."""
    return Step("again")


def take_back(world: World, chance: Random) -> Step:
    """Act and undo it."""
    return Step("undo", chance.choice(ACCOUNTS[:4]), _act_line(world, chance))


ACTIONS: dict[Callable[[World, Random], Step], int] = {
    say_example: 3,
    say_act: 6,
    say_typo: 2,
    say_task: 3,
    say_reminder: 2,
    say_setting: 1,
    click: 6,
    intrude: 1,
    react: 4,
    forward: 12,
    stop: 2,
    come_or_go: 1,
    repeat: 1,
    take_back: 2,
}
"""Actions with their weights."""


def choose(world: World, chance: Random) -> Step:
    """Choose a step."""
    (action,) = chance.choices(list(ACTIONS), list(ACTIONS.values()))
    return action(world, chance)
