"""Who looked at my data: each reading in a plain sentence, and a way to ask about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from oauth2_provider.models import get_application_model

from accounts.actions.looks import ask_about, readings_of
from accounts.forms.looks import QuestionForm
from accounts.models import AccessQuestion
from accounts.sessions import logged_in
from insurance.models import Office
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent

PAGE = 30
# Purpose of a reading by staff → the end of its sentence.
PURPOSES = {
    "registration": gettext_lazy("your insurance record, to check a declaration"),
    "account": gettext_lazy("your account, to freeze it or open it again"),
    "merging": gettext_lazy("your insurance record, to bring several numbers of one person together"),
}
# Kind of data → what an application read.
DATA = {
    "profile": gettext_lazy("name, birth date and masked numbers"),
    "card": gettext_lazy("the health insurance card"),
    "contributions": gettext_lazy("the contribution history"),
    "benefits": gettext_lazy("the benefits received"),
    "visits": gettext_lazy("the medical visits"),
    "notices": gettext_lazy("the notices"),
}


@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """List the readings, the newest first."""
    user = logged_in(request)
    if user.person_id is None:
        raise Http404
    page = Paginator(readings_of(user), PAGE).get_page(request.GET.get("page"))
    events = list(page)
    questions = AccessQuestion.objects.filter(user=user, event_id__in=[event.pk for event in events])
    asked = {question.event_id: question for question in questions}
    told = sentences(events)
    rows = [(event, told[event.pk], asked.get(event.pk)) for event in events]
    return render(request, "accounts/account/looks.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about one reading; whoever's reading it was not gets 404."""
    user = logged_in(request)
    event = readings_of(user).filter(pk=pk).first() if user.person_id else None
    if event is None:
        raise Http404
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ask_about(user=user, event=event, text=form.cleaned_data["text"], at=timezone.now())
        return redirect("accounts:looks")
    context = {"event": event, "sentence": sentences([event])[event.pk], "form": form}
    return render(request, "accounts/account/look.html", context, status=400 if form.errors else 200)


def sentences(events: Sequence[AuditEvent]) -> dict[int, str]:
    """Say for each entry who read what and what for; names of staff are the office's affair."""
    offices = dict(Office.objects.filter(code__in={event.office for event in events}).values_list("code", "name"))
    clients = {event.actor.partition(":")[2] for event in events if event.actor.startswith("application:")}
    names = dict(get_application_model().objects.filter(client_id__in=clients).values_list("client_id", "name"))
    return {event.pk: _sentence(event, offices, names) for event in events}


def _sentence(event: AuditEvent, offices: dict[str, str], names: dict[str, str]) -> str:
    kind, _colon, key = event.actor.partition(":")
    facts: dict[str, Any] = event.facts
    if event.event == Event.CHILD_VIEWED:
        return _("The account under which you stand as a child opened your records.")
    if kind == "application":
        words = {"name": names.get(key, _("no longer registered here")), "data": DATA.get(facts.get("data", ""), "")}
        return _("The application “%(name)s” read %(data)s; you had allowed it.") % words
    office = offices.get(event.office) or _("the social insurance agency")
    if event.event == Event.PHOTO_VIEWED:
        return _("Staff of %(office)s looked at a photo of your declaration, to check it.") % {"office": office}
    what = PURPOSES.get(facts.get("purpose", ""), _("your insurance record"))
    return _("Staff of %(office)s looked at %(what)s.") % {"office": office, "what": what}
