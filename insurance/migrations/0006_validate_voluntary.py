from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Apart from 0005, so that reading the largest table through does not happen under 0005's lock."""

    dependencies = [("insurance", "0005_voluntary")]

    operations = [ValidateConstraint("contributionperiod", "period_voluntary_fits_kind")]
