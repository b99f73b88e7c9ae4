from django.db import migrations


class Migration(migrations.Migration):
    """Pages of periods written from now on keep 3 % free, room for the next month of a page's open periods.

    No row is moved and readers and writers are not held up; docs/decisions/0003 has the figures.
    """

    dependencies = [("insurance", "0010_reference")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE insurance_contributionperiod SET (fillfactor = 97)",
            "ALTER TABLE insurance_contributionperiod RESET (fillfactor)",
        )
    ]
