"""What every row of reference data says of itself: from when to when it holds, and who says so."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


def edits(**options: Any) -> HistoricalRecords:
    """The history of a table's edits; who edited is a number, as nobody who edits is known here."""
    return HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True, blank=True), **options)


class Dated(models.Model):
    """Valid on both days named; an empty first day means that it is not known since when. Edits keep their history."""

    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True, db_default="")
    confidence = models.CharField(_("how sure"), max_length=200, blank=True, db_default="")

    history = edits(inherit=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="%(class)s_validity_in_order",
            )
        ]
