from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insurance", "0004_benefits_and_visits"),
    ]

    operations = [
        migrations.AddField(
            model_name="contributionperiod",
            name="voluntary",
            field=models.BooleanField(db_default=False, default=False, verbose_name="voluntary"),
        ),
        AddConstraintNotValid(
            model_name="contributionperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("voluntary", False), ("kind__in", (1, 4)), _connector="OR"),
                name="period_voluntary_fits_kind",
            ),
        ),
    ]
