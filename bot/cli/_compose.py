"""Ten lines of wiring: the parts of the product put together for a verb."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.catalogue.loader import Catalogue, load
from bot.engine.engine import Engine
from bot.engine.metrics import NoMetrics
from bot.engine.sender import Sender
from bot.pipeline import Pipeline
from bot.registry import Registry
from bot.registry import load as load_registry
from bot.zones import use_packaged_tzdata
from storage.migrate import upgrade
from storage.store import SqlStore, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.clock import Clock
    from bot.i18n import Language
    from bot.ports import Platform


@dataclass(frozen=True, slots=True)
class App:
    """The product over one database, one clock and some platforms."""

    store: SqlStore
    registry: Registry
    pipeline: Pipeline
    engine: Engine

    def catalogue(self, team: str) -> Catalogue:
        return self.pipeline.catalogue(team)


def compose(
    address: str, clock: Clock, platforms: Sequence[Platform], *, folder: Path | None = None, language: Language = "fr"
) -> App:
    """Open the database (bringing its tables up to date) and put the product together over it."""
    use_packaged_tzdata()
    store = open_store(address, clock, lambda team: load(folder, team))
    upgrade(store.engines.write)
    registry = load_registry()
    owner = secrets.token_hex(8)
    metrics = NoMetrics()
    sender = Sender(store, registry, {one.name: one for one in platforms}, owner, metrics)
    engine = Engine(store, registry, clock, sender, metrics)
    pipeline = Pipeline(store, registry, clock, lambda team: load(folder, team), engine.wake, language)
    return App(store, registry, pipeline, engine)
