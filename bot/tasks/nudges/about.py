"""Once a month, whoever checks the « À propos » sections."""

from __future__ import annotations

from bot.engine.schedule import CatchUp
from bot.tasks.nudges.private import private

about = private("about", rank=46, catch_up=CatchUp.LATEST)
