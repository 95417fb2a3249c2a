"""Once a month, whoever reviews the strategy."""

from __future__ import annotations

from bot.engine.schedule import CatchUp
from bot.tasks.nudges.private import private

strategy = private("strategy", rank=45, catch_up=CatchUp.LATEST)
