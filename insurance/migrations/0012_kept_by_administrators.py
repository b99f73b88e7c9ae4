"""Administrators keep the reference data; permissions are made here because Django's own step comes later."""

from django.db import migrations

TARIFFS = ("basesalary", "contributionrate", "minimumwage", "salarycoefficient", "retirementage")
CODES = ("province", "formerprovince", "ward", "office", "facility", "employer", "benefitlevel", "cardobject")
KEPT = {
    **dict.fromkeys(TARIFFS, ("view", "add", "change")),
    **dict.fromkeys(CODES, ("view", "change")),
    "importrun": ("view",),
}


def give(apps, schema_editor):
    """Add the permissions to the role of administrators."""
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    administrators = apps.get_model("auth", "Group").objects.get(name="administrator")
    for model, verbs in KEPT.items():
        content_type, _ = ContentType.objects.get_or_create(app_label="insurance", model=model)
        for verb in verbs:
            permission, _ = Permission.objects.get_or_create(
                codename=f"{verb}_{model}", content_type=content_type, defaults={"name": f"Can {verb} {model}"}
            )
            administrators.permissions.add(permission)


class Migration(migrations.Migration):
    # Taking them away again would take what 0003 gave as well.
    dependencies = [("insurance", "0011_room_on_pages"), ("accounts", "0003_staff_views")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop, elidable=False)]
