"""An index over decisions of officers, by office and time, for the managers' figures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_registration_complete")]
    operations = [
        migrations.AddIndex(
            model_name="registrationdossier",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False), ("decided_automatically", False)),
                fields=["office", "decided_at"],
                include=["submitted_at"],
                name="accounts_regdossier_decided",
            ),
        ),
    ]
