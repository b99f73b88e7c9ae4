"""The roles of staff as groups, each with what it may do."""

from django.db import migrations

ROLES = {
    "officer": ("registrationdossier.view", "registrationdossier.decide"),
    "supervisor": ("registrationdossier.view", "registrationdossier.decide", "user.view"),
    "auditor": ("registrationdossier.view", "user.view"),
    "administrator": ("user.view", "user.add", "user.change", "staffposting.view", "staffposting.add",
                      "staffposting.change", "staffposting.delete"),
}  # fmt: skip


def make_roles(apps, schema_editor):
    """Create the groups; permissions are made here because Django's own step runs only after all migrations."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, permissions in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for dotted in permissions:
            model, verb = dotted.split(".")
            content_type, _ = ContentType.objects.get_or_create(app_label="accounts", model=model)
            permission, _ = Permission.objects.get_or_create(
                codename=f"{verb}_{model}", content_type=content_type, defaults={"name": f"Can {verb} {model}"}
            )
            group.permissions.add(permission)


def drop_roles(apps, schema_editor):
    """Remove the groups."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, drop_roles, elidable=False)]
