from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.people import named, person
from bot.grammar.question import SeveralError, which
from bot.grammar.spelling import fold, lookup
from bot.grammar.verbs import check_slip, verb
from bot.ids import new_id
from bot.message import Button, Message, Reply, Text, plain
from bot.pages import page_number
from bot.record.undo import undo_button
from bot.registry import Guide, Names, Verb, command
from bot.tasks import templates
from bot.tasks.cards import checklist as cards
from bot.tasks.cards.item import Lines
from bot.teams.member import Right
from bot.teams.role import personal
from bot.teams.setup import build_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.call import Call
    from bot.catalogue.schema import Cadence, Task
    from bot.ports import Tx
    from bot.tasks.checklist import Item
    from bot.tasks.task import Template
    from bot.teams.member import Member

VERBS = {
    "list": ("lister", "liste", "je liste"),
    "enable": ("activer", "active", "j'active", "ajouter", "turn on", "add"),
    "disable": ("désactiver", "désactive", "je désactive", "suspendre", "turn off"),
    "start": ("lancer", "lance", "je lance", "démarrer", "commencer", "open", "run"),
    "show": ("voir", "vois", "je vois", "montrer", "montre", "afficher", "view"),
}
_SEPARATORS = (" pour ", " for ")


@command(
    names=Names(
        "checklist", "checklist", also_en=("checklists", "routine", "routines"), also_fr=("check-list", "check-lists")
    ),
    section="team",
    verbs=(
        Verb("list", "lister", "what the team does, and what it could do", "ce que l’équipe fait, et pourrait faire"),
        Verb("enable", "activer", "the team does it from now on", "l’équipe la fait désormais", "{checklist}"),
        Verb("disable", "désactiver", "the team does it no more", "l’équipe ne la fait plus", "{checklist}"),
        Verb("start", "lancer", "opens it now, once", "l’ouvre maintenant, une fois", "{checklist} [for {person}]"),
        Verb("show", "voir", "everything about one task", "tout sur une tâche", "{checklist}"),
    ),
    en=Guide(
        "the tasks of the trade: list, enable, disable, start, show",
        "checklist [list | enable | disable | start | show TASK [for NAME]]",
        ("checklist list", "checklist show watch", "checklist enable article"),
    ),
    fr=Guide(
        "les tâches du métier : lister, activer, désactiver, lancer, voir",
        "checklist [lister | activer | désactiver | lancer | voir TÂCHE [pour NOM]]",
        ("checklist lister", "checklist voir veille", "checklist activer article"),
    ),
)
def checklist(call: Call, tx: Tx) -> Reply:
    verb_name, rest = verb(call.rest, VERBS)
    try:
        return _dispatch(call, tx, verb_name, rest)
    except SeveralError as error:
        return which(call, tx, error, f"checklist {verb_name or 'show'}", rest)


def _dispatch(call: Call, tx: Tx, verb_name: str, rest: str) -> Reply:
    match verb_name:
        case "enable":
            return _enable_task(call, tx, rest)
        case "disable":
            return _disable_task(call, tx, rest)
        case "start":
            return _start_task(call, tx, rest)
        case "show":
            return _show_task(call, tx, rest)
        case "list":
            return _list_tasks(call, tx, rest)
        case _ if _find_cadence(call, page_number(rest)[0]) or not rest or rest.isdecimal():
            return _list_tasks(call, tx, rest)
        case _:
            check_slip(rest, VERBS)
            return _show_task(call, tx, rest)


def _list_tasks(call: Call, tx: Tx, rest: str) -> Reply:
    words, number = page_number(f" {rest}".rstrip())
    cadence = _find_cadence(call, words.strip())
    if words.strip() and cadence is None:
        raise RefusalError("checklist.cadence", name=words.strip()[:40], known=_list_cadences(call))
    return Reply(cards.listing(call, _load_templates(call, tx), cadence, number))


def _list_cadences(call: Call) -> list[str]:
    return [call.texts.text(f"cadence.{cadence}").lower() for cadence in cards.CADENCES]


def _find_cadence(call: Call, typed: str) -> Cadence | None:
    names = {fold(name): cadence for name, cadence in zip(_list_cadences(call), cards.CADENCES, strict=True)}
    return names.get(fold(typed)) or next((cadence for cadence in cards.CADENCES if fold(cadence) == fold(typed)), None)


def _load_templates(call: Call, tx: Tx) -> Mapping[str, Template]:
    return {
        template.key: template for template in tx.templates.all(call.team.id) if templates.seen_by(call.me.id, template)
    }


def _find_task(call: Call, tx: Tx, typed: str) -> tuple[Template, Task | None, bool]:
    """Return the task that was named, as the team has it or as the catalogue gives it, and whether the team has it."""
    if not typed:
        raise RefusalError("checklist.which")
    team_templates = _load_templates(call, tx)
    names_by_key = {key: templates.names(template) for key, template in team_templates.items()}
    for key, entry in call.catalogue.tasks.items():
        names_by_key.setdefault(key, templates.names(build_template(call.team, entry, key)))
    matches = lookup(typed, names_by_key)
    if len(matches) > 1:
        raise SeveralError(typed, [(_choose_title(call, team_templates, key), key) for key in matches])
    if not matches:
        raise RefusalError("checklist.unknown", name=typed[:40])
    entry_ = call.catalogue.tasks.get(matches[0])
    existing = team_templates.get(matches[0])
    if existing is not None:
        return existing, entry_, True
    assert entry_ is not None, "what the team has not is of the catalogue"
    return build_template(call.team, entry_, new_id(tx.now)), entry_, False


def _choose_title(call: Call, team_templates: Mapping[str, Template], key: str) -> str:
    language = call.texts.language
    return (
        team_templates[key].tasks[0].title.say(language)
        if key in team_templates
        else call.catalogue.tasks[key].title.of(language)
    )


def _show_task(call: Call, tx: Tx, rest: str) -> Reply:
    template, entry, is_adopted = _find_task(call, tx, rest)
    return Reply(cards.draw_task(call, template, entry, had=is_adopted))


def _enable_task(call: Call, tx: Tx, rest: str) -> Reply:
    call.permit(Right.EDIT)
    template, _, is_adopted = _find_task(call, tx, rest)
    title = template.tasks[0].title
    if template.rhythm is None:
        raise RefusalError("checklist.no_rhythm", title=title)
    if is_adopted and template.state == "active":
        raise RefusalError("checklist.already_on", title=title)
    if is_adopted:
        templates.set_state(call, tx, template, "active")
    else:
        _adopt_task(call, tx, template)
    return Reply(cards.draw_change(call, replace(template, state="active"), "checklist.enabled"))


def _adopt_task(call: Call, tx: Tx, template: Template) -> None:
    """Add a task of the catalogue; a task removed before comes back as the catalogue has it now."""
    removed = tx.templates.keyed(call.team.id, template.key)
    if removed is None:
        templates.add(call, tx, template)
        return
    restored = replace(template, id=removed.id, version=removed.version + 1)
    templates.revise(call, tx, removed, restored)
    if restored.state == "active":
        templates.open_rest_of_day(call, tx, restored)


def _disable_task(call: Call, tx: Tx, rest: str) -> Reply:
    call.permit(Right.EDIT)
    template, _, is_adopted = _find_task(call, tx, rest)
    if not is_adopted or template.state != "active":
        raise RefusalError("checklist.already_off", title=template.tasks[0].title)
    templates.set_state(call, tx, template, "paused")
    return Reply(cards.draw_change(call, replace(template, state="paused"), "checklist.disabled"))


def _start_task(call: Call, tx: Tx, rest: str) -> Reply:
    call.permit(Right.COMPLETE_OWN)
    name, member = _split_member(call, tx, rest)
    call = call.with_fresh_roster(tx)
    template, _, is_adopted = _find_task(call, tx, name)
    if member is None and (template.tasks[0].role in ("newcomer", "each")):
        member = call.me
    if member is None or member.id != call.me.id:
        call.permit(Right.ASSIGN)
    _refuse_open(call, tx, template, member)
    if not is_adopted:
        # Its rhythm, if it has one, was not asked for: only this run was.
        template = replace(template, state="active" if template.rhythm is None else "paused")
        _adopt_task(call, tx, template)
        template = tx.templates.keyed(call.team.id, template.key) or template
    return _draw_started(call, _open_run(call, tx, template, member))


def _open_run(call: Call, tx: Tx, template: Template, member: Member | None) -> list[Item]:
    if member is not None:
        template = replace(template, tasks=tuple(replace(task, role=personal(member.id)) for task in template.tasks))
    return templates.open_now(call, tx, template)


def _refuse_open(call: Call, tx: Tx, template: Template, member: Member | None) -> None:
    open_items = templates.open_items(call, tx, template)
    if any(member is None or item.holder == member.id for item in open_items):
        raise RefusalError("checklist.open_already", title=template.tasks[0].title)


def _split_member(call: Call, tx: Tx, rest: str) -> tuple[str, Member | None]:
    """Split « audience pour Karim » into the task's name and the member, if a member is named."""
    for joint in _SEPARATORS:
        name, separator, person_name = rest.rpartition(joint)
        if separator and named(call, person_name):
            return name, person(call, tx, person_name)
    return rest, None


def _draw_started(call: Call, items: list[Item]) -> Reply:
    """Draw the items just opened, with their one button."""
    first = items[0]
    head = call.line("checklist.started", title=first.task.title, who=call.roster.name(first.holder))
    text = first.task.text.say(call.texts.language)
    note_blocks = [Text((text,), "note")] if text else []
    lines = Lines(call.roster, call.texts, call.now)
    button = Button(call.texts.text("button.done"), "done", first.id)
    block = lines.block(1, items, buttons=(button,))
    return Reply(Message((Text(head), block, *note_blocks, undo_button(call)), plain(head)))
