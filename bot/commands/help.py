from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.help import one, overview
from bot.cards.refusal import unknown_command
from bot.message import Reply
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
    en=Guide("this list, or everything about one command", "help [command]", ("help", "help done")),
    fr=Guide("cette liste, ou tout sur une commande", "aide [commande]", ("aide", "aide fait")),
)
def help_(call: Call, tx: Tx) -> Reply:
    if not call.rest:
        return Reply(overview(call.texts, call.registry))
    found, _ = call.registry.resolve(call.rest)
    if found is None:
        return unknown_command(call, call.rest)
    return Reply(one(call.texts, found))
