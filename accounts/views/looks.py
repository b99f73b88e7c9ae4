"""Who looked at my data: each reading in a plain sentence, and a way to ask about it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.look_words import sentences
from accounts.actions.looks import ask_about, readings_of
from accounts.forms.looks import QuestionForm
from accounts.models import AccessQuestion
from accounts.sessions import logged_in

PAGE = 30


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
