from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from tests.faults.next_release import latest


class Migration(migrations.Migration):
    atomic = False
    dependencies = [latest("insurance")]
    operations = [
        AddIndexConcurrently("contributionperiod", models.Index(fields=["salary"], name="period_by_salary")),
    ]
