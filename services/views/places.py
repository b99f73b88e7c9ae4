"""Looking up places: offices, health facilities, collecting points, employers. What is asked stands in the address."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from insurance.models import CollectingPoint, Employer, Facility, Office
from insurance.reads import places
from insurance.reads.places import Found
from services.forms.lookups import CollectingPointForm, EmployerForm, FacilityForm, OfficeForm, PlaceForm

ON_A_PAGE = 20
MOST_COUNTED = 1_000
MAP = "https://www.google.com/maps/search/?"


class Shown(NamedTuple):
    """A place on the page: `map` is the address of a map, "" for what is made up or has no address."""

    place: Any
    map: str


class BoundedPaginator(Paginator):
    """Pages that need not count all of a large table: beyond MOST_COUNTED there are no more pages."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:MOST_COUNTED].count())


@login_not_required
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """BHXH offices, by their name or by the ward they serve."""
    title, text = _("Social insurance offices"), _("Find the office that serves the place where you live.")

    def find(**asked: Any) -> Found[Office]:
        found = places.offices(on=timezone.localdate(), **asked)
        return Found(found.rows.prefetch_related("serves"), found.near)

    return _page(request, OfficeForm(_asked(request)), find, "office", title, text)


@login_not_required
@require_safe
def facilities(request: HttpRequest) -> HttpResponse:
    """Health facilities; a box that is not ticked does not narrow."""
    title = _("Health facilities")
    text = _("Where the card is taken, where you may register for first care, and who issues papers for leave.")

    def find(**asked: Any) -> Found[Facility]:
        narrowing = {name: value for name, value in asked.items() if value}
        return places.facilities(on=timezone.localdate(), **narrowing)

    return _page(request, FacilityForm(_asked(request)), find, "facility", title, text)


@login_not_required
@require_safe
def collecting_points(request: HttpRequest) -> HttpResponse:
    """Where household BHYT and voluntary BHXH are paid."""
    title, text = (
        _("Collecting points"),
        _("Where to pay for household health insurance and voluntary social insurance."),
    )

    def find(**asked: Any) -> Found[CollectingPoint]:
        return places.collecting_points(on=timezone.localdate(), **asked)

    return _page(request, CollectingPointForm(_asked(request)), find, "collecting_point", title, text)


@login_not_required
@require_safe
def employers(request: HttpRequest) -> HttpResponse:
    """Units that pay contributions; nothing is listed before something is asked for."""
    title, text = _("Employers"), _("See whether an employer takes part in social insurance, or when it stopped.")
    return _page(request, EmployerForm(_asked(request)), _employers, "employer", title, text)


def _employers(*, text: str, province: str) -> Found[Employer]:
    found = places.employers(text=text, province=province)
    return Found(found.rows.select_related("office"), found.near) if text else Found(Employer.objects.none())


def _asked(request: HttpRequest) -> Any:
    return request.GET if request.GET else {}


def _page(
    request: HttpRequest,
    form: PlaceForm,
    find: Callable[..., Found[Any]],
    kind: str,
    title: str | Promise,
    text: str | Promise,
) -> HttpResponse:
    """Draw the form and a page of what it finds; a filter that cannot be is told at its field."""
    context: dict[str, Any] = {"form": form, "kind": kind, "title": title, "text": text}
    if form.is_valid():
        asked = dict(form.cleaned_data)
        found = find(text=asked.pop("q"), **asked)
        page = BoundedPaginator(found.rows, ON_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "near": found.near,
            "page": page,
            "more": page.paginator.count >= MOST_COUNTED,
            "places": [Shown(place, _map_of(place)) for place in page],
            "query": _rest(request),
            "asked": any(form.cleaned_data.values()),
        }
    return render(request, "services/lookups/places.html", context, status=400 if form.errors else 200)


def _map_of(place: Any) -> str:
    if not place.address or getattr(place, "made_up", False):
        return ""
    return MAP + urlencode({"api": 1, "query": f"{place.name}, {place.address}"})


def _rest(request: HttpRequest) -> str:
    """What was asked, for the links to the other pages."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return f"&{asked.urlencode()}" if asked else ""
