"""Setting a team up: three answers become accounts, roles, templates, schedules and today's items, in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.engine.scheduling import schedule_team
from bot.ids import new_id
from bot.record.audit import Entry
from bot.tasks.change import Author
from bot.tasks.opening import moments_of, open_day, open_run
from bot.tasks.task import Template
from bot.teams.role import Holding
from bot.teams.role_changes import Post, follow
from bot.teams.roster import roster
from bot.teams.team import Account, Brand, Channel
from bot.teams.zone_change import keep_hours

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
    """The three answers: networks (catalogue ids), who holds which role (role → member id), in which channel (our id).

    What is None or absent stays as it is.
    """

    networks: tuple[str, ...] | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    home: str | None = None
    guess: Team | None = None
    """The team with what was guessed of it corrected (zone, country, days, hours)."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """Applies answers for one team; `actor` is the member who gave them (None: the command line)."""

    tx: Tx
    registry: Registry
    catalogue: Catalogue
    actor: str | None
    source: Source

    def apply(self, team: Team, answers: Answers) -> Team:
        """Store the answers and everything that follows from them; returns the team, ready. Can be done again."""
        done = (answers.guess or team)._replace(ready=True, home=answers.home or team.home)
        stood = self._stands(team)
        self.tx.teams.save(done)
        if answers.networks is not None:
            self._look_after(done, answers.networks)
        before = roster(self.tx, done)
        self._give_roles(done, answers.roles)
        adopted = self._adopt(done)
        people, today = roster(self.tx, done), done.today(self.tx.now)
        if team.ready:  # the day is open already: only who holds what, and what is new, can have changed
            follow(self.tx, Author(self.actor, self.source), before, people)
            keep_hours(self.tx, team, done)
            for template in adopted:
                open_template(self.tx, people, template, today)
        else:
            open_day(self.tx, people, today)
        schedule_team(self.tx, done, self.registry, self.catalogue.defaults)
        if adopted or self._stands(done) != stood:  # the same answers again are no change to record
            self._record(team, done, answers)
        return done

    def _stands(self, team: Team) -> tuple[object, ...]:
        """What answers can change."""
        return team, self.tx.teams.accounts(team.id), self.tx.roles.holdings(team.id)

    def _look_after(self, team: Team, networks: tuple[str, ...]) -> None:
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
        """Each role asked for has one team-wide holder; backups, and holders for one account, stay."""
        for role, member in roles.items():
            held = Post(role).of(self.tx.roles.holdings(team.id))
            if [one.member for one in held] == [member]:
                continue
            for one in held:
                self.tx.roles.take_back(team.id, one.id)
            self.tx.roles.give(Holding(team.id, new_id(self.tx.now), role, member))

    def _adopt(self, team: Team) -> list[Template]:
        """Take the catalogue's first-week tasks that the team does not have yet, each as a template of its own."""
        missing = [one for one in self.catalogue.on_by_default() if self.tx.templates.keyed(team.id, one.id) is None]
        adopted = [template_of(team, task, new_id(self.tx.now)) for task in missing]
        for template in adopted:
            self.tx.templates.add(template)
        return adopted

    def _record(self, before: Team, after: Team, answers: Answers) -> None:
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
            )
        )


def open_template(tx: Tx, people: Roster, template: Template, day: date) -> None:
    """Open what one template has on a day."""
    for nominal in moments_of(template, people.team, day):
        open_run(tx, people, template, nominal)


def channel_here(call: Call, tx: Tx) -> str | None:
    """Our id of the channel where it was asked; a channel that we do not know yet is added. None: asked in private."""
    if not call.request.channel:
        return None
    known = tx.teams.channel_named(call.team.id, call.request.channel)
    if known is None:
        known = Channel(call.team.id, new_id(tx.now), call.request.channel, call.request.channel)
        tx.teams.add_channel(known)
    return known.id


def template_of(team: Team, task: Task, identifier: str) -> Template:
    """The team's own template of a catalogue task, as the catalogue has it today."""
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
