"""Two teams side by side that use the same names for everything: whatever is not scoped by the team shows itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.engine.posting import Confirmation, Delivery, Destination, NewPosting, Posting, Ref
from bot.engine.rhythm import Daily, Rhythm
from bot.engine.schedule import Occurrence, Schedule
from bot.i18n import Words
from bot.ids import new_id
from bot.influencers.influencer import Influencer
from bot.record.audit import Entry
from bot.tasks.checklist import Item, Run
from bot.tasks.task import Closing, Task, Template
from bot.teams.member import Identity, Member, Permission
from bot.teams.role import Holding
from bot.teams.team import Account, Brand, Channel, Installation, Team
from storage import schema as s
from storage.grants import Grants

if TYPE_CHECKING:
    from storage.store import UnitOfWork

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
NOMINAL = datetime(2026, 11, 23, 9)  # noqa: DTZ001  # a local moment has no offset
REF = Ref("C1", "100.1")
KEY = "event-1"
SENDER = "sender"


@dataclass(frozen=True)
class Rows:
    """One row of every kind, of one team."""

    team: Team
    installation: Installation
    channel: Channel
    brand: Brand
    account: Account
    member: Member
    identity: Identity
    holding: Holding
    template: Template
    influencer: Influencer
    run: Run
    item: Item
    schedule: Schedule
    occurrence: Occurrence
    posting: Posting
    delivery: Delivery
    leased: Delivery
    """A second one, stored by :func:`leased`."""
    entry: Entry
    note: str

    def marks(self) -> set[str]:
        """What gives a row of this team away, wherever it turns up: its identifier, or the day that is its own."""
        rows = (getattr(self, one.name) for one in fields(self))
        return {self.note, *map(repr, self.team.closures), *(row.id for row in rows if hasattr(row, "id"))}


def rows(name: str, closed: date = date(2026, 12, 24)) -> Rows:
    """The rows of a team; only the installation's external id and the day that it is closed are its own."""
    team = new_id(NOW)
    channel = Channel(team, new_id(NOW), "C1", "équipe")
    member = Member(team, new_id(NOW), "Léa", Permission.LEAD)
    brand = Brand(team, new_id(NOW), "Mirabelle")
    account = Account(team, new_id(NOW), brand.id, "instagram")
    task = Task("veille", Words("Veille du jour", "Daily watch"), Words("la veille", "the watch"), "veille")
    rhythm = Rhythm(Daily(), (time(9),))
    template = Template(team, new_id(NOW), "veille", "day", (task,), rhythm, closing=Closing.DROP)
    run = Run(team, new_id(NOW), template.id, 1, NOMINAL, NOW)
    item = Item(team, new_id(NOW), run.id, task, NOW, NOW + timedelta(hours=3), Closing.DROP, member.id)
    schedule = Schedule(team, new_id(NOW), "veille", rhythm, "Europe/Paris", "f", NOMINAL, NOW)
    posting = Posting(team, new_id(NOW), Destination(channel=channel.id), "morning", "2026-11-23", NOW)
    return Rows(
        team=Team(team, name, home=channel.id, ready=True, closures=frozenset({closed})),
        installation=Installation(team, "console", name),
        channel=channel,
        brand=brand,
        account=account,
        member=member,
        identity=Identity(team, member.id, "console", "U1"),
        holding=Holding(team, new_id(NOW), "veille", member.id, account=account.id),
        template=template,
        influencer=Influencer(team, new_id(NOW), "Alma", "instagram", "mode", 30),
        run=run,
        item=item,
        schedule=schedule,
        occurrence=Occurrence(team, new_id(NOW), schedule.id, "veille", NOMINAL, NOW),
        posting=posting,
        delivery=Delivery(team, new_id(NOW), posting.id, "post", NOW),
        leased=Delivery(team, new_id(NOW), posting.id, "edit", NOW),
        entry=Entry(team, new_id(NOW), NOW, "done", "item", item.id, member.id),
        note=new_id(NOW),
    )


def store_rows(tx: UnitOfWork, one: Rows) -> None:
    """Write them all, through the repositories."""
    team = one.team.id
    tx.teams.add(one.team, one.installation)
    tx.teams.add_channel(one.channel)
    tx.teams.add_brand(one.brand)
    tx.teams.add_account(one.account)
    tx.members.add(one.member, one.identity)
    tx.roles.give(one.holding)
    tx.templates.add(one.template)
    tx.influencers.add(one.influencer)
    assert tx.items.open_run(one.run, [one.item])
    tx.schedules.put(one.schedule)
    assert tx.schedules.move_on([one.schedule], [one.occurrence])
    tx.postings.add_many([NewPosting(one.posting, (one.item.id,), (one.occurrence.id,))])
    tx.outbox.owe([one.delivery])
    tx.reactions.add(team, one.posting.id, one.member.id, "✅")
    assert tx.requests.find(team, KEY) is None
    tx.requests.put(team, KEY, NOW, f'{{"of": "{team}"}}')
    tx.audit.write(one.entry)
    tx.notes.put(team, one.note, f"un mot de {team}")
    tx.facts.put("used_by", "run")
    Grants(tx.connection).put("slack", "T1", {"owner": "T1", "secret": "made up", "about": "{}"})


def posted(tx: UnitOfWork, one: Rows) -> Posting:
    """Send the posting, as the sender does (nothing else may be due): it stands at `REF` in its team."""
    (taken,) = tx.outbox.claim(SENDER, 60, NOW, 100)
    done = Confirmation(taken, REF, one.posting.revision)
    assert tx.outbox.confirm_many(SENDER, [done]) == {taken.id: one.posting.revision}
    return one.posting._replace(ref=REF, posted_revision=one.posting.revision)


def leased(tx: UnitOfWork, one: Rows) -> None:
    """Let the sender hold the team's second delivery for a long time, and owe a third one for tomorrow."""
    tx.outbox.owe([one.leased])
    (taken,) = tx.outbox.claim(SENDER, 3600, NOW, 100)
    assert taken.id == one.leased.id
    tx.outbox.owe([one.delivery._replace(id=new_id(NOW), send_after=NOW + timedelta(days=1))])


Dump = dict[str, list[tuple[Any, ...]]]


def dump(tx: UnitOfWork, team: str | None = None) -> Dump:
    """Every row of the database, or of one team, table by table."""
    found: Dump = {}
    for table in s.metadata.sorted_tables:
        query = sa.select(table).order_by(*table.primary_key.columns)
        if team is not None:
            of = table.c.get("team_id", table.c.id if table is s.teams else None)
            query = query.where(of == team) if of is not None else query
        found[table.name] = [tuple(row) for row in tx.connection.execute(query)]
    return found
