"""Once a month, whoever checks the « À propos » sections."""

from __future__ import annotations

from bot.domain.schedule import CatchUp
from bot.engine.holders import private

about = private("about", rank=46, catch_up=CatchUp.LATEST)
