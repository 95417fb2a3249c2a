from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bot.engine.rhythm import Once, Rhythm
from bot.errors import RefusalError
from bot.grammar.links import split_link
from bot.grammar.names import given
from bot.grammar.people import named, person
from bot.grammar.question import SeveralError, ask, which
from bot.grammar.spelling import fold, lookup
from bot.grammar.task_line import Asked, asked
from bot.grammar.verbs import check_slip, verb
from bot.grammar.when import Ask, AskRhythm, Moment, moment, say_delay, say_moment, say_rhythm
from bot.ids import new_id
from bot.message import Reply
from bot.pages import page_number
from bot.registry import Guide, Names, Verb, command, command_line
from bot.tasks import templates
from bot.tasks.cards.task import draw_change, listing
from bot.tasks.reschedule import retimed
from bot.tasks.task import Template
from bot.tasks.today import items_of
from bot.teams.member import Right
from bot.teams.role import LEAD, personal
from bot.teams.role_changes import find_role

if TYPE_CHECKING:
    from bot.call import Call
    from bot.ports import Tx

VERBS = {
    "add": ("ajouter", "ajoute", "j'ajoute", "nouvelle", "nouveau", "créer", "crée", "je crée", "new", "create"),
    "edit": ("modifier", "modifie", "je modifie", "changer", "change", "je change"),
    "pause": ("suspendre", "suspends", "je suspends", "suspend", "mettre en pause"),
    "resume": ("reprendre", "reprends", "je reprends", "reprend", "relancer"),
    "remove": ("supprimer", "supprime", "je supprime", "enlever", "enlève", "retirer", "retire", "delete"),
    "list": ("lister", "liste", "je liste", "voir", "show"),
}
_STATES: dict[str, tuple[Literal["active", "paused", "removed"], str]] = {
    "pause": ("paused", "task.paused"),
    "resume": ("active", "task.resumed"),
    "remove": ("removed", "task.removed"),
}
_RENAMES = (" → ", " -> ", " => ")
_SUGGESTED = {"fr": ("aujourd’hui à 17 h", "demain à 9 h", "chaque lundi à 9 h"),
              "en": ("today at 17:00", "tomorrow at 9:00", "every Monday at 9:00")}  # fmt: skip


@command(
    names=Names(
        "task",
        "tâche",
        also_en=("tasks", "todo", "to do", "todos"),
        also_fr=("tâches",),
    ),
    section="team",
    verbs=(
        Verb(
            "add",
            "ajouter",
            "a new task: once, or every so often",
            "une nouvelle tâche, une fois ou régulière",
            "{text=title} [{moment}] [for {person}]",
        ),
        Verb(
            "edit",
            "modifier",
            "another moment, or another person",
            "un autre moment, ou une autre personne",
            "{own} [{moment}] [for {person}]",
        ),
        Verb("pause", "suspendre", "nothing of it until it is resumed", "plus rien d’elle jusqu’à sa reprise", "{own}"),
        Verb("resume", "reprendre", "what was paused goes on", "ce qui était suspendu repart", "{own}"),
        Verb("remove", "supprimer", "takes it away for good", "la retire pour de bon", "{own}"),
        Verb("list", "lister", "the team’s own tasks", "les tâches de l’équipe"),
    ),
    en=Guide(
        "your team’s own tasks: add, edit, pause, resume, remove, list",
        "task add TITLE WHEN [for WHOM]",
        ("task list", "task add Proof-read LinkedIn every Friday 3pm for me"),
    ),
    fr=Guide(
        "les tâches de l’équipe : ajouter, modifier, suspendre, reprendre, supprimer, lister",
        "tâche ajouter TITRE QUAND [pour QUI]",
        ("tâche lister", "tâche ajouter Relire la publication LinkedIn chaque vendredi à 15h pour moi"),
    ),
)
def task(call: Call, tx: Tx) -> Reply:
    wanted, rest = verb(call.rest, VERBS)
    try:
        return _done(call, tx, wanted, rest)
    except SeveralError as error:
        return which(call, tx, error, f"task {wanted}", rest)


def _done(call: Call, tx: Tx, wanted: str, rest: str) -> Reply:
    match wanted:
        case "add":
            return _add(call, tx, asked(call, rest))
        case "edit":
            return _edit(call, tx, rest)
        case "pause" | "resume" | "remove":
            return _state(call, tx, wanted, rest)
        case "list":
            return _list(call, tx, page_number(rest)[1])
        case _ if not rest:
            return _list(call, tx, 1)
        case _:
            return _short(call, tx, rest)


def _short(call: Call, tx: Tx, rest: str) -> Reply:
    """« todo acheter du ruban demain 9h » : with a moment in it, a line without a verb adds a task."""
    check_slip(rest, VERBS)
    found = asked(call, rest)
    if found.when is None:
        raise RefusalError("task.verb", text=rest[:40])
    return _add(call, tx, found)


def _add(call: Call, tx: Tx, found: Asked) -> Reply:
    call.permit(Right.COMPLETE_OWN)
    if not found.title:
        raise RefusalError("task.what")
    typed, role = _whose(call, tx, found)
    call = call.with_fresh_roster(tx)
    link, words = split_link(typed)
    title = given(words or call.texts.text("task.about_link"))
    if role != personal(call.me.id):
        call.permit(Right.EDIT)
    if found.when is None or isinstance(found.when, Ask | AskRhythm):
        whom = found.whom if typed == found.title else ""
        line = command_line(call.texts.language, "task", title, link, verb="add")
        return _ask_when(call, tx, found.when, line, whom)
    _check_new(call, tx, title)
    key = templates.free_key(call, tx, title)
    rhythm, deadline = templates.timing(call, found.when)
    tasks = (templates.own_task(key, title, role, link),)
    new = Template(call.team.id, new_id(tx.now), key, templates.cadence_of(rhythm), tasks, rhythm, deadline)
    templates.add(call, tx, new)
    return Reply(draw_change(call, call.roster, new, "task.added"))


def _whose(call: Call, tx: Tx, found: Asked) -> tuple[str, str]:
    """The title, and the role that answers for it: one's own, a person's, or one that people hold."""
    mine = personal(call.me.id)
    if not found.whom:
        return found.title, mine
    role = find_role(call, found.whom)
    if role is not None:
        return found.title, role.id
    if not found.sure and not named(call, found.whom):
        return found.whole, mine
    member = person(call, tx, found.whom)
    return found.title, personal(member.id) if member else LEAD


def _check_new(call: Call, tx: Tx, title: str) -> None:
    for one in _current(call, tx):
        if not one.tasks[0].private and fold(one.tasks[0].title.fr) == fold(title):
            raise RefusalError("task.exists", title=one.tasks[0].title)


def _ask_when(call: Call, tx: Tx, when: Ask | AskRhythm | None, line: str, whom: str) -> Reply:
    """« Quand ? » : the readings of what was said, or a few usual moments when nothing was."""
    tail = f" {templates.FOR_WORD.say(call.texts.language)} {whom}" if whom else ""
    match when:
        case AskRhythm():
            readings = [say_rhythm(one, call.texts.language) for one in when.choices]
        case Ask():
            readings = [_said(call, one) for one in when.choices]
        case None:
            readings = [one for one in _SUGGESTED[call.texts.language] if not _past(call, one)]
    question = call.line(when.question if when else "task.when")
    return ask(call, tx, question, [(one, f"{line} {one}{tail}") for one in readings])


def _said(call: Call, found: Moment) -> str:
    say = say_delay if found.kind == "by" else say_moment
    return say(found.local, call.texts.language, now_local=call.team.local(call.now))


def _past(call: Call, text: str) -> bool:
    try:
        moment(text, now=call.now, zone=call.team.tz, calendar=call.team.calendar, language=call.texts.language)
    except RefusalError as error:
        return error.key == "when.past"
    return False


def _edit(call: Call, tx: Tx, rest: str) -> Reply:
    """« NOM QUAND », « NOM pour QUI », « NOM → NOUVEAU NOM »."""
    if not rest:
        raise RefusalError("task.edit_what")
    for arrow in _RENAMES:
        if arrow in rest:
            old, _, new = rest.partition(arrow)
            return _rename(call, tx, _named(call, tx, old), given(new))
    found = asked(call, rest, bare_hours=True)
    title, role = _whose(call, tx, found)
    call = call.with_fresh_roster(tx)
    before = _named(call, tx, title)
    _may(call, before)
    when = retimed(call, tx, before, found, rest)
    if isinstance(when, Ask | AskRhythm):
        whom = found.whom if title == found.title else ""
        line = command_line(call.texts.language, "task", before.key, verb="edit")
        return _ask_when(call, tx, when, line, whom)
    after = before
    if when is not None:
        rhythm, deadline = templates.timing(call, when)
        kept = before.deadline if isinstance(when, Rhythm) and before.key in call.catalogue.tasks else deadline
        cadence = before.cadence if before.key in call.catalogue.tasks else templates.cadence_of(rhythm)
        after = replace(after, rhythm=rhythm, deadline=kept, cadence=cadence)
    if found.whom and title == found.title:
        after = replace(after, tasks=tuple(replace(one, role=role) for one in after.tasks))
    return _revised(call, tx, before, after)


def _rename(call: Call, tx: Tx, before: Template, title: str) -> Reply:
    _may(call, before)
    own = templates.own_task(before.key, title, before.tasks[0].role)
    first = replace(before.tasks[0], title=own.title, short=own.short)
    return _revised(call, tx, before, replace(before, tasks=(first, *before.tasks[1:])))


def _revised(call: Call, tx: Tx, before: Template, after: Template) -> Reply:
    if after == before:
        raise RefusalError("task.same", title=before.tasks[0].title)
    if after.tasks[0].role not in (before.tasks[0].role, personal(call.me.id)):
        call.permit(Right.EDIT)
    after = replace(after, version=before.version + 1)
    templates.revise(call, tx, before, after)
    return Reply(draw_change(call, call.roster, after, "task.edited"))


def _state(call: Call, tx: Tx, wanted: str, rest: str) -> Reply:
    if not rest:
        raise RefusalError("task.which")
    found = _named(call, tx, rest)
    _may(call, found)
    state, key = _STATES[wanted]
    if found.state == state:
        raise RefusalError("task.same", title=found.tasks[0].title)
    templates.set_state(call, tx, found, state)
    return Reply(draw_change(call, call.roster, replace(found, state=state), key))


def _may(call: Call, template: Template) -> None:
    """One's own task, or the right to change everybody's."""
    if template.tasks[0].role != personal(call.me.id):
        call.permit(Right.EDIT)


def _named(call: Call, tx: Tx, typed: str) -> Template:
    known = {one.key: one for one in _current(call, tx)}
    found = lookup(typed, {key: templates.names(one) for key, one in known.items()})
    if len(found) == 1:
        return known[found[0]]
    language = call.texts.language
    if found:
        raise SeveralError(typed, [(known[one].tasks[0].title.say(language), one) for one in found])
    raise RefusalError("task.not_ours", name=typed[:40], known=[one.tasks[0].title for one in list(known.values())[:5]])


def _current(call: Call, tx: Tx) -> list[Template]:
    """What still means something to the asker: not removed, no one-off of another day that is settled, and nobody
    else's private reminder.
    """
    still = {item.task.key for item in items_of(tx, call.team, call.today) if item.is_open}
    seen = [one for one in tx.templates.all(call.team.id) if templates.seen_by(call.me.id, one)]
    return [one for one in seen if one.key in still or not _over(call, one)]


def _over(call: Call, template: Template) -> bool:
    rule = template.rhythm.rule if template.rhythm else None
    return isinstance(rule, Once) and rule.on < call.today


def _list(call: Call, tx: Tx, number: int) -> Reply:
    own = [one for one in _current(call, tx) if one.key not in call.catalogue.tasks]
    ours = [one for one in own if not one.tasks[0].private]
    return Reply(listing(call, ours, [one for one in own if one not in ours], number))
