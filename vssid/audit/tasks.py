"""Celery's part of the audit log."""

from celery import shared_task
from django.utils import timezone

from vssid.audit.chain import seal_events


@shared_task(name="audit.seal")
def seal() -> None:
    """Chain the events of the last minute."""
    seal_events(at=timezone.now())
