"""Requests for public services: what was asked and answered, its papers and the talk with the officer."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.models import WORKFLOW, Dossier, DossierQuerySet, DossierStatus
from insurance.models import InsuredPerson
from services import procedures
from services.procedures.definition import Procedure
from vssid.crypto import EncryptedTextField
from vssid.workflow import Workflow


class ServiceRequest(Dossier):
    """Somebody asks for a public service; an office grants or refuses it.

    It is about `person`; `account` filed it (a parent for a child). The version of the procedure stays the one it was
    filed under. `effective_at` is the moment until which a change waits, granted or not, and can be stopped by the code
    of `stop_hash`; `applied_at` is when the records were changed.
    """

    counted: ClassVar[tuple[str, ...]] = ("request:",)
    told: ClassVar[re.Pattern[str]] = re.compile(r"(?:(?:receipt|again):)?request:(\d+)(?::\d+)*")
    # What is granted and waits can still be stopped.
    workflow: ClassVar[Workflow] = Workflow({**WORKFLOW, DossierStatus.APPROVED: frozenset({DossierStatus.CANCELLED})})

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    procedure_code = models.CharField(_("service"), max_length=40)
    procedure_version = models.PositiveSmallIntegerField(default=1)
    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="+", verbose_name=_("person"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="service_requests", verbose_name=_("filed by")
    )
    sealed_answers = EncryptedTextField(_("answers"))
    language = models.CharField(max_length=2, default="vi")
    effective_at = models.DateTimeField(_("takes effect"), null=True, blank=True)
    applied_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    stop_hash = models.BinaryField(max_length=32, null=True, editable=False)
    extended_at = models.DateTimeField(_("term prolonged"), null=True, blank=True)
    cause = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="opened", verbose_name=_("opened by")
    )
    outcome = models.TextField(_("answer to the citizen"), max_length=3000, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta(Dossier.Meta):
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        permissions: ClassVar = [("decide_servicerequest", "Can decide servicerequest")]
        indexes: ClassVar = [
            models.Index(fields=["office", "status", "submitted_at", "id"], name="services_request_queue"),
            models.Index(
                fields=["office", "status", "procedure_code", "submitted_at", "id"], name="services_request_of_service"
            ),
            models.Index(
                fields=["office", "due_on", "id"], name="services_request_due", condition=Q(status="submitted")
            ),
            models.Index(fields=["person", "-created_at"], name="services_request_of_person"),
            models.Index(fields=["created_at"], name="services_request_drafts", condition=Q(status="draft")),
            models.Index(
                fields=["effective_at"],
                name="services_request_waiting",
                condition=Q(status="approved", effective_at__isnull=False, applied_at__isnull=True),
            ),
        ]

    @property
    def subject(self) -> str:
        """What the audit log calls this request."""
        return f"request:{self.pk}"

    @property
    def message_keys(self) -> list[str]:
        """Each sending has a receipt; those to former phones are not among them."""
        receipts = [f"receipt:{self.subject}:{version}:0" for version in range(1, self.version + 1)]
        return [*receipts, *super().message_keys]

    @property
    def waits(self) -> bool:
        """Whether it is to count from `effective_at` and has not been carried out."""
        return self.effective_at is not None and self.applied_at is None

    @property
    def awaits_payment(self) -> bool:
        """Whether nothing happens before its citizen has paid."""
        slip = getattr(self, "slip", None) if self.status == DossierStatus.SUBMITTED else None
        return slip is not None and slip.paid_on is None

    @property
    def procedure(self) -> Procedure:
        """The definition it was filed under."""
        return procedures.get(self.procedure_code, self.procedure_version)

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered, by field (services.rules.answers)."""
        answers: dict[str, Any] = json.loads(self.sealed_answers or "{}")
        return answers

    @answers.setter
    def answers(self, answers: dict[str, Any]) -> None:
        self.sealed_answers = json.dumps(answers, ensure_ascii=False)


class RequestPaper(models.Model):
    """A file of a request, made safe and encrypted in the private storage under `stored_name`."""

    class Scan(models.TextChoices):
        NONE = "", _("Not checked for viruses")
        WAITING = "waiting", _("Waiting for the virus check")
        CLEAN = "clean", _("No virus found")
        HARMFUL = "harmful", _("Harmful: erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="papers")
    name = models.CharField(_("paper"), max_length=40)
    original_name = models.CharField(_("name of the file"), max_length=150)
    kind = models.CharField(max_length=4, choices=[("jpeg", "JPEG"), ("pdf", "PDF")])
    stored_name = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField()
    # A scanner's word, where there is one: nobody opens what waits, what is harmful is erased.
    scan = models.CharField(_("virus check"), max_length=7, choices=Scan, default=Scan.NONE, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("paper of a request")
        verbose_name_plural = _("papers of requests")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "name"], name="services_paper_one_of_a_name")
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="services_paper_waiting", condition=Q(scan="waiting"))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def readable(self) -> bool:
        """Whether it may be opened."""
        return bool(self.stored_name) and self.scan not in {self.Scan.WAITING, self.Scan.HARMFUL}


class RequestNote(models.Model):
    """Words of one officer to the others; the citizen does not see them."""

    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("note"), max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note about a request")
        verbose_name_plural = _("notes about requests")

    def __str__(self) -> str:
        return str(self.pk)


class RequestMessage(models.Model):
    """One message between the citizen and the officers about a request."""

    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    from_staff = models.BooleanField(_("from the office"))
    text = EncryptedTextField(_("text"))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message about a request")
        verbose_name_plural = _("messages about requests")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)


class PaymentSlip(models.Model):
    """What a filed request costs, and the words by which the bank's list names it. Nothing of a card is ever kept."""

    request = models.OneToOneField(ServiceRequest, models.PROTECT, related_name="slip", verbose_name=_("request"))
    reference = models.CharField(_("words of the transfer"), max_length=20, unique=True)
    amount = models.PositiveBigIntegerField(_("amount in đồng"))
    issued_at = models.DateTimeField(_("issued"))
    paid_on = models.DateField(_("paid"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment slip")
        verbose_name_plural = _("payment slips")
        constraints: ClassVar = [models.CheckConstraint(name="services_slip_costs", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return self.reference


class BankList(models.Model):
    """A bank's list as one supervisor brought it: money has arrived once another has confirmed it."""

    digest = models.CharField("SHA-256", max_length=64)
    # Names and accounts stand in it: erased when it is read or put away.
    content = EncryptedTextField(_("file"), null=True)
    lines = models.PositiveIntegerField(_("lines"))
    total = models.PositiveBigIntegerField(_("sum in đồng"))
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("brought by")
    )
    brought_at = models.DateTimeField(_("brought"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    confirmed = models.BooleanField(_("confirmed"), default=False)

    class Meta:
        verbose_name = _("list of a bank")
        verbose_name_plural = _("lists of a bank")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], name="services_list_waits_once", condition=Q(decided_at=None)),
            models.CheckConstraint(
                name="services_list_two_people",
                condition=Q(confirmed=False) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("brought_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class BankEntry(models.Model):
    """One line of a bank's list of incoming transfers, and what it was taken for."""

    class Outcome(models.TextChoices):
        PAID = "paid", _("pays a slip")
        UNKNOWN = "unknown", _("no slip has these words")
        UNDER = "under", _("less than the slip asks")
        OVER = "over", _("more than the slip asks")
        AGAIN = "again", _("the slip was paid before")
        ENDED = "ended", _("the request was over or refused: to be paid back")

    bank_reference = models.CharField(_("bank's own number"), max_length=60, unique=True)
    booked_on = models.DateField(_("day"))
    amount = models.PositiveBigIntegerField(_("amount in đồng"))
    # People write names and numbers into a transfer.
    words = EncryptedTextField(_("words"))
    slip = models.ForeignKey(
        PaymentSlip, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("payment slip")
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    read_at = models.DateTimeField(_("read"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_note = models.CharField(_("how it was settled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("bank entry")
        verbose_name_plural = _("bank entries")
        indexes: ClassVar = [
            models.Index(
                fields=["-booked_on", "-id"],
                name="services_bank_to_settle",
                condition=~Q(outcome="paid") & Q(settled_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.bank_reference
