"""Paying for a request: a slip with the words of the transfer, and the bank's list that says what arrived.

The portal never sees a card or an account of a citizen. What the list holds beside slips waits for an officer.
"""

from __future__ import annotations

import csv
import logging
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions.credentials import TEMPORARY_ALPHABET
from accounts.dossiers.models import OPEN, DossierStatus
from accounts.models import User
from services.actions import granting
from services.models import BankEntry, PaymentSlip, ServiceRequest
from services.procedures.known import Known
from services.reads import known_of
from services.rules import vietqr
from services.rules.terms import due_on
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict, DomainError
from vssid.notices import posting
from vssid.notices.kinds import Kind

log = logging.getLogger("vssid.payments")

PREFIX = "BHXH"
SIGNS = 10
COLUMNS = ("bank_reference", "booked_on", "amount", "words")
MOST_LINES = 100_000
LONGEST_WORDS = 500
Outcome = BankEntry.Outcome


class NothingToPay(Conflict):
    """The amount could not be worked out: a table is missing."""

    code = "nothing_to_pay"
    message = _("The amount cannot be calculated now. Try again later, or ask at the office.")


class PaidAlready(Conflict):
    """A paid request is for the office to end."""

    code = "paid_already"
    message = _("This request is paid. Ask the office, which also pays back.")


class ListUnreadable(DomainError):
    """The file is no list of a bank, or a line of it is broken; nothing of it was read."""

    code = "list_unreadable"
    message = _("Line %(line)s cannot be read. The columns are: bank_reference, booked_on, amount, words.")


@dataclass(frozen=True, slots=True)
class Line:
    """One incoming transfer as the bank lists it; `amount` in đồng."""

    bank_reference: str
    booked_on: date
    amount: int
    words: str


def issue_slip(request: ServiceRequest, *, known: Known, at: datetime) -> PaymentSlip:
    """Make the slip of a request that is being sent; one that is there takes the amount as it is now.

    Raises NothingToPay, PaidAlready when the amount of a paid one would change.
    """
    estimate = request.procedure.estimate
    amount = estimate(request.answers, known).total if estimate else None
    if not amount:
        raise NothingToPay
    slip = PaymentSlip.objects.select_for_update().filter(request=request).first()
    if slip is None:
        words = PREFIX + "".join(secrets.choice(TEMPORARY_ALPHABET) for _sign in range(SIGNS))
        return PaymentSlip.objects.create(request=request, reference=words, amount=amount, issued_at=at)
    if slip.paid_on is not None and slip.amount != amount:
        raise PaidAlready
    slip.amount = amount
    slip.save(update_fields=["amount"])
    return slip


def code_of(slip: PaymentSlip) -> str:
    """The text of the slip's VietQR code; "" while the operator names no account to pay to."""
    if not (settings.PAYMENT_BANK and settings.PAYMENT_ACCOUNT):
        return ""
    return vietqr.payload(
        bank=settings.PAYMENT_BANK, account=settings.PAYMENT_ACCOUNT, amount=slip.amount, words=slip.reference
    )


def lines_of(text: Iterable[str]) -> list[Line]:
    """Read a bank's list: CSV with the columns COLUMNS, ISO days, whole đồng. Raises ListUnreadable."""
    rows = csv.DictReader(text)
    if rows.fieldnames is None or not set(COLUMNS) <= set(rows.fieldnames):
        raise ListUnreadable(line=1)
    found: list[Line] = []
    try:
        for row in rows:
            found.append(_line(row))
            if len(found) > MOST_LINES:
                raise ListUnreadable(line=rows.line_num)
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise ListUnreadable(line=rows.line_num) from error
    return found


def _line(row: dict[str, str]) -> Line:
    reference, amount = row["bank_reference"].strip(), int(row["amount"])
    if not 0 < len(reference) <= 60 or not 0 < amount < 10**12 or "\0" in reference + row["words"]:
        raise ValueError
    return Line(reference, date.fromisoformat(row["booked_on"].strip()), amount, row["words"][:LONGEST_WORDS])


def read_list(lines: Iterable[Line], *, file: str = "", by: str, at: datetime) -> Counter[str]:
    """Take each transfer for what it is, once however often the list comes; return how many of each outcome are new.

    `file` is its SHA-256, for the log: whoever marks money as arrived answers for the list it stood in. What is paid
    goes on. Each line is a transaction of its own: a run that is cut off is repeated.
    """
    counted: Counter[str] = Counter()
    for line in lines:
        entry = _read(line, at=at)
        if entry is not None:
            counted[entry.outcome] += 1
    go_on(at=at)
    record(Event.BANK_LIST_READ, actor=by, at=at, lines=counted.total(), paid=counted[Outcome.PAID], file=file)
    return counted


@transaction.atomic
def _read(line: Line, *, at: datetime) -> BankEntry | None:
    """Keep one transfer and mark its slip; None when it is there already."""
    slip = _slip_named(line.words)
    entry, new = BankEntry.objects.get_or_create(
        bank_reference=line.bank_reference,
        defaults={
            "booked_on": line.booked_on,
            "amount": line.amount,
            "words": line.words,
            "slip": slip,
            "outcome": _outcome(line, slip),
            "read_at": at,
        },
    )
    if not new:
        return None
    if slip is not None and entry.outcome in {Outcome.PAID, Outcome.OVER}:
        slip.paid_on = line.booked_on
        slip.save(update_fields=["paid_on"])
        request = slip.request
        waiting = ServiceRequest.objects.filter(pk=request.pk, status=DossierStatus.SUBMITTED)
        waiting.update(due_on=due_on(request.procedure, request.answers, at))
        record(Event.SLIP_PAID, actor="system", subject=request.subject, at=at, office=request.office_id)
        posting.post(
            person_id=request.person_id,
            kind=Kind.REQUEST_PAID,
            dedupe_key=f"{request.subject}:paid",
            at=at,
            url=f"/dich-vu-cong/ho-so/{request.url_number}/",
            number=request.number or "",
        )
    return entry


def _slip_named(words: str) -> PaymentSlip | None:
    """The slip whose reference stands in the words of a transfer, whatever banks put around it.

    Locked, and its request too: nobody withdraws it in the moment in which it is paid.
    """
    signs = "".join(sign for sign in words.upper() if sign.isascii() and sign.isalnum())
    places = [at for at in range(len(signs)) if signs.startswith(PREFIX, at)]
    named = {signs[at : at + len(PREFIX) + SIGNS] for at in places}
    found = PaymentSlip.objects.filter(reference__in=named).order_by("pk").first()
    if found is None:
        return None
    # In the order in which a request that is sent locks them.
    ServiceRequest.objects.select_for_update(of=("self",)).get(pk=found.request_id)
    return PaymentSlip.objects.select_for_update(of=("self",)).select_related("request").get(pk=found.pk)


def _outcome(line: Line, slip: PaymentSlip | None) -> Outcome:
    if slip is None:
        return Outcome.UNKNOWN
    if slip.paid_on is not None:
        return Outcome.AGAIN
    if slip.request.status not in OPEN:
        return Outcome.ENDED
    if line.amount < slip.amount:
        return Outcome.UNDER
    return Outcome.OVER if line.amount > slip.amount else Outcome.PAID


def owe_back(request: ServiceRequest) -> None:
    """Put what was paid for a request that is refused before whoever settles transfers; call it in its transaction."""
    BankEntry.objects.filter(slip__request=request, outcome=Outcome.PAID).update(outcome=Outcome.ENDED)


def owe_no_more(request: ServiceRequest) -> None:
    """Undo `owe_back` for a refusal that is taken back."""
    ended = BankEntry.objects.filter(slip__request=request, slip__paid_on__isnull=False, outcome=Outcome.ENDED)
    ended.filter(settled_at=None).update(outcome=Outcome.PAID)


def go_on(*, at: datetime) -> None:
    """Let paid requests go on that need no officer; run after each list, and by the clock for what was left."""
    paid = ServiceRequest.objects.filter(status=DossierStatus.SUBMITTED, slip__paid_on__isnull=False)
    for key in paid.order_by("pk").values_list("pk", flat=True):
        try:
            _go_on(key, at=at)
        except OperationalError:
            raise
        except Exception as error:  # one request that cannot go on holds up nobody else's
            log.error("payment.stuck", extra={"request": key, "error": type(error).__name__})


@transaction.atomic
def _go_on(request_id: int, *, at: datetime) -> None:
    """Grant a paid request; what its rules or the records refuse stays for an officer."""
    requests = ServiceRequest.objects.select_for_update(of=("self",)).select_related("person__ward", "account")
    request = requests.get(pk=request_id)
    procedure = request.procedure
    if request.status != DossierStatus.SUBMITTED or procedure.automatic is None:
        return
    known = known_of(request.person, on=timezone.localdate(at))
    if not procedure.automatic(request.answers, known):
        return
    try:
        with transaction.atomic():
            granting.grant(request=request, by=None, at=at, known=known)
    except DomainError:
        return


@transaction.atomic
def settle(*, entry: BankEntry, note: str, by: User, at: datetime) -> None:
    """Note how a transfer that pays no slip was dealt with: paid back, booked by hand."""
    open_one = BankEntry.objects.filter(pk=entry.pk, settled_at=None).exclude(outcome=Outcome.PAID)
    if open_one.update(settled_at=at, settled_note=note.strip()[:300]):
        record(Event.BANK_ENTRY_SETTLED, actor=by.actor, subject=f"bank:{entry.pk}", at=at)
