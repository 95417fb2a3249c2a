"""React to a private message that its recipient cannot get: they left the place, or take no direct messages.

1. A member who left is deactivated: their open items go to the holders of the roles, and the lead is told, once. The
   lead stays: a team always has one, and only a person can name another.
2. A member who takes no direct messages is called in the channel, without content, at most once a day and never for a
   recap alone; the lead is told after the first time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.lead_alerts import tell_lead
from bot.engine.posting import Delivery, Destination, NewPosting, Posting
from bot.errors import PrivateClosedError, RecipientGoneError
from bot.ids import new_id
from bot.record.audit import Entry
from bot.teams.member import Permission
from bot.teams.role import personal
from bot.teams.role_changes import reassign_items
from bot.teams.roster import roster

if TYPE_CHECKING:
    from bot.ports import Tx
    from bot.teams.member import Member

CALLED = "called"
"""Kind of the channel's line for a member who takes no direct messages."""
_CLOSED = "private_closed:"


def handle_lost_recipient(tx: Tx, team: str, posting: Posting | None, error: str) -> bool:
    """React to a failed private message; return False for a failure that is not about its recipient."""
    member = tx.members.get(team, posting.destination.member) if posting and posting.destination.member else None
    if member is None or posting is None:
        return False
    if error == RecipientGoneError.KEY:
        return deactivate(tx, member)
    if error == PrivateClosedError.KEY:
        _call_in_channel(tx, member, posting.kind)
        return True
    return False


def deactivate(tx: Tx, member: Member) -> bool:
    """Deactivate a member who left the place, and hand on their work; False for the lead. Idempotent."""
    if member.permission is Permission.LEAD:
        return False
    if not member.active:
        return True
    tx.members.save(replace(member, active=False))
    tx.audit.write(Entry(member.team, new_id(tx.now), tx.now, "leave", "member", member.id))
    hand_on_work(tx, member)
    return True


def hand_on_work(tx: Tx, member: Member) -> None:
    """Hand on the open items of a member who was just deactivated, pause their private reminders, and tell the lead."""
    team = tx.teams.get(member.team)
    if team is None:
        return
    reassign_items(tx, roster(tx, team), member.id)
    for template in tx.templates.all(team.id):
        if template.state == "active" and template.tasks[0].private and template.tasks[0].role == personal(member.id):
            tx.templates.set_state(team.id, template.id, "paused")
            tx.audit.write(Entry(team.id, new_id(tx.now), tx.now, "pause", "template", template.id))
    tell_lead(tx, team.id, "left", member.id)


def _call_in_channel(tx: Tx, member: Member, kind: str) -> None:
    """Call a member in the channel, at most once a day; tell the lead the first time."""
    team = tx.teams.get(member.team)
    if team is None or kind == "recap":
        return
    key, today = f"{_CLOSED}{team.id}:{member.id}", team.today(tx.now).isoformat()
    last = tx.facts.get(key)
    if last == today:
        return
    tx.facts.put(key, today)
    if team.home:
        posting = Posting(team.id, new_id(tx.now), Destination(channel=team.home), CALLED, member.id, tx.now)
        tx.postings.add_many([NewPosting(posting)])
        tx.outbox.owe([Delivery(team.id, new_id(tx.now), posting.id, "post", tx.now)])
    if last is None and member.permission is not Permission.LEAD:
        tell_lead(tx, team.id, "closed", member.id)
