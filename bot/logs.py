"""Logs: structlog through stdlib logging, one line per event on standard error, with secrets redacted."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_SECRETS = re.compile(
    r"(?P<slack>xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+)"
    r"|(?P<discord>[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40})"
    r"|(?P<url>(?<=://)[^/\s:@]*:[^/\s@]+(?=@))"
)
_PLACES = re.compile(
    r"(hooks\.slack\.com/\w+/|/webhooks/\d+/|/interactions/\d+/|/calendar/|[?&](?:token|secret|key|code|state)="
    r"|\b(?:Bot|Bearer) )[\w/+=-]{20,}"
)
"""Addresses and headers with a secret at a fixed position."""
_NAMES = re.compile(r"token|secret|password|authorization|api_key|encryption", re.IGNORECASE)
HIDDEN = "***"


def redact(text: str) -> str:
    """Redact platform tokens, passwords in addresses, and addresses that are secrets."""
    return _PLACES.sub(rf"\1{HIDDEN}", _SECRETS.sub(HIDDEN, text))


def _redact_by_name(_logger: object, _name: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Redact values whose name says that they are secret, whatever their form."""
    for key, value in event.items():
        event[key] = HIDDEN if _NAMES.search(key) else _redact_nested(value)
    return event


def _redact_nested(value: object) -> object:
    if isinstance(value, dict):
        return {key: HIDDEN if _NAMES.search(str(key)) else _redact_nested(inner) for key, inner in value.items()}
    return value


class _RedactingFormatter(logging.Formatter):
    """A formatter that redacts the lines of Vigie and of libraries, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        try:
            text = super().format(record)
        except Exception:  # noqa: BLE001  # logging's own error handling prints the arguments, secrets included
            text = f"{record.msg} (its arguments could not be written)"
        return redact(text)


CHATTY = ("alembic", "apscheduler", "aiohttp", "discord", "slack_bolt", "slack_sdk")
"""Libraries that log warnings only, except at the level `debug`."""


def configure(level: str) -> None:
    """Configure logging for the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter("%(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_by_name,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
