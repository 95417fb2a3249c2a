from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bot.engine.rhythm import UNBOUNDED, Once, Rhythm, next_nominal
from bot.errors import RefusalError
from bot.grammar.links import split_link
from bot.grammar.names import check_name
from bot.grammar.people import named, person, refuse_several
from bot.grammar.question import SeveralError, ask, confirm, which
from bot.grammar.spelling import fold, lookup
from bot.grammar.task_line import Asked, parse_task_line
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
    verb_name, rest = verb(call.rest, VERBS)
    try:
        return _dispatch(call, tx, verb_name, rest)
    except SeveralError as error:
        return which(call, tx, error, f"task {verb_name}", rest)


def _dispatch(call: Call, tx: Tx, verb_name: str, rest: str) -> Reply:
    match verb_name:
        case "add":
            return _add_task(call, tx, parse_task_line(call, rest))
        case "edit":
            return _edit_task(call, tx, rest)
        case "pause" | "resume" | "remove":
            return _set_state(call, tx, verb_name, rest)
        case "list":
            return _list_tasks(call, tx, page_number(rest)[1])
        case _ if not rest:
            return _list_tasks(call, tx, 1)
        case _:
            return _add_short(call, tx, rest)


def _add_short(call: Call, tx: Tx, rest: str) -> Reply:
    """Add a task from a line without a verb that holds a moment: « todo acheter du ruban demain 9h »."""
    check_slip(rest, VERBS)
    line = parse_task_line(call, rest)
    if line.when is None:
        raise RefusalError("task.verb", text=rest[:40])
    return _add_task(call, tx, line)


def _add_task(call: Call, tx: Tx, line_parts: Asked) -> Reply:
    call.permit(Right.COMPLETE_OWN)
    if not line_parts.title:
        raise RefusalError("task.what")
    typed, role = _split_role(call, tx, line_parts)
    call = call.with_fresh_roster(tx)
    link, words = split_link(typed)
    title = check_name(words or call.texts.text("task.about_link"))
    if role != personal(call.me.id):
        call.permit(Right.EDIT)
    if line_parts.when is None or isinstance(line_parts.when, Ask | AskRhythm):
        person_name = line_parts.person if typed == line_parts.title else ""
        line = command_line(call.texts.language, "task", title, link, verb="add")
        return _ask_when(call, tx, line_parts.when, line, person_name)
    _refuse_duplicate(call, tx, title)
    key = templates.free_key(call, tx, title)
    rhythm, deadline = templates.timing(call, line_parts.when)
    tasks = (templates.own_task(key, title, role, link),)
    new = Template(call.team.id, new_id(tx.now), key, templates.cadence_of(rhythm), tasks, rhythm, deadline)
    templates.add(call, tx, new)
    return Reply(draw_change(call, None, new, "task.added"))


def _split_role(call: Call, tx: Tx, line_parts: Asked) -> tuple[str, str]:
    """Return the title and the role that answers for it: the asker's own, a person's, or a role of the team."""
    own_role = personal(call.me.id)
    if not line_parts.person:
        return line_parts.title, own_role
    refuse_several(call, line_parts.person)
    role = find_role(call, line_parts.person)
    if role is not None:
        return line_parts.title, role.id
    if not line_parts.sure and not named(call, line_parts.person):
        return line_parts.whole, own_role
    member = person(call, tx, line_parts.person)
    return line_parts.title, personal(member.id) if member else LEAD


def _refuse_duplicate(call: Call, tx: Tx, title: str) -> None:
    for template in _load_current(call, tx):
        if not template.tasks[0].private and fold(template.tasks[0].title.fr) == fold(title):
            raise RefusalError("task.exists", title=template.tasks[0].title)


def _ask_when(call: Call, tx: Tx, when: Ask | AskRhythm | None, line: str, person_name: str) -> Reply:
    """Ask « Quand ? » with the readings of the typed moment, or a few usual moments without one."""
    tail = f" {templates.FOR_WORD.say(call.texts.language)} {person_name}" if person_name else ""
    match when:
        case AskRhythm():
            readings = [say_rhythm(rhythm, call.texts.language) for rhythm in when.choices]
        case Ask():
            readings = [_write_moment(call, choice) for choice in when.choices]
        case None:
            readings = [words for words in _SUGGESTED[call.texts.language] if not _is_past(call, words)]
    question = call.line(when.question if when else "task.when")
    return ask(call, tx, question, [(reading, f"{line} {reading}{tail}") for reading in readings])


def _write_moment(call: Call, choice: Moment) -> str:
    say = say_delay if choice.kind == "by" else say_moment
    return say(choice.local, call.texts.language, now_local=call.team.local(call.now))


def _is_past(call: Call, text: str) -> bool:
    try:
        moment(text, now=call.now, zone=call.team.tz, calendar=call.team.calendar, language=call.texts.language)
    except RefusalError as error:
        return error.key == "when.past"
    return False


def _edit_task(call: Call, tx: Tx, rest: str) -> Reply:
    """Edit a task: « NOM QUAND », « NOM pour QUI », « NOM → NOUVEAU NOM »."""
    if not rest:
        raise RefusalError("task.edit_what")
    for arrow in _RENAMES:
        if arrow in rest:
            old, _, new = rest.partition(arrow)
            return _rename_task(call, tx, _find_template(call, tx, old), check_name(new))
    line_parts = parse_task_line(call, rest, bare_hours=True)
    title, role = _split_role(call, tx, line_parts)
    call = call.with_fresh_roster(tx)
    before = _find_template(call, tx, title)
    _check_right(call, before)
    when = retimed(call, tx, before, line_parts, rest)
    if isinstance(when, Ask | AskRhythm):
        person_name = line_parts.person if title == line_parts.title else ""
        line = command_line(call.texts.language, "task", before.key, verb="edit")
        return _ask_when(call, tx, when, line, person_name)
    after = before
    if when is not None:
        rhythm, deadline = templates.timing(call, when)
        kept_deadline = before.deadline if isinstance(when, Rhythm) and before.key in call.catalogue.tasks else deadline
        cadence = before.cadence if before.key in call.catalogue.tasks else templates.cadence_of(rhythm)
        after = replace(after, rhythm=rhythm, deadline=kept_deadline, cadence=cadence)
    if line_parts.person and title == line_parts.title:
        after = replace(after, tasks=tuple(replace(task, role=role) for task in after.tasks))
    return _store_revision(call, tx, before, after)


def _rename_task(call: Call, tx: Tx, before: Template, title: str) -> Reply:
    _check_right(call, before)
    own = templates.own_task(before.key, title, before.tasks[0].role)
    first = replace(before.tasks[0], title=own.title, short=own.short)
    return _store_revision(call, tx, before, replace(before, tasks=(first, *before.tasks[1:])))


def _store_revision(call: Call, tx: Tx, before: Template, after: Template) -> Reply:
    if after == before:
        raise RefusalError("task.same", title=before.tasks[0].title)
    if after.tasks[0].role not in (before.tasks[0].role, personal(call.me.id)):
        call.permit(Right.EDIT)
    after = replace(after, version=before.version + 1)
    templates.revise(call, tx, before, after)
    return Reply(draw_change(call, before, after, "task.edited"))


def _set_state(call: Call, tx: Tx, verb_name: str, rest: str) -> Reply:
    if not rest:
        raise RefusalError("task.which")
    template = _find_template(call, tx, rest)
    _check_right(call, template)
    state, key = _STATES[verb_name]
    if template.state == state:
        raise RefusalError("task.same", title=template.tasks[0].title)
    if state == "removed" and not call.confirmed:
        again = command_line(call.texts.language, "task", template.key, verb="remove")
        return confirm(call, tx, call.line("task.remove_sure", title=template.tasks[0].title), again)
    templates.set_state(call, tx, template, state)
    return Reply(draw_change(call, template, replace(template, state=state), key))


def _check_right(call: Call, template: Template) -> None:
    """Raise RefusalError unless the task is the asker's own or they may edit everybody's."""
    if template.tasks[0].role != personal(call.me.id):
        call.permit(Right.EDIT)


def _find_template(call: Call, tx: Tx, typed: str) -> Template:
    current = {template.key: template for template in _load_current(call, tx)}
    matches = lookup(typed, {key: templates.names(template) for key, template in current.items()})
    if len(matches) == 1:
        return current[matches[0]]
    language = call.texts.language
    if matches:
        raise SeveralError(typed, [(current[key].tasks[0].title.say(language), key) for key in matches])
    raise RefusalError(
        "task.not_ours", name=typed[:40], known=[template.tasks[0].title for template in list(current.values())[:5]]
    )


def _load_current(call: Call, tx: Tx) -> list[Template]:
    """Return the templates that concern the asker: without removed ones, settled one-off tasks of other days, and other
    members' private reminders.
    """
    open_keys = {item.task.key for item in items_of(tx, call.team, call.today) if item.is_open}
    visible = [template for template in tx.templates.all(call.team.id) if templates.seen_by(call.me.id, template)]
    return [template for template in visible if template.key in open_keys or not _is_over(call, template)]


def _is_over(call: Call, template: Template) -> bool:
    """Tell whether a one-off is of another day, or a rhythm past its last date."""
    rhythm = template.rhythm
    if rhythm is None or (isinstance(rhythm.rule, Once) and rhythm.rule.on == call.today):
        return False
    bounded = isinstance(rhythm.rule, Once) or rhythm.bounds != UNBOUNDED
    return bounded and next_nominal(rhythm, call.team.calendar, call.team.local(call.now)) is None


def _list_tasks(call: Call, tx: Tx, number: int) -> Reply:
    own_templates = [template for template in _load_current(call, tx) if template.key not in call.catalogue.tasks]
    shared = [template for template in own_templates if not template.tasks[0].private]
    return Reply(listing(call, shared, [template for template in own_templates if template not in shared], number))
