"""What every dossier (hồ sơ) is to an officer: number, office, state, decision. Registration builds on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dossiers.signals import dossier_moved
from vssid.workflow import Workflow

if TYPE_CHECKING:
    from accounts.models.user import User


class DossierStatus(models.TextChoices):
    """Where a dossier stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Received")
    RETURNED = "returned", _("Waiting for you")
    APPROVED = "approved", _("Done")
    REJECTED = "rejected", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


WORKFLOW = Workflow(
    {
        DossierStatus.DRAFT: frozenset({DossierStatus.SUBMITTED}),
        DossierStatus.SUBMITTED: frozenset(
            {
                DossierStatus.RETURNED,
                DossierStatus.APPROVED,
                DossierStatus.REJECTED,
                DossierStatus.CANCELLED,
                DossierStatus.WITHDRAWN,
            }
        ),
        DossierStatus.RETURNED: frozenset({DossierStatus.SUBMITTED, DossierStatus.CANCELLED, DossierStatus.WITHDRAWN}),
        # Reopened by a supervisor before the citizen was told.
        DossierStatus.REJECTED: frozenset({DossierStatus.SUBMITTED}),
    }
)
OPEN = (DossierStatus.SUBMITTED, DossierStatus.RETURNED)
DECIDED = (DossierStatus.APPROVED, DossierStatus.REJECTED)
# The applicant may write in it: nobody decides it meanwhile.
CHANGEABLE = (DossierStatus.DRAFT, DossierStatus.RETURNED)


class DossierQuerySet(models.QuerySet["Dossier"]):
    """The vocabulary of reading dossiers."""

    def open(self) -> Self:
        """Those that still wait for somebody."""
        return self.filter(status__in=OPEN)

    def visible_to(self, staff: User) -> Self:
        """Dossiers of the offices this member of staff is posted to, drafts never."""
        return self.exclude(status=DossierStatus.DRAFT).filter(office__in=staff.office_codes())


class Dossier(models.Model):
    """A numbered request that an office decides.

    `status` is the state; the timestamps are evidence of it and tied to it by constraints. `version` grows with each
    change: a decision names the version it was made on.
    """

    Status = DossierStatus
    workflow: ClassVar[Workflow] = WORKFLOW
    # Subjects of the audit log whose decisions are counted as those of this kind.
    counted: ClassVar[tuple[str, ...]] = ()
    # Keys of messages about a dossier; the group is its primary key.
    told: ClassVar[re.Pattern[str]] = re.compile(r"$()")
    _moved_at: datetime | None = None

    number = models.CharField(_("number"), max_length=24, null=True, unique=True)
    office = models.ForeignKey("insurance.Office", on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    status = models.CharField(_("state"), max_length=10, choices=DossierStatus, default=DossierStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("begun"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_automatically = models.BooleanField(_("decided without an officer"), default=False)
    # An officer who looks at it holds it until the lease ends; nobody else decides it meanwhile.
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("held by")
    )
    held_until = models.DateTimeField(_("held until"), null=True)
    due_on = models.DateField(_("due"), null=True)
    # The catalogue code of a rejection and the words added to it. What was returned: [{"field": …, "text": …}], with
    # "mended": true once the applicant changed it.
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reason_text = models.TextField(_("explanation"), max_length=1000, blank=True)
    return_reasons = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_number_once_submitted",
                condition=Q(status="draft", number=None, submitted_at=None)
                | (~Q(status="draft") & Q(number__isnull=False, submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_decision_has_author",
                condition=(
                    Q(status__in=("approved", "rejected"), decided_at__isnull=False)
                    & (Q(decided_by__isnull=False) | Q(decided_automatically=True))
                )
                | (~Q(status__in=("approved", "rejected")) & Q(decided_at=None, decided_by=None)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_refusal_has_reason",
                condition=~Q(status="rejected") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_known_status", condition=Q(status__in=DossierStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return self.number or "–"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and tell those who listen of a move (`dossier_moved`)."""
        super().save(*args, **kwargs)
        moved_at, self._moved_at = self._moved_at, None
        if moved_at is not None:
            dossier_moved.send(type(self), dossier=self, at=moved_at)

    @property
    def url_number(self) -> str:
        """The number as it stands in an address: each `/` written `-`."""
        return (self.number or "").replace("/", "-")

    @property
    def subject(self) -> str:
        """What the audit log calls this dossier."""
        return f"dossier:{self.pk}"

    @property
    def message_key(self) -> str:
        """The key of the message that tells the applicant of the present state."""
        return f"{self.subject}:{self.version}"

    @property
    def message_keys(self) -> list[str]:
        """The keys of all messages that tell the applicant of a state."""
        return [f"{self.subject}:{version}" for version in range(1, self.version + 1)]

    @classmethod
    def told_by(cls, keys: Sequence[str]) -> Q:
        """Which dossiers messages with these keys are about."""
        return Q(pk__in=[found[1] for key in keys if (found := cls.told.fullmatch(key))])

    def move_to(self, status: DossierStatus, *, at: datetime) -> None:
        """Change the state in memory, refusing what the table does not allow; `at` is kept where a state has a time."""
        self.workflow.check(self.status, status)
        self.status = status
        self._moved_at = at
        self.version += 1
        self.holder = self.held_until = None
        if status == DossierStatus.SUBMITTED:
            self.submitted_at = at
        if status in DECIDED:
            self.decided_at = at


class DossierCounter(models.Model):
    """The last number given per office, kind (GD, DVC) and year: locked in the transaction that uses the next."""

    office = models.ForeignKey("insurance.Office", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=3)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "kind", "year"], name="accounts_dossiercounter_one_row")
        ]

    def __str__(self) -> str:
        return f"{self.office_id}{self.kind}/{self.year}/{self.last:05d}"
