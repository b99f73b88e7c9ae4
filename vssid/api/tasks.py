"""What the API clears away by itself."""

from celery import shared_task
from django.utils import timezone

from vssid.api import idempotency


@shared_task(name="api.forget_answers")
def forget_answers() -> None:
    """Erase answers kept for repeated requests."""
    idempotency.forget(at=timezone.now())
