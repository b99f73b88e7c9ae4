"""One-time codes by SMS: sent, tried, used once (security.md T01–T09, §3.1).

Only a keyed hash of a code is kept; the clear code exists in the outbox's encrypted message until the gateway took it.
"""

import secrets
from datetime import datetime, timedelta
from functools import partial
from hmac import compare_digest
from math import ceil

from django.db import connection, transaction
from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import emails, messages
from accounts.actions import otp_budget
from accounts.models import OneTimeCode, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import code_hash, keyed_hash
from vssid.errors import DomainError, TooMany
from vssid.identifiers import parse_mobile
from vssid.ops.challenge import ChallengeRequired
from vssid.ops.gates import Visitor
from vssid.sms import budget as sms_budget
from vssid.sms import outbox
from vssid.sms.models import Purpose as SmsPurpose

DIGITS = 6
RESET_DIGITS = 8
LIFE = timedelta(minutes=5)
TRIES = 5
# Seconds before the next code of the same purpose to the same phone, by the number of unused ones in the last hour.
COOL_DOWN = (60, 120, 300)
UNUSED_PER_HOUR = 5
UNUSED_PER_DAY = 10
SENT_PER_DAY = 40
FAILURES_PER_DAY = 15
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


class OtpWrong(DomainError):
    """Not the code; `tries_left` more can be entered."""

    code = "otp_wrong"

    def __init__(self, *, tries_left: int) -> None:
        message = ngettext_lazy(
            "That code is not right. %(tries_left)d try left.",
            "That code is not right. %(tries_left)d tries left.",
            "tries_left",
        )
        super().__init__(message, tries_left=tries_left)
        self.tries_left = tries_left


class OtpExpired(DomainError):
    """There is no code to try: too old, used, replaced, never asked for, or asked for from another browser."""

    code = "otp_expired"
    message = _("This code can no longer be used. Ask for a new one.")


class OtpLocked(TooMany):
    """The code, or all codes to this phone, were tried too often."""

    code = "otp_locked"
    message = _("Too many wrong codes. Ask for a new one.")


class OtpThrottled(TooMany):
    """Another code cannot be sent yet."""

    code = "otp_throttled"
    message = _("A code was sent a short while ago. You can ask for another in %(seconds)d seconds.")


# Limits that say nothing of the phone: a caller that hides whose phone it is may still tell these.
TOLD_TO_ALL = (ChallengeRequired, otp_budget.BudgetSpent, sms_budget.BudgetSpent)


@transaction.atomic
def issue(
    *,
    purpose: str,
    phone: str,
    subject: str,
    browser_key: str,
    at: datetime,
    decoy: bool = False,
    owner: str = "",
    visitor: Visitor | None = None,
) -> OneTimeCode:
    """Send a new code to `phone` (a Vietnamese mobile number) and close earlier ones of this purpose and subject.

    `subject` is opaque ("dossier:9"), `browser_key` the random key of the session it is bound to. A `decoy` counts and
    answers like a code but sends nothing and fits nothing: for a subject that does not exist. `owner` is the BHXH code
    or personal number that it is about, `visitor` who asks; both have limits. `at` is the database's time
    (vssid.ops.clock), as everywhere here.
    Raises InvalidIdentifier for another kind of number, OtpThrottled and OtpLocked when a limit of the phone is reached
    and what `otp_budget.refuse_too_many` and, when no message may leave, `vssid.sms.budget.check` raise.
    """
    phone = parse_mobile(phone)
    sms_budget.check(at)  # here as well as for the message: what stops a code stops its decoy
    sent, code = _drawn(
        purpose, subject, browser_key, at, hashed=keyed_hash(phone, kind="phone"), owner=owner, visitor=visitor,
        phone="" if decoy else phone, decoy=decoy,
    )  # fmt: skip
    if not decoy:
        outbox.enqueue(
            to=phone,
            body=messages.one_time_code(code, LIFE.seconds // 60),
            purpose=SmsPurpose.OTP,
            dedupe_key=f"otp:{sent.pk}",
            at=at,
            expires_at=sent.expires_at,
        )
    return sent


@transaction.atomic
def issue_by_email(
    *, purpose: str, email: str, subject: str, browser_key: str, at: datetime, owner: str, visitor: Visitor | None
) -> OneTimeCode:
    """Send a new code to an e-mail address, with the limits that a phone has. Raises as `issue`."""
    hashed = keyed_hash(email.lower(), kind="email")
    sent, code = _drawn(purpose, subject, browser_key, at, hashed=hashed, owner=owner, visitor=visitor)
    transaction.on_commit(partial(emails.send_code, to=email, code=code, minutes=LIFE.seconds // 60))
    return sent


def _drawn(
    purpose: str,
    subject: str,
    browser_key: str,
    at: datetime,
    *,
    hashed: bytes,
    owner: str,
    visitor: Visitor | None,
    phone: str = "",
    decoy: bool = False,
) -> tuple[OneTimeCode, str]:
    """Draw and keep a code, if no limit refuses it; `hashed` is where it goes, `phone` the number of a code by SMS."""
    _hold(hashed)
    _refuse_if_disabled(hashed, at)
    _refuse_too_many(purpose, hashed, at)
    owner_hash = keyed_hash(owner, kind="code_owner") if owner else None
    otp_budget.refuse_too_many(phone=phone, phone_hash=hashed, owner_hash=owner_hash, visitor=visitor, at=at)
    OneTimeCode.objects.filter(purpose=purpose, subject=subject, consumed_at=None, closed_at=None).update(closed_at=at)
    sent = OneTimeCode(
        purpose=purpose,
        subject=subject,
        browser_hash=_browser_hash(browser_key),
        phone_hash=hashed,
        owner_hash=owner_hash,
        address_hash=visitor.address if visitor else None,
        block_hash=otp_budget.block_of(phone) if phone else None,
        decoy=decoy,
        created_at=at,
        expires_at=at + LIFE,
    )
    code = new_code(RESET_DIGITS if purpose == OneTimeCode.Purpose.PASSWORD_RESET else DIGITS)
    sent.code_hash = secrets.token_bytes(32) if decoy else code_hash(code, context=f"otp:{sent.pk}")
    sent.save(force_insert=True)
    record(Event.OTP_ISSUED, actor="anonymous", subject=subject, at=at, purpose=str(purpose), decoy=decoy)
    return sent, code


def check(*, purpose: str, subject: str, code: str, browser_key: str, at: datetime) -> OneTimeCode:
    """Return the code that fits, not yet used up: pass it to `consume` in the transaction of what it allows.

    Each call costs a try, counted and committed before the comparison, so call it outside of any transaction.
    Raises OtpWrong, OtpExpired or OtpLocked.
    """
    sent = pending(purpose=purpose, subject=subject, browser_key=browser_key)
    if sent is None:
        raise OtpExpired
    _refuse_if_disabled(bytes(sent.phone_hash), at)
    if sent.tries >= TRIES and sent.consumed_at is None:
        raise OtpLocked(retry_after=COOL_DOWN[0])
    if sent.consumed_at or sent.closed_at or sent.expires_at <= at:
        raise OtpExpired
    # A failed try must stay counted whatever the caller rolls back, hence its own, outermost transaction.
    with transaction.atomic(durable=True):
        _count_try(sent, at)
        typed = "".join(sign for sign in code if sign.isdecimal())
        fits = compare_digest(code_hash(typed, context=f"otp:{sent.pk}"), bytes(sent.code_hash))
        if not fits:
            _note_failure(sent, at)
    if not fits:
        raise OtpWrong(tries_left=TRIES - sent.tries) if sent.tries < TRIES else OtpLocked(retry_after=COOL_DOWN[0])
    return sent


@transaction.atomic
def consume(sent: OneTimeCode, *, at: datetime) -> None:
    """Use a checked code up; of two that try at once one wins and the other gets OtpExpired."""
    mine = OneTimeCode.objects.filter(pk=sent.pk, consumed_at=None, closed_at=None, expires_at__gt=at)
    if not mine.update(consumed_at=at):
        raise OtpExpired
    sent.consumed_at = at
    record(Event.OTP_VERIFIED, actor="anonymous", subject=sent.subject, at=at, purpose=sent.purpose)


def verify(*, purpose: str, subject: str, code: str, browser_key: str, at: datetime) -> OneTimeCode:
    """Check a code and use it up at once; see `check` for what it raises and where it may be called."""
    sent = check(purpose=purpose, subject=subject, code=code, browser_key=browser_key, at=at)
    consume(sent, at=at)
    return sent


def pending(*, purpose: str, subject: str, browser_key: str) -> OneTimeCode | None:
    """Return the latest code of this purpose and subject asked for from this browser, usable or not."""
    mine = OneTimeCode.objects.filter(purpose=purpose, subject=subject, browser_hash=_browser_hash(browser_key))
    return mine.order_by("-created_at").first()


def waiting(*, purpose: str, subject: str, browser_key: str, at: datetime) -> OneTimeCode | None:
    """Return the code that this browser asked for and can still enter."""
    sent = pending(purpose=purpose, subject=subject, browser_key=browser_key)
    if sent is None or sent.consumed_at or sent.closed_at or sent.tries >= TRIES or sent.expires_at <= at:
        return None
    return sent


@transaction.atomic
def clear(*, user: User, by: str, at: datetime) -> None:
    """Let codes go to the user's phone again, whatever failures there were: VNeID or an officer answers for its owner.

    Whoever guesses at codes to somebody else's phone does not keep that person out for a day. A code under way that was
    tried is of no use any more. `by` is the audit's name of the actor.
    """
    if not user.phone:
        return
    recent = OneTimeCode.objects.filter(phone_hash=keyed_hash(user.phone, kind="phone"), created_at__gt=at - DAY)
    failed = recent.filter(Q(consumed_at=None, tries__gt=0) | Q(tries__gt=1))
    used = When(consumed_at__isnull=False, then=F("closed_at"))
    if failed.update(
        tries=Case(When(consumed_at=None, then=0), default=1),
        closed_at=Case(used, default=Coalesce("closed_at", Value(at))),
    ):
        record(Event.OTP_CLEARED, actor=by, subject=user.actor, at=at)


def forget(*, before: datetime) -> int:
    """Delete codes older than any limit looks back; return how many."""
    return OneTimeCode.objects.filter(created_at__lt=before).delete()[0]


def new_code(digits: int) -> str:
    """Return a random code, leading zeros included."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def _hold(phone_hash: bytes) -> None:
    """Let codes to one phone be issued one after the other, so that none slips past a limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(phone_hash[:8], "big", signed=True)])


def _refuse_if_disabled(phone_hash: bytes, at: datetime) -> None:
    """Failures are counted over all codes to a phone: asking for another does not reset them (T03)."""
    recent = OneTimeCode.objects.filter(phone_hash=phone_hash, created_at__gt=at - DAY, tries__gt=0)
    counted = recent.aggregate(tries=Sum("tries", default=0), used=Count("pk", filter=Q(consumed_at__isnull=False)))
    if counted["tries"] - counted["used"] >= FAILURES_PER_DAY:
        first = recent.order_by("created_at").values_list("created_at", flat=True)[0]
        raise OtpLocked(
            _("Too many wrong codes for this phone. Try again tomorrow, or go to your office."),
            retry_after=_seconds(first + DAY - at),
        )


def _refuse_too_many(purpose: str, phone_hash: bytes, at: datetime) -> None:
    """Codes that were used prove that the phone's owner wanted them: they count for the cost limit only."""
    sent = OneTimeCode.objects.filter(phone_hash=phone_hash, created_at__gt=at - DAY)
    unused = list(sent.filter(consumed_at=None).order_by("-created_at").values_list("created_at", "purpose"))
    for limit, span in ((UNUSED_PER_HOUR, HOUR), (UNUSED_PER_DAY, DAY)):
        if len(unused) >= limit and unused[limit - 1][0] > at - span:
            raise _throttled(unused[limit - 1][0] + span - at)
    if sent.count() >= SENT_PER_DAY:
        raise _throttled(HOUR)
    same = [moment for moment, other in unused if other == purpose and moment > at - HOUR]
    if same:
        ready = same[0] + timedelta(seconds=COOL_DOWN[min(len(same), len(COOL_DOWN)) - 1])
        if ready > at:
            raise OtpThrottled(retry_after=_seconds(ready - at), seconds=_seconds(ready - at))


def _throttled(wait: timedelta) -> OtpThrottled:
    minutes = ceil(wait.total_seconds() / 60)
    return OtpThrottled(
        _("Too many codes were sent to this phone. You can ask for another in %(minutes)d minutes."),
        retry_after=_seconds(wait),
        minutes=minutes,
    )


def _count_try(sent: OneTimeCode, at: datetime) -> None:
    """Take one of the tries; the condition is the database's, so parallel guesses cannot have a sixth (T02)."""
    usable = OneTimeCode.objects.filter(pk=sent.pk, tries__lt=TRIES, consumed_at=None, closed_at=None)
    if not usable.filter(expires_at__gt=at).update(tries=F("tries") + 1):
        raise OtpLocked(retry_after=COOL_DOWN[0])
    sent.refresh_from_db(fields=["tries"])


def _note_failure(sent: OneTimeCode, at: datetime) -> None:
    locked = sent.tries >= TRIES
    if locked:
        OneTimeCode.objects.filter(pk=sent.pk).update(closed_at=at)
    event = Event.OTP_LOCKED if locked else Event.OTP_FAILED
    record(event, actor="anonymous", subject=sent.subject, at=at, purpose=sent.purpose, tries=sent.tries)


def _browser_hash(browser_key: str) -> bytes:
    return keyed_hash(browser_key, kind="browser")


def _seconds(wait: timedelta) -> int:
    return max(1, ceil(wait.total_seconds()))
