"""To be read only: the audit log. It shows no numbers and no passwords."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.actions import looks
from accounts.models import AccessQuestion, User
from vssid.audit.models import AuditEvent


def _of_own_offices(request: HttpRequest) -> Q:
    """What happened in the reader's offices, and what belongs to no office."""
    assert isinstance(request.user, User)
    return Q(office="") | Q(office__in=request.user.office_codes())


class ReadOnly(admin.ModelAdmin):
    """A list to look through; rows are made and changed by the portal alone."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The portal adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted by people."""
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    """Who did what when, by opaque keys."""

    fields = list_display = ("at", "event", "actor", "subject", "office", "facts_shown")
    list_filter = ("event",)
    search_fields = ("=actor", "=subject", "=office")
    search_help_text = _("Key of the actor or subject, e.g. staff:3 or dossier:12, or an office's code")
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """Return what the reader may see."""
        return super().get_queryset(request).filter(_of_own_offices(request))

    @admin.display(description=_("facts"))
    def facts_shown(self, event: AuditEvent) -> str:
        """Return the facts as name and value."""
        return format_html_join(", ", "{}: {}", event.facts.items())


class ToAnswer(admin.SimpleListFilter):
    """Questions that wait, or those that somebody answered."""

    title = _("answered or not")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two choices."""
        return [("no", _("Waits for an answer")), ("yes", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the chosen ones."""
        return queryset if self.value() is None else queryset.filter(answered_at__isnull=self.value() == "no")


@admin.register(AccessQuestion)
class AccessQuestionAdmin(ReadOnly):
    """What citizens ask about who looked at their records; auditors answer, the citizen reads the answer."""

    fields = ("entry", "text", "asked_at", "answer", "answered_at")
    readonly_fields = ("entry", "text", "asked_at", "answered_at")
    list_display = ("event_id", "asked_at", "answered_at")
    list_filter = (ToAnswer,)
    ordering = ("answered_at", "asked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessQuestion]:
        """Return questions about entries that the reader may see."""
        seen = AuditEvent.objects.filter(_of_own_offices(request), pk=OuterRef("event_id"))
        return super().get_queryset(request).filter(Exists(seen))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Auditors write the answer."""
        assert isinstance(request.user, User)
        return request.user.has_perm("accounts.change_accessquestion")

    @admin.display(description=_("entry of the audit log"))
    def entry(self, question: AccessQuestion) -> str:
        """Return the entry it is about."""
        event = AuditEvent.objects.filter(pk=question.event_id).first()
        return f"{question.event_id}: {event}" if event else str(question.event_id)

    def save_model(self, request: HttpRequest, obj: AccessQuestion, form: Any, change: bool) -> None:
        """Keep the answer with its time, and tell who asked."""
        obj.answered_at = timezone.now() if obj.answer else None
        super().save_model(request, obj, form, change)
        if obj.answered_at:
            looks.tell_answer(obj, at=obj.answered_at)
