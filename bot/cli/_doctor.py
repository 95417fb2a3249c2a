"""The checks of `vigie doctor`. Each gives one line, and what to do where it fails; none of them writes."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.catalogue.loader import load as load_catalogue
from bot.cli._messages import explain, say
from bot.cli._platforms import MODULES, load_kind
from bot.config import Settings
from bot.config import load as load_settings
from bot.errors import VigieError
from bot.zones import tzdata_version, use_packaged_tzdata
from storage.engines import OLDEST_SQLITE
from storage.looking import known, looking, revision, sqlite_file
from storage.migrate import head

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock

OLDEST_PYTHON = (3, 11)
LAST_YEAR = 2099

Row = tuple[bool, str]


def examine(clock: Clock) -> list[Row]:
    """Every check, in the order in which a fault explains the next ones."""
    settings: list[Settings] = []
    rows = [_python(), _sqlite(), _tzdata(), _clock(clock), _settled(lambda: _settings(settings))]
    if settings:
        rows += [_settled(lambda check=check: check(settings[0])) for check in (_catalogue, _folder, _database)]  # type: ignore[misc]
        for name in MODULES:
            rows += load_kind(name).examine(settings[0], clock)
    return rows


def _settled(check: Callable[[], Row]) -> Row:
    """An error of ours is a check that fails, in its own words."""
    try:
        return check()
    except VigieError as error:
        return False, explain(error)


def _row(name: str, *, fine: bool, **values: object) -> Row:
    return fine, say(f"doctor.{name}.{'fine' if fine else 'wrong'}", **values)


def _python() -> Row:
    found = ".".join(map(str, sys.version_info[:3]))
    needed = ".".join(map(str, OLDEST_PYTHON))
    return _row("python", fine=sys.version_info >= OLDEST_PYTHON, found=found, needed=needed)


def _sqlite() -> Row:
    needed = ".".join(map(str, OLDEST_SQLITE[:2]))
    fine = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    return _row("sqlite", fine=fine, found=sqlite3.sqlite_version, needed=needed)


def _tzdata() -> Row:
    """What a zone means must come from the wheel that we ship, whatever the host has."""
    use_packaged_tzdata()
    try:
        version = tzdata_version()
        zoneinfo.ZoneInfo.no_cache("Europe/Paris")
    except (ModuleNotFoundError, zoneinfo.ZoneInfoNotFoundError):
        return _row("tzdata", fine=False)
    return _row("tzdata", fine=zoneinfo.TZPATH == (), version=version)


def _clock(clock: Clock) -> Row:
    """A machine that woke up in 1970, or before the time zones that we ship were published, sends at wrong moments."""
    now = clock.now()
    published = datetime(int(tzdata_version().split(".")[0]), 1, 1, tzinfo=UTC)
    return _row("clock", fine=published <= now and now.year <= LAST_YEAR, now=f"{now:%Y-%m-%d %H:%M} UTC")


def _settings(found: list[Settings]) -> Row:
    found.append(load_settings())
    there = Path(".env").is_file()
    return True, say("doctor.settings.file" if there else "doctor.settings.defaults")


def _catalogue(settings: Settings) -> Row:
    """The installation's own folder, and each team's within it."""
    folder = settings.catalogue_dir
    teams = sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder and folder.is_dir() else []
    tasks = len(load_catalogue(folder).tasks)
    for team in teams:
        load_catalogue(folder, team)
    return _row("catalogue", fine=True, count=tasks)


def _folder(settings: Settings) -> Row:
    """SQLite keeps a journal beside its file: the folder itself must take new files."""
    file = sqlite_file(settings.database_url.get_secret_value())
    folder = file.parent if file else Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=folder):
            return _row("folder", fine=True, folder=str(folder))
    except OSError:
        if not folder.is_dir():
            return _row("no_folder", fine=False, folder=str(folder))
        return _row("folder", fine=False, folder=str(folder))


def _database(settings: Settings) -> Row:
    address = settings.database_url.get_secret_value()
    with looking(address) as connection:
        found = revision(connection) if connection is not None else None
        if found is None:
            return False, say("doctor.database.none")
        if not known(found):
            return False, say("doctor.database.newer", found=found)
        return _row("database", fine=found == head(), found=found, needed=head())
