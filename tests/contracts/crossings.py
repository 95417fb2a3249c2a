"""What happens when a method of a repository is given another team's ids: one case per method, for ever.

A new method of a repository without a case here makes `test_store.py` fail. A case calls the method for `us` with
whatever `them` own. Its result must be empty (False, None, nothing found) and must change nothing of theirs; a
database may also refuse it. `own` says that the method finds things by a name that both teams use: then it may return
our rows, never theirs. Methods that look over all teams are the engine's own, and are listed with their reason.
"""

# ruff: noqa: ARG005  # a case takes both teams, whether or not it needs both

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.engine.posting import Confirmation, Destination, NewPosting
from bot.ids import new_id
from bot.tasks.checklist import State
from tests.contracts.world import KEY, NOW, REF, SENDER, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.store import UnitOfWork

    Call = Callable[[UnitOfWork, Rows, Rows], Any]


@dataclass(frozen=True)
class Case:
    """One call across the border between two teams."""

    call: Call
    own: bool = False


OVER_ALL_TEAMS = {
    "teams.find": "finds the team of a workspace or guild: nothing is known of the team before",
    "teams.ids": "the engine and the preview go through every team",
    "schedules.due": "the engine's tick",
    "schedules.teams_without": "the teams that a new version's nudge has not reached, looked at when the engine starts",
    "schedules.choosing": "one process chooses at a time",
    "schedules.turn": "one process chooses at a time",
    "schedules.due_keys": "the engine's tick, when one of them is broken",
    "schedules.zones": "what the zones of every team were taken to mean, looked at when the process starts",
    "schedules.in_zones": "the schedules that a zone's new rules move, of every team",
    "schedules.next_fire_at": "the engine's alarm",
    "outbox.claim": "the engine's sender",
    "outbox.waiting": "what readiness is judged by",
    "outbox.next_at": "the engine's alarm",
    "notes.forget": "the engine's housekeeping, by age and kind alone",
    "schedules.forget_spent": "the engine's housekeeping: what has no moment left",
    "outbox.overdue": "the engine's catch-up after a stop",
    "outbox.lease_left": "the engine's alarm",
    "outbox.cap_leases": "what a process of the same machine left behind, whatever the team",
    "outbox.let_go": "a process's own leases, whatever the team",
    "requests.forget": "the engine's housekeeping, by age alone",
    "facts.get": "named values of the whole database, none of a team",
    "facts.read": "named values of the whole database, none of a team",
    "facts.forget": "named values of the whole database, none of a team",
    "facts.keys": "named values of the whole database, none of a team",
    "facts.put": "named values of the whole database, none of a team",
}

LONG = timedelta(days=3650)


def case(call: Call, *, own: bool = False) -> Case:
    """Shorthand."""
    return Case(call, own)


CASES: dict[str, Case] = {
    "teams.get": case(lambda tx, us, them: tx.teams.get(us.team.id), own=True),
    "teams.add": case(lambda tx, us, them: tx.teams.add(us.team, replace(them.installation, team=us.team.id))),
    "teams.save": case(lambda tx, us, them: tx.teams.save(us.team._replace(name="new", home=them.channel.id))),
    "teams.many": case(lambda tx, us, them: tx.teams.many([us.team.id]), own=True),
    "teams.installations": case(lambda tx, us, them: tx.teams.installations([us.team.id]), own=True),
    "teams.places": case(lambda tx, us, them: tx.teams.places([(us.team.id, them.channel.id)])),
    "teams.installation": case(lambda tx, us, them: tx.teams.installation(us.team.id), own=True),
    "teams.add_channel": case(lambda tx, us, them: tx.teams.add_channel(replace(us.channel, id=them.channel.id))),
    "teams.channel": case(lambda tx, us, them: tx.teams.channel(us.team.id, them.channel.id)),
    "teams.channel_named": case(lambda tx, us, them: tx.teams.channel_named(us.team.id, "C1"), own=True),
    "teams.add_brand": case(lambda tx, us, them: tx.teams.add_brand(replace(us.brand, id=them.brand.id))),
    "teams.brands": case(lambda tx, us, them: tx.teams.brands(us.team.id), own=True),
    "teams.add_account": case(
        lambda tx, us, them: tx.teams.add_account(replace(us.account, id=new_id(NOW), brand=them.brand.id))
    ),
    "teams.remove_account": case(lambda tx, us, them: tx.teams.remove_account(us.team.id, them.account.id)),
    "teams.accounts": case(lambda tx, us, them: tx.teams.accounts(us.team.id), own=True),
    "members.add": case(
        lambda tx, us, them: tx.members.add(
            replace(us.member, id=them.member.id), replace(us.identity, member=them.member.id)
        )
    ),
    "members.save": case(lambda tx, us, them: tx.members.save(replace(them.member, team=us.team.id, name="new"))),
    "members.get": case(lambda tx, us, them: tx.members.get(us.team.id, them.member.id)),
    "members.find": case(lambda tx, us, them: tx.members.find(us.team.id, "console", "U1"), own=True),
    "members.identity": case(lambda tx, us, them: tx.members.identity(us.team.id, them.member.id)),
    "members.of": case(lambda tx, us, them: tx.members.of([us.team.id]), own=True),
    "members.accounts": case(lambda tx, us, them: tx.members.accounts([(us.team.id, them.member.id)])),
    "members.former": case(lambda tx, us, them: tx.members.former(us.team.id), own=True),
    "members.erase": case(lambda tx, us, them: tx.members.erase(us.team.id, them.member.id)),
    "members.all": case(lambda tx, us, them: tx.members.all(us.team.id), own=True),
    "roles.holdings": case(lambda tx, us, them: tx.roles.holdings(us.team.id), own=True),
    "roles.of": case(lambda tx, us, them: tx.roles.of([us.team.id]), own=True),
    "roles.give": case(lambda tx, us, them: tx.roles.give(replace(us.holding, id=new_id(NOW), member=them.member.id))),
    "roles.take_back": case(lambda tx, us, them: tx.roles.take_back(us.team.id, them.holding.id)),
    "templates.add": case(
        lambda tx, us, them: tx.templates.add(replace(us.template, id=them.template.id, key="another"))
    ),
    "templates.revise": case(
        lambda tx, us, them: tx.templates.revise(replace(them.template, team=us.team.id, version=2))
    ),
    "templates.set_state": case(lambda tx, us, them: tx.templates.set_state(us.team.id, them.template.id, "removed")),
    "templates.get": case(lambda tx, us, them: tx.templates.get(us.team.id, them.template.id)),
    "templates.keyed": case(lambda tx, us, them: tx.templates.keyed(us.team.id, "veille"), own=True),
    "templates.rhythms": case(lambda tx, us, them: tx.templates.rhythms([us.team.id], "veille"), own=True),
    "templates.all": case(lambda tx, us, them: tx.templates.all(us.team.id), own=True),
    "influencers.add": case(
        lambda tx, us, them: tx.influencers.add(replace(us.influencer, id=them.influencer.id, name="new"))
    ),
    "influencers.save": case(
        lambda tx, us, them: tx.influencers.save(replace(them.influencer, team=us.team.id, name="new"))
    ),
    "influencers.remove": case(lambda tx, us, them: tx.influencers.remove(us.team.id, them.influencer.id)),
    "influencers.get": case(lambda tx, us, them: tx.influencers.get(us.team.id, them.influencer.id)),
    "influencers.all": case(lambda tx, us, them: tx.influencers.all(us.team.id), own=True),
    "items.open_run": case(
        lambda tx, us, them: tx.items.open_run(replace(them.run, team=us.team.id, id=new_id(NOW)), [us.item])
    ),
    "items.get": case(lambda tx, us, them: tx.items.get(us.team.id, them.item.id)),
    "items.many": case(lambda tx, us, them: tx.items.many(us.team.id, [them.item.id])),
    "items.everywhere": case(lambda tx, us, them: tx.items.everywhere([(us.team.id, them.item.id)])),
    "items.current": case(lambda tx, us, them: tx.items.current({us.team.id: (NOW - LONG, NOW + LONG)}), own=True),
    "items.started_within": case(
        lambda tx, us, them: tx.items.started_within(us.team.id, NOW - LONG, NOW + LONG), own=True
    ),
    "items.between": case(lambda tx, us, them: tx.items.between(us.team.id, NOW - LONG, NOW + LONG), own=True),
    "items.settle": case(
        lambda tx, us, them: tx.items.settle(them.item._replace(team=us.team.id, state=State.DONE), them.item)
    ),
    "schedules.put": case(lambda tx, us, them: tx.schedules.put(us.schedule._replace(id=them.schedule.id))),
    "schedules.due_of": case(lambda tx, us, them: tx.schedules.due_of([us.team.id], NOW), own=True),
    "schedules.in_hand": case(lambda tx, us, them: tx.schedules.in_hand([us.schedule]), own=True),
    "schedules.due_one": case(
        lambda tx, us, them: tx.schedules.due_one(us.team.id, them.schedule.id, NOW + timedelta(days=400))
    ),
    "schedules.park": case(lambda tx, us, them: tx.schedules.park(us.team.id, them.schedule.id)),
    "schedules.all": case(lambda tx, us, them: tx.schedules.all(us.team.id), own=True),
    "schedules.add_new": case(lambda tx, us, them: tx.schedules.add_new([them.schedule._replace(team=us.team.id)])),
    "schedules.remove": case(lambda tx, us, them: tx.schedules.remove(us.team.id, "veille"), own=True),
    "schedules.history": case(lambda tx, us, them: tx.schedules.history(us.team.id, "planned"), own=True),
    "schedules.rewrite": case(
        lambda tx, us, them: tx.schedules.rewrite([them.schedule._replace(team=us.team.id, next_fire_at=None)])
    ),
    "schedules.move_on": case(
        lambda tx, us, them: tx.schedules.move_on(
            [them.schedule._replace(team=us.team.id, nominal_next=None)],
            [us.occurrence._replace(id=new_id(NOW), schedule=them.schedule.id)],
        )
    ),
    "postings.add_many": case(
        lambda tx, us, them: tx.postings.add_many(
            [NewPosting(us.posting._replace(id=new_id(NOW)), (them.item.id,), (them.occurrence.id,))]
        )
    ),
    "postings.mail": case(lambda tx, us, them: tx.postings.mail({us.team.id: NOW - LONG}), own=True),
    "postings.cards": case(lambda tx, us, them: tx.postings.cards([(us.team.id, them.posting.id)])),
    "postings.occurrences": case(lambda tx, us, them: tx.postings.occurrences(us.team.id, them.posting.id)),
    "postings.out": case(lambda tx, us, them: tx.postings.out(us.team.id, 10)),
    "postings.get": case(lambda tx, us, them: tx.postings.get(us.team.id, them.posting.id)),
    "postings.at": case(lambda tx, us, them: tx.postings.at(us.team.id, REF)),
    "postings.mail_to": case(
        lambda tx, us, them: tx.postings.mail_to(us.team.id, Destination(them.channel.id), NOW - LONG, NOW + LONG)
    ),
    "postings.newest": case(lambda tx, us, them: tx.postings.newest(us.team.id, "theirs")),
    "postings.ever": case(lambda tx, us, them: tx.postings.ever(us.team.id, "theirs")),
    "postings.extend": case(
        lambda tx, us, them: tx.postings.extend(them.posting._replace(team=us.team.id), "taken", [], [])
    ),
    "postings.items": case(lambda tx, us, them: tx.postings.items(us.team.id, them.posting.id)),
    "postings.show_again": case(lambda tx, us, them: tx.postings.show_again(us.team.id, [them.item.id])),
    "postings.touch_one": case(lambda tx, us, them: tx.postings.touch_one(us.team.id, them.posting.id)),
    "postings.retire": case(lambda tx, us, them: tx.postings.retire(us.team.id, them.posting.id)),
    "reactions.add": case(lambda tx, us, them: tx.reactions.add(us.team.id, them.posting.id, us.member.id, "👍")),
    "reactions.of": case(lambda tx, us, them: tx.reactions.of(us.team.id, them.posting.id, them.member.id)),
    "reactions.on": case(lambda tx, us, them: tx.reactions.on(us.team.id, [them.posting.id])),
    "reactions.remove": case(
        lambda tx, us, them: tx.reactions.remove(us.team.id, them.posting.id, them.member.id, "✅")
    ),
    "outbox.owe": case(
        lambda tx, us, them: tx.outbox.owe([us.delivery._replace(id=new_id(NOW), posting=them.posting.id)])
    ),
    "outbox.owe_leased": case(
        lambda tx, us, them: tx.outbox.owe_leased(
            SENDER, 60, [us.delivery._replace(id=new_id(NOW), posting=them.posting.id)]
        )
    ),
    "outbox.confirm_many": case(
        lambda tx, us, them: tx.outbox.confirm_many(
            SENDER, [Confirmation(them.leased._replace(team=us.team.id), REF, 1)]
        )
    ),
    "outbox.release": case(lambda tx, us, them: tx.outbox.release(SENDER, them.leased._replace(team=us.team.id))),
    "outbox.ahead": case(lambda tx, us, them: tx.outbox.ahead(us.team.id, NOW - LONG), own=True),
    "outbox.drop": case(lambda tx, us, them: tx.outbox.drop(us.team.id), own=True),
    "outbox.hold": case(lambda tx, us, them: tx.outbox.hold(us.team.id, them.posting.id, NOW - LONG)),
    "outbox.postpone": case(
        lambda tx, us, them: tx.outbox.postpone(SENDER, them.leased._replace(team=us.team.id), NOW, "no")
    ),
    "outbox.give_up": case(
        lambda tx, us, them: tx.outbox.give_up(SENDER, them.leased._replace(team=us.team.id), "failed", "no")
    ),
    "outbox.gather": case(
        lambda tx, us, them: tx.outbox.gather(
            [them.delivery._replace(team=us.team.id)], NOW - LONG, [them.leased._replace(team=us.team.id)]
        )
    ),
    "outbox.unsure": case(lambda tx, us, them: tx.outbox.unsure(us.team.id)),
    "outbox.decide": case(lambda tx, us, them: tx.outbox.decide(us.team.id, them.leased.id, None)),
    "requests.find": case(lambda tx, us, them: tx.requests.find(us.team.id, KEY), own=True),
    "requests.put": case(lambda tx, us, them: tx.requests.put(us.team.id, "another", NOW, "{}")),
    "audit.write": case(lambda tx, us, them: tx.audit.write(replace(us.entry, id=them.entry.id))),
    "audit.latest": case(lambda tx, us, them: tx.audit.latest(us.team.id, limit=10), own=True),
    "audit.of_subject": case(lambda tx, us, them: tx.audit.of_subject(us.team.id, "item", them.item.id)),
    "notes.put": case(lambda tx, us, them: tx.notes.put(us.team.id, them.note, "à nous")),
    "notes.get": case(lambda tx, us, them: tx.notes.get(us.team.id, them.note)),
    "notes.erase": case(lambda tx, us, them: tx.notes.erase(us.team.id, them.note)),
}
