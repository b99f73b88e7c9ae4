"""Help, news and questions of visitors."""

import django.contrib.postgres.indexes
import simple_history.models
from django.db import migrations, models

import insurance.models.places
import vssid.crypto.fields

KEPT = {
    "administrator": {"article": ("view", "add", "change"), "visitorquestion": ("view", "change")},
    "supervisor": {"visitorquestion": ("view", "change")},
    "auditor": {"article": ("view",), "visitorquestion": ("view",)},
}


def keep(apps, schema_editor):
    """Administrators write help and news, they and supervisors answer visitors; auditors read."""
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, models_of_role in KEPT.items():
        group = apps.get_model("auth", "Group").objects.get(name=role)
        for model, verbs in models_of_role.items():
            content_type, _ = ContentType.objects.get_or_create(app_label="services", model=model)
            for verb in verbs:
                permission, _ = Permission.objects.get_or_create(
                    codename=f"{verb}_{model}", content_type=content_type, defaults={"name": f"Can {verb} {model}"}
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0005_payments"),
        ("insurance", "0013_looking_up_places"),
        ("accounts", "0003_staff_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalArticle",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("guide", "guide"), ("question", "frequent question"), ("news", "news")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("slug", models.SlugField(db_index=False, max_length=80, verbose_name="name in the address")),
                (
                    "topic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bhxh", "social insurance (BHXH)"),
                            ("bhyt", "health insurance (BHYT)"),
                            ("bhtn", "unemployment insurance (BHTN)"),
                            ("digital", "digital services"),
                        ],
                        max_length=7,
                        verbose_name="topic",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Smaller numbers come first. News goes by its date.",
                        verbose_name="position",
                    ),
                ),
                ("title_vi", models.CharField(max_length=150, verbose_name="title in Vietnamese")),
                ("title_en", models.CharField(max_length=150, verbose_name="title in English")),
                ("summary_vi", models.CharField(blank=True, max_length=300, verbose_name="summary in Vietnamese")),
                ("summary_en", models.CharField(blank=True, max_length=300, verbose_name="summary in English")),
                ("body_vi", models.TextField(max_length=20000, verbose_name="text in Vietnamese")),
                ("body_en", models.TextField(max_length=20000, verbose_name="text in English")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty for a draft; a time to come publishes it then.",
                        null=True,
                        verbose_name="published at",
                    ),
                ),
                ("made_up", models.BooleanField(default=False, verbose_name="made up for the demonstration")),
                ("history_user_id", models.BigIntegerField(blank=True, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical article",
                "verbose_name_plural": "historical help and news",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("guide", "guide"), ("question", "frequent question"), ("news", "news")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("slug", models.SlugField(db_index=False, max_length=80, verbose_name="name in the address")),
                (
                    "topic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bhxh", "social insurance (BHXH)"),
                            ("bhyt", "health insurance (BHYT)"),
                            ("bhtn", "unemployment insurance (BHTN)"),
                            ("digital", "digital services"),
                        ],
                        max_length=7,
                        verbose_name="topic",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Smaller numbers come first. News goes by its date.",
                        verbose_name="position",
                    ),
                ),
                ("title_vi", models.CharField(max_length=150, verbose_name="title in Vietnamese")),
                ("title_en", models.CharField(max_length=150, verbose_name="title in English")),
                ("summary_vi", models.CharField(blank=True, max_length=300, verbose_name="summary in Vietnamese")),
                ("summary_en", models.CharField(blank=True, max_length=300, verbose_name="summary in English")),
                ("body_vi", models.TextField(max_length=20000, verbose_name="text in Vietnamese")),
                ("body_en", models.TextField(max_length=20000, verbose_name="text in English")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty for a draft; a time to come publishes it then.",
                        null=True,
                        verbose_name="published at",
                    ),
                ),
                ("made_up", models.BooleanField(default=False, verbose_name="made up for the demonstration")),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "help and news",
                "ordering": ["kind", "position", "-published_at", "pk"],
                "indexes": [
                    models.Index(fields=["kind", "-published_at"], name="services_article_news"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            insurance.models.places.Words(
                                "title_vi", "title_en", "summary_vi", "summary_en", "body_vi", "body_en"
                            ),
                            name="gin_trgm_ops",
                        ),
                        name="services_article_words",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "slug"), name="services_article_address")],
            },
        ),
        migrations.CreateModel(
            name="VisitorQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=12, unique=True, verbose_name="reference")),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("account", "Registering and logging in"),
                            ("card", "Health insurance card"),
                            ("contributions", "Contributions and benefits"),
                            ("service", "Service at an office"),
                            ("portal", "This portal"),
                            ("other", "Something else"),
                        ],
                        max_length=13,
                        verbose_name="topic",
                    ),
                ),
                ("text", vssid.crypto.fields.EncryptedTextField(verbose_name="question")),
                ("created_at", models.DateTimeField(verbose_name="asked at")),
                ("answer", vssid.crypto.fields.EncryptedTextField(blank=True, default="", verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("answered_by", models.CharField(blank=True, max_length=80, verbose_name="answered by")),
            ],
            options={
                "verbose_name": "question of a visitor",
                "verbose_name_plural": "questions of visitors",
                "ordering": ["created_at"],
                "indexes": [models.Index(fields=["answered_at", "created_at"], name="services_question_waiting")],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop, elidable=False),
    ]
