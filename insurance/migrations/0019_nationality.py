from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Everybody on record so far counts as a citizen; who is not says so in the next import."""

    dependencies = [("insurance", "0018_periods_apart")]

    operations = [
        migrations.AddField(
            model_name="insuredperson",
            name="nationality",
            field=models.CharField(
                db_default="VN",
                default="VN",
                help_text="Two letters of ISO 3166.",
                max_length=2,
                verbose_name="nationality",
            ),
        ),
        AddConstraintNotValid(
            model_name="insuredperson",
            constraint=models.CheckConstraint(
                condition=models.Q(("nationality__regex", "^[A-Z]{2}$")), name="person_nationality_is_two_letters"
            ),
        ),
    ]
