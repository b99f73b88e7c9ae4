"""The indexes of words, made beside readers and writers."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from insurance.models.places import Words


def words(name):
    return GinIndex(OpClass(Words("code", "name", "address"), name="gin_trgm_ops"), name=name)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("insurance", "0013_looking_up_places")]
    operations = [
        AddIndexConcurrently("facility", words("facility_words")),
        AddIndexConcurrently("employer", words("employer_words")),
        AddIndexConcurrently("employer", models.Index(fields=["office", "code"], name="employer_office")),
        AddIndexConcurrently(
            "employer",
            models.Index(condition=~models.Q(tax_code=""), fields=["tax_code"], name="employer_tax_code"),
        ),
    ]
