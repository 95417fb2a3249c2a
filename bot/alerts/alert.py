"""Alerts: an address, a few words, or an emoji on a message become a task to answer within the hour.

The single entry point of the core for them: `/cm alerte LINK words` (commands.py), the press `alert` (a message
shortcut: `Clicked("alert", LINK)`, or a form with the fields `link` and `text`), and 🚨 on a message of somebody else
(`Reacted(…, link=LINK)`, see bot.pipeline). An address raised twice is one alert.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import RefusalError
from bot.grammar.spelling import fold
from bot.i18n import LANGUAGES, Words, capital, texts
from bot.ids import new_id
from bot.tasks.change import record
from bot.tasks.checklist import Item, Run
from bot.tasks.ladder import first_rung, told_by
from bot.tasks.task import Closing, Task, Template
from bot.tasks.today import items_of
from bot.tasks.urgent import begin

if TYPE_CHECKING:
    from datetime import datetime

    from bot.call import Call
    from bot.catalogue.schema import Network
    from bot.ports import Tx

LONGEST_TEXT = 200
"""Characters of the words of an alert, at most."""
ROLE = "community"


def raise_alert(call: Call, tx: Tx, link: str, words: str) -> tuple[Item, bool]:
    """Return the open alert about an address, or a new one; True when new. Raises RefusalError without any content."""
    if not (link or words):
        raise RefusalError("alert.what")
    if len(words) > LONGEST_TEXT:
        raise RefusalError("alert.too_long", limit=LONGEST_TEXT)
    for item in items_of(tx, call.team, call.today):
        if link and item.is_open and item.task.alert and item.task.link == link:
            return item, False
    return _open_alert(call, tx, link, words), True


def _open_alert(call: Call, tx: Tx, link: str, words: str) -> Item:
    """Open an alert as an item of its own run; its template is stored as removed, since the team does not own it."""
    title, short = _build_titles(call, link, words)
    task = Task(new_id(tx.now), title, short, ROLE, ("alerte", "alert"), alert=True, link=link)
    template = Template(call.team.id, task.key, task.key, "occasional", (task,), closing=Closing.CARRY, state="removed")
    tx.templates.add(template)
    nominal = call.team.local(tx.now).replace(second=0, microsecond=0)
    run = Run(call.team.id, new_id(tx.now), template.id, 1, nominal, tx.now)
    holder = call.roster.holder(ROLE)
    item = Item(
        call.team.id, new_id(tx.now), run.id, task, tx.now, None, Closing.CARRY,
        holder=holder.id if holder else None, urgent_at=tx.now,
    )  # fmt: skip
    item = item._replace(deadline=_compute_deadline(call, item))
    tx.items.open_run(run, [item])
    begin(tx, call.roster, item)
    record(tx, call.author(), "alert", item)
    return item


def _compute_deadline(call: Call, item: Item) -> datetime:
    """Compute the deadline of an alert from the instant at which a member is told: with nobody on call, the opening."""
    defaults = call.catalogue.defaults
    leaves_at = first_rung(item, call.now, call.roster, defaults) or call.now
    return leaves_at + timedelta(minutes=defaults.alerts.urgent_minutes)


def _build_titles(call: Call, link: str, words: str) -> tuple[Words, Words]:
    """Build the title and the in-sentence form of an alert, from the typed words, else from its network."""
    if words:
        head = capital(words)
        return Words(head, head), Words(f"«\u00a0{words}\u00a0»", f"“{words}”")
    network = _find_network(call, link)
    replies = {language: texts(language).text("alert.reply") for language in LANGUAGES}
    heads = {
        language: f"{replies[language]} · {network.title.of(language)}" if network else replies[language]
        for language in LANGUAGES
    }
    shorts = {language: texts(language).text("alert.the_reply") for language in LANGUAGES}
    return Words(heads["fr"], heads["en"]), Words(shorts["fr"], shorts["en"])


def _find_network(call: Call, link: str) -> Network | None:
    """Find the network of an address by a whole label of its host: « exemple.fr » is not X."""
    labels = set((urlsplit(link).hostname or "").split(".")[:-1])
    networks = call.catalogue.networks.items()
    return next((network for key, network in networks if labels & {key, *map(fold, network.names.all())}), None)


def first_recipient_name(call: Call, item: Item) -> str:
    """Return the name of the first member to notify, "" for nobody."""
    return next((member.name for member in told_by(item, 1, call.now, call.roster, call.catalogue.defaults)), "")
