"""How far the import of a file has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """A file on its way in. Rows are counted when they are committed; a killed run goes on after those it counted.

    The few it had taken and not yet counted come in again, which changes nothing.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=20)
    digest = models.BinaryField(_("SHA-256 of the file"), max_length=32)
    file = models.CharField(_("file"), max_length=200)
    rows = models.BigIntegerField(_("rows done"), default=0)
    accepted = models.BigIntegerField(_("rows taken"), default=0)
    refused = models.BigIntegerField(_("rows refused"), default=0)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "digest"],
                condition=models.Q(finished_at__isnull=True),
                name="import_of_a_file_runs_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.file}"
