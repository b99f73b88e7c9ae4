from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("services", "0007_notes")]

    operations = [
        AddIndexConcurrently(
            "servicerequest",
            models.Index(
                fields=["office", "status", "procedure_code", "submitted_at", "id"], name="services_request_of_service"
            ),
        ),
    ]
