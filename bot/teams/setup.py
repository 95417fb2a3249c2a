"""Set-up of a team: from answers to accounts, roles, templates, schedules and today's items, in one unit of work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.engine.scheduling import schedule_team
from bot.ids import new_id
from bot.record.audit import Author, Entry
from bot.tasks.opening import moments_of, open_day, open_run
from bot.tasks.rederive import derive_again
from bot.tasks.task import Template
from bot.teams.role import Holding
from bot.teams.role_changes import RoleSlot, follow_roles
from bot.teams.roster import roster
from bot.teams.team import Account, Brand, Channel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.call import Call
    from bot.catalogue.loader import Catalogue
    from bot.catalogue.schema import Task
    from bot.ports import Tx
    from bot.record.audit import Source
    from bot.registry import Registry
    from bot.teams.roster import Roster
    from bot.teams.team import Team


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers: networks (catalogue ids), holders (role → member id), home channel (internal id).

    None or an absent role leaves its setting unchanged.
    """

    networks: tuple[str, ...] | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    home: str | None = None
    guess: Team | None = None
    """The team with corrected guesses (zone, country, days, hours)."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """The application of answers to a team; `actor` is the member who gave them (None: the command line)."""

    tx: Tx
    registry: Registry
    catalogue: Catalogue
    actor: str | None
    source: Source
    request: str | None = None
    """The request of the answers, as the record names it."""

    def apply(self, team: Team, answers: Answers) -> Team:
        """Store the answers and all their consequences; return the team, ready. Repeatable."""
        done = (answers.guess or team)._replace(ready=True, home=answers.home or team.home)
        stood = self._snapshot(team)
        self.tx.teams.save(done)
        if answers.networks is not None:
            self._update_accounts(done, answers.networks)
        before = roster(self.tx, done)
        self._give_roles(done, answers.roles)
        adopted = self._adopt_templates(done)
        people, today = roster(self.tx, done), done.today(self.tx.now)
        if team.ready:  # the day is already open: only holders and new templates can differ
            follow_roles(self.tx, Author(self.actor, self.source, request=self.request), before, people)
            derive_again(self.tx, team, done)
            for template in adopted:
                open_template(self.tx, people, template, today)
        else:
            open_day(self.tx, people, today)
        schedule_team(self.tx, done, self.registry, self.catalogue.defaults)
        if adopted or self._snapshot(done) != stood:  # repeated answers are no change to record
            self._record_setup(team, done, answers)
        return done

    def _snapshot(self, team: Team) -> tuple[object, ...]:
        """Return all state that answers can change, for comparison."""
        return team, self.tx.teams.accounts(team.id), self.tx.roles.holdings(team.id)

    def _update_accounts(self, team: Team, networks: tuple[str, ...]) -> None:
        brand = next(iter(self.tx.teams.brands(team.id)), None)
        if brand is None:
            brand = Brand(team.id, new_id(self.tx.now), team.name)
            self.tx.teams.add_brand(brand)
        kept = {account.network: account for account in self.tx.teams.accounts(team.id)}
        for network, account in kept.items():
            if network not in networks:
                self.tx.teams.remove_account(team.id, account.id)
        for network in networks:
            if network not in kept:
                self.tx.teams.add_account(Account(team.id, new_id(self.tx.now), brand.id, network))

    def _give_roles(self, team: Team, roles: Mapping[str, str]) -> None:
        """Give each answered role one team-wide holder; backups, and holders for one account, stay."""
        for role, member in roles.items():
            held = RoleSlot(role).of(self.tx.roles.holdings(team.id))
            if [holding.member for holding in held] == [member]:
                continue
            for holding in held:
                self.tx.roles.take_back(team.id, holding.id)
            self.tx.roles.give(Holding(team.id, new_id(self.tx.now), role, member))

    def _adopt_templates(self, team: Team) -> list[Template]:
        """Add a template for each default task of the catalogue that the team does not have yet."""
        missing = [task for task in self.catalogue.on_by_default() if self.tx.templates.keyed(team.id, task.id) is None]
        adopted = [build_template(team, task, new_id(self.tx.now)) for task in missing]
        for template in adopted:
            self.tx.templates.add(template)
        return adopted

    def _record_setup(self, before: Team, after: Team, answers: Answers) -> None:
        facts = {role: member for role, member in sorted(answers.roles.items())}  # noqa: C416  # a fixed order
        self.tx.audit.write(
            Entry(
                team=after.id,
                id=new_id(self.tx.now),
                at=self.tx.now,
                act="setup",
                subject="team",
                subject_id=after.id,
                actor=self.actor,
                before={"ready": str(before.ready).lower(), "home": before.home},
                after={"ready": "true", "home": after.home, **facts},
                source=self.source,
                request=self.request,
            )
        )


def open_template(tx: Tx, people: Roster, template: Template, day: date) -> None:
    """Open the runs of a template on a day."""
    for nominal in moments_of(template, people.team, day):
        open_run(tx, people, template, nominal)


def find_request_channel(call: Call, tx: Tx) -> str | None:
    """Return our id of the request's channel, adding an unknown one; None for a request in private."""
    if not call.request.channel:
        return None
    channel = tx.teams.channel_named(call.team.id, call.request.channel)
    if channel is None:
        channel = Channel(call.team.id, new_id(tx.now), call.request.channel, call.request.channel)
        tx.teams.add_channel(channel)
    return channel.id


def build_template(team: Team, task: Task, identifier: str) -> Template:
    """Build the team's template of a catalogue task."""
    return Template(
        team=team.id,
        id=identifier,
        key=task.id,
        cadence=task.cadence,
        tasks=(task.to_task(formal=team.formal),),
        rhythm=task.rhythm.to_rhythm(),
        deadline=task.deadline.to_deadline() if task.deadline else None,
        closing=task.closing,
    )
