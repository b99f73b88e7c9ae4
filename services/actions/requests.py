"""A request from its first answer to its filing, and what its citizen can do with it afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions import otp
from accounts.actions.contacts import phones_to_warn
from accounts.actions.credentials import was_reset_lately
from accounts.dossiers.actions import forget_return, next_number
from accounts.dossiers.models import CHANGEABLE, OPEN, DossierStatus
from accounts.models import OneTimeCode, User
from insurance.models import InsuredPerson, Office
from services.actions import payments, waiting
from services.actions.granting import grant, paid_on, tell
from services.actions.papers import erase
from services.models import RequestMessage, RequestPaper, ServiceRequest
from services.procedures.definition import Procedure
from services.procedures.known import Known
from services.rules.terms import due_on
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, DomainError, TooMany
from vssid.sms import outbox
from vssid.sms.models import Purpose as SmsPurpose

NUMBER_KIND = "DVC"
LIFE = timedelta(hours=24)
OPEN_AT_ONCE = 10
MESSAGES_A_DAY = 20
# What came to nothing can be filed again with the same answers.
REPEATABLE = (DossierStatus.REJECTED, DossierStatus.WITHDRAWN, DossierStatus.CANCELLED)


class MayNotFile(Conflict):
    """The record says that this service is not for this person now."""

    code = "may_not_file"

    def __init__(self, why: Any) -> None:
        super().__init__(why)


class PapersMissing(Conflict):
    """A paper that is asked for is not there."""

    code = "papers_missing"
    message = _("Papers are missing. Add them before you send the request.")


class TooManyOpen(Conflict):
    """So many requests wait already."""

    code = "too_many_open"
    message = _("Ten of your requests are open already. Wait for an answer, or withdraw one.")


class TooManyBegun(Conflict):
    """So many requests were begun and not sent."""

    code = "too_many_begun"
    message = _("Ten of your requests are begun and not sent. Send one of them, or begin again tomorrow.")


class NothingWritten(DomainError):
    """A message needs words."""

    code = "nothing_written"
    message = _("Write something, at most 1,000 letters.")


class TooManyMessages(TooMany):
    """So many messages about one request came within a day."""

    code = "too_many_messages"
    message = _("You wrote 20 messages about this request today. Write again tomorrow, or call the office.")


class CoolingOff(DomainError):
    """Who has just set the password anew with a stolen phone shall not lead money elsewhere."""

    code = "cooling_off"
    status = 403
    message = _("The password was set anew within 24 hours. Ask for this after that, or at a social insurance office.")


@transaction.atomic
def keep(
    *,
    procedure: Procedure,
    person: InsuredPerson,
    account: User,
    office: Office,
    answers: Mapping[str, Any],
    known: Known,
    request: ServiceRequest | None = None,
    at: datetime,
) -> ServiceRequest:
    """Keep answers as a draft, or in the draft or returned request given.

    Raises MayNotFile, CoolingOff, TooManyBegun, and Conflict when it was sent.
    """
    _refuse_while_cooling(procedure, account, at)
    why = procedure.may_file(known) if procedure.may_file else ""
    if why:
        raise MayNotFile(why)
    if request is None:
        _refuse_many_begun(account, at)
        request = ServiceRequest(
            procedure_code=procedure.code,
            procedure_version=procedure.version,
            person=person,
            account=account,
            created_at=at,
        )
    else:
        request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if request.status not in CHANGEABLE:
            raise Conflict
        request.version += 1
    request.office = office
    request.answers = dict(answers)
    request.save()
    return request


def signed_as(request: ServiceRequest) -> str:
    """Return what a code signs: this request with these answers and papers. After a change it needs another code."""
    papers = sorted(str(key) for key in request.papers.values_list("pk", flat=True))
    seen = " ".join([str(request.version), *papers])
    return f"{request.subject}.{sha256(seen.encode()).hexdigest()[:24]}"


def _refuse_many_begun(account: User, at: datetime) -> None:
    begun = ServiceRequest.objects.filter(account=account, status=DossierStatus.DRAFT, created_at__gt=at - LIFE)
    if begun.count() >= OPEN_AT_ONCE:
        raise TooManyBegun


@transaction.atomic
def submit(*, request: ServiceRequest, proof: OneTimeCode, known: Known, at: datetime) -> ServiceRequest:
    """Send a draft or returned request whose citizen signed it with the code `proof` (checked, not yet used).

    It gets its number with the first sending, its receipt by SMS, and its due day. What the rules can grant by
    themselves is
    granted here. One that was sent already is returned as it is. Raises PapersMissing, CoolingOff, TooManyOpen,
    OtpExpired.
    """
    request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.status not in CHANGEABLE:
        return request
    # Another tab, or an application, may have changed it since its citizen read it.
    if proof.subject != signed_as(request):
        raise otp.OtpExpired
    procedure = request.procedure
    _refuse_while_cooling(procedure, request.account, at)
    if missing_papers(request):
        raise PapersMissing
    if ServiceRequest.objects.open().filter(account=request.account_id).count() >= OPEN_AT_ONCE:
        raise TooManyOpen
    otp.consume(proof, at=at)
    event = Event.DOSSIER_RESUBMITTED if request.number else Event.DOSSIER_SUBMITTED
    forget_return(dossier=request, at=at)
    first = request.number is None
    if first:
        request.number = next_number(office=request.office_id, kind=NUMBER_KIND, at=at)
    request.return_reasons = []
    request.move_to(DossierStatus.SUBMITTED, at=at)
    # The term of what is paid first runs from the payment.
    unpaid = procedure.paid_first and paid_on(request) is None
    request.due_on = None if unpaid else due_on(procedure, request.answers, at)
    stop = waiting.begin(request, at=at) if procedure.hold is not None else ""
    request.save()
    record(event, actor=request.account.actor, subject=request.subject, at=at, office=request.office_id)
    _confirm(request, first=first, stop=stop, at=at)
    if procedure.paid_first:
        payments.issue_slip(request, known=known, at=at)
    elif procedure.automatic is not None and procedure.automatic(request.answers, known):
        grant(request=request, by=None, at=at, known=known)
    return request


def _refuse_while_cooling(procedure: Procedure, account: User, at: datetime) -> None:
    if procedure.hold is not None and was_reset_lately(account, at=at):
        raise CoolingOff


def _confirm(request: ServiceRequest, *, first: bool, stop: str, at: datetime) -> None:
    """Tell the phone on file that the request has come; a change that waits is told to a former phone as well."""
    account = request.account
    phones = phones_to_warn(account, at=at) if stop else [account.phone] if account.phone else []
    for place, phone in enumerate(phones):
        outbox.enqueue(
            to=phone,
            body=messages.request_received(request.number or "", stop=stop),
            purpose=SmsPurpose.RECEIPT if first and not place else SmsPurpose.NOTICE,
            dedupe_key=f"receipt:{request.subject}:{request.version}:{place}",
            at=at,
        )


@transaction.atomic
def withdraw(*, request: ServiceRequest, at: datetime, unseen: bool = False) -> ServiceRequest:
    """Take a request back for its citizen, or stop a granted change that still waits.

    When an application does it, `unseen` by its citizen, they are told. Raises InvalidTransition when it is decided or
    withdrawn already, PaidAlready.
    """
    request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if paid_on(request) is not None:
        raise payments.PaidAlready
    waiting.end(request, actor=request.account.actor, at=at)
    if unseen:
        tell(request, at=at)
    return request


@transaction.atomic
def again(*, request: ServiceRequest, at: datetime) -> ServiceRequest:
    """Make a new draft with the answers of a request of which nothing came. Raises TooManyBegun."""
    if request.status not in REPEATABLE:
        raise Conflict
    _refuse_many_begun(request.account, at)
    return ServiceRequest.objects.create(
        procedure_code=request.procedure_code,
        procedure_version=request.procedure_version,
        person_id=request.person_id,
        account_id=request.account_id,
        office_id=request.office_id,
        sealed_answers=request.sealed_answers,
        created_at=at,
    )


@transaction.atomic
def write(*, request: ServiceRequest, author: User, text: str, at: datetime) -> RequestMessage:
    """Add a message to an open request. Raises NothingWritten, TooManyMessages, Conflict for one that is closed."""
    locked = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.status not in OPEN:
        raise Conflict
    text = text.strip()
    if not text or len(text) > 1000:
        raise NothingWritten
    own = RequestMessage.objects.filter(request=request, from_staff=False, created_at__gt=at - timedelta(days=1))
    if not author.is_staff and own.count() >= MESSAGES_A_DAY:
        raise TooManyMessages(retry_after=3600)
    return RequestMessage.objects.create(
        request=request, author=author, from_staff=author.is_staff, text=text, created_at=at
    )


def missing_papers(request: ServiceRequest) -> list[str]:
    """Names of papers that the answers make necessary and that are not there."""
    there = set(request.papers.exclude(scan=RequestPaper.Scan.HARMFUL).values_list("name", flat=True))
    answers = request.answers
    return [paper.name for paper in request.procedure.papers_for(answers) if paper.required and paper.name not in there]


@transaction.atomic
def erase_drafts(*, before: datetime, limit: int = 500) -> int:
    """Erase requests that were not sent, with their papers; return how many."""
    old = list(ServiceRequest.objects.filter(status=DossierStatus.DRAFT, created_at__lt=before)[:limit])
    for request in old:
        erase(request)
        request.delete()
    return len(old)
