"""Who sees the messages that people told us of, and who ticks them off."""

from django.db import migrations

VIEWS = {
    "supervisor": ("sms.view_suspicion", "sms.change_suspicion"),
    "auditor": ("sms.view_suspicion",),
    "administrator": ("sms.view_suspicion", "sms.change_suspicion"),
}


def give(apps, schema_editor):
    """Add the permissions, made here because Django's own step runs only after all migrations."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, permissions in VIEWS.items():
        group = Group.objects.get(name=role)
        for dotted in permissions:
            label, codename = dotted.split(".")
            verb, model = codename.split("_")
            content_type, _ = ContentType.objects.get_or_create(app_label=label, model=model)
            permission, _ = Permission.objects.get_or_create(
                codename=codename, content_type=content_type, defaults={"name": f"Can {verb} {model}"}
            )
            group.permissions.add(permission)


def take(apps, schema_editor):
    """Take them away again."""
    Group = apps.get_model("auth", "Group")
    for role, permissions in VIEWS.items():
        for group in Group.objects.filter(name=role):
            names = [dotted.split(".")[1] for dotted in permissions]
            group.permissions.remove(*group.permissions.filter(codename__in=names))


class Migration(migrations.Migration):
    dependencies = [("sms", "0004_suspicions"), ("accounts", "0003_staff_views")]
    operations = [migrations.RunPython(give, take, elidable=False)]
