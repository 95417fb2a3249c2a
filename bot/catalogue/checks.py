"""Reference checks: roles, networks, categories and tasks that entries name must exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.catalogue.loader import Catalogue
    from bot.catalogue.reading import Document


@dataclass(frozen=True, slots=True)
class Origin:
    """The source of an entry, so that a later error can name its file and line."""

    document: Document
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reference:
    """`owner` (section, id) names `target` of `section` in its `field`."""

    owner: tuple[str, str]
    field: str
    section: str
    target: str | None


def check_references(catalogue: Catalogue, origins: Mapping[tuple[str, str], Origin]) -> None:
    """Raise ConfigurationError for the first entry with an unknown reference."""
    for reference in _list_references(catalogue):
        if reference.target is not None and reference.target not in getattr(catalogue, reference.section):
            raise _build_error(reference, origins[reference.owner])


def _build_error(reference: _Reference, origin: Origin) -> ConfigurationError:
    where = (*origin.where, reference.field)
    return ConfigurationError(
        "catalogue.unknown_reference",
        file=str(origin.document.file),
        line=origin.document.line(where),
        where=".".join(where),
        name=reference.target,
        section=reference.section,
    )


def _list_references(catalogue: Catalogue) -> Iterator[_Reference]:
    yield from _list_task_references(catalogue)
    for role in catalogue.roles.values():
        yield _Reference(("roles", role.id), "fallback", "roles", role.fallback)
    for day in catalogue.blocks.values():
        for block in day.blocks:
            yield _Reference(("blocks", day.id), "category", "categories", block.category)
    for playbook in catalogue.playbooks.values():
        for track in playbook.tracks.values():
            for step in track.steps:
                yield _Reference(("playbooks", playbook.id), "role", "roles", step.role)
    for task in catalogue.defaults.first_week:
        yield _Reference(("defaults", ""), "first_week", "tasks", task)


def _list_task_references(catalogue: Catalogue) -> Iterator[_Reference]:
    for task in catalogue.tasks.values():
        owner = ("tasks", task.id)
        yield _Reference(owner, "role", "roles", task.role)
        yield _Reference(owner, "category", "categories", task.category)
        for network in task.networks:
            yield _Reference(owner, "networks", "networks", network)
