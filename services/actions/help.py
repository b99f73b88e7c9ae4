"""Loading the guides that come with the portal; questions of visitors: asked, answered, erased."""

import secrets
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from services.models import Article, VisitorQuestion
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.errors import Conflict

DATA = Path(__file__).resolve().parent.parent / "data" / "help"
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 12
KEPT_ANSWERED, KEPT = timedelta(days=30), timedelta(days=180)


class AnsweredAlready(Conflict):
    """Another member of staff was first."""

    code = "answered_already"
    message = _("This question was answered in the meantime.")


@transaction.atomic
def load_articles(folder: Path = DATA, *, at: datetime, made_up: bool = False) -> int:
    """Every article of the files (TOML, one each) is published as the files have it; return how many there are.

    Articles that staff have edited keep what staff wrote.
    """
    edited = set(Article.history.filter(history_user_id__isnull=False).values_list("kind", "slug"))
    articles = [_read(path, at=at, made_up=made_up) for path in sorted(folder.glob("*.toml"))]
    Article.objects.bulk_create(
        [article for article in articles if (article.kind, article.slug) not in edited],
        update_conflicts=True,
        unique_fields=["kind", "slug"],
        update_fields=[
            "topic", "position", "title_vi", "title_en", "summary_vi", "summary_en", "body_vi", "body_en", "made_up",
        ],
    )  # fmt: skip
    return len(articles)


def _read(path: Path, *, at: datetime, made_up: bool) -> Article:
    """One file: `kind`, `position`, `topic`, and `title`, `summary`, `body` under [vi] and [en]."""
    said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    words = {
        f"{name}_{language}": said[language].get(name, "").strip()
        for language in ("vi", "en")
        for name in ("title", "summary", "body")
    }
    return Article(
        kind=said["kind"],
        slug=path.stem.partition("-")[2],
        position=int(path.stem.partition("-")[0]),
        topic=said.get("topic", ""),
        published_at=at,
        made_up=made_up,
        **words,
    )


def ask(*, topic: str, text: str, at: datetime) -> VisitorQuestion:
    """Keep a visitor's question under a reference that only its visitor is told."""
    reference = "".join(secrets.choice(LETTERS) for _sign in range(REFERENCE_LENGTH))
    return VisitorQuestion.objects.create(reference=reference, topic=topic, text=text, created_at=at)


def tidy(reference: str) -> str:
    """Return a typed reference as it is kept: "k7m2-qd.." becomes "K7M2QD..."."""
    return "".join(sign for sign in reference.upper() if sign.isalnum())


@transaction.atomic
def answer(*, question: VisitorQuestion, text: str, by: str, at: datetime) -> VisitorQuestion:
    """Answer a question once. Raises AnsweredAlready."""
    question = VisitorQuestion.objects.select_for_update().get(pk=question.pk)
    if question.answered_at is not None:
        raise AnsweredAlready
    question.answer, question.answered_at, question.answered_by = text, at, by
    question.save()
    record(Event.QUESTION_ANSWERED, actor=by, subject=f"question:{question.pk}", at=at)
    return question


def forget(*, at: datetime) -> int:
    """Erase questions 30 days after their answer, unanswered ones after half a year; return how many."""
    answered = VisitorQuestion.objects.filter(answered_at__lt=at - KEPT_ANSWERED)
    return int((answered | VisitorQuestion.objects.filter(created_at__lt=at - KEPT)).delete()[0])
