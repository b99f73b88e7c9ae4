from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from tests.faults.next_release import latest


class Migration(migrations.Migration):
    dependencies = [latest("accounts")]
    operations = [
        migrations.AddField("user", "called", models.CharField(max_length=40, null=True)),
        migrations.AddField("user", "moves", models.IntegerField(db_default=0)),
        AddConstraintNotValid("user", models.CheckConstraint(condition=models.Q(moves__gte=0), name="moves_count")),
    ]
