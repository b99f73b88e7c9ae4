"""The closed list of what the audit log can hold."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Event(TextChoices):
    """Names of events: the thing, a dot, what happened to it. Names once written stay."""

    DOSSIER_SUBMITTED = "dossier.submitted", _("Dossier submitted")
    DOSSIER_RESUBMITTED = "dossier.resubmitted", _("Dossier corrected and sent again")
    DOSSIER_WITHDRAWN = "dossier.withdrawn", _("Dossier withdrawn by the applicant")
    DOSSIER_TAKEN = "dossier.taken", _("Dossier taken for review")
    DOSSIER_RELEASED = "dossier.released", _("Dossier released")
    DOSSIER_VIEWED = "dossier.viewed", _("Dossier viewed")
    DOSSIER_APPROVED = "dossier.approved", _("Dossier approved")
    DOSSIER_RETURNED = "dossier.returned", _("Dossier returned for changes")
    DOSSIER_REJECTED = "dossier.rejected", _("Dossier refused")
    DOSSIER_REOPENED = "dossier.reopened", _("Decision taken back")
    DOSSIER_IDENTITY_CHECKED = "dossier.identity_checked", _("Identity checked at the office")
    DOSSIER_CANCELLED = "dossier.cancelled", _("Dossier cancelled")
    DOSSIER_FLAGGED = "dossier.flagged", _("Dossier marked for staff")
    DOSSIER_TRACKED = "dossier.tracked", _("Dossier followed by the applicant")
    IDENTITY_MERGE_PROPOSED = "identity.merge_proposed", _("Two records proposed as one person")
    IDENTITY_MERGED = "identity.merged", _("Two records are one person")
    IDENTITY_MERGE_REFUSED = "identity.merge_refused", _("Two records stay two persons")
    DRAFT_RESUMED = "draft.resumed", _("Unfinished declaration gone on with in another browser")
    DRAFT_DELETED = "draft.deleted", _("Unfinished declaration deleted")
    PHOTO_VIEWED = "photo.viewed", _("Photo viewed")
    PHOTO_REFUSED = "photo.refused", _("Photo refused")
    PHOTO_ERASED = "photo.erased", _("Photo erased")
    LOGIN_SUCCEEDED = "login.succeeded", _("Logged in")
    LOGIN_FAILED = "login.failed", _("Login failed")
    LOGIN_LOCKED = "login.locked", _("Login locked for a while")
    LOGOUT = "logout", _("Logged out")
    SESSION_ENDED = "session.ended", _("Session ended")
    PASSWORD_CHANGED = "password.changed", _("Password changed")
    PASSWORD_RESET = "password.reset", _("Password reset")
    CREDENTIAL_ISSUED = "credential.issued", _("Login data issued")
    OTP_ISSUED = "otp.issued", _("One-time code issued")
    OTP_VERIFIED = "otp.verified", _("One-time code confirmed")
    OTP_FAILED = "otp.failed", _("One-time code wrong")
    OTP_LOCKED = "otp.locked", _("One-time codes locked for a while")
    VNEID_LINKED = "vneid.linked", _("VNeID linked")
    VNEID_UNLINKED = "vneid.unlinked", _("VNeID unlinked")
    VNEID_CASE_CLOSED = "vneid.case_closed", _("Case of a login with VNeID closed")
    VNEID_LOGGED_OUT = "vneid.logged_out", _("Logged out by VNeID")
    VNEID_STEPPED_UP = "vneid.stepped_up", _("Level 2 proved by VNeID")
    VNEID_LOGIN = "vneid.login", _("Logged in with VNeID")
    VNEID_REFUSED = "vneid.refused", _("Login with VNeID refused")
    PASSKEY_ADDED = "passkey.added", _("Passkey added")
    PASSKEY_REMOVED = "passkey.removed", _("Passkey removed")
    SECOND_FACTOR_ENROLLED = "second_factor.enrolled", _("Second factor set up")
    SECOND_FACTOR_SUCCEEDED = "second_factor.succeeded", _("Second factor confirmed")
    SECOND_FACTOR_FAILED = "second_factor.failed", _("Second factor wrong")
    ACCOUNT_OPENED = "account.opened", _("Account opened")
    ACCOUNT_RECOVERED = "account.recovered", _("Account recovered with a new phone")
    RECOVERY_ASKED = "recovery.asked", _("New phone asked for at an office")
    RECOVERY_CONFIRMED = "recovery.confirmed", _("New phone confirmed by a second officer")
    ACCOUNT_CHANGED = "account.changed", _("Account data changed")
    ACCOUNT_FROZEN = "account.frozen", _("Account frozen")
    ACCOUNT_DISOWNED = "account.disowned", _("Owner did not recognise an entry: access ended")
    ACCOUNT_UNFROZEN = "account.unfrozen", _("Account unfrozen")
    GUARDIANSHIP_BEGAN = "guardianship.began", _("Child put under an account")
    GUARDIANSHIP_ENDED = "guardianship.ended", _("Child no longer under an account")
    CHILD_VIEWED = "child.viewed", _("Records of a child opened by the account above it")
    STAFF_POSTED = "staff.posted", _("Staff posting changed")
    RECORD_VIEWED = "record.viewed", _("Insurance record viewed")
    CARD_PRINTS_WITHDRAWN = "card.prints_withdrawn", _("Printed codes of a card withdrawn")
    CARD_REISSUED = "card.reissued", _("BHYT card issued again")
    RECORD_CORRECTED = "record.corrected", _("Insurance record corrected")
    READING_QUESTIONED = "reading.questioned", _("Reading of a record questioned by its citizen")
    RECORDS_IMPORTED = "records.imported", _("Records imported")
    DATA_EXPORTED = "data.exported", _("Data exported")
    ARCHIVE_REQUESTED = "archive.requested", _("Archive of one's data requested")
    ARCHIVE_MADE = "archive.made", _("Archive of one's data made")
    ARCHIVE_DOWNLOADED = "archive.downloaded", _("Archive of one's data downloaded")
    ARCHIVE_ERASED = "archive.erased", _("Archive of one's data erased")
    MESSAGE_RESENT = "message.resent", _("Message sent again")
    MESSAGE_SUSPICIOUS = "message.suspicious", _("Unusual number of messages")
    TOKEN_ISSUED = "token.issued", _("Access given to an application")
    TOKEN_REVOKED = "token.revoked", _("Access of an application ended")
    REQUEST_REFUSED = "request.refused", _("Request refused")
    RETENTION_RAN = "retention.ran", _("Old data erased")


# What offices are counted by; an index holds these, so adding one needs a migration.
DECISIONS = (
    Event.DOSSIER_APPROVED,
    Event.DOSSIER_RETURNED,
    Event.DOSSIER_REJECTED,
    Event.DOSSIER_REOPENED,
    Event.ACCOUNT_FROZEN,
)
