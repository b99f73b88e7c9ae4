"""The bare Celery task that the outbox is held against."""

from celery import shared_task


@shared_task(name="bench.noop")
def noop() -> None:
    """Do nothing."""
