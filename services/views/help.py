"""Help before and after login: guides, frequent questions, news, search, and questions of visitors."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from services.actions import help as actions
from services.forms.help import QuestionForm, ReferenceForm, SearchForm
from services.models import Article, VisitorQuestion
from services.reads_help import hit_of, search
from vssid.errors import DomainError, with_wait
from vssid.ops import gates

GATE = gates.Gate("contact", soft=2, soft_seconds=600, hard=10, hard_seconds=3600)
ANSWER_GATE = gates.Gate("contact-answer", soft=10, soft_seconds=600, hard=60, hard_seconds=3600)
NEWS_ON_HELP, NEWS_ON_A_PAGE = 3, 10
WAYS = require_http_methods(["GET", "HEAD", "POST"])
Kind = Article.Kind
SHORT_TOPICS = (("bhxh", "BHXH"), ("bhyt", "BHYT"), ("bhtn", "BHTN"), ("digital", _("Digital")))


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Guides, the latest news and ways to ask; with words in the address, what has them."""
    now = timezone.now()
    form = SearchForm(request.GET if "q" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid() and form.cleaned_data["q"]:
        context["hits"] = search(form.cleaned_data["q"], at=now)
    else:
        published = Article.objects.published(now).defer("body_vi", "body_en")
        context["guides"] = [hit_of(guide) for guide in published.filter(kind=Kind.GUIDE)]
        context["news"] = published.filter(kind=Kind.NEWS).order_by("-published_at", "pk")[:NEWS_ON_HELP]
    return render(request, "services/help/home.html", context, status=400 if form.errors else 200)


@login_not_required
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide."""
    return _article(request, Kind.GUIDE, slug)


@login_not_required
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The frequent questions with their answers, folded."""
    found = Article.objects.published(timezone.now()).filter(kind=Kind.QUESTION)
    return render(request, "services/help/questions.html", {"questions": found})


@login_not_required
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The news, the latest first, of one topic or of all."""
    topic = request.GET.get("topic", "")
    found = Article.objects.published(timezone.now()).filter(kind=Kind.NEWS).defer("body_vi", "body_en")
    if topic in Article.Topic.values:
        found = found.filter(topic=topic)
    page = Paginator(found.order_by("-published_at", "pk"), NEWS_ON_A_PAGE).get_page(request.GET.get("page"))
    topics = [("", _("All topics")), *SHORT_TOPICS]
    here = reverse("services:news")
    context = {
        "page": page,
        "tabs": [
            {"url": f"{here}?topic={key}" if key else here, "word": word, "current": key == topic}
            for key, word in topics
        ],
        "query": f"&topic={topic}" if topic in Article.Topic.values else "",
    }
    return render(request, "services/help/news.html", context)


@login_not_required
@require_safe
def news_article(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece of news."""
    return _article(request, Kind.NEWS, slug)


def _article(request: HttpRequest, kind: Article.Kind, slug: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.published(timezone.now()), kind=kind, slug=slug)
    return render(request, "services/help/article.html", {"article": article})


@login_not_required
@sensitive_post_parameters()
@never_cache
@WAYS
def contact(request: HttpRequest) -> HttpResponse:
    """Take a visitor's question; who is logged in is led to the service that answers with a number."""
    form = QuestionForm(request.POST if request.method == "POST" else None)
    error: DomainError | None = None
    if form.is_valid():
        try:
            gates.admit(GATE, request)
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
        else:
            asked = actions.ask(**form.cleaned_data, at=timezone.now())
            return render(request, "services/help/asked.html", {"reference": asked.reference})
    if not hasattr(request, "challenge"):
        gates.foresee(GATE, request)
    return _answer(request, "services/help/contact.html", {"form": form}, error)


@login_not_required
@sensitive_post_parameters()
@never_cache
@WAYS
def contact_answer(request: HttpRequest) -> HttpResponse:
    """Show the answer to who holds the reference."""
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    error: DomainError | None = None
    if form.is_valid():
        try:
            gates.admit(ANSWER_GATE, request)
        except DomainError as refused:
            error = refused
            form.add_error(None, str(refused))
        else:
            reference = form.cleaned_data["reference"]
            context["asked"] = True
            context["question"] = VisitorQuestion.objects.filter(reference=reference).first()
    if not hasattr(request, "challenge"):
        gates.foresee(ANSWER_GATE, request)
    return _answer(request, "services/help/answer.html", context, error)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], error: DomainError | None) -> HttpResponse:
    status = error.status if error is not None else 400 if context["form"].errors else 200
    response = render(request, template, context, status=status)
    return with_wait(response, error)
