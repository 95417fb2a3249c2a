"""Once a month, whoever reviews the strategy."""

from __future__ import annotations

from bot.engine.holders import private

strategy = private("strategy", rank=45, of_its_day=False)
