"""Files that leave the portal: dossiers of a supervisor's own offices, and the figures.

Each needs a reason and is audited. No names, numbers of persons or contacts go into them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin import figures
from accounts.admin.desk import STATES
from accounts.admin.queue import Desk, own_offices
from accounts.dossiers.figures import begin_of
from accounts.dossiers.models import DossierStatus
from accounts.forms.exports import ExportForm
from accounts.models import User
from accounts.permissions import may_supervise
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.documents.tables import Row, table_response

MOST_ROWS = 50_000
CHUNK = 1000


def page(request: HttpRequest) -> HttpResponseBase:
    """Ask which file and why (GET), then send it (POST); without a reason the answer is 400 and nothing is written."""
    user = request.user
    if not isinstance(user, User) or not may_supervise(user):
        raise PermissionDenied
    form = ExportForm(request.POST or None, initial={"days": figures.days_of(request)})
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        rows, count = _rows_of(form, figures.desk_of(request), user, now)
        if count <= MOST_ROWS:
            _write_down(form, figures.desk_of(request), user, count, at=now)
            return table_response(form.cleaned_data["file"], rows)
        too_many = _("These are more than %(most)d dossiers. Choose a shorter period.") % {"most": MOST_ROWS}
        form.add_error("days", too_many)
    context = {"has_permission": True, "title": _("Export"), "form": form, "kind": figures.desk_of(request).title}
    return TemplateResponse(request, "admin/export.html", context, status=400 if form.errors else 200)


def _rows_of(form: ExportForm, desk: Desk[Any], user: User, now: datetime) -> tuple[Iterable[Row], int]:
    """Return the file's rows, heads first, and how many are dossiers or figures; one too many is enough to count."""
    days = form.cleaned_data["days"]
    if form.cleaned_data["file"].startswith("figures"):
        offices = own_offices(user)
        found = figures.read(desk, offices, days, now)
        tables = [panel.table for panel in figures.panels(desk, found, offices, now)]
        return [row for table in tables for row in _table(table)], sum(len(table.rows) for table in tables)
    sent = {"submitted_at__gte": begin_of(days, now=now), "submitted_at__lte": now}
    dossiers: QuerySet[Any] = desk.model._default_manager.visible_to(user).filter(**sent)
    count = dossiers[: MOST_ROWS + 1].count()
    return _dossiers(dossiers.order_by("submitted_at", "pk"), count), count


def _dossiers(dossiers: QuerySet[Any], count: int) -> Iterator[Row]:
    # Words are chosen here: the rows are read after the request's language is gone.
    heads: Row = [_("Number"), _("Office"), _("State"), _("Submitted"), _("Decided"), _("Minutes to the decision")]
    states = {str(state.value): str(words) for state, (_tag, words) in STATES.items()}
    columns = dossiers.values_list("number", "office__name", "status", "submitted_at", "decided_at")[:count]

    def rows() -> Iterator[Row]:
        yield heads
        for number, office, state, submitted, decided in columns.iterator(chunk_size=CHUNK):
            minutes: str | int = (decided - submitted) // timedelta(minutes=1) if decided and submitted else ""
            yield [number or "", office, states[DossierStatus(state)], _moment(submitted), _moment(decided), minutes]

    return rows()


def _table(table: figures.Table) -> Iterator[Row]:
    """Yield a table of figures with its title above and a free line below; lengths of time in minutes."""
    minutes = _("%(head)s (minutes)")
    yield [table.title]
    yield [minutes % {"head": head} if place in table.lengths else head for place, head in enumerate(table.heads)]
    for row in table.rows:
        yield [_plain(cell) for cell in row]
    yield []


def _plain(cell: figures.Cell) -> str | int:
    if isinstance(cell, timedelta):
        return cell // timedelta(minutes=1)
    return "" if cell is None else cell


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _write_down(form: ExportForm, desk: Desk[Any], user: User, count: int, *, at: datetime) -> None:
    known = form.cleaned_data
    facts: dict[str, Any] = {
        "file": known["file"],
        "days": known["days"],
        "count": count,
        "kind": figures.name_of(desk),
    }
    record(Event.DATA_EXPORTED, actor=user.actor, at=at, reason_length=len(known["reason"]), **facts)
