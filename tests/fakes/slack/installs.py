"""Holds the installations of the app: workspaces and organisations, their tokens, codes and refresh tokens."""

from __future__ import annotations

import base64
import itertools
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
CLIENT_ID, CLIENT_SECRET = "111.222", "made-up-client-secret"
LASTS = 12 * 3600


@dataclass
class Installs:
    """Holds installations. `places` are known by name; `rotating` gives tokens that expire."""

    places: dict[str, str]
    tokens: dict[str, str]
    """Token → the workspace or organisation that it is for."""
    organisations: dict[str, str] = field(default_factory=dict)
    """Workspace → its organisation."""
    channels: dict[str, str] = field(default_factory=dict)
    """Channel → the workspace that it is in; another channel is anybody's."""
    dead: dict[str, str] = field(default_factory=dict)
    """Token → why it is good no more."""
    codes: dict[str, str] = field(default_factory=dict)
    refreshing: dict[str, str] = field(default_factory=dict)
    exchanges: list[str] = field(default_factory=list)
    rotating: bool = False
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def allowed(self, place: str) -> str:
        """Approve an installation in the browser; return the code that comes back."""
        code = f"code-{next(self._ids)}"
        self.codes[code] = place
        return code

    def wrong(self, token: str) -> str:
        """Return the error code of a token; empty for a good one."""
        return self.dead.get(token) or ("" if token in self.tokens else "invalid_auth")

    def reaches(self, token: str, channel: str) -> bool:
        """Return whether a token is for the workspace of a channel."""
        team, place = self.channels.get(channel, ""), self.tokens.get(token, "")
        return team in ("", place) or self.organisations.get(team) == place

    def revoked(self, place: str, why: str = "token_revoked") -> None:
        for token in [token for token, owner in self.tokens.items() if owner == place]:
            self.dead[token] = why

    def access(self, arguments: Json, authorization: str) -> Json | str:
        """Answer oauth.v2.access, or return Slack's error code."""
        if not _is_client(arguments, authorization):
            return "bad_client_secret"
        if arguments.get("grant_type") == "refresh_token":
            refresh = str(arguments.get("refresh_token"))
            place = self.refreshing.pop(refresh, "")
            self.exchanges.append(refresh)
            return self._grant_token(place) if place else "invalid_refresh_token"
        place = self.codes.pop(str(arguments.get("code")), "")
        return self._grant_token(place) if place else "invalid_code"

    def _grant_token(self, place: str) -> Json:
        number = next(self._ids)
        token = f"xoxb-{place}-{number}"
        self.tokens[token] = place
        whole = place.startswith("E")
        answer: Json = {
            "access_token": token, "token_type": "bot", "scope": "chat:write,commands", "bot_user_id": "U0VIGIE",
            "app_id": "A0VIGIE", "authed_user": {"id": "U0ADMIN"}, "is_enterprise_install": whole,
            "team": None if whole else {"id": place, "name": self.places[place]},
            "enterprise": {"id": place, "name": self.places[place]} if whole else None,
        }  # fmt: skip
        if self.rotating:
            refresh = f"xoxe-1-{place}-{number}"
            self.refreshing[refresh] = place
            answer |= {"expires_in": LASTS, "refresh_token": refresh}
        return answer


def _is_client(arguments: Json, authorization: str) -> bool:
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    credentials = (arguments.get("client_id"), arguments.get("client_secret"))
    return authorization == f"Basic {basic}" or credentials == (CLIENT_ID, CLIENT_SECRET)
