"""Errors of the domain: facts a caller can name, with a message people can read.

Pages show `str(error)` beside the field or in a notice; the API answers a problem document with `code` and `status`.
Messages are lazy translations and never hold personal data beyond what the reader typed.
"""

from typing import Any, TypeVar

from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

R = TypeVar("R", bound=HttpResponseBase)


class DomainError(Exception):
    """Something the rules of the domain do not allow. `params` fill the message's `%(name)s` places."""

    code: str = "error"
    status: int = 400
    message: str | Promise = _("This cannot be done.")

    def __init__(self, message: str | Promise | None = None, **params: Any) -> None:
        super().__init__()
        if message is not None:
            self.message = message
        self.params = params

    def __str__(self) -> str:
        # The lazy text itself is filled: only so does a plural know its number.
        return str(self.message % self.params) if self.params else str(self.message)


class NotFound(DomainError):
    """There is no such thing, or the reader may not know of it."""

    code = "not_found"
    status = 404
    message = _("We found nothing here.")


class Conflict(DomainError):
    """The thing has moved on since it was read."""

    code = "conflict"
    status = 409
    message = _("This was changed in the meantime. Reload the page.")


class TooMany(DomainError):
    """A limit was reached; `retry_after` is the wait in seconds."""

    code = "too_many"
    status = 429
    message = _("Too many tries. Try again later.")

    def __init__(self, message: str | Promise | None = None, *, retry_after: int, **params: Any) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after


def with_wait(response: R, error: Exception | None) -> R:
    """Return the answer to an error; of a limit it says when to come again (Retry-After, in seconds)."""
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response
