"""Estimators before and after login: an answer is a list of lines that can be followed and printed; nothing is kept."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from services import estimators
from services.forms.procedures import ProcedureForm
from services.procedures.known import Known
from services.reads import known_of, known_of_nobody


@login_not_required
@require_safe
def estimator_list(request: HttpRequest) -> HttpResponse:
    """What can be estimated."""
    sections = [(name, [estimators.TOPICS[code] for code in codes]) for name, codes in estimators.SECTIONS]
    return render(request, "services/estimators.html", {"sections": sections})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def estimator(request: HttpRequest, topic: str) -> HttpResponse:
    """Ask, reckon, show the lines under the questions, so that one can change an answer and look again."""
    about = estimators.TOPICS.get(topic)
    if about is None:
        raise Http404
    known = _known(request)
    about = estimators.for_person(about, known)
    if request.method != "POST":
        form = ProcedureForm(about, known, initial=estimators.start(about, known))
        return render(request, "services/estimator.html", {"procedure": about, "form": form, "known": known})
    if request.POST.get("action") == "more":
        form = ProcedureForm(about, known, initial=request.POST.dict())
        return render(request, "services/estimator.html", {"procedure": about, "form": form, "known": known})
    form = ProcedureForm(about, known, data=request.POST)
    estimate = about.estimate(form.answers, known) if form.is_valid() and about.estimate else None
    context = {"procedure": about, "form": form, "known": known, "estimate": estimate}
    return render(request, "services/estimator.html", context, status=200 if estimate else 400)


def _known(request: HttpRequest) -> Known:
    """The record of the person looked at, of nobody before login."""
    person, today = getattr(request, "insured_person", None), timezone.localdate()
    return known_of(person, on=today) if person is not None else known_of_nobody(today)
