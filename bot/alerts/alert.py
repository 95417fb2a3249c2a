"""An alert as people raise it: an address, a few words, or an emoji on any message; one task to answer within the hour.

The core's one way in, whatever brought it: `/cm alerte LINK words` (commands.py), the press `alert` (a message
shortcut: `Clicked("alert", LINK)`, or a form with the fields `link` and `text`), and 🚨 on a message that is not ours
(`Reacted(…, link=LINK)`, see bot.pipeline). Flagged twice, it is one alert.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import RefusalError
from bot.grammar.spelling import fold
from bot.i18n import LANGUAGES, Words, capital, texts
from bot.ids import new_id
from bot.tasks.change import Author, record
from bot.tasks.checklist import Item, Run
from bot.tasks.ladder import told_by
from bot.tasks.task import Closing, Task, Template
from bot.tasks.today import items_of
from bot.tasks.urgent import begin

if TYPE_CHECKING:
    from bot.call import Call
    from bot.catalogue.schema import Network
    from bot.ports import Tx

LONGEST_TEXT = 200
"""Characters of what is said of it."""
ROLE = "community"


def raise_alert(call: Call, tx: Tx, link: str, words: str) -> tuple[Item, bool]:
    """The open alert about this address, or a new one; whether it is new. RefusalError when there is nothing to say."""
    if not (link or words):
        raise RefusalError("alert.what")
    if len(words) > LONGEST_TEXT:
        raise RefusalError("alert.too_long", limit=LONGEST_TEXT)
    for item in items_of(tx, call.team, call.today):
        if link and item.is_open and item.task.alert and item.task.link == link:
            return item, False
    return _written(call, tx, link, words), True


def _written(call: Call, tx: Tx, link: str, words: str) -> Item:
    """A run of its own; its template is no task of the team's, so it is kept as a removed one."""
    title, short = _words(call, link, words)
    task = Task(new_id(tx.now), title, short, ROLE, ("alerte", "alert"), alert=True, link=link)
    template = Template(call.team.id, task.key, task.key, "occasional", (task,), closing=Closing.CARRY, state="removed")
    tx.templates.add(template)
    nominal = call.team.local(tx.now).replace(second=0, microsecond=0)
    run = Run(call.team.id, new_id(tx.now), template.id, 1, nominal, tx.now)
    holder = call.roster.holder(ROLE)
    until = tx.now + timedelta(minutes=call.catalogue.defaults.alerts.urgent_minutes)
    item = Item(
        call.team.id, new_id(tx.now), run.id, task, tx.now, until, Closing.CARRY,
        holder=holder.id if holder else None, urgent_at=tx.now,
    )  # fmt: skip
    tx.items.open_run(run, [item])
    begin(tx, call.roster, item)
    record(tx, Author(call.me.id, call.source), "alert", item)
    return item


def _words(call: Call, link: str, words: str) -> tuple[Words, Words]:
    """What heads its card, and what stands in a sentence: the words that were typed, else where it is."""
    if words:
        head = capital(words)
        return Words(head, head), Words(f"«\u00a0{words}\u00a0»", f"“{words}”")
    network = _network(call, link)
    said = {one: texts(one).text("alert.reply") for one in LANGUAGES}
    heads = {one: f"{said[one]} · {network.title.of(one)}" if network else said[one] for one in LANGUAGES}
    shorts = {one: texts(one).text("alert.the_reply") for one in LANGUAGES}
    return Words(heads["fr"], heads["en"]), Words(shorts["fr"], shorts["en"])


def _network(call: Call, link: str) -> Network | None:
    """Where the address leads, by a whole label of its host: « exemple.fr » is not X."""
    labels = set((urlsplit(link).hostname or "").split(".")[:-1])
    known = call.catalogue.networks.items()
    return next((one for key, one in known if labels & {key, *map(fold, one.names.all())}), None)


def first_told(call: Call, item: Item) -> str:
    """The name of whoever hears of it first, "" for nobody."""
    return next((one.name for one in told_by(item, 1, call.now, call.roster, call.catalogue.defaults)), "")
