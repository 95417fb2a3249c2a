"""Where Discord is: two class attributes point discord.py anywhere (a proxy, a Discord of our own in tests)."""

from __future__ import annotations

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

API = "https://discord.com/api/v10"
GATEWAY = "wss://gateway.discord.gg/"


def point(api: str = "", gateway: str = "") -> None:
    """Let every call of this process go to these addresses; an empty one is Discord's own.

    Calls, callbacks and what follows them all stand on the first; the second is for the first connection only: READY
    says where to resume.
    """
    Route.BASE = (api or API).rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway or GATEWAY)
