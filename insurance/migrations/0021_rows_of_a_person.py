from django.db import migrations

A_PERSON = "ALTER TABLE insurance_{} ALTER COLUMN person_id {}"
SAID = {"contributionperiod": -0.1, "visit": -0.1}


class Migration(migrations.Migration):
    """How many rows a person has is told to PostgreSQL: some ten. It holds from the next ANALYZE on.

    Rows of a person lie together, so that a sample of pages says fifty times too many, and a history would read every
    employer of the country. docs/decisions/0003 has the figures. Nobody is held up.
    """

    dependencies = [("insurance", "0020_validate_nationality")]
    operations = [
        migrations.RunSQL(
            A_PERSON.format(table, f"SET (n_distinct = {share})"), A_PERSON.format(table, "RESET (n_distinct)")
        )
        for table, share in SAID.items()
    ]
