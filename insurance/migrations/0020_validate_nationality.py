from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Apart from 0019, so that reading the table through does not happen under 0019's lock."""

    dependencies = [("insurance", "0019_nationality")]

    operations = [ValidateConstraint("insuredperson", "person_nationality_is_two_letters")]
