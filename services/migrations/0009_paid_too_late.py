from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0008_one_service")]

    operations = [
        migrations.AlterField(
            "bankentry",
            "outcome",
            models.CharField(
                choices=[
                    ("paid", "pays a slip"),
                    ("unknown", "no slip has these words"),
                    ("under", "less than the slip asks"),
                    ("over", "more than the slip asks"),
                    ("again", "the slip was paid before"),
                    ("ended", "the request was over or refused: to be paid back"),
                ],
                max_length=8,
                verbose_name="outcome",
            ),
        ),
    ]
