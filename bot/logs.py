"""Logs: structlog through stdlib logging, one line each on standard error, with secrets taken out."""

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
"""Addresses and headers in which a secret stands at a known place."""
_NAMES = re.compile(r"token|secret|password|authorization|api_key|encryption", re.IGNORECASE)
HIDDEN = "***"


def redact(text: str) -> str:
    """Text without what looks like a platform's token, a password in an address, or an address that is a secret."""
    return _PLACES.sub(rf"\1{HIDDEN}", _SECRETS.sub(HIDDEN, text))


def _by_name(_logger: object, _name: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Values whose name says that they are secret, however they look."""
    for key, value in event.items():
        event[key] = HIDDEN if _NAMES.search(key) else _within(value)
    return event


def _within(value: object) -> object:
    if isinstance(value, dict):
        return {key: HIDDEN if _NAMES.search(str(key)) else _within(inner) for key, inner in value.items()}
    return value


class _Redacted(logging.Formatter):
    """The last step before anything is written: lines of ours and of libraries, with their traces."""

    def format(self, record: logging.LogRecord) -> str:
        try:
            text = super().format(record)
        except Exception:  # noqa: BLE001  # logging's own answer prints the arguments, secrets and all
            text = f"{record.msg} (its arguments could not be written)"
        return redact(text)


CHATTY = ("alembic", "apscheduler", "aiohttp", "discord", "slack_bolt", "slack_sdk")
"""Libraries whose everyday doings are of no use to whoever runs Vigie, unless asked for with `debug`."""


def configure(level: str) -> None:
    """Set logging up for a whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted("%(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _by_name,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
