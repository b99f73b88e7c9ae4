from django.db import migrations, models

FIELD = {
    "default": False,
    "db_default": False,
    "help_text": "Not a special rate of a group; these rates stand on confirmations.",
    "verbose_name": "what everybody pays",
}
# Rows that staff edited are left alone by load_reference, so that they learn it here.
MARK = """
UPDATE insurance_contributionrate SET standard = true
WHERE scheme = 'voluntary' OR (payer <> 'self' AND (scheme, applies_to) IN
    (('bhxh', ''), ('bhxh', 'NLĐ Việt Nam'), ('tnld', ''), ('tnld', 'mức thường'), ('bhyt', ''), ('bhtn', '')))
"""


class Migration(migrations.Migration):
    """A table of some thirty rows: nobody waits."""

    dependencies = [("insurance", "0014_words_of_places")]
    operations = [
        migrations.AddField("contributionrate", "standard", models.BooleanField(**FIELD)),
        migrations.AddField("historicalcontributionrate", "standard", models.BooleanField(**FIELD)),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
