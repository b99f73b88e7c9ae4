"""Sending a declaration, and again after corrections: number, match with the insurance record, marks for staff and
receipt, all or nothing. Withdrawing it."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import otp
from accounts.actions.drafts import missing_photos
from accounts.actions.identities import other_records, standing
from accounts.actions.photo_checks import photo_marks
from accounts.dossiers.actions import forget_return, next_number
from accounts.dossiers.models import CHANGEABLE, OPEN, DossierStatus
from accounts.dossiers.terms import due_day
from accounts.models import OneTimeCode, RegistrationDossier, User
from accounts.models.registration import IdType
from accounts.rules import consent
from accounts.rules.marks import Elsewhere, Identity, Mark, marks_for
from insurance.models import InsuredPerson
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.crypto import keyed_hash
from vssid.errors import Conflict
from vssid.ops.gates import Visitor
from vssid.sms import outbox
from vssid.sms.models import Message
from vssid.sms.models import Purpose as SmsPurpose

NUMBER_KIND = "GD"
OPEN_A_DAY, DAY = 3, timedelta(hours=24)


class PhotosMissing(Conflict):
    """Not all photos are there."""

    code = "photos_missing"
    message = _("Photos are missing. Add them before you send the declaration.")


class PhoneChanged(Conflict):
    """The code was sent to another phone than the declaration names now."""

    code = "phone_changed"
    message = _("The phone number was changed. Ask for a new code.")


def proof_of(dossier: RegistrationDossier) -> dict[str, str]:
    """Return what a code for sending this dossier is bound to, beside the browser."""
    return {"purpose": OneTimeCode.Purpose.REGISTRATION, "subject": f"dossier:{dossier.pk}"}


@transaction.atomic
def send_code(*, dossier: RegistrationDossier, browser_key: str, visitor: Visitor | None, at: datetime) -> None:
    """Send the code that proves the phone of a draft or returned dossier.

    Where three other declarations of a day wait for the same code or phone, the page answers as ever: the phone alone
    is told, by a message in place of the code. Raises as `otp.issue`.
    """
    full = dossier.status == DossierStatus.DRAFT and _others_today(dossier, at) >= OPEN_A_DAY
    otp.issue(
        phone=dossier.phone,
        browser_key=browser_key,
        at=at,
        owner=entered_code(dossier),
        visitor=visitor,
        decoy=full,
        **proof_of(dossier),
    )
    if full:
        outbox.enqueue(
            to=dossier.phone,
            body=messages.registrations_full(),
            purpose=SmsPurpose.NOTICE,
            dedupe_key=f"registrations-full:{bytes(dossier.phone_hash).hex()[:40]}:{localdate(at)}",
            at=at,
        )


def _others_today(dossier: RegistrationDossier, at: datetime) -> int:
    """Count the open declarations of 24 hours with this code or number, or this phone; the larger of the two."""
    sent = RegistrationDossier.objects.filter(status__in=OPEN, submitted_at__gt=at - DAY)
    same = Q(bhxh_code=dossier.bhxh_code) if dossier.bhxh_code else Q(id_number_hash=dossier.id_number_hash)
    phone = Q(phone_hash=dossier.phone_hash, kind=dossier.kind)
    return max(sent.filter(same).count(), sent.filter(phone).count())


@transaction.atomic
def submit(*, dossier: RegistrationDossier, proof: OneTimeCode, at: datetime) -> RegistrationDossier:
    """Send a draft or returned dossier whose applicant consented and entered the code `proof` (checked, not yet used).

    A returned one keeps its number. One that was sent already is returned as it is, and `proof` left alone.
    Raises PhotosMissing, PhoneChanged, Conflict when it was rewritten in this moment, or OtpExpired when `proof` was
    used meanwhile.
    """
    seen, dossier = dossier, hold(dossier)
    if dossier.status not in CHANGEABLE:
        return dossier
    if entered_code(seen) != entered_code(dossier):
        raise Conflict
    _check_complete(dossier, proof)
    otp.consume(proof, at=at)
    dossier.person = person_for(dossier)
    entered = entered_code(dossier)
    if dossier.person:
        dossier.bhxh_code = dossier.person.bhxh_code
    dossier.marks = marks_beside(dossier, others_open(dossier))
    tell_holder(dossier, at=at)
    mark_duplicates(dossier)
    dossier.phone_verified_at = dossier.consented_at = at
    dossier.consent_version = consent.version_for(photos=bool(dossier.slots))
    dossier.consent_purposes = list(consent.PURPOSES)
    event = Event.DOSSIER_RESUBMITTED if dossier.number else Event.DOSSIER_SUBMITTED
    asked = [item["field"] for item in dossier.return_reasons]
    dossier.return_reasons = []
    forget_return(dossier=dossier, at=at)
    dossier.move_to(DossierStatus.SUBMITTED, at=at)
    dossier.due_on = due_day(at)
    confirm_receipt(dossier, entered, visit=bool(dossier.slots), at=at)
    dossier.save()
    _record_submission(dossier, event, asked, at)
    return dossier


@transaction.atomic
def withdraw(*, dossier: RegistrationDossier, at: datetime) -> RegistrationDossier:
    """Take a dossier back for its applicant. Raises InvalidTransition when it is decided or withdrawn already."""
    dossier = RegistrationDossier.objects.select_for_update().get(pk=dossier.pk)
    forget_return(dossier=dossier, at=at)
    dossier.move_to(DossierStatus.WITHDRAWN, at=at)
    dossier.save()
    subject = f"dossier:{dossier.pk}"
    record(Event.DOSSIER_WITHDRAWN, actor="anonymous", subject=subject, at=at, office=dossier.office_id)
    return dossier


def entered_code(dossier: RegistrationDossier) -> str:
    """Return what an applicant entered as code: the BHXH code, or the personal number in its place."""
    return dossier.bhxh_code or dossier.id_number


def person_for(dossier: RegistrationDossier) -> InsuredPerson | None:
    """Return the insured person who has the declared code or, when none was entered, the personal number."""
    if dossier.bhxh_code:
        return standing(InsuredPerson.objects.with_code(dossier.bhxh_code).first())
    return standing(InsuredPerson.objects.with_citizen_id(dossier.id_number).first())


def hold(dossier: RegistrationDossier) -> RegistrationDossier:
    """Return the dossier as it is now, locked with all open ones of its code, as every decision locks them: by key."""
    person = person_for(dossier)
    code = person.bhxh_code if person else dossier.bhxh_code
    _one_at_a_time(code or dossier.id_number)
    same_code = Q(status__in=OPEN, bhxh_code=code) if code else Q()
    rows = RegistrationDossier.objects.filter(Q(pk=dossier.pk) | same_code).order_by("pk").select_for_update()
    return next(row for row in rows if row.pk == dossier.pk)


def confirm_receipt(dossier: RegistrationDossier, entered: str, *, visit: bool, at: datetime) -> None:
    """Tell the applicant that the dossier has come, and to `visit` the office; a first one gets its number here."""
    if dossier.number:
        purpose, body = SmsPurpose.NOTICE, messages.dossier_resubmitted(dossier.number, visit=visit)
        key = dossier.message_key
    else:
        dossier.number = next_number(office=dossier.office_id, kind=NUMBER_KIND, at=at)
        purpose, body = SmsPurpose.RECEIPT, messages.receipt(entered, dossier.number, visit=visit)
        key = f"receipt:{dossier.pk}"
    outbox.enqueue(to=dossier.phone, body=body, purpose=purpose, dedupe_key=key, at=at)


def _check_complete(dossier: RegistrationDossier, proof: OneTimeCode) -> None:
    if missing_photos(dossier):
        raise PhotosMissing
    if bytes(proof.phone_hash) != bytes(dossier.phone_hash):
        raise PhoneChanged


def marks_beside(dossier: RegistrationDossier, others: QuerySet[RegistrationDossier]) -> list[Mark]:
    """Return what an officer should look at when `dossier` stands beside these `others` and all accounts."""
    person, code = dossier.person, dossier.bhxh_code
    elsewhere = Elsewhere(
        has_account=User.objects.filter(username=code, is_active=True).exists() if code else False,
        duplicate_code=others.filter(bhxh_code=code).exists() if code else False,
        phone_used=others.filter(phone_hash=dossier.phone_hash).exists()
        or User.objects.filter(phone_hash=dossier.phone_hash).exists(),
        id_used=others.filter(id_number_hash=dossier.id_number_hash, id_number_hash__isnull=False).exists(),
        other_record=bool(other_records(dossier)),
    )
    return [*marks_for(_declared(dossier), _recorded(person) if person else None, elsewhere), *photo_marks(dossier)]


def tell_holder(dossier: RegistrationDossier, *, at: datetime) -> None:
    """Tell the phone on file, if the declared code has an account: once a day, and once for each dossier.

    The applicant's answer does not tell it (security.md T15). Comes after the marks and before the number is given.
    """
    if Mark.HAS_ACCOUNT not in dossier.marks:
        return
    holder = User.objects.filter(username=dossier.bhxh_code).first()
    if holder is None or not holder.phone:
        return
    about = f"registered-again:{holder.pk}:"
    # Corrected, with the same code as before: the holder knows.
    told = Message.objects.filter(dedupe_key__startswith=about, created_at__gte=dossier.created_at)
    if dossier.number and told.exists():
        return
    key = f"{about}{localdate(at)}"
    body = messages.registered_again(dossier.bhxh_code)
    outbox.enqueue(to=holder.phone, body=body, purpose=SmsPurpose.NOTICE, dedupe_key=key, at=at)


def others_open(dossier: RegistrationDossier) -> QuerySet[RegistrationDossier]:
    """Return the open dossiers beside this one."""
    return RegistrationDossier.objects.exclude(pk=dossier.pk).open()


def mark_duplicates(dossier: RegistrationDossier) -> None:
    """Mark the open dossiers that had this code before, and this one: whoever opens one knows of the other.

    The caller holds all of them (`hold`) and saves this one.
    """
    others = list(others_open(dossier).filter(bhxh_code=dossier.bhxh_code)) if dossier.bhxh_code else []
    for one in (dossier, *others) if others else ():
        if Mark.DUPLICATE_CODE not in one.marks:
            one.marks = [*one.marks, Mark.DUPLICATE_CODE]
    RegistrationDossier.objects.bulk_update(others, ["marks"])


def _one_at_a_time(identity: str) -> None:
    """Two declarations with one code that are sent in the same moment must see each other."""
    key = keyed_hash(identity, kind="submission")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key[:8], "big", signed=True)])


def _declared(dossier: RegistrationDossier) -> Identity:
    return Identity(
        full_name=dossier.full_name,
        date_of_birth=dossier.date_of_birth,
        birth_year_only=dossier.birth_year_only,
        gender=dossier.gender,
        citizen_id=dossier.id_number if dossier.id_type == IdType.CCCD else None,
    )


def _recorded(person: InsuredPerson) -> Identity:
    return Identity(
        full_name=person.full_name,
        date_of_birth=person.date_of_birth,
        birth_year_only=person.birth_year_only,
        gender=person.gender,
        citizen_id=person.citizen_id,
    )


def _record_submission(dossier: RegistrationDossier, event: Event, asked: list[str], at: datetime) -> None:
    subject = f"dossier:{dossier.pk}"
    fields = ",".join(asked) or None
    record(event, actor="anonymous", subject=subject, at=at, office=dossier.office_id, returned=fields)
    if dossier.marks:
        marks = ",".join(dossier.marks)
        record(Event.DOSSIER_FLAGGED, actor="system", subject=subject, at=at, office=dossier.office_id, marks=marks)
