"""Words after a command that takes none of them: they are not passed over, the person is told what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.spelling import fold

if TYPE_CHECKING:
    from bot.call import Call

QUOTED = 40
"""Characters of the words that are quoted back."""
_TEAM = {"equipe", "l equipe", "de l equipe", "toute l equipe", "team", "the team", "all", "everybody", "everyone"}
_MINE = {"", "moi", "a moi", "pour moi", "me", "mine", "for me"}
_POLITE = {"stp", "svp", "s il te plait", "s il vous plait", "merci", "please", "thanks"}


def whole_team(call: Call, command: str) -> bool:
    """Tell whether a list is for the whole team (« équipe »), not for the asker. RefusalError for any other word."""
    words = fold(call.rest.rstrip(" ?!.…"))
    if words in _TEAM:
        return True
    if words not in _MINE | _POLITE:
        raise leftover(call, command)
    return False


def nothing_more(call: Call, command: str) -> None:
    """Raise RefusalError when a command that stands alone is followed by words."""
    if fold(call.rest.rstrip(" ?!.…")) not in _POLITE | {""}:
        raise leftover(call, command)


def leftover(call: Call, command: str) -> RefusalError:
    """« Je n’ai pas compris « hier ». Essaie « historique ». »"""
    texts = call.texts
    examples = call.registry.commands[command].guide(texts.language).examples
    listed = texts.listing([texts.text("line.example", line=example) for example in examples], "word.or")
    return RefusalError("line.extra", rest=call.rest[:QUOTED], examples=listed)
