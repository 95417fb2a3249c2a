"""A stateful Slack on loopback sockets: Web API, Socket Mode, signed HTTP deliveries, and faults on demand."""

from __future__ import annotations

from tests.fakes.slack.faults import Fault
from tests.fakes.slack.screen import shown
from tests.fakes.slack.server import APP_TOKEN, BOT, BOT_TOKEN, SECRET, TEAM, FakeSlack

__all__ = ["APP_TOKEN", "BOT", "BOT_TOKEN", "SECRET", "TEAM", "FakeSlack", "Fault", "shown"]
