from __future__ import annotations

from typing import TYPE_CHECKING

from bot.alerts.alert import first_recipient_name, raise_alert
from bot.alerts.cards import draw_raised_alert
from bot.grammar.links import split_link
from bot.message import Reply
from bot.registry import Guide, Names, command, press
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names(
        "alert",
        "alerte",
        also_en=("alerts", "flag", "urgent"),
        also_fr=("alertes", "réponse", "signaler", "signale", "je signale", "commentaire", "urgence", "urgent"),
    ),
    section="day",
    takes="{text=link}",
    right=Right.COMPLETE_OWN,
    en=Guide("opens an alert: a comment or a message to answer within the hour", "alert LINK or WORDS",
             ("alert https://facebook.com/p/1", "alert furious comment on the last video")),
    fr=Guide("ouvre une alerte : un commentaire ou un message à traiter dans l’heure", "alerte LIEN ou MOTS",
             ("alerte https://facebook.com/p/1", "alerte commentaire furieux sous la dernière vidéo")),
)  # fmt: skip
def alert(call: Call, tx: Tx) -> Reply:
    return _raise_and_reply(call, tx, *split_link(call.rest))


@press("alert", right=Right.COMPLETE_OWN)
def flagged(call: Call, tx: Tx) -> Reply:
    """Raise an alert about the address (or the words) of a press, or of a form's fields `link` and `text`."""
    values = call.values
    if not values:
        return _raise_and_reply(call, tx, *split_link(call.rest))
    link, words = split_link(" ".join(values.get("link", ())))
    return _raise_and_reply(call, tx, link, split_link(" ".join(values.get("text", ())))[1] or words)


def _raise_and_reply(call: Call, tx: Tx, link: str, words: str) -> Reply:
    item, new = raise_alert(call, tx, link, words)
    return Reply(draw_raised_alert(call, item, first_recipient_name(call, item), new=new))
