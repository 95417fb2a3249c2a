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
_FOR = (" pour ", " for ")


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
    wanted, rest = verb(call.rest, VERBS)
    try:
        return _done(call, tx, wanted, rest)
    except SeveralError as error:
        return which(call, tx, error, f"checklist {wanted or 'show'}", rest)


def _done(call: Call, tx: Tx, wanted: str, rest: str) -> Reply:
    match wanted:
        case "enable":
            return _enable(call, tx, rest)
        case "disable":
            return _disable(call, tx, rest)
        case "start":
            return _start(call, tx, rest)
        case "show":
            return _show(call, tx, rest)
        case "list":
            return _list(call, tx, rest)
        case _ if _cadence(call, page_number(rest)[0]) or not rest or rest.isdecimal():
            return _list(call, tx, rest)
        case _:
            check_slip(rest, VERBS)
            return _show(call, tx, rest)


def _list(call: Call, tx: Tx, rest: str) -> Reply:
    words, number = page_number(f" {rest}".rstrip())
    cadence = _cadence(call, words.strip())
    if words.strip() and cadence is None:
        raise RefusalError("checklist.cadence", name=words.strip()[:40], known=_cadences(call))
    return Reply(cards.listing(call, _ours(call, tx), cadence, number))


def _cadences(call: Call) -> list[str]:
    return [call.texts.text(f"cadence.{one}").lower() for one in cards.CADENCES]


def _cadence(call: Call, typed: str) -> Cadence | None:
    names = {fold(said): one for said, one in zip(_cadences(call), cards.CADENCES, strict=True)}
    return names.get(fold(typed)) or next((one for one in cards.CADENCES if fold(one) == fold(typed)), None)


def _ours(call: Call, tx: Tx) -> Mapping[str, Template]:
    return {one.key: one for one in tx.templates.all(call.team.id) if templates.seen_by(call.me.id, one)}


def _find(call: Call, tx: Tx, typed: str) -> tuple[Template, Task | None, bool]:
    """The task that is meant, as the team has it or as the catalogue would give it; and whether the team has it."""
    if not typed:
        raise RefusalError("checklist.which")
    ours = _ours(call, tx)
    known = {key: templates.names(one) for key, one in ours.items()}
    for key, entry in call.catalogue.tasks.items():
        known.setdefault(key, templates.names(build_template(call.team, entry, key)))
    found = lookup(typed, known)
    if len(found) > 1:
        raise SeveralError(typed, [(_title(call, ours, one), one) for one in found])
    if not found:
        raise RefusalError("checklist.unknown", name=typed[:40])
    entry_ = call.catalogue.tasks.get(found[0])
    had = ours.get(found[0])
    if had is not None:
        return had, entry_, True
    assert entry_ is not None, "what the team has not is of the catalogue"
    return build_template(call.team, entry_, new_id(tx.now)), entry_, False


def _title(call: Call, ours: Mapping[str, Template], key: str) -> str:
    language = call.texts.language
    return ours[key].tasks[0].title.say(language) if key in ours else call.catalogue.tasks[key].title.of(language)


def _show(call: Call, tx: Tx, rest: str) -> Reply:
    template, entry, had = _find(call, tx, rest)
    return Reply(cards.draw_task(call, template, entry, had=had))


def _enable(call: Call, tx: Tx, rest: str) -> Reply:
    call.permit(Right.EDIT)
    template, _, had = _find(call, tx, rest)
    title = template.tasks[0].title
    if template.rhythm is None:
        raise RefusalError("checklist.no_rhythm", title=title)
    if had and template.state == "active":
        raise RefusalError("checklist.already_on", title=title)
    if had:
        templates.set_state(call, tx, template, "active")
    else:
        _adopt(call, tx, template)
    return Reply(cards.draw_change(call, replace(template, state="active"), "checklist.enabled"))


def _adopt(call: Call, tx: Tx, template: Template) -> None:
    """Take a task of the catalogue; one that was removed long ago comes back as it is in the catalogue now."""
    gone = tx.templates.keyed(call.team.id, template.key)
    if gone is None:
        templates.add(call, tx, template)
        return
    back = replace(template, id=gone.id, version=gone.version + 1)
    templates.revise(call, tx, gone, back)
    if back.state == "active":
        templates.open_rest_of_day(call, tx, back)


def _disable(call: Call, tx: Tx, rest: str) -> Reply:
    call.permit(Right.EDIT)
    template, _, had = _find(call, tx, rest)
    if not had or template.state != "active":
        raise RefusalError("checklist.already_off", title=template.tasks[0].title)
    templates.set_state(call, tx, template, "paused")
    return Reply(cards.draw_change(call, replace(template, state="paused"), "checklist.disabled"))


def _start(call: Call, tx: Tx, rest: str) -> Reply:
    call.permit(Right.COMPLETE_OWN)
    name, member = _for_whom(call, tx, rest)
    call = call.with_fresh_roster(tx)
    template, _, had = _find(call, tx, name)
    if member is None and (template.tasks[0].role in ("newcomer", "each")):
        member = call.me
    if member is None or member.id != call.me.id:
        call.permit(Right.ASSIGN)
    _check_not_open(call, tx, template, member)
    if not had:
        # Its rhythm, if it has one, was not asked for: only this run was.
        template = replace(template, state="active" if template.rhythm is None else "paused")
        _adopt(call, tx, template)
        template = tx.templates.keyed(call.team.id, template.key) or template
    return _started(call, _open(call, tx, template, member))


def _open(call: Call, tx: Tx, template: Template, member: Member | None) -> list[Item]:
    if member is not None:
        template = replace(template, tasks=tuple(replace(one, role=personal(member.id)) for one in template.tasks))
    return templates.open_now(call, tx, template)


def _check_not_open(call: Call, tx: Tx, template: Template, member: Member | None) -> None:
    there = templates.open_items(call, tx, template)
    if any(member is None or item.holder == member.id for item in there):
        raise RefusalError("checklist.open_already", title=template.tasks[0].title)


def _for_whom(call: Call, tx: Tx, rest: str) -> tuple[str, Member | None]:
    """« audience pour Karim »."""
    for joint in _FOR:
        name, found, whom = rest.rpartition(joint)
        if found and named(call, whom):
            return name, person(call, tx, whom)
    return rest, None


def _started(call: Call, items: list[Item]) -> Reply:
    """What is open now, with its one button."""
    first = items[0]
    head = call.line("checklist.started", title=first.task.title, who=call.roster.name(first.holder))
    text = first.task.text.say(call.texts.language)
    how = [Text((text,), "note")] if text else []
    lines = Lines(call.roster, call.texts, call.now)
    button = Button(call.texts.text("button.done"), "done", first.id)
    block = lines.block(1, items, buttons=(button,))
    return Reply(Message((Text(head), block, *how), plain(head)))
