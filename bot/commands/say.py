from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.line import run_line
from bot.registry import Guide, Names, command

if TYPE_CHECKING:
    from bot.call import Call
    from bot.message import Reply
    from bot.ports import Tx


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
