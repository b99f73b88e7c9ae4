"""What keeps the queue as fast in a large table as in a small one, and search by name; who keeps the holidays."""

import django.contrib.postgres.indexes
from django.db import migrations, models

BARE = """
CREATE FUNCTION accounts_bare(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(public.unaccent('public.unaccent'::regdictionary, words))
"""
NAMES = """
CREATE INDEX accounts_regdossier_name ON accounts_registrationdossier
USING gin (accounts_bare(full_name) gin_trgm_ops) WHERE NOT (status = 'draft')
"""


def keep_holidays(apps, schema_editor):
    """Administrators keep the holidays; permissions are made here because Django's own step comes later."""
    Permission = apps.get_model("auth", "Permission")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="insurance", model="holiday"
    )
    administrators = apps.get_model("auth", "Group").objects.get(name="administrator")
    for verb in ("view", "add", "change", "delete"):
        permission, _ = Permission.objects.get_or_create(
            codename=f"{verb}_holiday", content_type=content_type, defaults={"name": f"Can {verb} holiday"}
        )
        administrators.permissions.add(permission)


def leave_holidays(apps, schema_editor):
    """Take the permissions away again."""
    for group in apps.get_model("auth", "Group").objects.filter(name="administrator"):
        group.permissions.remove(*group.permissions.filter(codename__endswith="_holiday"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_partial_draft"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("insurance", "0003_holidays"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="registrationdossier",
            index=models.Index(
                condition=models.Q(("status", "draft"), _negated=True),
                fields=["office", "submitted_at", "id"],
                name="accounts_regdossier_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="registrationdossier",
            index=models.Index(
                condition=models.Q(("status", "submitted")),
                fields=["office", "due_on", "id"],
                name="accounts_regdossier_due",
            ),
        ),
        migrations.AddIndex(
            model_name="registrationdossier",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("status", "submitted")),
                fields=["marks"],
                name="accounts_regdossier_marks",
                opclasses=["jsonb_path_ops"],
            ),
        ),
        # Dossiers sent before terms were counted: five working days are a week.
        migrations.RunSQL(
            "UPDATE accounts_registrationdossier SET due_on = (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 7 "
            "WHERE status = 'submitted' AND due_on IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(BARE, "DROP FUNCTION accounts_bare"),
        migrations.RunSQL(NAMES, "DROP INDEX accounts_regdossier_name"),
        migrations.RunPython(keep_holidays, leave_holidays, elidable=False),
    ]
