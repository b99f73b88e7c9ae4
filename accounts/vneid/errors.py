"""Why a log-in by VNeID did not come about. `cause` is a short code for the audit log, never a personal datum."""

from django.utils.translation import gettext_lazy as _

from vssid.errors import DomainError


class VNeIDError(DomainError):
    """Base of the named cases below."""

    code = "vneid_refused"
    title = _("You were not logged in with VNeID")

    def __init__(self, cause: str) -> None:
        super().__init__()
        self.cause = cause


class VNeIDUnavailable(VNeIDError):
    """The provider did not answer, or is known to be out of order."""

    code = "vneid_unavailable"
    status = 503
    title = _("VNeID did not answer")
    message = _("VNeID is busy or under maintenance. Try again in a few minutes, or log in with your password.")


class VNeIDRefused(VNeIDError):
    """The provider's answer broke one of the rules of `checks.py`."""

    message = _("The answer from VNeID could not be trusted, so nothing was changed. Try again, or use your password.")


class ClocksApart(VNeIDRefused):
    """The token is of a time that cannot be now."""

    code = "vneid_clock"
    message = _("The clocks of VNeID and of this portal differ, so nothing was changed. Try again in a few minutes.")


class LevelTooLow(VNeIDError):
    """The identity is right but not of level 2."""

    code = "vneid_level"
    status = 403
    title = _("Your VNeID account has not reached level 2")
    message = _("Only a level-2 VNeID account opens this portal. Yours is level 1.")


class LoginCancelled(VNeIDError):
    """The citizen said no on VNeID's page."""

    code = "vneid_cancelled"
    status = 200
    title = _("You cancelled the login")
    message = _("Nothing was changed. You can try again or log in with your password.")


class LoginExpired(VNeIDError):
    """The browser came back without a log-in of ours that still lives."""

    code = "vneid_expired"
    title = _("The login has expired")
    message = _("A login with VNeID must be finished within 10 minutes, in the same browser. Start again.")
