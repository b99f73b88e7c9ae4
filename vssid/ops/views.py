"""Addresses for operations: alive, ready, metrics. None says anything about a person."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from vssid.ops import health
from vssid.ops import metrics as counters


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process is alive; asks nothing of anybody."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when pages can be served (perhaps `degraded`), 503 without database or with a migration missing."""
    states = health.check(timezone.now())
    bad = states["database"] != "ok" or states["migrations"] != "ok"
    overall = "unavailable" if bad else "degraded" if "degraded" in states.values() else "ok"
    return JsonResponse({"status": overall, "checks": states}, status=503 if bad else 200)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus' text to a bearer of METRICS_TOKEN; to anybody else there is no such page."""
    given = request.headers.get("Authorization", "").encode()
    token = settings.METRICS_TOKEN
    if not token or not hmac.compare_digest(given, f"Bearer {token}".encode()):
        raise Http404
    return HttpResponse(counters.exposition(), content_type=CONTENT_TYPE_LATEST)
