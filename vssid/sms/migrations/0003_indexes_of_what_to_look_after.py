from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the portal's work: the table may hold years of messages."""

    atomic = False

    dependencies = [
        ("sms", "0002_channels_budgets_reports"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(models.Q(("status", "pending"), _negated=True), ("next_attempt_at__isnull", False)),
                fields=["next_attempt_at"],
                name="sms_to_look_after",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("status__in", ["failed", "undelivered"])),
                fields=["finished_at"],
                name="sms_not_arrived",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="message",
            name="sms_to_ask",
        ),
    ]
