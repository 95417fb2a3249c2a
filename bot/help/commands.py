"""The commands of the help: `/cm help`, and `/cm say`, which takes any line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.line import run_line
from bot.help.cards import draw_command, draw_overview, draw_section, find_section
from bot.help.refusal import unknown_command
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, command

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names("help", "aide", also_en=("?",), also_fr=("aidez-moi", "aide-moi")),
    section="team",
    takes="[{command}]",
    reads=True,
    right=None,
    en=Guide("what I understand, or everything about one command", "help [command]", ("help", "help done")),
    fr=Guide("ce que je comprends, ou tout sur une commande", "aide [commande]", ("aide", "aide fait")),
)
def help_(call: Call, tx: Tx) -> Reply:
    if not call.rest:
        return Reply(draw_overview(call.texts, call.registry))
    words, number = page_number(call.rest)
    if (which := find_section(words)) is not None:
        return Reply(draw_section(call.texts, call.registry, which, number))
    entry, _ = call.registry.resolve(call.rest)
    if entry is None:
        return unknown_command(call, call.rest)
    return Reply(draw_command(call.texts, entry))


@command(
    names=Names("say", "dire"),
    section="day",
    takes="{text=line}",
    right=None,
    en=Guide("takes any line of this list, typed freely", "say LINE", ("say done watch",)),
    fr=Guide("prend n’importe quelle ligne de cette liste, tapée librement", "dire LIGNE", ("dire fait veille",)),
)
def say(call: Call, tx: Tx) -> Reply:
    inner, _ = call.registry.resolve(call.rest)
    if not call.rest or inner is say:
        raise RefusalError("say.what")
    return run_line(call, tx, call.rest)
