"""The catalogue of the trade: ours, then the installation's folder over it, then one team's sub-folder over that.

`load()` alone gives what the product ships with. A team's file holds whole entries: one with a new id is added, one
with a known id replaces ours. Only `defaults` are laid over ours value by value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.catalogue import schema
from bot.catalogue.checks import Origin, check_references
from bot.catalogue.reading import read
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

    from bot.catalogue.defaults import Defaults
    from bot.catalogue.reading import Document

OURS = Path(__file__).parent
TEAMS_IN_MEMORY = 256
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every entry by its id, in the order of the files. Read-only."""

    tasks: Mapping[str, schema.Task]
    roles: Mapping[str, schema.Role]
    networks: Mapping[str, schema.Network]
    blocks: Mapping[str, schema.Day]
    categories: Mapping[str, schema.Category]
    rules: Mapping[str, schema.Maxim]
    playbooks: Mapping[str, schema.Playbook]
    examples: Mapping[str, schema.Example]
    defaults: Defaults

    def by_cadence(self, cadence: schema.Cadence) -> tuple[schema.Task, ...]:
        """The tasks of one cadence."""
        return tuple(task for task in self.tasks.values() if task.cadence == cadence)

    def on_by_default(self) -> tuple[schema.Task, ...]:
        """The tasks that a team has without asking."""
        return tuple(task for task in self.tasks.values() if task.default == "on")


def load(folder: Path | None = None, team: str | None = None) -> Catalogue:
    """The catalogue as `team` sees it.

    `folder` is the installation's own (`VIGIE_CATALOGUE_DIR`); its `*.yaml` are read in the order of their names, and
    those of its sub-folder named by the team's id after them. Read once a process for each pair. Raises
    ConfigurationError naming the file, the line, the entry and what is expected.
    """
    if folder is None:
        return _ours()
    if not folder.is_dir():
        raise ConfigurationError("catalogue.no_folder", folder=str(folder))
    own = _team_folder(folder, team)
    return _load((OURS, folder) if own is None else (OURS, folder, own))


def _team_folder(folder: Path, team: str | None) -> Path | None:
    """The team's sub-folder, if it has one: a plain name directly under `folder`, so that no id leads elsewhere."""
    if team is None:
        return None
    if not _TEAM.fullmatch(team):
        raise ConfigurationError("catalogue.bad_team", team=team)
    own = folder / team
    if own.is_symlink() or not own.is_dir():
        return None
    return own


@cache
def _ours() -> Catalogue:
    return _load((OURS,))


@lru_cache(maxsize=TEAMS_IN_MEMORY)
def _load(folders: tuple[Path, ...]) -> Catalogue:
    entries: dict[str, dict[str, Any]] = {section: {} for section in schema.SECTIONS}
    origins: dict[tuple[str, str], Origin] = {}
    values: dict[str, Any] = {}
    defaults = None
    for document in map(read, _files(folders)):
        values = _laid_over(values, document.data.get("defaults"))
        part = _validated(document, values)
        defaults = part.defaults or defaults
        for section, entry_id, entry in _entries(part):
            entries[section][entry_id] = entry
            origins[section, entry_id] = Origin(document, (section, entry_id))
        if part.defaults:
            origins["defaults", ""] = Origin(document, ("defaults",))
    assert defaults is not None, "ours always hold them"
    whole = Catalogue(**{name: MappingProxyType(section) for name, section in entries.items()}, defaults=defaults)
    check_references(whole, origins)
    return whole


def _files(folders: Iterable[Path]) -> list[Path]:
    return [
        file
        for folder in folders
        for file in sorted(folder.iterdir())
        if file.suffix in {".yaml", ".yml"} and file.is_file()
    ]


def _entries(part: schema.CatalogueFile) -> list[tuple[str, str, Any]]:
    return [(section, key, entry) for section in schema.SECTIONS for key, entry in getattr(part, section).items()]


def _laid_over(base: Any, top: Any) -> Any:
    """`top` over `base`: mappings are merged key by key, anything else is replaced."""
    if top is None:
        return base
    if not (isinstance(base, dict) and isinstance(top, dict)):
        return top
    return {**base, **{key: _laid_over(base.get(key), value) for key, value in top.items()}}


def _validated(document: Document, defaults: Any) -> schema.CatalogueFile:
    data = {**document.data, "defaults": defaults} if "defaults" in document.data else document.data
    try:
        return schema.CatalogueFile.model_validate(data)
    except ValidationError as error:
        raise _bad_entry(document, error.errors(include_url=False)[0]) from error


_EXPLAINED = {
    "missing": "catalogue.missing",
    "extra_forbidden": "catalogue.unknown_field",
    "literal_error": "catalogue.choices",
    "enum": "catalogue.choices",
    "union_tag_invalid": "catalogue.choices",
    "string_too_long": "catalogue.too_long",
}


def _bad_entry(document: Document, error: ErrorDetails) -> ConfigurationError:
    """The first fault of a file, in the reader's language where the fault is one that we name."""
    context = error.get("ctx", {})
    kind = getattr(context.get("error"), "key", error["type"])
    where = [step for step in error["loc"] if step != "[key]"]
    return ConfigurationError(
        kind if kind.startswith("catalogue.") else _EXPLAINED.get(kind, "catalogue.bad_value"),
        file=str(document.file),
        line=document.line(where),
        where=".".join(map(str, where)),
        expected=_choices(context.get("expected") or context.get("expected_tags")),
        most=context.get("max_length", 0),
        why=error["msg"].removeprefix("Value error, "),
    )


def _choices(expected: object) -> str:
    """Pydantic's « 'a', 'b' or 'c' » without its English."""
    return str(expected or "").replace("'", "").replace(" or ", ", ")
