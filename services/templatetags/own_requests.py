"""How one's own requests stand, for pages of other apps."""

from typing import Any

from django import template
from django.http import HttpRequest

from services.models import ServiceRequest
from services.views.own import state_of

register = template.Library()
Status = ServiceRequest.Status
MOST = 3
# What its owner has to do stands first.
URGENCY = [Status.RETURNED, Status.DRAFT, Status.SUBMITTED]


@register.simple_tag
def open_requests(request: HttpRequest) -> list[tuple[ServiceRequest, Any]]:
    """Requests about the person looked at that wait for somebody, with the mark of each; at most three."""
    waiting = ServiceRequest.objects.filter(
        account=request.user.pk,
        person=request.insured_person,  # type: ignore[attr-defined]
        status__in=URGENCY,
    ).select_related("slip")
    found = list(waiting.order_by("-created_at")[: 2 * MOST])
    found.sort(key=lambda one: URGENCY.index(Status(one.status)))
    return [(one, state_of(one)) for one in found[:MOST]]
