"""How people are told of their notices outside the portal's own pages, and what is on its way to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vssid.crypto import EncryptedTextField
from vssid.notices.kinds import Kind
from vssid.notices.models import Notice
from vssid.notices.topics import Topic

if TYPE_CHECKING:
    from accounts.models.user import User

QUIET_FROM, QUIET_TO = 22, 6


class Channel(models.TextChoices):
    """The ways to somebody who is not looking at the portal; its own list of notices is always there."""

    SMS = "sms", _("By SMS")
    EMAIL = "email", _("By e-mail")
    PUSH = "push", _("On my devices")


# What each channel carries for somebody who chose nothing.
USUAL: dict[Channel, tuple[Topic, ...]] = {
    Channel.SMS: (Topic.REMINDERS,),
    Channel.EMAIL: (Topic.REQUESTS, Topic.ANSWERS, Topic.REMINDERS),
    Channel.PUSH: (Topic.REQUESTS, Topic.ANSWERS, Topic.REMINDERS, Topic.RECORDS),
}
# Their messages leave with the act itself, whatever is chosen here.
OWN_SMS = (Topic.SECURITY, Topic.REQUESTS)
# Of legal effect as well, with no message of their own.
ALWAYS_SMS = (Kind.AUTHORISATION_OFFERED, Kind.AUTHORISATION_CHANGED, Kind.AUTHORISATION_USED)


def usual(channel: Channel) -> list[str]:
    """Return the topics of a channel for somebody who chose nothing, as the database keeps them."""
    return [topic.value for topic in USUAL[channel]]


def _topics(channel: Channel) -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=10), default=partial(usual, channel), blank=True)


class NoticeChoices(models.Model):
    """What one account chose: topics by channel, hours of rest, language. No row means the usual.

    Hours are of the portal's time zone, 0 to 23; the same hour twice means no rest. Security is
    on whatever stands here.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="notice_choices"
    )
    sms = _topics(Channel.SMS)
    email = _topics(Channel.EMAIL)
    push = _topics(Channel.PUSH)
    quiet_from = models.SmallIntegerField(_("rest from"), default=QUIET_FROM)
    quiet_to = models.SmallIntegerField(_("rest until"), default=QUIET_TO)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="vi")

    class Meta:
        verbose_name = _("channels of notices")
        verbose_name_plural = _("channels of notices")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quiet_from__range=(0, 23), quiet_to__range=(0, 23)), name="accounts_quiet_hours"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def of(cls, user: User) -> NoticeChoices:
        """Return what this account chose, else the usual in a row that is not saved."""
        return cls.objects.filter(user=user).first() or cls(user=user)


class PushSubscription(models.Model):
    """One browser that may be told that there is something new. Its address at the push service opens the way to it,
    so it is kept like a secret; `fingerprint` (SHA-256 of it) finds the row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    fingerprint = models.BinaryField(max_length=32, unique=True)
    endpoint = EncryptedTextField(_("address"))
    key = EncryptedTextField(_("public key of the browser"))
    secret = EncryptedTextField(_("shared secret"))
    device = models.CharField(_("device"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="vi")
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("device that is told")
        verbose_name_plural = _("devices that are told")

    def __str__(self) -> str:
        return str(self.pk)


class NoticeDelivery(models.Model):
    """One notice on its way to one account by one channel. `due_at` is when it is looked at next, None once it is over.

    The notice may be forgotten before its row here, which is why there is no foreign key in the database.
    """

    class Outcome(models.TextChoices):
        WAITING = "", _("waiting")
        HANDED = "handed", _("handed over")
        FAILED = "failed", _("given up")
        NEEDLESS = "needless", _("no longer needed")

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(
        Notice, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+")
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    urgent = models.BooleanField(_("also in hours of rest"), default=False)
    due_at = models.DateTimeField(_("next look"), null=True)
    attempts = models.SmallIntegerField(_("tries"), default=0)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True, default=Outcome.WAITING)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("delivery of a notice")
        verbose_name_plural = _("deliveries of notices")
        indexes: ClassVar = [
            models.Index(fields=["channel", "due_at"], name="accounts_delivery_due", condition=Q(due_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "user", "channel"], name="accounts_delivery_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
