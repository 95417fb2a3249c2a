"""The one tree of errors. Each carries a message key (its text is in locale/*.po) and whether trying again can help."""

from __future__ import annotations


class VigieError(Exception):
    """Base of all our errors.

    `key` names the text that a person reads, `params` fill its placeholders; `permanent` says that the same attempt
    will fail again.
    """

    permanent = True

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params


class RefusalError(VigieError):
    """Bad input or a missing right: the person is told what to type instead; nothing changed."""


class ConfigurationError(VigieError):
    """A setting is missing or wrong: says which variable, where to find it, what to type (exit code 2)."""


class StoreError(VigieError):
    """The database did not do what we asked. Nothing was changed (unless a commit's answer was lost), and the same work
    may succeed later; `permanent` when the work itself is at fault, such as a broken key.
    """

    def __init__(self, key: str, *, permanent: bool = False, **params: object) -> None:
        super().__init__(key, **params)
        self.permanent = permanent


class TransportError(VigieError):
    """A platform did not take what we sent it. `permanent` decides between retry and telling the lead."""

    def __init__(self, key: str, *, permanent: bool, retry_after: float | None = None, **params: object) -> None:
        super().__init__(key, **params)
        self.permanent = permanent
        self.retry_after = retry_after
        """Seconds that the platform asked us to wait, when it said so."""


class OutcomeUnknownError(TransportError):
    """The request may or may not have been carried out (time-out, reset): look it up before any second attempt."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, permanent=False)
        self.params = params


def poisoned(error: Exception) -> bool:
    """Whether a failure is about the very thing that was worked on, so that others need not wait for its mending."""
    if isinstance(error, StoreError):
        return error.permanent
    return not isinstance(error, ConfigurationError)
