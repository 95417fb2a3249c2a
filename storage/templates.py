from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from bot.engine import rhythm
from bot.tasks import deadline
from bot.tasks.task import Template
from storage import schema as s
from storage.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.engine.rhythm import Rhythm


class Templates(Repository):
    """Rows ↔ templates with their versions and tasks (port: bot.tasks.task.Templates)."""

    def add(self, template: Template) -> None:
        self.connection.execute(
            sa.insert(s.templates).values(
                team_id=template.team,
                id=template.id,
                key=template.key,
                version=template.version,
                state=template.state,
            )
        )
        self._add_version(template)

    def revise(self, template: Template) -> None:
        where = s.templates.c
        updated = self.connection.execute(
            sa.update(s.templates)
            .where(where.team_id == template.team, where.id == template.id, where.version == template.version - 1)
            .values(version=template.version, state=template.state)
        )
        if updated.rowcount != 1:
            raise ValueError(template.version)
        self._add_version(template)

    def _add_version(self, template: Template) -> None:
        key = {"team_id": template.team, "template_id": template.id, "version": template.version}
        self.connection.execute(
            sa.insert(s.template_versions).values(
                **key,
                cadence=template.cadence,
                rhythm=rhythm.to_text(template.rhythm) if template.rhythm else None,
                deadline=deadline.to_text(template.deadline) if template.deadline else None,
                closing=template.closing,
            )
        )
        self.connection.execute(
            sa.insert(s.tasks),
            [{**key, "position": position, "definition": task} for position, task in enumerate(template.tasks, 1)],
        )

    def set_state(self, team: str, template: str, state: Literal["active", "paused", "removed"]) -> bool:
        where = s.templates.c
        updated = self.connection.execute(
            sa.update(s.templates).where(where.team_id == team, where.id == template).values(state=state)
        )
        return updated.rowcount == 1

    def get(self, team: str, template: str, version: int | None = None) -> Template | None:
        return next(iter(self._select(team, s.templates.c.id == template, version=version)), None)

    def keyed(self, team: str, key: str) -> Template | None:
        return next(iter(self._select(team, s.templates.c.key == key)), None)

    def rhythms(self, teams: Sequence[str], key: str) -> Mapping[str, Rhythm]:
        head, body = s.templates.c, s.template_versions.c
        current = sa.and_(body.team_id == head.team_id, body.template_id == head.id, body.version == head.version)
        rows = self.connection.execute(
            sa.select(head.team_id, body.rhythm)
            .join(s.template_versions, current)
            .where(head.team_id.in_(teams), head.key == key, head.state == "active", body.rhythm.is_not(None))
        )
        return {row.team_id: rhythm.from_text(row.rhythm) for row in rows}

    def all(self, team: str) -> Sequence[Template]:
        return self._select(team, s.templates.c.state != "removed")

    def _select(self, team: str, condition: sa.ColumnElement[bool], version: int | None = None) -> list[Template]:
        head, body, task = s.templates.c, s.template_versions.c, s.tasks.c
        chosen = body.version == (head.version if version is None else version)
        rows = self.connection.execute(
            sa.select(
                head.id, head.key, head.state, body.version, body.cadence, body.rhythm, body.deadline, body.closing,
                task.definition,
            )
            .join(
                s.template_versions, sa.and_(body.team_id == head.team_id, body.template_id == head.id, chosen)
            )
            .join(
                s.tasks,
                sa.and_(
                    task.team_id == body.team_id, task.template_id == body.template_id, task.version == body.version
                ),
            )
            .where(head.team_id == team, condition)
            .order_by(head.id, task.position)
        )  # fmt: skip
        grouped: dict[str, list[Any]] = {}
        for row in rows:
            grouped.setdefault(row.id, []).append(row)
        return [_read_template(team, group) for group in grouped.values()]


def _read_template(team: str, rows: Sequence[Any]) -> Template:
    first = rows[0]
    return Template(
        team=team,
        id=first.id,
        key=first.key,
        cadence=first.cadence,
        tasks=tuple(row.definition for row in rows),
        rhythm=rhythm.from_text(first.rhythm) if first.rhythm else None,
        deadline=deadline.from_text(first.deadline) if first.deadline else None,
        closing=first.closing,
        version=first.version,
        state=first.state,
    )
