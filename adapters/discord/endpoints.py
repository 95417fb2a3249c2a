"""Discord's addresses: two class attributes point discord.py at any server (a proxy, the fake of the tests)."""

from __future__ import annotations

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

API = "https://discord.com/api/v10"
GATEWAY = "wss://gateway.discord.gg/"


def point(api: str = "", gateway: str = "") -> None:
    """Send every call of this process to these addresses; an empty one means Discord's own.

    Calls, callbacks and follow-ups use the first. The second serves the first connection only: READY names the address
    for resuming.
    """
    Route.BASE = (api or API).rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway or GATEWAY)
