"""Messages on their way, the attempts to hand them over, what all senders know of a gateway, and the demo's inbox."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vssid.crypto import EncryptedTextField


class Purpose(models.TextChoices):
    """What a message is for: codes overtake everything and are never sent twice."""

    OTP = "otp", _("One-time code")
    RECEIPT = "receipt", _("Receipt")
    CREDENTIALS = "credentials", _("Login data")
    NOTICE = "notice", _("Notice")


class Message(models.Model):
    """One text to one phone, from the transaction that wanted it to the handset.

    `next_attempt_at` is when somebody has to look at the row again: the next try (pending), the end of the lease
    (submitting), the next question to the gateway (unknown, accepted, sent), the text's erasure there (a final state).
    Text and number are encrypted; the text is gone once the gateway has it or the message is given up, which the
    database insists on.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SUBMITTING = "submitting", _("Being handed over")
        UNKNOWN = "unknown", _("Unclear")
        ACCEPTED = "accepted", _("Accepted by the gateway")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        UNDELIVERED = "undelivered", _("Not delivered")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = frozenset({Status.PENDING, Status.SUBMITTING, Status.UNKNOWN})
    # A report may only lift a message to a higher rank; the first final state stays.
    RANK = dict.fromkeys(OPEN, 0) | {Status.ACCEPTED: 1, Status.SENT: 2}
    FINAL_RANK = 3

    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.PENDING)
    to = EncryptedTextField(_("phone"))
    body = EncryptedTextField(_("text"), null=True)
    ref = models.CharField(_("reference"), max_length=6, unique=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("worthless from"), null=True)
    next_attempt_at = models.DateTimeField(_("next look"), null=True)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    provider = models.CharField(_("gateway"), max_length=12, blank=True)
    provider_id = models.CharField(_("gateway's number"), max_length=64, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    erased_at = models.DateTimeField(_("erased at the gateway"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="sms_codes_due", condition=Q(status="pending", purpose="otp")
            ),
            models.Index(
                fields=["next_attempt_at"], name="sms_notices_due", condition=Q(status="pending") & ~Q(purpose="otp")
            ),
            models.Index(
                fields=["next_attempt_at"],
                name="sms_to_look_after",
                condition=~Q(status="pending") & Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["-created_at"], name="sms_by_time"),
            models.Index(
                fields=["finished_at"], name="sms_not_arrived", condition=Q(status__in=["failed", "undelivered"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="sms_text_gone_when_done",
                condition=Q(body__isnull=True) | Q(status__in=["pending", "submitting", "unknown"]),
            ),
            models.CheckConstraint(
                name="sms_known_status",
                condition=Q(
                    status__in=[
                        "pending",
                        "submitting",
                        "unknown",
                        "accepted",
                        "sent",
                        "delivered",
                        "undelivered",
                        "failed",
                        "expired",
                        "cancelled",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.ref} {self.status}"

    @property
    def rank(self) -> int:
        """How far the message is: 0 not known to be accepted, 1 accepted, 2 sent, 3 final."""
        return self.RANK.get(self.Status(self.status), self.FINAL_RANK)


class Attempt(models.Model):
    """One try to hand a message over, written down before the call so that a killed worker leaves a trace."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Not accepted")
        THROTTLED = "throttled", _("Gateway busy")
        AMBIGUOUS = "ambiguous", _("Unclear")
        LOST = "lost", _("Worker lost")
        PERMANENT = "permanent", _("Refused for good")
        ALARM = "alarm", _("Operator needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField(_("started"))
    provider = models.CharField(_("gateway"), max_length=12)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True, default="")
    provider_id = models.CharField(_("gateway's number"), max_length=64, blank=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.provider} {self.outcome or 'open'}"


class Channel(models.Model):
    """What all processes know of one gateway: that it cannot be reached, that it is busy, that it refuses us.

    `failures` are the last definite failures. While `avoided_until` lies ahead the other gateway is used, while
    `paused_until` does nobody sends. `rate` is how many messages a second a busy gateway gets, None for no limit;
    `tokens` may be spent now and grow by `rate` since `refilled_at`.
    """

    name = models.CharField(_("gateway"), max_length=12, primary_key=True)
    failures = ArrayField(models.DateTimeField(), default=list)
    avoided_until = models.DateTimeField(_("avoided until"), null=True)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    stopped_until = models.DateTimeField(_("stopped until"), null=True)
    busy_times = models.PositiveSmallIntegerField(default=0)
    busy_at = models.DateTimeField(null=True)
    rate = models.FloatField(_("messages a second"), null=True)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")

    def __str__(self) -> str:
        return self.name


class Spent(models.Model):
    """How many messages were handed over in an hour or a day, for the budgets."""

    since = models.DateTimeField()
    span = models.CharField(max_length=4, choices=[("hour", "hour"), ("day", "day")])
    messages = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["span", "since"], name="sms_one_count_a_span")]

    def __str__(self) -> str:
        return f"{self.span} {self.since}: {self.messages}"


class ParkedReport(models.Model):
    """A gateway's signed report on an attempt that we do not know (yet): kept a day, and taken up when we do."""

    attempt_id = models.UUIDField()
    provider_id = models.CharField(max_length=64)
    status = models.CharField(max_length=12)
    error_code = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "status"], name="sms_report_parked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.status}"


class Suspicion(models.Model):
    """A message that somebody got and does not trust, told on the public page; text and sender may name people."""

    reported_at = models.DateTimeField(_("reported"), db_index=True)
    ref = models.CharField(_("reference"), max_length=6, blank=True)
    sender = EncryptedTextField(_("sender"), null=True)
    text = EncryptedTextField(_("text"), null=True)
    looked_at = models.DateTimeField(_("looked at"), null=True)
    looked_by = models.CharField(_("looked at by"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("suspicious message")
        verbose_name_plural = _("suspicious messages")

    def __str__(self) -> str:
        return f"{self.ref or '–'} {self.reported_at}"


class InboxMessage(models.Model):
    """A message that the inbox gateway "delivered": what a phone would show in the demonstration and in tests."""

    attempt_id = models.UUIDField(unique=True)
    to = EncryptedTextField(_("phone"))
    body = EncryptedTextField(_("text"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("inbox message")
        verbose_name_plural = _("inbox messages")
        ordering = ("-sent_at", "-id")

    def __str__(self) -> str:
        return f"{self.purpose} {self.sent_at}"
