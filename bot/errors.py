"""The tree of errors. Each carries a message key (its text is in locale/*.po) and whether a retry can succeed."""

from __future__ import annotations


class VigieError(Exception):
    """Base of all errors of Vigie.

    `key` names the text that a person reads, `params` fill its placeholders; `permanent` says that the same attempt
    will fail again.
    """

    permanent = True

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params


class RefusalError(VigieError):
    """Invalid input or a missing right: the text says what to type instead. No state changed."""


class ConfigurationError(VigieError):
    """A missing or invalid setting: the text names the variable, its source and the expected value (exit code 2)."""


class StoreError(VigieError):
    """A failed operation of the database. No state changed (unless a commit's answer was lost), and a retry may help;
    `permanent` when the work itself is invalid, such as a violated key.
    """

    def __init__(self, key: str, *, permanent: bool = False, **params: object) -> None:
        super().__init__(key, **params)
        self.permanent = permanent


class TransportError(VigieError):
    """A platform's refusal of a request. `permanent` decides between a retry and a message to the lead."""

    def __init__(self, key: str, *, permanent: bool, retry_after: float | None = None, **params: object) -> None:
        super().__init__(key, **params)
        self.permanent = permanent
        self.retry_after = retry_after
        """Seconds to wait before a retry, when the platform gave them."""


class OutcomeUnknownError(TransportError):
    """A request of unknown outcome (time-out, reset): look it up before any second attempt."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, permanent=False)
        self.params = params


class RecipientGoneError(TransportError):
    """A private message to a person whose account is closed, or who has left the place: the member leaves the team."""

    KEY = "transport.recipient_gone"

    def __init__(self, **params: object) -> None:
        super().__init__(self.KEY, permanent=True)
        self.params = params


class PrivateClosedError(TransportError):
    """A private message to a person who takes none from us: the engine says so in the channel, once a day at most."""

    KEY = "transport.private_closed"

    def __init__(self, **params: object) -> None:
        super().__init__(self.KEY, permanent=True)
        self.params = params


def is_poisoned(error: Exception) -> bool:
    """Return whether a failure concerns one unit of work only, so that others can go on without it."""
    if isinstance(error, StoreError):
        return error.permanent
    return not isinstance(error, ConfigurationError)
