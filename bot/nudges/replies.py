"""At each of the day's two moments, whoever answers messages."""

from __future__ import annotations

from bot.domain.schedule import CatchUp
from bot.engine.holders import private

replies = private("replies", rank=40, catch_up=CatchUp.SKIP)
