"""The errors of platforms, in one set of words for all of them.

`platform` is the platform's name as people write it, such as `Slack`; `params` add what the text or the log needs:
`method` always, `code` of a refusal.
"""

from __future__ import annotations

from bot.errors import OutcomeUnknownError, TransportError


def busy(platform: str, *, retry_after: float | None = None, **params: object) -> TransportError:
    """Build the error of a call to be repeated later, after `retry_after` seconds when the platform says so."""
    return TransportError("transport.busy", permanent=False, retry_after=retry_after, platform=platform, **params)


def unreachable(platform: str, **params: object) -> TransportError:
    """Build the error of a call that was not sent: the platform cannot be reached."""
    return TransportError("transport.unreachable", permanent=False, retry_after=None, platform=platform, **params)


def unanswered(platform: str, *, reading: bool = False, **params: object) -> TransportError:
    """Build the error of a call without an answer, which may have been carried out unless it was only `reading`."""
    if reading:
        return TransportError("transport.unanswered", permanent=False, retry_after=None, platform=platform, **params)
    return OutcomeUnknownError("transport.unanswered", platform=platform, **params)


def refused(platform: str, **params: object) -> TransportError:
    """Build the error of a call that the platform will never carry out."""
    return TransportError("transport.refused", permanent=True, retry_after=None, platform=platform, **params)


def message_gone(**params: object) -> TransportError:
    """Build the error of a message that does not exist any more."""
    return TransportError("transport.message_gone", permanent=True, retry_after=None, **params)
