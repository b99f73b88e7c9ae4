"""Counters for Prometheus: requests by route name, messages by state. No label ever holds personal data."""

import os
from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

registry = CollectorRegistry()
_requests = Counter("portal_http_requests", "Requests answered.", ["route", "method", "status"], registry=registry)
_seconds = Histogram(
    "portal_http_request_seconds",
    "Time to the answer's first byte.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=registry,
)


def observe(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request under its route's name (never its path)."""
    _requests.labels(route, method if method in METHODS else "other", status).inc()
    _seconds.labels(route).observe(seconds)


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format: of every web process, and the outbox counted now."""
    scrape = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(scrape)
    else:
        scrape.register(_Own())
    scrape.register(_Outbox())
    return generate_latest(scrape)


class _Own(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from registry.collect()


class _Outbox(Collector):
    def collect(self) -> Iterator[Metric]:
        from django.db.models import Count, Min, Q
        from django.utils import timezone

        from vssid.sms.models import Message

        now = timezone.now()
        messages = GaugeMetricFamily(
            "portal_sms_messages", "Messages not settled yet, and those of the last hour.", labels=["purpose", "status"]
        )
        # Both conditions have an index: the whole table, years of messages, is never read.
        lively = Message.objects.filter(Q(next_attempt_at__isnull=False) | Q(created_at__gte=now - timedelta(hours=1)))
        for purpose, status, number in lively.values_list("purpose", "status").annotate(Count("pk")).order_by():
            messages.add_metric([purpose, status], number)
        yield messages
        oldest = Message.objects.filter(status="pending", next_attempt_at__lte=now).aggregate(at=Min("next_attempt_at"))
        late = (now - oldest["at"]).total_seconds() if oldest["at"] else 0.0
        yield GaugeMetricFamily("portal_sms_late_seconds", "How overdue the most overdue message is.", value=late)
