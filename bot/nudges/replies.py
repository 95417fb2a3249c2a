"""At each of the day's two moments, whoever answers messages."""

from __future__ import annotations

from bot.engine.holders import private

replies = private("replies", rank=40, of_its_day=True)
