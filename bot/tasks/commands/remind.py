from __future__ import annotations

from typing import TYPE_CHECKING

from bot.civil import local
from bot.grammar.question import ask
from bot.grammar.snooze_time import read as read_moment
from bot.grammar.snooze_time import says_when
from bot.grammar.spelling import lookup
from bot.grammar.verbs import verb
from bot.grammar.when import Ask, Moment, say_moment
from bot.message import Reply
from bot.registry import Guide, Names, command, command_line
from bot.tasks.cards.remind import choose_moment, draw_confirmation, draw_list
from bot.tasks.reminders import EDIT_WORD, find_own, move, read, write
from bot.tasks.trigger import perform
from bot.teams.member import Right

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx
    from bot.tasks.checklist import Item


_USUAL = {
    "fr": ("demain à 9 h", "lundi à 9 h", "dans une heure"),
    "en": ("tomorrow at 9:00", "Monday at 9:00", "in an hour"),
}
VERBS = {
    "list": ("lister", "liste", "voir", "show", "mes rappels", "tous", "all", "my reminders"),
    "remove": ("supprimer", "supprime", "annuler", "annule", "effacer", "enlever", "retirer", "delete", "cancel"),
    "edit": ("modifier", "modifie", "changer", "déplacer", "déplace", "décaler", "reporter", "move", "change"),
}


@command(
    names=Names(
        "remind",
        "rappel",
        also_en=("reminder", "reminders", "remind me", "list my reminders", "my reminders"),
        also_fr=("rappels", "mes rappels", "rappeler", "rappelle", "rappelez", "rappelle-moi", "rappelez-moi",
                 "me rappeler"),
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
    verb_key, rest = verb(call.rest, VERBS)
    if not call.rest or verb_key in {"edit", "remove"} or (verb_key and not rest):
        return _change_own(call, tx, verb_key, rest)
    reminder = read(call, tx)
    call = call.with_fresh_roster(tx)
    if not reminder.for_self:
        call.permit(Right.ASSIGN)
    if isinstance(reminder.when, Ask):
        return Reply(choose_moment(call, reminder, reminder.when))
    item = write(call, tx, reminder, reminder.when)
    return Reply(draw_confirmation(call, reminder, item))


def _change_own(call: Call, tx: Tx, verb_key: str, rest: str) -> Reply:
    """List the asker's reminders, or change the named reminder: never a new reminder called « supprimer »."""
    reminders = find_own(call, tx)
    names = {item.id: (item.id, item.task.title.fr, item.task.title.en) for item in reminders}
    words = rest.split() if verb_key in {"edit", "remove"} else []
    for cut in range(1 if verb_key == "edit" else len(words), len(words) + 1):
        name, moment = " ".join(words[:cut]), " ".join(words[cut:])
        keys = lookup(name, names) if name and (not moment or says_when(call, moment)) else []
        if len(keys) != 1:
            continue
        item = next(item for item in reminders if item.id == keys[0])
        if verb_key == "remove":
            return perform(call, tx, call.registry.acts["forget"], [item])
        return _move(call, tx, item, moment)
    return Reply(draw_list(call, reminders))


def _move(call: Call, tx: Tx, item: Item, moment: str) -> Reply:
    """Move a reminder to another moment; ask for the moment without one, or with several readings."""
    when = read_moment(call, moment) if moment else None
    if isinstance(when, Moment):
        return Reply(draw_confirmation(call, *move(call, tx, item, when)))
    now, language = local(call.now, call.tz), call.texts.language
    choices = (
        [say_moment(choice.local, language, now_local=now) for choice in when.choices] if when else [*_USUAL[language]]
    )
    head = command_line(language, "remind", EDIT_WORD.say(language), item.id)
    question = call.line(when.question if when else "task.when")
    return ask(call, tx, question, [(choice, f"{head} {choice}") for choice in choices])
