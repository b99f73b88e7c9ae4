"""Searching help, news, services and estimators at once, whatever the accents and in either language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override

from insurance.reads.places import having, nearest
from insurance.rules.words import has_words, words_of
from services import procedures
from services.estimators import ESTIMATORS
from services.models import Article
from services.models.help import SEARCHED
from services.procedures.definition import Elsewhere, Procedure

MOST = 20


@dataclass(frozen=True)
class Hit:
    """One result: what it is called and where it stands."""

    name: str | Promise
    summary: str | Promise
    url: str


@dataclass(frozen=True)
class Hits:
    """What a search found; `near` when the articles are only spelt nearly so."""

    articles: list[Hit]
    services: list[Hit]
    estimators: list[Hit]
    near: bool = False

    def __bool__(self) -> bool:
        return bool(self.articles or self.services or self.estimators)


def search(text: str, *, at: datetime) -> Hits:
    """At most 20 articles, and the services and estimators whose names or summaries have the words."""
    words = words_of(text)
    if not words:
        return Hits([], [], [])
    services = [_service(one) for one in _matching((*procedures.offered(), *procedures.elsewhere()), words)]
    estimators = [
        Hit(one.name, one.summary, reverse("services:estimator", args=[one.code]))
        for one in _matching(ESTIMATORS, words)
    ]
    published = Article.objects.published(at).defer("body_vi", "body_en")
    found = list(having(published, words, *SEARCHED)[:MOST])
    if found or services or estimators:
        return Hits([hit_of(article) for article in found], services, estimators)
    near = nearest(published, words, *SEARCHED)[:MOST]
    return Hits([hit_of(article) for article in near], [], [], near=bool(near))


def hit_of(article: Article) -> Hit:
    """Where an article stands; a frequent question on the page of all of them."""
    if article.kind == Article.Kind.QUESTION:
        return Hit(article.title, article.summary, f"{reverse('services:questions')}#{article.slug}")
    route = "services:news-article" if article.kind == Article.Kind.NEWS else "services:guide"
    return Hit(article.title, article.summary, reverse(route, args=[article.slug]))


def _matching(all_of_them: Iterable[Procedure | Elsewhere], words: list[str]) -> list[Procedure | Elsewhere]:
    return [one for one in all_of_them if has_words(_said(one), words)]


def _said(one: Procedure | Elsewhere) -> str:
    """Name, summary and number of a service in both languages."""
    texts = [one.reference]
    for language in ("vi", "en"):
        with override(language):
            texts += [str(one.name), str(one.summary)]
    return " ".join(texts)


def _service(one: Procedure | Elsewhere) -> Hit:
    url = reverse(one.url) if isinstance(one, Elsewhere) else reverse("services:file", args=[one.code])
    return Hit(one.name, one.summary, url)
