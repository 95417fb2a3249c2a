"""At each of the day's two moments, whoever answers messages."""

from __future__ import annotations

from bot.engine.schedule import CatchUp
from bot.tasks.nudges.private import private

replies = private("replies", rank=40, catch_up=CatchUp.SKIP)
