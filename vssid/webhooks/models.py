"""Events for applications: a log to read again, and the address that is called for each."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from vssid.crypto import EncryptedTextField


class Kind(models.TextChoices):
    """What events there are."""

    DOSSIER_CHANGED = "dossier.changed"
    REQUEST_CHANGED = "request.changed"
    CONSENT_ENDED = "consent.ended"


class Endpoint(models.Model):
    """An application that is told of events: where (while `url` is empty it only reads the log), signed how."""

    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="webhook"
    )
    url = models.CharField(max_length=300, blank=True)
    secret = EncryptedTextField()
    # The one before, which signs as well until the receiver has the new one.
    old_secret = EncryptedTextField(null=True)
    old_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.application_id)


class Event(models.Model):
    """One event for one application; `data` holds ids only.

    `number` is given after the commit, in the order in which events can be seen: who has read up to a number misses
    none that comes later. `next_try_at` is when it is to be sent: None once it arrived, was given up, has no address.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=40, choices=Kind)
    data = models.JSONField()
    created_at = models.DateTimeField()
    number = models.BigIntegerField(null=True, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["application", "number"], name="webhooks_event_log"),
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="webhooks_event_due"),
            models.Index(fields=["id"], condition=Q(number=None), name="webhooks_event_new"),
            models.Index(fields=["created_at"], name="webhooks_event_age"),
        ]

    def __str__(self) -> str:
        return str(self.key)
