"""Applications and systems that use the API, and what citizens allow them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vssid.workflow import Workflow


class ClientState(models.TextChoices):
    """Where a registration stands."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    SUSPENDED = "suspended", _("Suspended")


STATES = Workflow(
    {
        ClientState.DRAFT: frozenset({ClientState.APPROVED}),
        ClientState.APPROVED: frozenset({ClientState.SUSPENDED}),
        ClientState.SUSPENDED: frozenset({ClientState.DRAFT}),
    }
)


class ApiClient(models.Model):
    """Who stands behind an application of the toolkit, what for, and what it may ever ask.

    With the grant "authorization-code" it acts for citizens, with "client-credentials" it is a system of its own; one
    that sees dossiers has a staff account (`application.user`), whose posting and role say which and what it may.
    """

    State = ClientState

    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="registration"
    )
    state = models.CharField(_("state"), max_length=10, choices=ClientState, default=ClientState.DRAFT)
    owner = models.CharField(_("owner"), max_length=200, help_text=_("The organisation that answers for it"))
    contact = models.CharField(_("contact"), max_length=200, help_text=_("Name, e-mail and phone of somebody there"))
    purpose = models.TextField(
        _("purpose"), max_length=500, help_text=_("In plain words; citizens read it before they allow anything")
    )
    scopes = ArrayField(models.CharField(max_length=32), verbose_name=_("scopes"))
    # Public keys for private_key_jwt: the document itself, or where it lies.
    jwks = models.JSONField(_("public keys (JWKS)"), null=True, blank=True)
    jwks_url = models.CharField(_("address of the public keys"), max_length=300, blank=True)
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(_("registered"))
    approved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("approved"), null=True)
    suspended_at = models.DateTimeField(_("suspended"), null=True)
    suspended_reason = models.CharField(_("why it was suspended"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_apiclient_approved_by_another",
                condition=Q(proposed_by=None) | Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="accounts_apiclient_approval_has_time",
                condition=~Q(state="approved") | Q(approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents by whether they hold."""

    def holding(self, at: datetime) -> Self:
        """Those that allow something at `at`."""
        return self.filter(ended_at=None, ends_at__gt=at)


class Consent(models.Model):
    """What a citizen allows an application, until when; one row for the two while it holds."""

    # What the application knows it by: in its token's answer and in its events.
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="consents")
    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    scopes = ArrayField(models.CharField(max_length=32))
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "application"], condition=Q(ended_at=None), name="accounts_consent_one_holds"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="accounts_consent_ends")]

    def __str__(self) -> str:
        return str(self.key)


class UsedAssertion(models.Model):
    """The `jti` of a client's assertion: each is good once. Its hash is kept until the assertion has ended anyway."""

    digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
