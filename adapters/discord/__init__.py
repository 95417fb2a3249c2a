"""Discord: what it sends as requests, what the core says as components, over the gateway and REST."""

from __future__ import annotations
