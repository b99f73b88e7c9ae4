"""Archives of everything the portal holds of a citizen, made when they ask and kept for a day."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DataArchive(models.Model):
    """One archive: asked for, made in `steps` steps of which `done` are done, there until `expires_at`, then gone.

    `stored_name` is the encrypted file of the latest try, known before the file is there, so that none is forgotten.
    Whoever makes it holds it until `held_until`; afterwards another try begins. `made_at` stays empty when every try
    failed. The row stays.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("archive", "asked for")
        MAKING = "making", pgettext_lazy("archive", "being made")
        READY = "ready", pgettext_lazy("archive", "ready")
        GONE = "gone", pgettext_lazy("archive", "erased")

    # Protected: a file must not outlive its row.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="archives", verbose_name=_("account")
    )
    language = models.CharField(max_length=2, default="vi")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED)
    done = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True)
    stored_name = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    requested_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("archive of one's data")
        verbose_name_plural = _("archives of people's data")
        indexes: ClassVar = [
            models.Index(fields=["user", "-requested_at"], name="accounts_archive_of_user"),
            models.Index(fields=["state"], name="accounts_archive_alive", condition=~Q(state="gone")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_archive_file_fits_state",
                condition=Q(state__in=["requested", "gone"], stored_name="")
                | (Q(state__in=["making", "ready"]) & ~Q(stored_name="")),
            ),
            models.CheckConstraint(
                name="accounts_archive_ready_ends",
                condition=~Q(state="ready") | Q(made_at__isnull=False, expires_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=["requested", "making"]), name="accounts_archive_one_in_work"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
