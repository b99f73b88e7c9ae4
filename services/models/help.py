"""What people read for help, written by staff in two languages, and what visitors ask without an account."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from insurance.models.dated import edits
from insurance.models.places import words_index
from vssid.crypto import EncryptedTextField

SEARCHED = ("title_vi", "title_en", "summary_vi", "summary_en", "body_vi", "body_en")


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self, at: datetime) -> "ArticleQuerySet":
        """What can be read by everybody at a moment."""
        return self.filter(published_at__lte=at)


class Article(models.Model):
    """A guide, an answer to a frequent question, or news. Texts are Markdown without HTML (services.rules.markdown)."""

    class Kind(models.TextChoices):
        GUIDE = "guide", _("guide")
        QUESTION = "question", _("frequent question")
        NEWS = "news", _("news")

    class Topic(models.TextChoices):
        BHXH = "bhxh", _("social insurance (BHXH)")
        BHYT = "bhyt", _("health insurance (BHYT)")
        BHTN = "bhtn", _("unemployment insurance (BHTN)")
        DIGITAL = "digital", _("digital services")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    slug = models.SlugField(_("name in the address"), max_length=80, db_index=False)
    topic = models.CharField(_("topic"), max_length=7, choices=Topic, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Smaller numbers come first. News goes by its date.")
    )
    title_vi = models.CharField(_("title in Vietnamese"), max_length=150)
    title_en = models.CharField(_("title in English"), max_length=150)
    summary_vi = models.CharField(_("summary in Vietnamese"), max_length=300, blank=True)
    summary_en = models.CharField(_("summary in English"), max_length=300, blank=True)
    body_vi = models.TextField(_("text in Vietnamese"), max_length=20_000)
    body_en = models.TextField(_("text in English"), max_length=20_000)
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True, help_text=_("Empty for a draft; a time to come publishes it then.")
    )
    made_up = models.BooleanField(_("made up for the demonstration"), default=False)

    objects = ArticleQuerySet.as_manager()
    history = edits()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("help and news")
        ordering: ClassVar = ["kind", "position", "-published_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["kind", "-published_at"], name="services_article_news"),
            words_index("services_article_words", *SEARCHED),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "slug"], name="services_article_address")]

    def __str__(self) -> str:
        return self.title_vi

    @property
    def title(self) -> str:
        return self._in_language("title")

    @property
    def summary(self) -> str:
        return self._in_language("summary")

    @property
    def body(self) -> str:
        return self._in_language("body")

    def _in_language(self, name: str) -> str:
        text: str = getattr(self, f"{name}_{'en' if (get_language() or 'vi').startswith('en') else 'vi'}")
        return text


class VisitorQuestion(models.Model):
    """A question, complaint or idea of somebody without a login. Who holds the reference reads the answer.

    We do not ask who it is; what somebody writes of themselves is sealed, and erased with the row.
    """

    class Topic(models.TextChoices):
        ACCOUNT = "account", _("Registering and logging in")
        CARD = "card", _("Health insurance card")
        CONTRIBUTIONS = "contributions", _("Contributions and benefits")
        SERVICE = "service", _("Service at an office")
        PORTAL = "portal", _("This portal")
        OTHER = "other", _("Something else")

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    topic = models.CharField(_("topic"), max_length=13, choices=Topic)
    text = EncryptedTextField(_("question"))
    created_at = models.DateTimeField(_("asked at"))
    answer = EncryptedTextField(_("answer"), blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("question of a visitor")
        verbose_name_plural = _("questions of visitors")
        ordering: ClassVar = ["created_at"]
        indexes: ClassVar = [models.Index(fields=["answered_at", "created_at"], name="services_question_waiting")]

    def __str__(self) -> str:
        """Not the reference: it opens the answer."""
        return str(self.pk)
