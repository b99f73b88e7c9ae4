from collections.abc import Iterable, Iterator

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insurance.models import ContributionPeriod
from insurance.reads.contributions import FUND_NAMES, KINDS, PeriodRow, contributions_of
from insurance.views.card import actor_of, person_of
from insurance.views.chosen import chosen_of
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.documents.tables import Row, table_response
from vssid.templatetags.portal import month


@require_safe
def history_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The periods that the page lists, or without `kind` those of all funds, as CSV or XLSX; written down."""
    if ending not in ("csv", "xlsx"):
        raise Http404
    person = person_of(request)
    rows = contributions_of(person.pk, KINDS.get(request.GET.get("kind", "")))
    chosen = chosen_of(request, rows).rows
    record(
        Event.DATA_EXPORTED,
        actor=actor_of(request),
        subject=f"person:{person.pk}",
        at=timezone.now(),
        file=f"history.{ending}",
        count=len(chosen),
    )
    # Made before the answer: the rows are read after the request's language is gone.
    return table_response(f"qua-trinh-tham-gia.{ending}", list(history_table(chosen)))


def history_table(rows: Iterable[PeriodRow]) -> Iterator[Row]:
    """Heads and a row a period, in the language that is in force; money in đồng."""
    yield [
        _("Fund"), _("From month"), _("To month"), _("Employer"), _("Place of work"), _("Occupation"),
        _("Salary for contributions (đồng)"), _("State"),
    ]  # fmt: skip
    words = {int(status): str(status.label) for status in ContributionPeriod.Status}
    for kind, first, last, employer, occupation, salary, status, place in rows:
        yield [FUND_NAMES[kind], month(first), month(last), employer, place, occupation, salary, words[status]]
