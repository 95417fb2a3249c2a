"""The registry of platforms: a platform is one line of `MODULES`, and a module with the functions of `Kind`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import structlog

from bot.errors import ConfigurationError, VigieError
from bot.platforms.first_contact import Fallback, Reception
from bot.platforms.services import Hosting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.cli._compose import App
    from bot.clock import Clock
    from bot.config import Settings
    from bot.ports import Platform

log = structlog.get_logger()

MODULES = {
    "slack": "bot.cli._slack",
    "discord": "bot.cli._discord",
    "web": "bot.cli._web",
}
"""The module of each platform that `vigie run` serves; it may be the adapter's own package."""
DEFAULT = "web"
"""The platform of an installation that has configured none."""


class Kind(Protocol):
    """The functions that the cli calls in a platform's module."""

    def configured(self, settings: Settings) -> bool:
        """Return whether the settings hold this platform's credentials."""
        ...

    async def build(self, settings: Settings, app: App) -> Platform:
        """Build the platform over the app. Raises ConfigurationError when a setting, or the extra, is missing."""
        ...

    def examine(self, settings: Settings, clock: Clock) -> list[tuple[bool, str]]:
        """Return the rows of `vigie doctor` (passed, text); none where it is not configured. Changes nothing."""
        ...


def load_kind(name: str) -> Kind:
    """Import a platform's module."""
    return cast("Kind", import_module(MODULES[name]))


def select_names(names: str | None, settings: Settings) -> Sequence[str]:
    """Return the platforms to run: those named, else every configured one, else the default.

    Raises ConfigurationError for an unknown name.
    """
    if names is None:
        return [name for name in MODULES if load_kind(name).configured(settings)] or [DEFAULT]
    selected = [name.strip() for name in names.split(",")]
    for name in selected:
        if name not in MODULES:
            raise ConfigurationError("run.unknown_platform", name=name[:40], known=list(MODULES))
    return selected


def fallback_of(settings: Settings) -> Fallback:
    """Return language and zone of new teams, from the settings."""
    return Fallback(settings.language, settings.timezone, "language" in settings.model_fields_set)


@asynccontextmanager
async def serve_platform(app: App, platform: Platform, settings: Settings) -> AsyncIterator[None]:
    """Hand what people do on a platform to the app while the block runs.

    Raises ConfigurationError when the platform refuses the credentials.
    """
    reception = Reception(app.store, app.pipeline.receive, platform.introduce, fallback_of(settings))
    await reception.warm()
    await platform.start(reception.receive)
    reconciling = asyncio.create_task(_reconcile_teams(app, platform))
    try:
        yield
    finally:
        reconciling.cancel()
        await asyncio.gather(reconciling, return_exceptions=True)
        await platform.stop()


async def _reconcile_teams(app: App, platform: Platform) -> None:
    """Make up, team by team, for the reactions of the time when Vigie was stopped."""
    if platform.reconciles:
        return
    hosting, missed = Hosting(app.store, platform.name), 0
    try:
        for team in await hosting.installed():
            missed += await platform.reconcile(team, await hosting.cards(team))
    except VigieError:
        log.exception("reactions not reconciled")
    else:
        log.info("reactions reconciled", missed=missed)
