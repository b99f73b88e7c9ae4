"""The words of wards: offices and collecting points are found by them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from insurance.models.places import Words


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("insurance", "0016_authorisations")]
    operations = [
        AddIndexConcurrently("ward", GinIndex(OpClass(Words("code", "name"), name="gin_trgm_ops"), name="ward_words")),
    ]
