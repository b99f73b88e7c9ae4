"""What runs by the clock. Each task may run twice or late without harm."""

from celery import shared_task
from django.utils import timezone

from services.actions import bank_lists, papers, payments, requests, waiting
from services.actions import help as help_actions


@shared_task
def erase_old_drafts() -> int:
    """Erase requests that were not sent within a day, with their papers."""
    return requests.erase_drafts(before=timezone.now() - requests.LIFE)


@shared_task
def carry_out_due() -> int:
    """Carry out granted changes whose waiting time is over; let paid requests and bank's lists go on that a killed
    run left.
    """
    done = waiting.carry_out_due(at=timezone.now())
    bank_lists.finish(at=timezone.now())
    payments.go_on(at=timezone.now())
    return done


@shared_task
def scan_waiting() -> int:
    """Have papers scanned that came while the scanner was away."""
    return papers.scan_waiting()


@shared_task
def forget_questions() -> int:
    """Erase questions of visitors that have served."""
    return help_actions.forget(at=timezone.now())
