from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "9001_dossiers")]
    operations = [ValidateConstraint("user", "moves_count")]
