"""Setting a team up: three answers become accounts, roles, templates, schedules and today's items, in one go."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.audit import Entry
from bot.domain.ids import new_id
from bot.domain.role import Holding
from bot.domain.roster import roster
from bot.domain.task import Template
from bot.domain.team import Account, Brand
from bot.engine.opening import open_day
from bot.engine.scheduling import schedule_team

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.catalogue.loader import Catalogue
    from bot.catalogue.schema import Task
    from bot.domain.audit import Source
    from bot.domain.team import Team
    from bot.ports import Tx
    from bot.registry import Registry

ASKED = ("veille", "community", "planner")
"""The roles that set-up asks for."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The three answers: networks (catalogue ids), who holds which role (role → member id), in which channel (our id).

    What is None or absent stays as it is.
    """

    networks: tuple[str, ...] | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    home: str | None = None


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
        done = replace(team, ready=True, home=answers.home or team.home)
        self.tx.teams.save(done)
        if answers.networks is not None:
            self._look_after(done, answers.networks)
        self._give_roles(done, answers.roles)
        self._adopt(done)
        people = roster(self.tx, done)
        open_day(self.tx, people, done.today(self.tx.now))
        schedule_team(self.tx, done, self.registry, self.catalogue.defaults)
        self._record(team, done, answers)
        return done

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
        held = [one for one in self.tx.roles.holdings(team.id) if one.role in roles and one.kind == "holder"]
        for one in held:
            self.tx.roles.take_back(team.id, one.id)
        for role, member in roles.items():
            self.tx.roles.give(Holding(team.id, new_id(self.tx.now), role, member))

    def _adopt(self, team: Team) -> None:
        """Take the catalogue's first-week tasks that the team does not have yet, each as a template of its own."""
        for task in self.catalogue.on_by_default():
            if self.tx.templates.keyed(team.id, task.id) is None:
                self.tx.templates.add(template_of(team, task, new_id(self.tx.now)))

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


def template_of(team: Team, task: Task, identifier: str) -> Template:
    """The team's own template of a catalogue task, as the catalogue has it today."""
    return Template(
        team=team.id,
        id=identifier,
        key=task.id,
        cadence=task.cadence,
        tasks=(task.to_task(),),
        rhythm=task.rhythm.to_rhythm(),
        deadline=task.deadline.to_deadline() if task.deadline else None,
        closing=task.closing,
    )
