from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Reply
from bot.pages import page_number
from bot.record.cards import history as card
from bot.record.filters import choose_filter
from bot.registry import Guide, Names, command, command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.call import Call
    from bot.ports import Tx
    from bot.record.audit import Entry

READ = 2000
"""Lines to read, newest first: some weeks of a busy team."""


@command(
    names=Names("history", "historique", also_en=("audit", "record", "log"), also_fr=("journal",)),
    section="team",
    takes="[{text=what}]",
    reads=True,
    en=Guide(
        "who did what, and when; of one task, one day, or your own actions",
        "history [TASK | DAY | me]",
        ("history", "history yesterday", "history listening"),
    ),
    fr=Guide(
        "qui a fait quoi, et quand ; sur une tâche, un jour, ou ses propres actions",
        "historique [TÂCHE | JOUR | moi]",
        ("historique", "historique hier", "historique veille"),
    ),
)
def history(call: Call, tx: Tx) -> Reply:
    """Hide entries about private reminders of other people."""
    words, number = page_number(f" {call.rest}".rstrip())
    matches = choose_filter(call, tx, words.strip())
    lines = [line for line in _load_visible(call, tx) if matches(line)]
    return Reply(card(call, tx, lines, number, command_line(call.texts.language, "history", words.strip())))


def _load_visible(call: Call, tx: Tx) -> Sequence[Entry]:
    """Return the newest lines, without those about another member's private reminders."""
    lines = tx.audit.latest(call.team.id, limit=READ)
    items = tx.items.many(call.team.id, list({line.subject_id for line in lines if line.subject == "item"}))
    hidden = {item.id for item in items if item.task.private and item.holder != call.me.id}
    for identifier in {line.subject_id for line in lines if line.subject == "template"}:
        template = tx.templates.get(call.team.id, identifier)
        if template is not None and template.tasks[0].private:
            hidden.add(identifier)
    return [line for line in lines if line.subject_id not in hidden or line.actor == call.me.id]
