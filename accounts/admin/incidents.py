"""Incidents: written down, their persons listed and told, the 72 hours to the report in sight."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actions import incidents
from accounts.models import Incident, User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.documents.tables import table_response
from vssid.errors import DomainError
from vssid.templatetags.portal import moment


@admin.register(Incident)
class IncidentAdmin(admin.ModelAdmin):
    """Added and described here; what was told and reported is done by the actions of the list."""

    fields = ("title", "account", "office", "began_at", "ended_at", "noticed_at", "measures", "report_by_shown",
              "persons", "told_at", "reported_at")  # fmt: skip
    readonly_fields = ("report_by_shown", "persons", "told_at", "reported_at")
    list_display = ("title", "noticed_at", "report_by_shown", "reported_at", "told_at")
    raw_id_fields = ("account", "office")
    actions = ("download", "tell", "reported")
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays written."""
        return False

    def save_model(self, request: HttpRequest, obj: Incident, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            actor = self._user(request).actor
            record(Event.INCIDENT_OPENED, actor=actor, subject=f"incident:{obj.pk}", at=timezone.now())

    @admin.display(description=gettext_lazy("report until"), ordering="noticed_at")
    def report_by_shown(self, incident: Incident) -> str:
        """The end of the 72 hours, and what is left of them."""
        if incident.noticed_at is None:
            return "–"
        if incident.reported_at is not None or (left := incident.report_by - timezone.now()).total_seconds() <= 0:
            return str(moment(incident.report_by))
        hours = int(left.total_seconds() // 3600)
        rest = ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
        return f"{moment(incident.report_by)} ({rest})"

    @admin.display(description=gettext_lazy("persons touched, by the audit log"))
    def persons(self, incident: Incident) -> str:
        """How many persons' data were read in the window."""
        return str(len(incidents.touched(incident))) if incident.pk else "–"

    @admin.action(description=gettext_lazy("Download the persons touched"), permissions=["change"])
    def download(self, request: HttpRequest, chosen: QuerySet[Incident]) -> HttpResponseBase | None:
        """A CSV of the persons; only of one incident at a time."""
        incident = self._one(request, chosen)
        if incident is None:
            return None
        rows = list(incidents.listed(incident, by=self._user(request).actor, at=timezone.now()))
        return table_response(f"incident-{incident.pk}.csv", rows)

    @admin.action(description=gettext_lazy("Tell the persons touched"), permissions=["change"])
    def tell(self, request: HttpRequest, chosen: QuerySet[Incident]) -> None:
        """A notice to each of them."""
        self._act(request, chosen, incidents.tell_touched)

    @admin.action(description=gettext_lazy("Reported to the authority"), permissions=["change"])
    def reported(self, request: HttpRequest, chosen: QuerySet[Incident]) -> None:
        """The clock stops."""
        self._act(request, chosen, incidents.mark_reported)

    def _act(self, request: HttpRequest, chosen: QuerySet[Incident], act: Any) -> None:
        incident = self._one(request, chosen)
        if incident is None:
            return
        try:
            act(incident=incident, by=self._user(request), at=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done and written down."))

    def _one(self, request: HttpRequest, chosen: QuerySet[Incident]) -> Incident | None:
        found = list(chosen[:2])
        if len(found) == 1:
            return found[0]
        messages.error(request, _("Choose one incident."))
        return None

    def _user(self, request: HttpRequest) -> User:
        assert isinstance(request.user, User)
        return request.user
