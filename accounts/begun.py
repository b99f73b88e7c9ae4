"""How many declarations one address may begin that nobody proved by a code; the same for pages and programs."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vssid.errors import TooMany
from vssid.ops import gates

# Many citizens share one address of a mobile carrier.
GATE = gates.Gate("registration", soft=10, soft_seconds=600, hard=120, hard_seconds=3600)


class TooManyBegun(TooMany):
    """One address began too many declarations that nobody proved."""

    code = "too_many_begun"
    message = _(
        "Several declarations were begun from this connection and not finished. Finish or delete one of them, or begin "
        "again in an hour."
    )


def count_begun(request: HttpRequest) -> None:
    """Count a new draft for its address, before it is kept. Raises TooManyBegun, ChallengeRequired."""
    try:
        gates.admit(GATE, request)
    except TooMany as error:
        raise TooManyBegun(retry_after=error.retry_after) from error


def foresee_begun(request: HttpRequest) -> None:
    """Give the page its task when the next draft from this address will need one."""
    gates.foresee(GATE, request)


def count_finished(request: HttpRequest) -> None:
    """Give the place of a draft back that was proved or deleted."""
    gates.give_back(GATE, request)
