"""Children under a parent's account (Thành viên): who acts for whom, on which ground, until when."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.registration import RegistrationDossier, Relation
from insurance.models import InsuredPerson


class GuardianshipQuerySet(models.QuerySet["Guardianship"]):
    """Who sees whose records."""

    def active(self, on: date) -> Self:
        """Those that hold on a day. Freezing the child's account is how an approval is undone."""
        return self.filter(ended_at=None, ends_on__gt=on, child__user__frozen_at=None)


class Guardianship(models.Model):
    """A parent or guardian sees a child's insurance; it ends by itself on the 18th birthday (`ends_on`)."""

    parent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="guardianships")
    child = models.ForeignKey(InsuredPerson, on_delete=models.CASCADE, related_name="guardianships")
    relation = models.CharField(_("relation"), max_length=8, choices=Relation)
    dossier = models.ForeignKey(RegistrationDossier, on_delete=models.SET_NULL, null=True, related_name="+")
    since = models.DateTimeField(_("since"))
    ends_on = models.DateField(_("ends on"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("child under an account")
        verbose_name_plural = _("children under accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parent", "child"], condition=Q(ended_at=None), name="accounts_guardianship_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} – {self.child_id}"
