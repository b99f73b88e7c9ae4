"""Confirmations of a contribution history that were handed out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from insurance.models.people import InsuredPerson


class Statement(models.Model):
    """A statement (form C14-TS) by the code in its QR picture. What it says is in the file alone, of which only the
    SHA-256 is kept: it shows that a file is the one that was handed out.
    """

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    person = models.ForeignKey(
        InsuredPerson, models.CASCADE, related_name="statements", db_index=False, verbose_name=_("insured person")
    )
    made_at = models.DateTimeField(_("made at"))
    digest = models.BinaryField(_("SHA-256 of the file"), max_length=32)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        indexes = [models.Index(fields=["person", "-made_at"], name="statement_of_person")]

    def __str__(self) -> str:
        return self.code
