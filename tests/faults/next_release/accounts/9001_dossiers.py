from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "9000_columns")]
    operations = [migrations.AddField("registrationdossier", "moves", models.IntegerField(db_default=0))]
