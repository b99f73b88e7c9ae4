"""An index over the events that offices are counted by."""

from django.db import migrations, models

DECISIONS = ["dossier.approved", "dossier.returned", "dossier.rejected", "dossier.reopened", "account.frozen"]


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("event__in", DECISIONS)),
                fields=["office", "at"],
                include=["event"],
                name="audit_of_decisions",
            ),
        ),
    ]
