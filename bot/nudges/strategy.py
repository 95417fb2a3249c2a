"""Once a month, whoever reviews the strategy."""

from __future__ import annotations

from bot.domain.schedule import CatchUp
from bot.engine.holders import private

strategy = private("strategy", rank=45, catch_up=CatchUp.LATEST)
