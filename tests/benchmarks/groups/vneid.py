"""The return from VNeID: our own milliseconds of CPU, the database's counted, the provider's not."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Row, at_most, cpu_of
from tests.benchmarks.stage import Stage

ROUNDS, BATCH = 7, 10


def rows(stage: Stage) -> Iterator[Row]:
    """vneid.callback: a linked identity comes back and is in."""
    from django.conf import settings
    from django.test import Client, override_settings
    from django.utils import timezone

    from accounts.models import VNeIDLink
    from tests.vneid.standin import CLIENT_ID, CLIENT_SECRET, StandIn
    from vssid.crypto import keyed_hash

    provider = StandIn(Path(tempfile.mkdtemp()))
    known = {"VNEID_ISSUER": provider.issuer, "VNEID_CLIENT_ID": CLIENT_ID, "VNEID_CLIENT_SECRET": CLIENT_SECRET}
    person = stage.user.person
    assert person is not None
    citizen_id = "001190000107"
    person.set_citizen_id(citizen_id)
    person.save()
    VNeIDLink.objects.create(
        user=stage.user,
        issuer=provider.issuer,
        subject="subject-of-level-2",
        citizen_hash=keyed_hash(citizen_id, kind="citizen_id"),
        linked_at=timezone.now(),
    )

    def once() -> float:
        browser = Client()
        back = provider.log_in(browser.get("/dang-nhap/vneid/").headers["Location"])
        helpers = stage.helpers()
        began = time.process_time() + cpu_of(helpers)
        answer = browser.get(back)
        took = time.process_time() + cpu_of(helpers) - began
        assert answer.status_code == 302, answer.status_code
        assert "_auth_user_id" in browser.session
        return took * 1000

    try:
        with override_settings(
            **known, PUBLIC_BASE_URL="http://localhost", ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "*"]
        ):
            once()
            taken = [median(once() for _ in range(BATCH)) for _ in range(ROUNDS)]
    finally:
        provider.stop()
    detail = (
        f"CPU with the database's, without the provider's; {min(taken):.1f} to {max(taken):.1f} over {ROUNDS} rounds"
    )
    yield at_most("vneid.callback", median(taken), 30, unit="ms", detail=detail)
