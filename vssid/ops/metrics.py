"""Counters for Prometheus: requests by route name, messages by state. No label ever holds personal data."""

import os
from collections.abc import Iterator

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
        from django.db.models import Count

        from vssid.sms.models import Message

        family = GaugeMetricFamily("portal_sms_messages", "Messages in the outbox.", labels=["purpose", "state"])
        counted = Message.objects.values_list("purpose", "state").annotate(number=Count("pk")).order_by()
        for purpose, state, number in counted:
            family.add_metric([purpose, state], number)
        yield family
