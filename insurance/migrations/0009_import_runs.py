from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insurance", "0008_statements"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                ("digest", models.BinaryField(max_length=32, verbose_name="SHA-256 of the file")),
                ("file", models.CharField(max_length=200, verbose_name="file")),
                ("rows", models.BigIntegerField(default=0, verbose_name="rows done")),
                ("accepted", models.BigIntegerField(default=0, verbose_name="rows taken")),
                ("refused", models.BigIntegerField(default=0, verbose_name="rows refused")),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=("kind", "digest"),
                        name="import_of_a_file_runs_once",
                    )
                ],
            },
        ),
    ]
