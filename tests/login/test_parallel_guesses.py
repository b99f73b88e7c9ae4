"""Guesses side by side are counted one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from accounts.actions.login import FREE_TRIES, LoginLocked, LoginRefused, authenticate_password
from tests.login.conftest import CODE
from vssid.audit.models import AuditEvent


@pytest.mark.django_db(transaction=True)
def test_of_twelve_guesses_at_once_five_are_compared(citizen):
    at = timezone.now()

    def guess(number):
        try:
            authenticate_password(username=CODE, password=f"khong phai {number} dau", at=at)
        except LoginRefused:
            return "wrong"
        except LoginLocked:
            return "locked"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as guessers:
        told = sorted(guessers.map(guess, range(12)))
    assert told == ["locked"] * 8 + ["wrong"] * (FREE_TRIES - 1)
    compared = AuditEvent.objects.filter(event__in=["login.failed", "login.locked"], facts__has_key="failures").count()
    assert compared == FREE_TRIES
