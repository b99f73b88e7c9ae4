"""/healthz, /readyz and /metrics as probes and Prometheus see them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.harness import servers

TOKEN = "a-token-for-the-scraper"  # made up
NOWHERE = "redis://127.0.0.1:9/0"


def test_alive_asks_no_database_and_no_host_name(django_assert_num_queries):
    # No database mark: pytest-django would fail the test on a query.
    for host in ("testserver", "10.1.2.3:8000", "kube-probe.internal"):
        response = Client(HTTP_HOST=host).get("/healthz")
        assert response.status_code == 200
        assert response.json() == {"status": "ok"}
        assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_names_each_part():
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "sms": "ok", "cache": "ok", "broker": "ok"},
    }


@pytest.mark.django_db
@override_settings(REDIS_URL=NOWHERE, CELERY_BROKER_URL=NOWHERE)
def test_without_redis_the_portal_is_degraded_but_ready():
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"] | {"cache": "degraded", "broker": "degraded"} == response.json()["checks"]


@pytest.mark.django_db
def test_a_missing_migration_is_not_ready():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sms' AND name LIKE '0001%'")
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "missing"


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_portal_is_not_ready():
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "PORT", servers.free_port())
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        try:
            response = Client().get("/readyz")
            assert Client().get("/healthz").status_code == 200
        finally:
            connection.close()
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "down"
    assert response.json()["status"] == "unavailable"


@pytest.mark.django_db
def test_messages_that_nobody_delivers_are_told():
    _message(due=timezone.now() - timedelta(minutes=3))
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"]["sms"] == "degraded"


@pytest.mark.parametrize("header", [{}, {"HTTP_AUTHORIZATION": "Bearer wrong"}, {"HTTP_AUTHORIZATION": TOKEN}])
@override_settings(METRICS_TOKEN=TOKEN)
@pytest.mark.django_db
def test_metrics_do_not_exist_for_anybody_without_the_token(header):
    assert Client(**header).get("/metrics").status_code == 404


@override_settings(METRICS_TOKEN="")
@pytest.mark.django_db
def test_metrics_do_not_exist_without_a_token_set():
    assert Client(HTTP_AUTHORIZATION="Bearer ").get("/metrics").status_code == 404


@override_settings(METRICS_TOKEN=TOKEN)
@pytest.mark.django_db
def test_metrics_count_requests_by_route_and_messages_by_state():
    _message(due=timezone.now() - timedelta(seconds=90))
    client = Client(HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    Client().get("/dang-nhap/?username=0099000107")
    Client().generic("BREW", "/khong-co/0099000107/")
    text = client.get("/metrics").content.decode()
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    login = ("portal_http_requests_total", ("method", "GET"), ("route", "accounts:login"), ("status", "200"))
    assert samples[login] >= 1
    assert samples[("portal_sms_messages", ("purpose", "notice"), ("status", "pending"))] == 1
    assert 80 < samples[("portal_sms_late_seconds",)] < 600
    assert "0099000107" not in text
    assert "BREW" not in text


def _message(*, due) -> None:
    from vssid.sms import outbox
    from vssid.sms.models import Message, Purpose

    with transaction.atomic():
        message = outbox.enqueue(
            to="+84900000001", body="Thu nghiem. Ma: {ref}", purpose=Purpose.NOTICE, dedupe_key="ops:1", at=due
        )
    Message.objects.filter(pk=message.pk).update(next_attempt_at=due, status="pending")
