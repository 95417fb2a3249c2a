"""Undo an act of a member: every line of the record that one request wrote is taken back by its subject's `undo`.

A capability registers how its own subjects are restored (bot.registry.undo). An act can be undone by its author, on its
day, once, and only while nobody has changed the same subject since. Of the consequences of an act (items that changed
hands with a role), those that changed since stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.message import Button, Message, Reply, Text, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.call import Call
    from bot.message import Line
    from bot.ports import Tx
    from bot.record.audit import Entry

LOOK_BACK = 300
"""Lines of the member's record that are searched for an act."""
FINAL = frozenset({("team", "setup"), ("member", "remove"), ("member", "erase")})
"""Acts that are done anew rather than undone."""
FINAL_SUBJECTS = frozenset({"delivery", "member"})
"""Subjects of which a line without facts is an act all the same."""
MOST_ANSWERS = 4
"""Subjects that the answer names when one act changed several."""


def undo_button(call: Call) -> Button:
    """Build the button [Annuler] of the answer to the request under way."""
    return Button(call.texts.text("button.undo"), "take_back", call.act_id)


def undo_last(call: Call, tx: Tx) -> Reply:
    """Undo the member's last act of today that is not undone yet. Raises RefusalError when there is none."""
    lines = _load_lines(call, tx)
    undone = {line.undoes for line in lines}
    last = next((line for line in lines if _is_change(line) and line.request not in undone), None)
    if last is None:
        raise RefusalError("reopen.nothing")
    return _undo_act(call, tx, [line for line in lines if line.request == last.request])


def undo_request(call: Call, tx: Tx, request: str) -> Reply:
    """Undo an act of the member by the id of its request. Raises RefusalError when it is undone, or of another day."""
    lines = _load_lines(call, tx)
    act = [line for line in lines if line.request == request]
    if any(line.undoes == request for line in lines):
        raise RefusalError("undo.already")
    if not act or not request:
        raise RefusalError("undo.too_late")
    return _undo_act(call, tx, act)


def undo_line(call: Call, tx: Tx, line: Entry) -> Line:
    """Undo the change of one subject. Raises RefusalError, with the reason, when that is not possible."""
    _refuse_later_change(call, tx, line)
    restored = call.registry.undos[line.subject].handler(call, tx, line)
    if restored is None:
        raise RefusalError("undo.changed")
    return restored


def find_last_line(call: Call, tx: Tx, subject: str, subject_id: str) -> Entry | None:
    """Return the member's own change of a subject today that nothing has followed; None if there is none."""
    lines = tx.audit.of_subject(call.team.id, subject, subject_id)
    newest = next(_find_standing(lines), None)
    is_own = newest is not None and newest.actor == call.me.id and call.team.today(newest.at) == call.today
    return newest if is_own and newest is not None and newest.request else None


def write_undo(call: Call, tx: Tx, line: Entry) -> None:
    """Write the line of the record that says that a change was undone."""
    entry = call.entry(tx, "undo", line.subject, line.subject_id)
    tx.audit.write(replace(entry, before=line.after, after=line.before, undoes=line.request))


def _load_lines(call: Call, tx: Tx) -> list[Entry]:
    """Return the member's lines of today, newest first."""
    latest = tx.audit.latest(call.team.id, limit=LOOK_BACK, actor=call.me.id)
    return [line for line in latest if call.team.today(line.at) == call.today]


def _is_change(line: Entry) -> bool:
    """Tell whether a line of the record changed the state by itself: no reason given, nothing merely seen, no undo."""
    return bool(line.request) and not line.undoes and (bool(line.after) or line.subject in FINAL_SUBJECTS)


def _find_standing(lines: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the changes of a subject that are not undone, newest first as given."""
    undone: set[str] = set()
    for line in lines:
        if line.undoes:
            undone.add(line.undoes)
        elif line.after and line.request not in undone:
            yield line


def _undo_act(call: Call, tx: Tx, lines: Sequence[Entry]) -> Reply:
    """Undo the lines of one act (newest first): the first written is the act itself, the others follow from it."""
    ways = [line for line in lines if line.subject in call.registry.undos and _is_change(line)]
    if not ways or any((line.subject, line.act) in FINAL for line in lines):
        raise RefusalError("undo.never")
    main = ways[-1]
    _refuse_later_change(call, tx, main)
    answers: dict[str, Line] = {}
    for line in ways:
        if line is not main and _find_later_change(call, tx, line) is not None:
            continue
        answer = call.registry.undos[line.subject].handler(call, tx, line)
        if answer is None and line is main:
            raise RefusalError("undo.changed")
        if answer is not None and line.subject == main.subject:
            answers[line.subject_id] = answer
    shown = list(answers.values())[::-1][:MOST_ANSWERS]
    return Reply(Message(tuple(Text(answer) for answer in shown), plain(shown[0])))


def _find_later_change(call: Call, tx: Tx, line: Entry) -> Entry | None:
    """Return the newest change of the same facts of the subject after a line, if any stands."""
    lines = tx.audit.of_subject(call.team.id, line.subject, line.subject_id)
    own = next((place for place, later in enumerate(lines) if later.request == line.request), len(lines))
    standing = _find_standing(lines[:own])
    return next((later for later in standing if later.after.keys() & line.after.keys()), None)


def _refuse_later_change(call: Call, tx: Tx, line: Entry) -> None:
    later = _find_later_change(call, tx, line)
    if later is None:
        return
    if later.actor == call.me.id:
        raise RefusalError("undo.own_later")
    if later.actor is None:
        raise RefusalError("undo.changed")
    actor_name = call.roster.name(later.actor) or call.texts.text("word.somebody")
    raise RefusalError("undo.changed_by", who=actor_name, at=call.clock(later.at))
