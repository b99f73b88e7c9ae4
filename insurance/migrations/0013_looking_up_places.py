"""What the look-ups of places show, and the database's own words to search them by. No row is rewritten."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import simple_history.models
from django.db import migrations, models

import insurance.models.places

# Built into indexes, so it must not change with a setting: the dictionary is named. Whoever changes the function
# makes the indexes anew.
WORDS = """
CREATE FUNCTION insurance_words(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, ' ' || array_to_string(parts, ' '))),
    '[^a-z0-9]+', ' ', 'g'
)
"""


def keep(apps, schema_editor):
    """Administrators keep the collecting points; permissions are made here because Django's own step comes later."""
    Permission = apps.get_model("auth", "Permission")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="insurance", model="collectingpoint"
    )
    administrators = apps.get_model("auth", "Group").objects.get(name="administrator")
    for verb in ("view", "add", "change"):
        permission, _ = Permission.objects.get_or_create(
            codename=f"{verb}_collectingpoint",
            content_type=content_type,
            defaults={"name": f"Can {verb} collectingpoint"},
        )
        administrators.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("insurance", "0012_kept_by_administrators")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION insurance_words(text[])"),
        migrations.CreateModel(
            name="CollectingPoint",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("code", models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("organisation", models.CharField(blank=True, max_length=160, verbose_name="collecting organisation")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("opening_hours", models.CharField(blank=True, max_length=120, verbose_name="opening hours")),
                ("made_up", models.BooleanField(default=False, verbose_name="made up for the demonstration")),
            ],
            options={
                "verbose_name": "collecting point",
                "verbose_name_plural": "collecting points",
                "ordering": ["code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HistoricalCollectingPoint",
            fields=[
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("source", models.CharField(blank=True, db_default="", max_length=200, verbose_name="source")),
                ("confidence", models.CharField(blank=True, db_default="", max_length=200, verbose_name="how sure")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("code", models.CharField(db_index=True, max_length=16, verbose_name="code")),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("organisation", models.CharField(blank=True, max_length=160, verbose_name="collecting organisation")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("opening_hours", models.CharField(blank=True, max_length=120, verbose_name="opening hours")),
                ("made_up", models.BooleanField(default=False, verbose_name="made up for the demonstration")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical collecting point",
                "verbose_name_plural": "historical collecting points",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="employer",
            name="office",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="insurance.office",
                verbose_name="social insurance office",
            ),
        ),
        migrations.AddField(
            model_name="employer",
            name="tax_code",
            field=models.CharField(blank=True, db_default="", max_length=14, verbose_name="tax code"),
        ),
        migrations.AddField(
            model_name="facility",
            name="certifies_leave",
            field=models.BooleanField(db_default=False, default=False, verbose_name="issues leave papers"),
        ),
        migrations.AddField(
            model_name="facility",
            name="contracted",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="treats people with health insurance"
            ),
        ),
        migrations.AddField(
            model_name="facility",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[("initial", "initial level"), ("basic", "basic level"), ("specialised", "specialised level")],
                db_default="",
                max_length=11,
                verbose_name="level of care",
            ),
        ),
        migrations.AddField(
            model_name="facility",
            name="opening_hours",
            field=models.CharField(blank=True, db_default="", max_length=120, verbose_name="opening hours"),
        ),
        migrations.AddField(
            model_name="facility",
            name="phone",
            field=models.CharField(blank=True, db_default="", max_length=40, verbose_name="phone"),
        ),
        migrations.AddField(
            model_name="facility",
            name="registers",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="takes people as facility of first care"
            ),
        ),
        migrations.AddField(
            model_name="historicalemployer",
            name="office",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.office",
                verbose_name="social insurance office",
            ),
        ),
        migrations.AddField(
            model_name="historicalemployer",
            name="tax_code",
            field=models.CharField(blank=True, db_default="", max_length=14, verbose_name="tax code"),
        ),
        migrations.AddField(
            model_name="historicalfacility",
            name="certifies_leave",
            field=models.BooleanField(db_default=False, default=False, verbose_name="issues leave papers"),
        ),
        migrations.AddField(
            model_name="historicalfacility",
            name="contracted",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="treats people with health insurance"
            ),
        ),
        migrations.AddField(
            model_name="historicalfacility",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[("initial", "initial level"), ("basic", "basic level"), ("specialised", "specialised level")],
                db_default="",
                max_length=11,
                verbose_name="level of care",
            ),
        ),
        migrations.AddField(
            model_name="historicalfacility",
            name="opening_hours",
            field=models.CharField(blank=True, db_default="", max_length=120, verbose_name="opening hours"),
        ),
        migrations.AddField(
            model_name="historicalfacility",
            name="phone",
            field=models.CharField(blank=True, db_default="", max_length=40, verbose_name="phone"),
        ),
        migrations.AddField(
            model_name="historicalfacility",
            name="registers",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="takes people as facility of first care"
            ),
        ),
        migrations.AddField(
            model_name="collectingpoint",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="insurance.province",
                verbose_name="province",
            ),
        ),
        migrations.AddField(
            model_name="collectingpoint",
            name="ward",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="insurance.ward",
                verbose_name="ward",
            ),
        ),
        migrations.AddField(
            model_name="historicalcollectingpoint",
            name="province",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.province",
                verbose_name="province",
            ),
        ),
        migrations.AddField(
            model_name="historicalcollectingpoint",
            name="ward",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="insurance.ward",
                verbose_name="ward",
            ),
        ),
        migrations.AddIndex(
            model_name="collectingpoint",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    insurance.models.places.Words("code", "name", "address"), name="gin_trgm_ops"
                ),
                name="collecting_point_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="collectingpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="collectingpoint_validity_in_order",
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop, elidable=False),
    ]
