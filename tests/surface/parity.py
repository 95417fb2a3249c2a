"""What each platform can do, proven from the product itself: laws, registry, menus, events, modules.

A claim is a function that looks. Where it finds nothing, a reason stands in the table instead; where it finds
something, none may. `docs/reference/parity.*.md` is made of both (`just docs`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from adapters.console import completion
from adapters.console.platform import ConsolePlatform
from adapters.discord import events as discord_events
from adapters.discord.command_tree import ALERT, TRACK, WHO, commands, line, menu_name
from adapters.discord.compat import INTENTS
from adapters.discord.platform import DiscordPlatform
from adapters.slack import events as slack_events
from adapters.slack import routing as slack_app
from adapters.slack.emoji import name_of, unicode_of
from adapters.slack.platform import SlackPlatform
from adapters.web import room, wire
from adapters.web.platform import WebPlatform
from bot.catalogue.loader import load as catalogue
from bot.cli._previews import previews
from bot.i18n import LANGUAGES
from bot.message import At, Message, Text
from bot.platforms.emoji import meaning, position
from bot.registry import load
from tests.surface.pages import GUIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.i18n import Language

Json = dict[str, Any]
STATIC = Path(room.__file__).parent / "static"
PLATFORMS: Mapping[str, Any] = {
    "slack": SlackPlatform, "discord": DiscordPlatform, "console": ConsolePlatform, "web": WebPlatform,
}  # fmt: skip
NAMES = {"slack": "Slack", "discord": "Discord", "console": "Terminal", "web": "Web"}


@dataclass(frozen=True)
class Feature:
    """A line of the table. `holds(platform)` looks; `reasons`: (English, French) where it holds not."""

    en: str
    fr: str
    holds: Callable[[str], bool]
    reasons: Mapping[str, tuple[str, str]]


def on_all(platform: str) -> bool:
    """A law of adapters/CONTRACT.md, tested on every bench."""
    return platform in PLATFORMS


def has_module(name: str) -> Callable[[str], bool]:
    """Whether the adapter has a module for it."""
    return lambda platform: find_spec(f"adapters.{platform}.{name}") is not None


def has_forms(platform: str) -> bool:
    return has_module("forms")(platform) or (platform == "web" and wire.Submit in get_args(wire.Asked))


def keeps_files(platform: str) -> bool:
    """A file is sent as one, not printed."""
    if platform == "web":
        return "download" in (STATIC / "card.js").read_text("utf-8")
    return has_module("files")(platform)


def shows_own_zone(platform: str) -> bool:
    """The same moment is drawn with the platform's own mark for times."""
    moment = Message((Text((At(datetime(2026, 11, 23, 8, tzinfo=UTC), "9 h"),)),), "9 h")
    draw = previews().get(platform)
    return draw is not None and any(mark in str(draw(moment)) for mark in ("<!date^", "'type': 'date'", "<t:"))


def declared() -> list[Json]:
    return commands(load())


def every_command(platform: str) -> bool:
    """Each command of the registry is reached, in either language: typed as it is, or through Discord's fields."""
    registry = load()
    if platform != "discord":
        return all(registry.resolve(one.names.shown(language))[0] is one
                   for one in registry.commands.values() for language in LANGUAGES)  # fmt: skip
    found = {registry.resolve(typed)[0] for typed in _typed()}
    return {one.id for one in found if one} | {"say"} >= set(registry.commands)


def _typed() -> Iterator[str]:
    """The lines of Discord's commands, sub-command by sub-command."""
    for root in declared():
        for entry in root.get("options", []):
            inner = entry["options"] if entry["type"] == 2 else [None]  # a group
            for verb in inner:
                below = [{"type": 1, "name": verb["name"]}] if verb else []
                yield line(load(), {"options": [{"type": entry["type"], "name": entry["name"], "options": below}]})


def every_face(platform: str) -> bool:
    """Each meaning is found by each of its faces, as this platform names them; so are the ten keycaps."""
    faces = catalogue().defaults.reactions
    for wanted, face in faces.items():
        said = [unicode_of(name) for name in face.slack] if platform == "slack" else list(face.unicode)
        if any(meaning(one, faces) != wanted for one in said):
            return False
    keycaps = [f"{number}\ufe0f\u20e3" for number in range(1, 10)]
    said = [unicode_of(name_of(one)) for one in keycaps] if platform == "slack" else keycaps
    return all(position(one) for one in said)


def in_a_menu(name: str, slack: str) -> Callable[[str], bool]:
    def holds(platform: str) -> bool:
        shown = {one["name"] for one in declared() if one["type"] != 1}
        return {"discord": menu_name(name, "fr") in shown, "slack": slack in slack_app.SHORTCUTS}.get(platform, False)

    return holds


def alert_by_emoji(platform: str) -> bool:
    """🚨 on a message that is not ours names the message's address."""
    if platform == "discord":
        said = {"guild_id": "1", "channel_id": "2", "message_id": "3", "user_id": "4", "message_author_id": "5",
                "emoji": {"id": None, "name": "🚨"}}  # fmt: skip
        one = discord_events.reaction(said, "9", added=True, alert=True)
        return one is not None and bool(one.link)
    return (
        platform == "slack"
        and "link" in slack_events.reacted.__code__.co_names + slack_events.reacted.__code__.co_varnames
    )


def written(platform: str) -> bool:
    """What is written to Vigie alone is a line of the grammar."""
    if platform == "discord":
        said = {"id": "1", "channel_id": "2", "author": {"id": "3", "username": "lea"}, "content": "fait veille"}
        return INTENTS.dm_messages and discord_events.written(said, "9") is not None
    return "message" in slack_app.EVENTS if platform == "slack" else on_all(platform)


def suggested(platform: str) -> bool:
    match platform:
        case "discord":
            return any("'autocomplete': True" in str(one) for one in declared())
        case "console":
            return callable(getattr(completion, "suggestions", None))
        case "web":
            return "hints" in {one.name for one in fields(room.Scene)}
        case _:
            return False


NOWHERE_ELSE = ("nobody else’s messages stand there", "personne d’autre n’y écrit")


def has_own_server(platform: str) -> bool:
    """People reach the chat while our process is stopped: its credentials say where it is."""
    return hasattr(import_module(f"adapters.{platform}.platform"), "Credentials")


ITSELF = ("nothing can be done there while Vigie is stopped", "rien ne peut s’y faire quand Vigie est arrêtée")


def drawn() -> list[Feature]:
    """What the chat of each platform shows and takes."""
    own_zone = ("the team’s zone, in words", "le fuseau de l’équipe, en toutes lettres")
    return [
        Feature("Buttons and choices", "Boutons et choix", on_all, {}),
        Feature("Forms", "Formulaires", has_forms, {
            "console": ("as one line, which is shown", "en une ligne, qui est montrée")}),
        Feature("Answers that one person sees", "Réponses pour une seule personne", on_all, {}),
        Feature("Follow-ups in a thread", "Suites dans un fil", has_module("thread"), {
            "discord": ("the first page says how many there are", "la première page dit combien il y en a"),
            "console": ("a terminal has no threads", "un terminal n’a pas de fils"),
            "web": ("the page shows one column", "la page montre une seule colonne")}),
        Feature("Cards that stay current", "Fiches tenues à jour", on_all, {}),
        Feature("Emoji on cards", "Emoji sur les fiches", on_all, {}),
        Feature("Files to keep", "Fichiers à garder", keeps_files, {"console": ("printed", "affichés")}),
        Feature("Private reminders", "Rappels en privé", on_all, {}),
        Feature("Times in the reader’s own zone", "Heures dans le fuseau de chacun", shows_own_zone, {
            "console": own_zone, "web": own_zone}),
    ]  # fmt: skip


def features() -> list[Feature]:
    """Every line of the table."""
    count = len(load().commands)
    return [
        Feature(
            f"All {count} commands, in French and in English",
            f"Les {count} commandes, en français et en anglais",
            every_command,
            {},
        ),
        *drawn(),
        Feature(
            "Every emoji that means something, and 1️⃣ … 🔟", "Chaque emoji qui a un sens, et 1️⃣ … 🔟", every_face, {}
        ),
        Feature(
            "A task from any message",
            "Une tâche depuis n’importe quel message",
            in_a_menu(TRACK, slack_events.TRACK),
            {"console": NOWHERE_ELSE, "web": NOWHERE_ELSE},
        ),
        Feature(
            "An alert by 🚨 on any message",
            "Une alerte par 🚨 sur n’importe quel message",
            alert_by_emoji,
            {"console": NOWHERE_ELSE, "web": NOWHERE_ELSE},
        ),
        Feature(
            "An alert from a message’s menu",
            "Une alerte depuis le menu d’un message",
            in_a_menu(ALERT, "alert"),
            {
                "slack": ("by 🚨, or `/cm alert LINK`", "par 🚨, ou `/cm alerte LIEN`"),
                "console": NOWHERE_ELSE,
                "web": NOWHERE_ELSE,
            },
        ),
        Feature(
            "“Who is this?” on a person",
            "« Qui est cette personne » sur quelqu’un",
            in_a_menu(WHO, WHO),
            {
                "slack": (
                    "Slack has no menu of a person: `/cm who @name`",
                    "Slack n’a pas de menu d’une personne : `/cm qui @nom`",
                ),
                "console": ("`/cm who NAME`", "`/cm qui NOM`"),
                "web": ("`/cm who NAME`", "`/cm qui NOM`"),
            },
        ),
        Feature(
            "Proposals while one types",
            "Propositions pendant la frappe",
            suggested,
            {
                "slack": (
                    "Slack proposes nothing within a command: when in doubt, Vigie asks with buttons",
                    "Slack ne propose rien dans une commande : en cas de doute, Vigie demande avec des boutons",
                )
            },
        ),
        Feature(
            "A page of one’s own day",
            "Une page de sa journée",
            lambda one: one == "slack" and "app_home_opened" in slack_app.EVENTS,
            {
                "discord": ("Discord has no such page: `/cm day`", "Discord n’a pas de telle page : `/cm jour`"),
                "console": ("`/cm day`", "`/cm jour`"),
                "web": ("`/cm day`", "`/cm jour`"),
            },
        ),
        Feature(
            "Lines written to Vigie in private",
            "Lignes écrites à Vigie en privé",
            written,
            {},
        ),
        Feature(
            "What people did during a stop is made up for",
            "Ce qui a été fait pendant un arrêt est rattrapé",
            has_own_server,
            {"console": ITSELF, "web": ITSELF},
        ),
        Feature(
            "Checked by `vigie doctor`",
            "Vérifié par `vigie doctor`",
            lambda one: find_spec(f"bot.cli._doctor_{one}") is not None,
            {
                "console": ("nothing to connect to", "rien à quoi se connecter"),
                "web": ("nothing to connect to", "rien à quoi se connecter"),
            },
        ),
        Feature(
            "A guide to its installation",
            "Un guide d’installation",
            lambda one: all((GUIDE / language / f"{one}.md").exists() for language in LANGUAGES),
            {
                "console": ("[first steps](../guide/en/first-steps.md)", "[premiers pas](../guide/fr/first-steps.md)"),
                "web": ("[first steps](../guide/en/first-steps.md)", "[premiers pas](../guide/fr/first-steps.md)"),
            },
        ),
        Feature(
            "Shown as it would look, in the local page",
            "Montré tel quel dans la page locale",
            lambda one: one == "web" or one in previews(),
            {"console": ("`vigie demo` is the terminal itself", "`vigie demo` est le terminal lui-même")},
        ),
    ]


def page(language: Language) -> str:
    """The table, with a note for each gap."""
    fr = language == "fr"
    title = "# Ce que fait chaque plateforme" if fr else "# What each platform does"
    about = (
        "Fabriqué depuis le produit (`just docs`) ; un test prouve chaque ligne.\nCe qui manque est expliqué."
        if fr
        else "Made from the product (`just docs`); a test proves each line.\nWhere something is missing, you read why."
    )
    head = " | ".join(["Fonction" if fr else "Feature", *NAMES.values()])
    rows = [f"| {one.fr if fr else one.en} | {' | '.join(_cells(one, fr=fr))} |" for one in features()]
    return "\n".join([title, "", about.replace(" ;", "\u202f;"), "", f"| {head} |", "|---|---|---|---|---|", *rows, ""])


def _cells(one: Feature, *, fr: bool) -> Iterator[str]:
    for platform in PLATFORMS:
        yield (
            "✓" if one.holds(platform) else one.reasons[platform][fr].replace(" ;", "\u202f;").replace(" :", "\u00a0:")
        )
