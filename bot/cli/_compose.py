"""Ten lines of wiring: the parts of the product put together for a verb."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.catalogue.loader import Catalogue, load
from bot.engine.engine import Engine
from bot.engine.health import Health
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
    from bot.engine.metrics import Metrics
    from bot.i18n import Language
    from bot.ports import Transport


@dataclass(frozen=True, slots=True)
class App:
    """The product over one database, one clock and some platforms."""

    store: SqlStore
    registry: Registry
    pipeline: Pipeline
    engine: Engine
    health: Health
    transports: dict[str, Transport]
    """Where the engine sends, by platform."""

    def add(self, transport: Transport) -> None:
        """Let the engine send through a platform that was built over this app."""
        self.transports[transport.name] = transport

    def catalogue(self, team: str) -> Catalogue:
        return self.pipeline.catalogue(team)


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of an installation: its own catalogue, the language of answers to strangers, its metrics."""

    folder: Path | None = None
    language: Language = "fr"
    metrics: Metrics = field(default_factory=NoMetrics)


def compose(address: str, clock: Clock, transports: Sequence[Transport] = (), choices: Choices | None = None) -> App:
    """Open the database (bringing its tables up to date) and put the product together over it."""
    use_packaged_tzdata()
    choices = choices or Choices()
    folder, metrics = choices.folder, choices.metrics
    catalogue = partial(load, folder)
    catalogue()  # a fault in it is told now, and no nudge waits until it is read
    store = open_store(address, clock, catalogue)
    upgrade(store.engines.write)
    registry = load_registry()
    owner = secrets.token_hex(8)
    by_name = {transport.name: transport for transport in transports}
    sender = Sender(store, registry, by_name, owner, metrics)
    engine = Engine(store, registry, clock, sender, metrics)
    store.expect = engine.expect
    pipeline = Pipeline(store, registry, clock, catalogue, choices.language, metrics)
    return App(store, registry, pipeline, engine, Health(store, engine, sender, clock), by_name)
