from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.when import Ask
from bot.message import Reply
from bot.registry import Guide, Names, command
from bot.tasks.cards.remind import choose_moment, draw_confirmation
from bot.tasks.reminders import read, write
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx


@command(
    names=Names(
        "remind",
        "rappel",
        also_en=("reminder", "remind me"),
        also_fr=("rappels", "rappeler", "rappelle", "rappelez", "rappelle-moi", "rappelez-moi", "me rappeler"),
    ),
    section="day",
    takes="[{person}] {moment} {text=what}",
    right=Right.SEE,
    en=Guide("reminds you, somebody or a role of something, once", "remind [NAME or ROLE] WHEN [to] WHAT",
             ("remind me tomorrow 9am to call the printer", "remind Karim tomorrow 9am to check the stats")),
    fr=Guide("rappelle une chose, une fois, à soi, à quelqu’un ou à un rôle", "rappel [NOM ou RÔLE] QUAND [de] QUOI",
             ("rappel demain 9h relancer l’imprimeur", "rappel Karim demain 9h vérifier les chiffres")),
)  # fmt: skip
def remind(call: Call, tx: Tx) -> Reply:
    reminder = read(call, tx)
    call = call.with_fresh_roster(tx)
    if not reminder.for_self:
        call.permit(Right.ASSIGN)
    if isinstance(reminder.when, Ask):
        return Reply(choose_moment(call, reminder, reminder.when))
    item = write(call, tx, reminder, reminder.when)
    return Reply(draw_confirmation(call, reminder, item))
