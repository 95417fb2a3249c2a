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
    r"(?P<slack>xox[a-z]-[\w-]+|xapp-[\w-]+)"
    r"|(?P<discord>[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40})"
    r"|(?P<url>(?<=://)[^/\s:@]+:[^/\s@]+(?=@))"
)
_NAMES = re.compile(r"token|secret|password|authorization|api_key", re.IGNORECASE)
HIDDEN = "***"


def redact(text: str) -> str:
    """Text without what looks like a platform's token or a password in an address."""
    return _SECRETS.sub(HIDDEN, text)


def _redacting(_logger: object, _name: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    for key, value in event.items():
        if _NAMES.search(key):
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = redact(value)
    return event


class _Redaction(logging.Filter):
    """For records of libraries, which do not pass through structlog."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


def configure(level: str) -> None:
    """Set logging up for a whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Redaction())
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redacting,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
