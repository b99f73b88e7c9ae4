"""What the list of dossiers has to know of requests for public services."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import queue
from insurance.models import InsuredPerson
from services import procedures
from services.actions.requests import NUMBER_KIND
from services.models import ServiceRequest
from vssid.templatetags.portal import grouped


def _sorts() -> Sequence[tuple[str, Any]]:
    return [(procedure.code, procedure.name) for procedure in procedures.offered()]


def _find(
    requests: QuerySet[ServiceRequest], words: str, offices: list[str], now: datetime
) -> QuerySet[ServiceRequest]:
    """By the number of the request, or by the person's code or personal number: each is looked up in an index."""
    number = queue.numbered(words, NUMBER_KIND, offices, now)
    if number is not None:
        return requests.filter(number)
    dense = re.sub(r"[\s.]", "", words)
    if not dense.isascii() or not dense.isdecimal():
        return requests.none()
    people = InsuredPerson.objects.with_code(dense) | InsuredPerson.objects.with_citizen_id(dense)
    return requests.filter(Q(person__in=list(people.values_list("pk", flat=True))))


def _cells(request: ServiceRequest) -> dict[str, Any]:
    name = request.procedure.name
    marks = [_("Waits before it counts")] if request.waits else []
    if request.awaits_payment:
        marks.append(_("Not paid yet"))
    if request.cause_id is not None:
        marks.append(_("Opened by another request"))
    return {
        "name": name,
        "detail": f"{request.person.full_name} · {grouped(request.person.bhxh_code)}",
        "marks": marks,
        "proof": request.procedure.result,
    }


REQUESTS = queue.Desk(
    model=ServiceRequest,
    title=gettext_lazy("Requests for public services"),
    search_word=gettext_lazy("Number, social insurance code or personal ID number"),
    sort_word=gettext_lazy("Service"),
    sorts=_sorts,
    of_sort=lambda requests, code: requests.filter(procedure_code=code),
    find=_find,
    cells=_cells,
    name_word=gettext_lazy("Service"),
    proof_word=gettext_lazy("Result"),
    automatic_word=gettext_lazy("Granted at once by the rules"),
    bulk_word=gettext_lazy(
        "These services need no judgement, and nothing was attached, said or written about these requests. Each "
        "citizen is told."
    ),
    related=("person", "slip"),
)
