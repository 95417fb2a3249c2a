from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import RefusalError
from bot.grammar.leftover_words import nothing_more
from bot.grammar.people import named
from bot.grammar.spelling import exact, fold
from bot.grammar.task_names import find
from bot.message import Reply
from bot.record.cards import history as card
from bot.registry import Guide, Names, command
from bot.teams.member import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.call import Call
    from bot.ports import Tx
    from bot.record.audit import Entry
    from bot.tasks.checklist import Item
    from bot.teams.member import Member

_DAYS = {"hier": -1, "avant hier": -2, "aujourd hui": 0, "yesterday": -1, "today": 0}
_ME = {"moi", "me", "myself"}
READ = 200
"""Entries to read; those of one moment share a line."""


@command(
    names=Names("history", "historique", also_en=("audit", "record", "log"), also_fr=("journal",)),
    section="team",
    takes="",
    reads=True,
    en=Guide("who did what, and when", "history", ("history",)),
    fr=Guide("qui a fait quoi, et quand", "historique", ("historique",)),
)
def history(call: Call, tx: Tx) -> Reply:
    """Hide entries about private reminders of other people."""
    entries = tx.audit.latest(call.team.id, limit=READ)
    items = tx.items.many(call.team.id, [entry.subject_id for entry in entries if entry.subject == "item"])
    hidden = {item.id for item in items if item.task.private and item.holder != call.me.id}
    visible = [entry for entry in entries if entry.subject_id not in hidden or entry.actor == call.me.id]
    keep = _build_filter(call, items)
    kept = [entry for entry in visible if keep(entry)]
    return Reply(card(call.roster, call.texts, kept, {item.id: item for item in items}))


def _build_filter(call: Call, items: Sequence[Item]) -> Callable[[Entry], bool]:
    """Build the filter of a day (« hier »), a person (oneself, or anybody for the lead) or a task; else of nothing."""
    words = call.rest.rstrip(" ?!.")
    if fold(words) in _DAYS:
        day = call.today + timedelta(days=_DAYS[fold(words)])
        return lambda entry: call.team.today(entry.at) == day
    if words and named(call, words):
        person = call.me if fold(words) in _ME else _find_member(call, words)
        if person != call.me and call.me.permission is not Permission.LEAD:
            raise RefusalError("history.person", name=person.name)
        return lambda entry: entry.actor == person.id
    keys = find(words, items, call.catalogue) if words else []
    if keys:
        ids = {item.id for item in items if item.task.key in keys}
        return lambda entry: entry.subject_id in ids
    nothing_more(call, "history")
    return lambda _: True


def _find_member(call: Call, words: str) -> Member:
    """Find the member of a name or a mention. Raise RefusalError for another name."""
    names = {member.id: (member.name,) for member in call.roster.members}
    ids = exact(words.removeprefix("@"), names)
    member = call.roster.member(ids[0]) if len(ids) == 1 else None
    if member is None:
        raise RefusalError("member.unknown", name=words[:40], known=[member.name for member in call.roster.members][:5])
    return member
