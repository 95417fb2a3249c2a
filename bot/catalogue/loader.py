"""Loading of the catalogue: the built-in files, then the installation's folder, then a team's sub-folder over them.

`load()` without arguments returns the built-in catalogue. A team's file contains whole entries: a new id adds an
entry, an existing id replaces one. Only `defaults` are merged value by value.
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
    """All entries by id, in the order of the files. Read-only."""

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
        """Return the tasks of a cadence."""
        return tuple(task for task in self.tasks.values() if task.cadence == cadence)

    def on_by_default(self) -> tuple[schema.Task, ...]:
        """Return the tasks that a new team adopts."""
        return tuple(task for task in self.tasks.values() if task.default == "on")


def load(folder: Path | None = None, team: str | None = None) -> Catalogue:
    """Load the catalogue as `team` sees it.

    `folder` is the installation's own (`VIGIE_CATALOGUE_DIR`); its `*.yaml` are read in the order of their names, and
    those of its sub-folder named by the team's id after them. Cached for each pair. Raises
    ConfigurationError naming the file, the line, the entry and the expected value.
    """
    if folder is None:
        return _load_ours()
    if not folder.is_dir():
        raise ConfigurationError("catalogue.no_folder", folder=str(folder))
    own = _team_folder(folder, team)
    return _load_folders((OURS, folder) if own is None else (OURS, folder, own))


def _team_folder(folder: Path, team: str | None) -> Path | None:
    """Return the team's sub-folder, if it exists: a plain name directly under `folder`, so that no id escapes it."""
    if team is None:
        return None
    if not _TEAM.fullmatch(team):
        raise ConfigurationError("catalogue.bad_team", team=team)
    own = folder / team
    if own.is_symlink() or not own.is_dir():
        return None
    return own


@cache
def _load_ours() -> Catalogue:
    return _load_folders((OURS,))


@lru_cache(maxsize=TEAMS_IN_MEMORY)
def _load_folders(folders: tuple[Path, ...]) -> Catalogue:
    entries: dict[str, dict[str, Any]] = {section: {} for section in schema.SECTIONS}
    origins: dict[tuple[str, str], Origin] = {}
    values: dict[str, Any] = {}
    defaults = None
    for document in map(read, _list_files(folders)):
        values = _merge(values, document.data.get("defaults"))
        part = _validate(document, values)
        defaults = part.defaults or defaults
        for section, entry_id, entry in _list_entries(part):
            entries[section][entry_id] = entry
            origins[section, entry_id] = Origin(document, (section, entry_id))
        if part.defaults:
            origins["defaults", ""] = Origin(document, ("defaults",))
    assert defaults is not None, "ours always hold them"
    whole = Catalogue(**{name: MappingProxyType(section) for name, section in entries.items()}, defaults=defaults)
    check_references(whole, origins)
    return whole


def _list_files(folders: Iterable[Path]) -> list[Path]:
    return [
        file
        for folder in folders
        for file in sorted(folder.iterdir())
        if file.suffix in {".yaml", ".yml"} and file.is_file()
    ]


def _list_entries(part: schema.CatalogueFile) -> list[tuple[str, str, Any]]:
    return [(section, key, entry) for section in schema.SECTIONS for key, entry in getattr(part, section).items()]


def _merge(base: Any, top: Any) -> Any:
    """Merge `top` over `base`: mappings key by key, other values replaced."""
    if top is None:
        return base
    if not (isinstance(base, dict) and isinstance(top, dict)):
        return top
    return {**base, **{key: _merge(base.get(key), value) for key, value in top.items()}}


def _validate(document: Document, defaults: Any) -> schema.CatalogueFile:
    data = {**document.data, "defaults": defaults} if "defaults" in document.data else document.data
    try:
        return schema.CatalogueFile.model_validate(data)
    except ValidationError as error:
        raise _build_error(document, error.errors(include_url=False)[0]) from error


_MESSAGE_KEYS = {
    "missing": "catalogue.missing",
    "extra_forbidden": "catalogue.unknown_field",
    "literal_error": "catalogue.choices",
    "enum": "catalogue.choices",
    "union_tag_invalid": "catalogue.choices",
    "string_too_long": "catalogue.too_long",
}


def _build_error(document: Document, error: ErrorDetails) -> ConfigurationError:
    """Convert a validation error, in the reader's language where its kind has a text."""
    context = error.get("ctx", {})
    kind = getattr(context.get("error"), "key", error["type"])
    where = [step for step in error["loc"] if step != "[key]"]
    return ConfigurationError(
        kind if kind.startswith("catalogue.") else _MESSAGE_KEYS.get(kind, "catalogue.bad_value"),
        file=str(document.file),
        line=document.line(where),
        where=".".join(map(str, where)),
        expected=_clean_choices(context.get("expected") or context.get("expected_tags")),
        most=context.get("max_length", 0),
        why=error["msg"].removeprefix("Value error, "),
    )


def _clean_choices(expected: object) -> str:
    """Convert Pydantic's « 'a', 'b' or 'c' » to « a, b, c »."""
    return str(expected or "").replace("'", "").replace(" or ", ", ")
