"""The list of dossiers: by state and office, the longest waiting first, marks in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.dossiers.models import DossierStatus
from accounts.models import RegistrationDossier, User
from insurance.models import Office

ALL = "all"
# The tabs: name in the address, words, states. The first is what waits for an officer.
TABS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "": (gettext_lazy("To be decided"), (DossierStatus.SUBMITTED,)),
    "returned": (gettext_lazy("Waiting for the citizen"), (DossierStatus.RETURNED,)),
    "approved": (gettext_lazy("Approved"), (DossierStatus.APPROVED,)),
    "rejected": (gettext_lazy("Refused"), (DossierStatus.REJECTED,)),
    ALL: (gettext_lazy("All"), ()),
}


class StateFilter(admin.SimpleListFilter):
    """By state; the queue opens on what waits for an officer, a search looks everywhere."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the tabs."""
        return [(name, words) for name, (words, _states) in TABS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RegistrationDossier]) -> QuerySet[RegistrationDossier]:
        """Return the dossiers of the chosen tab."""
        states = TABS[tab_of(request)][1]
        return queryset.filter(status__in=states) if states else queryset


class OfficeFilter(admin.SimpleListFilter):
    """By office, among the officer's own."""

    title = gettext_lazy("office")
    parameter_name = "office"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the offices the officer is posted to."""
        return [(code, name) for code, name in own_offices(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RegistrationDossier]) -> QuerySet[RegistrationDossier]:
        """Return the dossiers of the chosen office."""
        return queryset.filter(office=self.value()) if self.value() else queryset


def tab_of(request: HttpRequest) -> str:
    """Return which tab is open."""
    chosen = request.GET.get("state", "")
    if chosen in TABS and chosen:
        return chosen
    return ALL if request.GET.get("q", "").strip() else ""


def own_offices(request: HttpRequest) -> list[tuple[str, str]]:
    """Return codes and names of the offices whose dossiers this person may see."""
    assert isinstance(request.user, User)
    offices = Office.objects.filter(code__in=request.user.office_codes())
    return list(offices.order_by("code").values_list("code", "name"))


def waiting_by_office(staff: User, now: datetime) -> list[dict[str, Any]]:
    """Return per office of this person with waiting dossiers: code, name, how many, how long the first one waits."""
    waiting = RegistrationDossier.objects.visible_to(staff).filter(status=DossierStatus.SUBMITTED)
    rows = waiting.values("office", "office__name").annotate(count=Count("pk"), since=Min("submitted_at"))
    return [{**row, "age": age(row["since"], now)} for row in rows.order_by("since")]


def age(since: datetime, now: datetime) -> str:
    """Return how long something has waited, as people say it: minutes, hours, from two days on days."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}


def empty_words(request: HttpRequest) -> str:
    """Return what an empty list says."""
    if request.GET.get("q", "").strip():
        return _("No dossier of your offices fits what you searched for.")
    return _("No dossier waits for a decision.") if tab_of(request) == "" else _("No dossier is in this state.")
