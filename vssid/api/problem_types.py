"""Every type of problem that the API answers: what it means, what a program does then. Shown at /api/problems/.

A type is a name (URN), not an address: programs compare it, and it is the same in every deployment. Each answer links
to its page (`Link: …; rel="help"`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from vssid.api.problems import TITLES, TYPE
from vssid.errors import DomainError

CORRECT = _("Correct what `errors` names, field by field, and send again.")
PROGRAM = _("Mend the program: the reference says what this address takes.")
RENEW = _("Get a new token with the refresh token; where that is refused, ask the citizen for consent again.")
WAIT = _("Send the same again after the seconds of Retry-After.")
SOON = _("Nothing was changed. Send the same again in a minute, with the same Idempotency-Key.")
READ_AGAIN = _("Read it again and decide on what it is now.")
NEW_CODE = _("Have a new code sent (`/otp`), and send with that one.")
COMPLETE = _("Add what `missing` names, then go on.")
PAGES = _("Lead the citizen to the portal's own pages for this.")
CITIZEN = _("Only the citizen or the office can change that: show `detail`.")
OFFICER = _("An officer has to look at this dossier in the back office.")
NOTHING = _("Nothing is left to do: read where it stands.")
TELL = _("Try again later; if it stays so, tell us the reference in `instance`.")

# What each type means, and what to do. None: what its title says.
MEANT: dict[str, tuple[str | Promise | None, str | Promise]] = {
    "bad_request": (None, PROGRAM),
    "invalid": (None, CORRECT),
    "parse_error": (None, _("Send JSON in UTF-8, or a form where the reference says so.")),
    "not_authenticated": (
        None,
        _("Send `Authorization: Bearer …`, for a registration `Authorization: Registration …`."),
    ),
    "authentication_failed": (
        _("The access token is unknown, over or withdrawn, or the citizen's account is closed to applications."),
        RENEW,
    ),
    "permission_denied": (
        None,
        _("WWW-Authenticate names the scope; where none is named, the system's account may not do this."),
    ),
    "not_found": (
        _("There is no such thing, or it belongs to somebody else: both are answered alike."),
        _("Look at the address and whose token this is."),
    ),
    "method_not_allowed": (None, _("Allow names the methods of this address.")),
    "not_acceptable": (None, _("Leave Accept away, or accept application/json.")),
    "conflict": (None, READ_AGAIN),
    "too_many": (_("A limit of calls was reached."), WAIT),
    "length_required": (
        _("The body came in chunks, without its length."),
        _("Send the body in one piece, with its length (Content-Length)."),
    ),
    "too_large": (None, _("Send less at once: the reference names the limit.")),
    "unsupported_media_type": (None, PROGRAM),
    "server_error": (None, TELL),
    "unavailable": (None, SOON),
    "challenge_required": (
        _("Many calls came from this address: it has to prove some work first."),
        _("Solve the task in `challenge` (altcha, SHA-256) and send the solution in the header that it names."),
    ),
    "idempotency_key_reused": (
        _("This Idempotency-Key stood before another request."),
        _("Make a new key for each new request; keep it only to repeat the same one."),
    ),
    "in_progress": (_("The first request with this Idempotency-Key is not answered yet."), SOON),
    "otp_wrong": (_("This is not the code that was sent."), _("Let the code be typed again; tries are counted.")),
    "otp_expired": (_("No code was sent, or it is too old, or what it signs has changed since."), NEW_CODE),
    "otp_locked": (_("Wrong codes were entered too often."), WAIT),
    "otp_throttled": (_("A code was sent a moment ago, or too many in a row."), WAIT),
    "otp_paused": (_("No codes leave for new numbers for the moment."), SOON),
    "sms_budget_spent": (_("No codes leave for the moment."), SOON),
    "photos_busy": (_("Many photos are being looked at just now."), SOON),
    "storage_full": (_("Files cannot be kept for the moment."), SOON),
    "storage_unavailable": (_("Files cannot be kept for the moment."), SOON),
    "already_submitted": (_("The registration was sent: it can no longer be written in."), NOTHING),
    "photos_missing": (_("Photos are missing."), COMPLETE),
    "phone_changed": (_("The phone is another one than the code was sent to."), NEW_CODE),
    "too_many_begun": (
        _("Too much was begun and not sent, by this address or for this citizen."),
        _("Send or withdraw what was begun, or wait until its day is over."),
    ),
    "already_handled": (
        _("Somebody decided on the dossier, or it was changed, since it was read."),
        READ_AGAIN,
    ),
    "held": (_("An officer is working on the dossier."), _("Come again when `held_until` is over.")),
    "identity_not_checked": (
        _("It is not proved that the applicant is the person."),
        _("Name in `document` what the applicant showed at the office."),
    ),
    "reason_missing": (_("The citizen must be able to read why."), CORRECT),
    "record_differs": (_("The declaration contradicts the insurance record."), OFFICER),
    "no_record": (_("No insurance record belongs to the dossier."), OFFICER),
    "has_account": (_("The person has an account already."), _("Refuse the dossier with this reason.")),
    "vneid_used": (_("The VNeID identity of the dossier opens another account."), OFFICER),
    "invalid_transition": (_("Where it stands, this step does not exist."), NOTHING),
    "pages_only": (_("This service needs a fresh proof of identity."), PAGES),
    "papers_missing": (_("Papers are missing."), COMPLETE),
    "too_many_open": (_("Ten requests of the citizen are open already."), CITIZEN),
    "cooling_off": (_("The password was reset within the last 24 hours: this service waits so long."), CITIZEN),
    "may_not_file": (_("This service is not for this citizen; `detail` says why."), CITIZEN),
    "paid_already": (_("What is paid cannot be withdrawn."), CITIZEN),
    "nothing_to_pay": (_("The amount cannot be worked out now."), CITIZEN),
    "no_card": (_("The citizen has no card in force."), CITIZEN),
}
# Beyond what classes of errors say.
STATUSES = {
    "already_handled": {412},
    "bad_request": {400},
    "invalid": {503},
    "server_error": {500},
    "too_large": {413},
    "unavailable": {503},
}


class Kind(NamedTuple):
    """A type of problem, in the reader's words; `statuses` are those it may come with."""

    code: str
    type: str
    statuses: list[int]
    meaning: str
    advice: str


def kinds() -> list[Kind]:
    """Return every type in the language of now."""
    statuses = _statuses()
    return [
        Kind(code, f"{TYPE}{code}", sorted(statuses[code]), str(meaning or TITLES[code]), str(advice))
        for code, (meaning, advice) in MEANT.items()
    ]


def _statuses() -> dict[str, set[int]]:
    """Which statuses each code comes with."""
    found: dict[str, set[int]] = {code: set(more) for code, more in STATUSES.items()}
    for error in _under(DomainError):
        found.setdefault(error.code, set()).add(error.status)
    for refusal in _under(APIException):
        if isinstance(refusal.default_code, str):
            found.setdefault(refusal.default_code, set()).add(refusal.status_code)
    return found


def _under(base: Any) -> Iterator[Any]:
    for one in base.__subclasses__():
        yield one
        yield from _under(one)
